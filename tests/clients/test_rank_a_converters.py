"""Converters: stored ones by both clients, and what a try of a script answers."""

import base64
import json

import pytest

import rest
from proof import changes, fresh, number, outcome
from rest import models

UPLINK = """
var body = decodeToJson(payload);
return {{deviceName: metadata.name, deviceType: "t", telemetry: {{ value: body.value * {factor} }}}};
"""
DOWNLINK = """
return {{contentType: "TEXT", data: msg.params + "{suffix}", metadata: {{ topic: metadata.deviceName }}}};
"""


def uplink(factor):
    return {"scriptLang": "TBEL", "tbelDecoder": UPLINK.format(factor=factor)}


def downlink(suffix):
    return {"scriptLang": "TBEL", "tbelEncoder": DOWNLINK.format(suffix=suffix)}


class Stored:
    """A converter that plain HTTP writes."""

    def __init__(self, plain, kind, configuration):
        self.plain = plain
        self.body = plain.post("/api/converter", {"name": fresh("conv"), "type": kind, "configuration": configuration})
        self.id = self.body["id"]["id"]

    def reconfigure(self, configuration):
        self.plain.post("/api/converter", dict(self.plain.get(f"/api/converter/{self.id}"), configuration=configuration))


@pytest.fixture
def up(plain):
    stored = Stored(plain, "UPLINK", uplink(2))
    yield stored
    plain.delete(f"/api/converter/{stored.id}")


@pytest.fixture
def down(plain):
    stored = Stored(plain, "DOWNLINK", downlink("a"))
    yield stored
    plain.delete(f"/api/converter/{stored.id}")


def of_page(page, name):
    return [converter.configuration["tbelDecoder"] for converter in page if converter.name == name]


READERS = {
    "by id": lambda client, up: [client.get_converter_by_id(up.id).configuration["tbelDecoder"]],
    "page": lambda client, up: of_page(
        client.get_converters(page_size=5, page=0, text_search=up.body["name"]).data, up.body["name"]
    ),
    "by ids": lambda client, up: of_page(client.get_converters_by_ids([up.id]), up.body["name"]),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_new_script_is_seen_wherever_the_package_looks(client, up, reader):
    script = uplink(number())
    changes(lambda: READERS[reader](client, up), lambda: up.reconfigure(script), [script["tbelDecoder"]])


def test_the_package_makes_changes_and_removes_a_converter(client, plain):
    name = fresh("conv")

    def listed():
        page = plain.get("/api/converters", pageSize=5, page=0, textSearch=name)
        return [row["configuration"]["tbelDecoder"] for row in page["data"]]

    first, second = uplink(number()), uplink(number())
    made = []
    sent = models.Converter(name=name, type="UPLINK", configuration=first)
    changes(listed, lambda: made.append(client.save_converter(body=sent)), [first["tbelDecoder"]])
    converter = made[0]
    converter.configuration = second
    changes(listed, lambda: client.save_converter(body=converter), [second["tbelDecoder"]])
    path = f"/api/converter/{converter.id.id}"
    changes(lambda: plain.status(path), lambda: client.delete_converter(converter.id), 404)
    assert listed() == []
    assert outcome(lambda: client.get_converter_by_id(converter.id)) == 404


def test_a_try_of_an_uplink_answers_by_payload_and_by_the_stored_script(client, up):
    """The script is what another client stored; the payload is what this one sends."""
    name = fresh("device")

    def tried(value):
        question = {
            "metadata": {"name": name},
            "payload": base64.b64encode(json.dumps({"value": value}).encode()).decode(),
            "decoder": client.get_converter_by_id(up.id).configuration["tbelDecoder"],
        }
        reply = rest.shown(client, client.test_up_link_converter(body=question, script_lang="TBEL"))
        assert reply["error"] == ""
        result = json.loads(reply["output"])
        assert result["deviceName"] == name
        return result["telemetry"]["value"]

    value, other = number(), number() + 10_000_000
    assert (tried(value), tried(other)) == (value * 2, other * 2)
    changes(lambda: tried(value), lambda: up.reconfigure(uplink(8)), value * 8)


def test_a_try_of_a_downlink_answers_by_message_and_by_the_stored_script(client, down):
    topic = fresh("topic")

    def tried(params):
        question = {
            "metadata": {"deviceName": topic},
            "msg": json.dumps({"method": "set", "params": params}),
            "msgType": "RPC_CALL_FROM_SERVER_TO_DEVICE",
            "integrationMetadata": {},
            "encoder": client.get_converter_by_id(down.id).configuration["tbelEncoder"],
        }
        reply = rest.shown(client, client.test_down_link_converter(body=question, script_lang="TBEL"))
        assert reply["error"] == ""
        result = json.loads(reply["output"])
        assert result["metadata"]["topic"] == topic
        return result["data"]

    one, other, suffix = fresh("one"), fresh("other"), fresh("suffix")
    assert (tried(one), tried(other)) == (one + "a", other + "a")
    changes(lambda: tried(one), lambda: down.reconfigure(downlink(suffix)), one + suffix)
