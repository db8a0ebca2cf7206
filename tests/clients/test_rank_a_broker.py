"""What goes over the broker: commands of the package that a device hears and answers, and the events of its messages."""

import json

import pytest

import rest
from bench import integration
from proof import becomes, changes, fresh, number
from rest import models
from scene import eventually

RULES = "org.thingsboard.rule.engine"
UPLINK = """
var body = decodeToJson(payload);
var levels = metadata.topic.split("/");
var result = {deviceName: levels[1], deviceType: "wired"};
if (levels[2] == "answer") {
    result.rpcResponse = {requestId: body.id, data: body.data};
} else {
    result.telemetry = body;
}
return result;
"""
DOWNLINK = """
return {
    contentType: "JSON",
    data: JSON.stringify({id: metadata.requestId, method: msg.method, params: JSON.parse(msg.params)}),
    metadata: {topic: "wire/" + metadata.deviceName + "/command"}
};
"""


def node(kind, name, **configuration):
    return {"type": f"{RULES}.{kind}", "name": name, "configuration": configuration,
            "additionalInfo": {"layoutX": 0, "layoutY": 0}}


class Wire:
    """An integration with a chain that sends commands, and a device behind it."""

    def __init__(self, plain, scene):
        self.plain = plain
        self.device_name = fresh("wired")
        self.topic = f"wire/{self.device_name}"
        debug = {"failuresEnabled": True, "allEnabled": True}
        self.uplink = plain.post("/api/converter", {
            "name": fresh("up"), "type": "UPLINK", "debugSettings": debug,
            "configuration": {"scriptLang": "TBEL", "tbelDecoder": UPLINK}})
        self.downlink = plain.post("/api/converter", {
            "name": fresh("down"), "type": "DOWNLINK",
            "configuration": {"scriptLang": "TBEL", "tbelEncoder": DOWNLINK}})
        self.integration = plain.post("/api/integration", integration(
            scene.broker.port, self.uplink, "wire/#", self.downlink, debugSettings=debug))
        self.chain = plain.post("/api/ruleChain", {"name": fresh("wire"), "type": "CORE"})
        plain.post("/api/ruleChain/metadata", {
            "ruleChainId": self.chain["id"],
            "firstNodeIndex": 0,
            "nodes": [node("filter.TbMsgTypeSwitchNode", "by type"),
                      node("telemetry.TbMsgTimeseriesNode", "save", defaultTTL=0),
                      node("integration.TbIntegrationDownlinkNode", "send",
                           integrationId=self.integration["id"]["id"])],
            "connections": [{"fromIndex": 0, "toIndex": 1, "type": "Post telemetry"},
                            {"fromIndex": 0, "toIndex": 2, "type": "RPC Request to Device"}],
            "ruleChainConnections": []})
        chains = plain.get("/api/ruleChains", pageSize=100, page=0)["data"]
        self.root = [chain for chain in chains if chain["root"]][0]
        plain.post(f"/api/ruleChain/{self.chain['id']['id']}/root")
        status = f"/api/millrace/integration/{self.integration['id']['id']}/status"
        eventually("the connection", lambda: plain.get(status)["state"] in ("CONNECTED", "ACTIVE"))
        self.device = None

    def meet(self, device_side):
        """The device says something, and is there."""
        if not self.device:
            device_side.publish(self.topic + "/up", json.dumps({"hello": 1}))
            rows = eventually("the device", lambda: self.plain.get(
                "/api/tenant/devices", pageSize=1, page=0, textSearch=self.device_name)["data"])
            self.device = models.DeviceId(id=rows[0]["id"]["id"], entity_type="DEVICE")

    def remove(self):
        plain = self.plain
        plain.post(f"/api/ruleChain/{self.root['id']['id']}/root")
        plain.delete(f"/api/ruleChain/{self.chain['id']['id']}")
        plain.delete(f"/api/integration/{self.integration['id']['id']}")
        plain.delete(f"/api/converter/{self.uplink['id']['id']}")
        plain.delete(f"/api/converter/{self.downlink['id']['id']}")
        if self.device:
            plain.delete(f"/api/device/{self.device.id}")


