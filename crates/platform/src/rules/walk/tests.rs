//! Walks through one chain and through several.

use millrace_model::{
    EntityId, EntityType, TenantId,
    entity::{NodeConnection, RuleChain, RuleChainMetaData, RuleNode},
    id::RuleChainId,
};
use uuid::Uuid;

use super::*;
use crate::rules::{
    message::{Data, Metadata},
    recording::Recording,
};

#[derive(Default)]
struct Watch {
    failed: Vec<String>,
    left: Vec<String>,
}

impl Tap for Watch {
    fn entered(&mut self, _: &ChainNode, _: &RuleMessage, _: Option<&str>) {}
    fn left(&mut self, node: &ChainNode, _: &RuleMessage, label: &str, _: Option<&str>) {
        self.left.push(format!("{} {label}", node.name));
    }
    fn failed(&mut self, node: &ChainNode, _: &RuleMessage, error: &str) {
        self.failed.push(format!("{}: {error}", node.name));
    }
    fn held(&mut self, _: &ChainNode, _: Duration) {}
}

const SWITCH: &str = "org.thingsboard.rule.engine.filter.TbMsgTypeSwitchNode";
const LOG: &str = "org.thingsboard.rule.engine.action.TbLogNode";

const CALL: &str = "org.thingsboard.rule.engine.flow.TbRuleChainInputNode";
const OUTPUT: &str = "org.thingsboard.rule.engine.flow.TbRuleChainOutputNode";

fn chain(nodes: &[(&str, &str)], connections: &[(usize, usize, &str)]) -> Arc<Chain> {
    named("circle", nodes, connections, &serde_json::json!({}))
}

/// A chain whose nodes all have these settings.
fn named(
    name: &str,
    nodes: &[(&str, &str)],
    connections: &[(usize, usize, &str)],
    settings: &serde_json::Value,
) -> Arc<Chain> {
    let metadata = RuleChainMetaData {
        first_node_index: Some(0),
        nodes: nodes
            .iter()
            .map(|(name, node_type)| RuleNode {
                name: (*name).to_owned(),
                node_type: (*node_type).to_owned(),
                configuration: settings.clone(),
                ..RuleNode::default()
            })
            .collect(),
        connections: Some(
            connections
                .iter()
                .map(|(from_index, to_index, label)| NodeConnection {
                    from_index: *from_index,
                    to_index: *to_index,
                    label: (*label).to_owned(),
                })
                .collect(),
        ),
        ..RuleChainMetaData::default()
    };
    let entity = RuleChain {
        id: Some(id_of(name)),
        name: name.to_owned(),
        ..RuleChain::default()
    };
    Arc::new(Chain::compile(&entity, &metadata, TenantId::null()))
}

/// Id of the chain with this name.
fn id_of(name: &str) -> RuleChainId {
    RuleChainId(Uuid::new_v5(&Uuid::nil(), name.as_bytes()))
}

/// Settings of a node that calls the chain with this name.
fn calls(name: &str) -> serde_json::Value {
    serde_json::json!({ "ruleChainId": id_of(name).0 })
}

fn run(chain: &Arc<Chain>, msg_type: &'static str) -> (Vec<Uuid>, Watch) {
    run_among(chain, &[], msg_type)
}

/// Runs a message through `chain`, which may call `others`.
fn run_among(
    chain: &Arc<Chain>,
    others: &[&Arc<Chain>],
    msg_type: &'static str,
) -> (Vec<Uuid>, Watch) {
    let message = RuleMessage {
        id: Uuid::from_u128(1),
        ts: 0,
        msg_type: msg_type.into(),
        originator: EntityId::new(EntityType::Device, Uuid::nil()),
        customer: None,
        metadata: Metadata::default(),
        data: Data::Text("{}".into()),
        call: None,
    };
    let start = Step {
        at: Position::start(chain, 0),
        message,
        via: None,
    };
    let (mut services, mut watch) = (Recording::default(), Watch::default());
    for other in others {
        services.chains.insert(other.id, Arc::clone(other));
    }
    assert!(walk(start, &mut services, &mut watch).is_empty());
    let logged = services.logged.iter().map(|(id, _)| *id).collect();
    (logged, watch)
}

