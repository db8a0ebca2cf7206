//! *generator*: makes messages with a script, by the clock.

use std::{sync::Arc, time::Duration};

use millrace_model::{EntityId, EntityType};
use millrace_script::{Limits, Script};
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::rules::{
    descriptor::{ComponentKind, Example, NodeDescriptor, Setting, SettingKind},
    message::{Data, Metadata, RuleMessage, Text},
    node::{BuildError, Node, Outcome, Services},
    nodes::script::{self, ScriptSettings},
};

/// Longest period (a year, in seconds).
const LONGEST_SECONDS: i64 = 31_536_000;

const START: &str = r#""var msg = { temp: 42, humidity: 77 };\nvar metadata = { data: 40 };\nvar msgType = 'POST_TELEMETRY_REQUEST';\nreturn { msg: msg, metadata: metadata, msgType: msgType };""#;

const SCRIPT: [Setting; 3] = script::settings(START);

pub(super) static DESCRIPTOR: NodeDescriptor = NodeDescriptor {
    type_name: "org.thingsboard.rule.engine.debug.TbMsgGeneratorNode",
    name: "generator",
    old_names: &[],
    kind: ComponentKind::Action,
    description: "Makes a message again and again with a script, which sees the last one it made as prevMsg, prevMetadata and prevMsgType. It takes no messages. It begins anew when its chain is saved and when the server starts.",
    outputs: &["Success", "Failure"],
    custom_outputs: false,
    version: 2,
    settings: &[
        Setting {
            name: "msgCount",
            label: "Messages",
            description: "How many are made, failures included; 0 means without end.",
            ..Setting::NUMBER
        },
        Setting {
            name: "periodInSeconds",
            label: "Seconds",
            description: "Time from one to the next.",
            default: "1",
            ..Setting::NUMBER
        },
        Setting {
            name: "originatorType",
            label: "Originator",
            description: "Kind of the originator; RULE_NODE is this node, TENANT the tenant, all others need an id.",
            kind: SettingKind::Choice(&[
                ("RULE_NODE", "this node"),
                ("TENANT", "the tenant"),
                ("DEVICE", "a device"),
                ("ASSET", "an asset"),
                ("CUSTOMER", "a customer"),
                ("ENTITY_VIEW", "an entity view"),
                ("USER", "a user"),
                ("DASHBOARD", "a dashboard"),
                ("ENTITY_GROUP", "a group"),
            ]),
            default: r#""RULE_NODE""#,
            ..Setting::TEXT
        },
        Setting {
            name: "originatorId",
            label: "Id of the originator",
            description: "For other kinds than this node and the tenant.",
            default: "null",
            ..Setting::TEXT
        },
        SCRIPT[0],
        Setting {
            description: "Body of a function with the arguments prevMsg, prevMetadata and prevMsgType that returns an object with msg, metadata and msgType.",
            ..SCRIPT[1]
        },
        SCRIPT[2],
    ],
    upgrade,
    build: |settings| {
        let scripts: ScriptSettings = serde_json::from_value(settings.clone())?;
        let settings: Settings = serde_json::from_value(settings.clone())?;
        let lang = scripts.lang();
        let script = Script::compile(
            lang,
            scripts.text(),
            &["prevMsg", "prevMetadata", "prevMsgType"],
            &Limits::of(lang),
        )
        .map_err(|error| BuildError(format!("the script has an error: {error}")))?;
        if !(1..=LONGEST_SECONDS).contains(&settings.period_in_seconds) {
            return Err(BuildError(format!(
                "periodInSeconds must be 1 to {LONGEST_SECONDS}"
            )));
        }
        Ok(Arc::new(Generator {
            script,
            count: u64::try_from(settings.msg_count).unwrap_or_default(),
            period: Duration::from_secs(settings.period_in_seconds.unsigned_abs()),
            originator: settings.originator()?,
            made: Mutex::default(),
        }))
    },
    examples: &[Example {
        title: "it takes no messages",
        leaves_by: "Failure",
        leaves: r#"{"metadata":{"error":"a generator takes no messages: connect its output"}}"#,
        ..Example::BASIC
    }],
};