@pytest.fixture(scope="module")
def stage(plain, scene):
    wire = Wire(plain, scene)
    yield wire
    wire.remove()


@pytest.fixture
def wire(stage, device_side):
    stage.meet(device_side)
    return stage


ONE_WAY = {
    "older": lambda client, device, call: client.handle_one_way_device_rpc_request(device, body=call),
    "current": lambda client, device, call: client.handle_one_way_device_rpc_request_v1(device, body=call),
}
TWO_WAY = {
    "older": lambda client, device, call: client.handle_two_way_device_rpc_request(device, body=call),
    "current": lambda client, device, call: client.handle_two_way_device_rpc_request_v1(device, body=call),
}


@pytest.mark.parametrize("form", ONE_WAY)
def test_a_one_way_command_of_the_package_is_what_the_device_hears(client, device_side, wire, form):
    device_side.subscribe(wire.topic + "/command")

    def heard():
        return [json.loads(payload)["params"] for _, payload, _ in device_side.received]

    said = []
    for value in (number(), {"text": fresh("said")}):
        call = rest.body({"method": fresh("set"), "params": value, "timeout": 10_000})
        said.append(value)
        changes(heard, lambda: ONE_WAY[form](client, wire.device, call), list(said))


@pytest.mark.parametrize("form", TWO_WAY)
def test_a_two_way_command_of_the_package_gives_what_the_device_answers(client, device_side, wire, form):
    answer = {}

    def reply(payload):
        data = dict(answer, echo=json.loads(payload)["params"])
        return wire.topic + "/answer", json.dumps({"id": json.loads(payload)["id"], "data": data})

    device_side.answers[wire.topic + "/command"] = reply
    device_side.subscribe(wire.topic + "/command")

    def told(asked):
        call = rest.body({"method": "get", "params": asked, "timeout": 10_000})
        reply = TWO_WAY[form](client, wire.device, call)
        return json.loads(reply) if isinstance(reply, str) else rest.shown(client, reply)

    asked, level = fresh("asked"), number()
    changes(lambda: told(asked), lambda: answer.update(level=level), {"level": level, "echo": asked})


def test_values_of_the_device_are_read_by_the_package(client, device_side, wire):
    value, other = number(), number()

    def read():
        points = rest.shown(client, client.get_latest_timeseries(entity_id=wire.device, keys="flow"))["flow"]
        return points[0].get("value")

    changes(read, lambda: device_side.publish(wire.topic + "/up", json.dumps({"flow": value})), str(value))
    changes(read, lambda: device_side.publish(wire.topic + "/up", json.dumps({"flow": other})), str(other))


def test_events_of_a_kind_tell_what_came_and_failed(client, plain, device_side, wire):
    tenant = models.TenantId(id=plain.get("/api/auth/user")["tenantId"]["id"], entity_type="TENANT")
    converter = models.ConverterId(id=wire.uplink["id"]["id"], entity_type="CONVERTER")
    marker = fresh("no-json")

    def bodies(page):
        return [event["body"] for event in rest.shown(client, page)["data"]]

    def of_kind():
        page = client.get_events_v1_get1(
            entity_id=converter, event_type="DEBUG_CONVERTER", tenant_id=tenant, page_size=50, page=0)
        return [body["in"] for body in bodies(page) if marker in body["in"]]

    def that_fit():
        wanted = {"eventType": "DEBUG_CONVERTER", "isError": True, "in": marker}
        page = client.get_events_post(tenant_id=tenant, page_size=50, page=0, entity_id=converter, body=wanted)
        return [bool(body["error"]) for body in bodies(page)]

    changes(of_kind, lambda: device_side.publish(wire.topic + "/up", marker), [marker])
    becomes(that_fit, [True])
    changes(that_fit, lambda: device_side.publish(wire.topic + "/up", marker + "!"), [True, True])
    device_side.publish(wire.topic + "/up", json.dumps({"good": marker}))
    becomes(lambda: len(of_kind()), 3)
    assert that_fit() == [True, True]