#[test]
fn several_targets_get_copies_with_ids_of_their_own_that_repeat() {
    let chain = chain(
        &[("switch", SWITCH), ("a", LOG), ("b", LOG), ("c", LOG)],
        // Labels match without regard to case.
        &[(0, 1, "other"), (0, 2, "Other"), (0, 3, "OTHER")],
    );
    let (first, _) = run(&chain, "MINE");
    let (second, _) = run(&chain, "MINE");
    assert_eq!(first, second, "ids repeat at every run");
    let mut ids = first;
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    assert!(
        ids.contains(&Uuid::from_u128(1)),
        "one of them is the message itself"
    );
}

#[test]
fn a_circle_ends_with_an_error_that_names_it() {
    let chain = chain(
        &[("first", LOG), ("second", LOG)],
        &[(0, 1, "Success"), (1, 0, "Success")],
    );
    let (_, watch) = run(&chain, "ANY");
    assert_eq!(watch.failed.len(), 1);
    let error = &watch.failed[0];
    assert!(
        error.contains("chain \"circle\" goes in a circle at node"),
        "{error}"
    );
}

#[test]
fn a_failure_that_nothing_handles_fails_the_branch_and_a_success_does_not() {
    let unknown = chain(&[("new", "vendor.SomethingElse")], &[]);
    assert!(run(&unknown, "ANY").1.failed[0].contains("SomethingElse is not available"));
    let handled = chain(
        &[("new", "vendor.SomethingElse"), ("log", LOG)],
        &[(0, 1, "Failure")],
    );
    let (logged, watch) = run(&handled, "ANY");
    assert_eq!((logged.len(), watch.failed.len()), (1, 0));
    assert_eq!(watch.left, ["new Failure", "log Success"]);
    assert!(run(&chain(&[("log", LOG)], &[]), "ANY").1.failed.is_empty());
}
#[test]
fn what_a_nested_chain_hands_back_leaves_by_the_name_of_its_output() {
    let inner = named(
        "inner",
        &[("switch", SWITCH), ("Known", OUTPUT), ("Unknown", OUTPUT)],
        &[(0, 1, "Post telemetry"), (0, 2, "Other")],
        &serde_json::json!({}),
    );
    let outer = named(
        "outer",
        &[("call", CALL), ("log", LOG), ("other", LOG)],
        &[(0, 1, "known"), (0, 2, "Unknown")],
        &calls("inner"),
    );
    let (logged, watch) = run_among(&outer, &[&inner], "POST_TELEMETRY_REQUEST");
    assert_eq!(
        watch.left,
        [
            "switch Post telemetry",
            "Known Known",
            "call Known",
            "log Success"
        ]
    );
    assert_eq!(logged, [Uuid::from_u128(1)], "it is still the same message");
    assert_eq!(
        run_among(&outer, &[&inner], "MINE").1.left[2],
        "call Unknown"
    );
}

#[test]
fn several_outputs_of_a_nested_chain_each_come_back() {
    let inner = named(
        "inner",
        &[("switch", SWITCH), ("A", OUTPUT), ("B", OUTPUT)],
        &[(0, 1, "Other"), (0, 2, "Other")],
        &serde_json::json!({}),
    );
    let outer = named(
        "outer",
        &[("call", CALL), ("a", LOG), ("b", LOG)],
        &[(0, 1, "A"), (0, 2, "B")],
        &calls("inner"),
    );
    let (mut logged, watch) = run_among(&outer, &[&inner], "MINE");
    assert!(watch.failed.is_empty());
    logged.dedup();
    assert_eq!(logged.len(), 2, "each is a message of its own");
}

#[test]
fn a_chain_that_is_called_by_nobody_ends_at_its_output_and_one_without_output_at_its_end() {
    let alone = chain(&[("out", OUTPUT)], &[]);
    assert_eq!(run(&alone, "ANY").1.left, ["out out"]);
    let inner = named("inner", &[("log", LOG)], &[], &serde_json::json!({}));
    let outer = named(
        "outer",
        &[("call", CALL), ("after", LOG)],
        &[(0, 1, "Success")],
        &calls("inner"),
    );
    let (logged, watch) = run_among(&outer, &[&inner], "ANY");
    assert_eq!(
        (logged.len(), watch.left),
        (1, vec!["log Success".to_owned()])
    );
}