/// Older settings may lack the kind of originator, or hold null for it.
fn upgrade(settings: &mut Json, _from: i64) {
    let Some(settings) = settings.as_object_mut() else {
        return;
    };
    if settings.get("originatorType").is_none_or(Json::is_null) {
        settings.insert("originatorType".to_owned(), json!("RULE_NODE"));
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    msg_count: i64,
    period_in_seconds: i64,
    originator_type: String,
    originator_id: Option<Json>,
}

impl Settings {
    fn originator(&self) -> Result<Originator, BuildError> {
        let kind: EntityType = self.originator_type.parse().map_err(|_| {
            BuildError(format!(
                "originatorType \"{}\" is no kind of entity: choose one",
                self.originator_type
            ))
        })?;
        match kind {
            EntityType::RuleNode => return Ok(Originator::Node),
            EntityType::Tenant => return Ok(Originator::Tenant),
            _ => {}
        }
        let id = match &self.originator_id {
            Some(Json::String(id)) => Some(id.as_str()),
            Some(id) => id.get("id").and_then(Json::as_str),
            None => None,
        };
        let id = id.and_then(|id| Uuid::parse_str(id).ok()).ok_or_else(|| {
            BuildError(format!(
                "originatorId should be specified: give the id of a {}",
                crate::access::words(kind).to_lowercase()
            ))
        })?;
        Ok(Originator::Entity(EntityId::new(kind, id)))
    }
}

enum Originator {
    Node,
    Tenant,
    Entity(EntityId),
}

struct Generator {
    script: Script,
    count: u64,
    period: Duration,
    originator: Originator,
    made: Mutex<Made>,
}

/// What it made so far.
#[derive(Default)]
struct Made {
    count: u64,
    last: Option<(Data, Metadata, Text)>,
}

impl Node for Generator {
    fn process(&self, message: RuleMessage, _: &mut dyn Services) -> Outcome {
        Outcome::Failed(
            "a generator takes no messages: connect its output".to_owned(),
            message,
        )
    }

    fn period(&self) -> Option<Duration> {
        let through = self.count > 0 && self.made.lock().count >= self.count;
        (!through).then_some(self.period)
    }

    fn tick(&self, services: &mut dyn Services) -> Outcome {
        let Some(place) = services.place() else {
            return Outcome::Consumed;
        };
        let last = {
            let mut made = self.made.lock();
            if self.count > 0 && made.count >= self.count {
                return Outcome::Consumed;
            }
            made.count += 1;
            made.last.clone()
        };
        let now = services.arrival_ms();
        let (data, metadata, msg_type) = last.unwrap_or_else(|| {
            (
                Data::Text("{}".into()),
                Metadata::default(),
                Text::Fixed(""),
            )
        });
        let mut message = RuleMessage {
            id: Uuid::new_v5(&place.node.0, &now.to_be_bytes()),
            ts: now,
            msg_type,
            originator: match self.originator {
                Originator::Node => place.node.into(),
                Originator::Tenant => services.tenant().into(),
                Originator::Entity(id) => id,
            },
            customer: None,
            metadata,
            data,
            call: None,
        };
        let ran = script::call(&self.script, &message, services)
            .and_then(|result| script::apply(&result, &mut message));
        match ran {
            Ok(()) => {
                self.made.lock().last = Some((
                    message.data.clone(),
                    message.metadata.clone(),
                    message.msg_type.clone(),
                ));
                Outcome::success(message)
            }
            Err(error) => Outcome::Failed(error, message),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use millrace_model::{
        EntityType, TenantId,
        entity::{RuleChain, RuleChainMetaData},
    };
    use serde_json::{Value as Json, json};

    use crate::rules::{
        Chain, Outcome, Position, RuleMessage, Services,
        node::SharedNode,
        nodes::{tests::node, try_build},
        recording::Recording,
    };

    const TYPE: &str = "org.thingsboard.rule.engine.debug.TbMsgGeneratorNode";

    /// A generator, and services that stand at it.
    fn generator(settings: &Json, version: Option<i64>) -> (SharedNode, Recording) {
        let stored = node(TYPE, &settings.to_string(), version);
        let metadata = RuleChainMetaData {
            nodes: vec![stored],
            ..RuleChainMetaData::default()
        };
        let chain = Chain::compile(&RuleChain::default(), &metadata, TenantId::null());
        let chain = Arc::new(chain);
        let mut services = Recording::default();
        services.enter(&Position::start(&chain, 0));
        (Arc::clone(&chain.nodes[0].node), services)
    }

    fn settings(script: &str) -> Json {
        json!({
            "msgCount": 0, "periodInSeconds": 1, "originatorType": "RULE_NODE",
            "scriptLang": "TBEL", "tbelScript": script,
        })
    }

    fn made(outcome: Outcome) -> RuleMessage {
        match outcome {
            Outcome::Next(label, message) if label == "Success" => message,
            Outcome::Failed(error, _) => panic!("{error}"),
            _ => panic!("a message is made"),
        }
    }

    #[test]
    fn each_message_builds_on_the_last_one_and_a_failure_only_counts() {
        let script = "if (prevMsgType == 'ROUND' && prevMsg.n == 2) { return 'no message'; }
            var n = prevMsg.n == null ? 1 : prevMsg.n + 1;
            return {msg: {n: n}, metadata: {round: '' + n}, msgType: 'ROUND'};";
        let mut all = settings(script);
        all["msgCount"] = json!(4);
        let (generator, mut services) = generator(&all, Some(2));
        for n in 1..=2 {
            services.arrival_ms += 1_000;
            let message = made(generator.tick(&mut services));
            assert_eq!(message.data.json().unwrap(), json!({ "n": n }));
            assert_eq!(
                (&*message.msg_type, message.metadata.get("round")),
                ("ROUND", Some(n.to_string().as_str()))
            );
            assert_eq!(message.originator.entity_type, EntityType::RuleNode);
        }
        for _ in 0..2 {
            assert!(generator.period().is_some(), "the ticking goes on");
            assert!(matches!(generator.tick(&mut services), Outcome::Failed(..)));
        }
        assert!(generator.period().is_none(), "failures count");
        assert!(matches!(generator.tick(&mut services), Outcome::Consumed));
    }

    #[test]
    fn the_first_run_sees_empty_arguments_and_ids_are_not_repeated() {
        let script = "return {msg: {msg: prevMsg.size(), metadata: prevMetadata.size(), type: prevMsgType}};";
        let (generator, mut services) = generator(&settings(script), Some(2));
        let first = made(generator.tick(&mut services));
        assert_eq!(
            first.data.json().unwrap(),
            json!({ "msg": 0, "metadata": 0, "type": "" })
        );
        services.arrival_ms += 1_000;
        assert_ne!(made(generator.tick(&mut services)).id, first.id);
    }

    #[test]
    fn originators_follow_their_kind_and_old_exports_have_none() {
        let of = |kind: Json, id: Json, version: Option<i64>| {
            let mut all = settings("return {};");
            all["originatorType"] = kind;
            all["originatorId"] = id;
            let stored = node(TYPE, &all.to_string(), version);
            try_build(&stored)?;
            let (generator, mut services) = generator(&all, version);
            Ok::<_, crate::rules::BuildError>(made(generator.tick(&mut services)).originator)
        };
        let kind = |kind: Json, version| of(kind, Json::Null, version).unwrap().entity_type;
        assert_eq!(kind(json!("TENANT"), Some(2)), EntityType::Tenant);
        assert_eq!(kind(Json::Null, None), EntityType::RuleNode);
        assert_eq!(kind(Json::Null, Some(1)), EntityType::RuleNode);
        let id = "00000000-0000-11f0-8000-000000000001";
        let device = of(json!("DEVICE"), json!(id), Some(0)).unwrap();
        assert_eq!(
            (device.entity_type, device.id.to_string().as_str()),
            (EntityType::Device, id)
        );
        let missing = of(json!("DEVICE"), Json::Null, Some(2))
            .unwrap_err()
            .to_string();
        assert!(missing.contains("originatorId"), "{missing}");
    }
}
