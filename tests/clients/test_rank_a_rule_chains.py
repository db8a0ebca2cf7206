"""Rule chains, their nodes, and what a try of a script answers."""

import json

import pytest

import rest
from proof import changes, fresh, number, outcome
from rest import models

SWITCH = "org.thingsboard.rule.engine.filter.TbMsgTypeSwitchNode"


@pytest.fixture
def kept(plain):
    """Written by plain HTTP, read by the package. It has a node: the current package reads no empty chain, as it
    wants the index of a first node."""
    kept = plain.post("/api/ruleChain", {"name": fresh("chain"), "type": "CORE"})
    plain.post("/api/ruleChain/metadata", nodes(kept, (SWITCH, "by type", {"version": 0})))
    yield kept
    plain.delete(f"/api/ruleChain/{kept['id']['id']}")


def nodes(chain, *kinds):
    """Metadata of a chain of nodes of these kinds: (type, name, configuration)."""
    return {
        "ruleChainId": chain["id"],
        "firstNodeIndex": 0,
        "nodes": [{"type": kind, "name": name, "configuration": configuration, "additionalInfo": {}}
                  for kind, name, configuration in kinds],
        "connections": [],
        "ruleChainConnections": [],
    }


def test_a_new_name_is_seen_wherever_the_package_looks(client, plain, kept):
    path = f"/api/ruleChain/{kept['id']['id']}"
    first, second = fresh("renamed"), fresh("again")

    def rename(name):
        plain.post("/api/ruleChain", dict(plain.get(path), name=name))

    def listed():
        return [chain.name for chain in client.get_rule_chains(page_size=100, page=0).data
                if chain.id.id == kept["id"]["id"]]

    changes(lambda: client.get_rule_chain_by_id(kept["id"]["id"]).name, lambda: rename(first), first)
    changes(listed, lambda: rename(second), [second])


def test_nodes_of_another_are_seen_by_the_package(client, plain, kept):
    name = fresh("switch")

    def seen():
        return [node.name for node in client.get_rule_chain_meta_data(kept["id"]["id"]).nodes]

    changes(seen, lambda: plain.post("/api/ruleChain/metadata", nodes(kept, (SWITCH, name, {"version": 0}))), [name])


def test_the_package_makes_changes_and_removes_a_rule_chain(client, plain):
    name, second, node = fresh("chain"), fresh("renamed"), fresh("switch")

    def listed():
        return [chain["name"] for chain in plain.get("/api/ruleChains", pageSize=100, page=0)["data"]
                if chain["name"] in (name, second)]

    made = []
    sent = models.RuleChain(name=name, type="CORE", tenant_id=client.get_user().tenant_id)
    changes(listed, lambda: made.append(client.save_rule_chain_v1(body=sent)), [name])
    chain = made[0]
    chain.name = second
    changes(listed, lambda: client.save_rule_chain_v1(body=chain), [second])

    path = f"/api/ruleChain/{chain.id.id}"
    plain.post("/api/ruleChain/metadata",
               nodes({"id": {"entityType": "RULE_CHAIN", "id": chain.id.id}}, (SWITCH, "a", {"version": 0})))

    def rename_node():
        metadata = client.get_rule_chain_meta_data(chain.id)
        metadata.nodes[0].name = node
        client.save_rule_chain_meta_data(body=metadata)

    changes(lambda: [row["name"] for row in plain.get(path + "/metadata")["nodes"]], rename_node, [node])
    changes(lambda: plain.status(path), lambda: client.delete_rule_chain(chain.id), 404)
    assert listed() == []
    assert outcome(lambda: client.get_rule_chain_by_id(chain.id)) == 404


def test_the_package_makes_another_chain_the_root(client, plain, kept):
    def root():
        return [chain["id"]["id"] for chain in plain.get("/api/ruleChains", pageSize=100, page=0)["data"]
                if chain["root"]]

    before = root()
    for _ in range(2):
        changes(root, lambda: client.set_root_rule_chain(kept["id"]["id"]), [kept["id"]["id"]])
        changes(root, lambda: client.set_root_rule_chain(before[0]), before)


def test_a_try_of_a_script_answers_by_message_and_by_the_stored_script(client, plain, kept):
    """The script is what another client stored in a node; the message is what this one sends. The older package
    cannot name a language, which means JavaScript."""
    kind = "org.thingsboard.rule.engine.transform.TbTransformMsgNode"

    def store(add):
        script = f"msg.sum = msg.value + {add}; return {{msg: msg, metadata: metadata, msgType: msgType}};"
        configuration = {"scriptLang": "JS", "jsScript": script, "tbelScript": ""}
        plain.post("/api/ruleChain/metadata", nodes(kept, (kind, "add", configuration)))

    def tried(value):
        stored = rest.shown(client, client.get_rule_chain_meta_data(kept["id"]["id"]))["nodes"][0]
        question = {
            "script": stored["configuration"]["jsScript"],
            "scriptType": "update",
            "argNames": ["msg", "metadata", "msgType"],
            "msg": json.dumps({"value": value}),
            "metadata": {},
            "msgType": "POST_TELEMETRY_REQUEST",
        }
        reply = rest.shown(client, client.test_script(body=question))
        assert reply["error"] == ""
        message = json.loads(reply["output"])["msg"]
        return (json.loads(message) if isinstance(message, str) else message)["sum"]

    store(1)
    value, other, add = number(), number() + 10_000_000, number()
    assert (tried(value), tried(other)) == (value + 1, other + 1)
    changes(lambda: tried(value), lambda: store(add), value + add)


def test_the_kinds_of_nodes_are_those_that_chains_take(client, plain, kept):
    """No client can change this list: it says what the server is able to do. So the answer is held against that:
    another client makes a chain of all the filters it names, as it describes them, and the package sees their kinds."""

    def listed(kind):
        rows = rest.shown(client, client.get_component_descriptors_by_types(kind, "CORE"))
        assert {row["type"] for row in rows} == {kind}
        return {row["clazz"]: row["configurationDescriptor"]["nodeDefinition"] for row in rows}

    filters = listed("FILTER")
    assert filters.keys().isdisjoint(listed("ACTION"))

    def taken():
        return {node.type for node in client.get_rule_chain_meta_data(kept["id"]["id"]).nodes}

    def take():
        kinds = [(clazz, fresh("node"), definition["defaultConfiguration"]) for clazz, definition in filters.items()]
        plain.post("/api/ruleChain/metadata", nodes(kept, *kinds))

    changes(taken, take, set(filters))