#[test]
fn three_chains_deep_and_back() {
    let none = serde_json::json!({});
    let deepest = named("deepest", &[("Deep", OUTPUT)], &[], &none);
    let middle = named(
        "middle",
        &[("down", CALL), ("Up", OUTPUT)],
        &[(0, 1, "Deep")],
        &calls("deepest"),
    );
    let outer = named(
        "outer",
        &[("in", CALL), ("log", LOG)],
        &[(0, 1, "Up")],
        &calls("middle"),
    );
    let (logged, watch) = run_among(&outer, &[&middle, &deepest], "ANY");
    assert_eq!(
        watch.left,
        ["Deep Deep", "down Deep", "Up Up", "in Up", "log Success"]
    );
    assert_eq!(logged.len(), 1);
}

#[test]
fn chains_that_call_each_other_in_a_circle_end_with_an_error_that_names_one() {
    let one = named("one", &[("to two", CALL)], &[], &calls("two"));
    let two = named("two", &[("to one", CALL)], &[], &calls("one"));
    let (_, watch) = run_among(&one, &[&one, &two], "ANY");
    assert_eq!(watch.failed.len(), 1);
    assert!(
        watch.failed[0].contains("goes in a circle at node \"to"),
        "{:?}",
        watch.failed
    );
}

#[test]
fn a_chain_that_is_gone_or_empty_fails_the_node_that_calls_it() {
    let outer = named("outer", &[("call", CALL)], &[], &calls("gone"));
    let (_, watch) = run_among(&outer, &[], "ANY");
    assert!(
        watch.failed[0].contains("does not exist"),
        "{:?}",
        watch.failed
    );
    let empty = Arc::new(Chain::compile(
        &RuleChain {
            id: Some(id_of("gone")),
            name: "gone".to_owned(),
            ..RuleChain::default()
        },
        &RuleChainMetaData::default(),
        TenantId::null(),
    ));
    let (_, watch) = run_among(&outer, &[&empty], "ANY");
    assert!(
        watch.failed[0].contains("has no first node"),
        "{:?}",
        watch.failed
    );
}

#[test]
fn a_saved_chain_goes_on_counting_where_its_nodes_stay() {
    let node = millrace_model::id::RuleNodeId::new();
    let compiled = |labels: &[&str], others: usize| {
        let mut nodes = vec![RuleNode {
            id: Some(node),
            name: "switch".to_owned(),
            node_type: SWITCH.to_owned(),
            ..RuleNode::default()
        }];
        nodes.extend((0..others).map(|_| RuleNode {
            id: Some(millrace_model::id::RuleNodeId::new()),
            name: "log".to_owned(),
            node_type: LOG.to_owned(),
            ..RuleNode::default()
        }));
        let connections = labels.iter().map(|label| NodeConnection {
            from_index: 0,
            to_index: 1,
            label: (*label).to_owned(),
        });
        let metadata = RuleChainMetaData {
            first_node_index: Some(0),
            nodes,
            connections: Some(connections.collect()),
            ..RuleChainMetaData::default()
        };
        let entity = RuleChain {
            id: Some(id_of("counted")),
            ..RuleChain::default()
        };
        Chain::compile(&entity, &metadata, TenantId::null())
    };
    let registry = crate::rules::ChainRegistry::default();
    let in_force = || registry.get(TenantId::null(), id_of("counted")).unwrap();
    registry.put(compiled(&["Other"], 1), true);
    let first = in_force();
    run(&first, "MINE");
    registry.put(compiled(&["Other"], 1), true);
    let second = in_force();
    run(&first, "MINE");
    run(&second, "MINE");
    let counts = second.counts();
    assert_eq!(counts[0].1.received, 3, "the old graph counts along");
    assert_eq!(counts[1].1.received, 1, "this one is new");

    registry.put(compiled(&["Mine"], 1), true);
    let third = in_force();
    run(&third, "MINE");
    let counts = third.counts();
    assert_eq!((counts[0].1.received, counts[0].1.labels["Other"]), (4, 4));
}
