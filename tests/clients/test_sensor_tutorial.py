"""The sensor tutorial from the first converter to the knob, by the unmodified client package. What it
writes is read by another client, and the other way round."""

import base64
import json
import time

import pytest

import rest
from live import signed_in
from rest import models
from scene import EXAMPLES, eventually

TOPIC = "tb/mqtt-integration-tutorial/sensors/SN-001"
PAGE = {"pageSize": 20, "page": 0}


def text(name):
    return (EXAMPLES / "sensor" / name).read_text()


@pytest.fixture(scope="module")
def made(client):
    """What the steps leave for each other."""
    return {}


def bare(entity):
    return entity.id.id


def test_converters_are_made_tried_and_listed(client, plain, made):
    configuration = {"scriptLang": "TBEL", "tbelDecoder": text("uplink-with-responses.tbel")}
    sent = models.Converter(name="MQTT Uplink Converter", type="UPLINK", configuration=configuration, debug_mode=True)
    uplink = client.save_converter(body=sent)
    assert plain.get(f"/api/converter/{bare(uplink)}")["configuration"]["tbelDecoder"] == configuration["tbelDecoder"]
    downlink = client.save_converter(
        body=models.Converter(
            name="MQTT Downlink Converter",
            type="DOWNLINK",
            configuration={"scriptLang": "TBEL", "tbelEncoder": text("downlink.tbel")},
        )
    )
    listed = client.get_converters(page_size=20, page=0)
    assert {converter.name for converter in listed.data} >= {"MQTT Uplink Converter", "MQTT Downlink Converter"}
    test = {
        "metadata": {"topic": TOPIC + "/temperature", "integrationName": "MQTT Integration"},
        "payload": base64.b64encode(b'{"value":25.1}').decode(),
        "decoder": configuration["tbelDecoder"],
    }
    outcome = rest.shown(client, client.test_up_link_converter(body=test, script_lang="TBEL"))
    assert outcome["error"] == ""
    assert json.loads(outcome["output"])["telemetry"] == {"temperature": 25.1}
    other = dict(test, payload=base64.b64encode(b'{"value":1}').decode())
    outcome = plain.post("/api/converter/testUpLink", other, scriptLang="TBEL")
    assert json.loads(outcome["output"])["telemetry"] == {"temperature": 1}
    test = {
        "metadata": {"deviceName": "SN-001", "deviceType": "sensor"},
        "msg": '{"method":"setValue","params":"\\"33\\"","additionalInfo":null}',
        "msgType": "RPC_CALL_FROM_SERVER_TO_DEVICE",
        "integrationMetadata": {},
        "encoder": text("downlink.tbel"),
    }
    outcome = rest.shown(client, client.test_down_link_converter(body=test, script_lang="TBEL"))
    assert outcome["error"] == ""
    assert json.loads(json.loads(outcome["output"])["data"]) == {"value": 33}
    made.update(uplink=uplink, downlink=downlink)


def test_the_integration_is_checked_made_and_connects(client, plain, scene, made):
    configuration = {
        "clientConfiguration": {
            "host": "127.0.0.1",
            "port": scene.broker.port,
            "cleanSession": False,
            "ssl": False,
            "connectTimeoutSec": 10,
            "clientId": "",
            "credentials": {"type": "anonymous"},
        },
        "downlinkTopicPattern": "${topic}",
        "topicFilters": [
            {"filter": "tb/mqtt-integration-tutorial/sensors/+/temperature", "qos": 1},
            {"filter": "tb/mqtt-integration-tutorial/sensors/+/rx/response", "qos": 1},
        ],
        "metadata": {},
    }
    sent = models.Integration(
        name="MQTT Integration",
        type="MQTT",
        enabled=True,
        remote=False,
        allow_create_devices_or_assets=True,
        default_converter_id=made["uplink"].id,
        downlink_converter_id=made["downlink"].id,
        routing_key="7a1f2a4e-5f2f-4d6b-9a3a-0f1a2b3c4d5e",
        configuration=configuration,
        debug_mode=True,
    )
    client.check_integration_connection(body=sent)
    saved = client.save_integration(body=sent)
    made["integration"] = saved

    def connected():
        infos = client.get_integration_infos(page_size=20, page=0, is_edge_template=False)
        rows = [info for info in infos.data if info.name == "MQTT Integration"]
        status = rows[0].status
        return status and (status.get("success") if isinstance(status, dict) else getattr(status, "success", None))

    eventually("the integration's success", connected)
    read = plain.get(f"/api/integration/{bare(saved)}")
    assert read["configuration"]["topicFilters"][1]["filter"].endswith("rx/response")
    assert plain.get("/api/integrations", **PAGE)["data"][0]["name"] == "MQTT Integration"


def test_a_first_message_brings_the_device_with_all_that_is_seen_of_it(client, plain, scene, device_side, made):
    before = client.get_unread_notifications_count()
    device_side.publish(TOPIC + "/temperature", '{"value":25.1}')
    eventually(
        "the device",
        lambda: "SN-001" in [device["name"] for device in plain.get("/api/tenant/devices", **PAGE)["data"]],
    )
    device = client.get_tenant_device("SN-001")
    made["device"] = device
    assert device.type == "sensor"
    latest = eventually(
        "the temperature", lambda: client.get_latest_timeseries(entity_id=device.id, keys="temperature")
    )
    values = latest if isinstance(latest, dict) else latest.to_dict()
    point = values["temperature"][0]
    point = point if isinstance(point, dict) else point.to_dict()
    assert point["value"] == "25.1"
    assert abs(point["ts"] - time.time() * 1000) < 60_000
    attributes = eventually(
        "the client attribute", lambda: client.get_attributes_by_scope(entity_id=device.id, scope="CLIENT_SCOPE")
    )
    first = attributes[0] if isinstance(attributes[0], dict) else attributes[0].to_dict()
    assert (first["key"], first["value"]) == ("integrationName", "MQTT Integration")
    assert client.get_unread_notifications_count() == before + 1
    created = [note["id"]["id"] for note in rest.inbox(client, unread_only=True) if "SN-001" in note["text"]]
    assert len(created) == 1
    client.mark_notification_as_read(created[0])
    assert plain.get("/api/notifications/unread/count") == before
    relations = plain.get(f"/api/relations/info/to/DEVICE/{bare(device)}")
    assert [relation["type"] for relation in relations] == ["ManagedByIntegration"]

    gauge = {"type": "ENTITY_DATA", "cmdId": 1, "latestCmd": {"keys": [{"type": "TIME_SERIES", "key": "temperature"}]},
             "query": {"entityFilter": {"type": "deviceType", "deviceTypes": ["sensor"], "deviceNameFilter": ""},
                       "pageLink": {"pageSize": 10, "page": 0, "dynamic": True}}}
    socket = signed_in(scene, plain, gauge)
    shown = socket.frame()["data"]["data"][0]
    assert shown["latest"]["TIME_SERIES"]["temperature"]["value"] == "25.1"
    device_side.publish(TOPIC + "/temperature", '{"value":26}')
    assert socket.frame()["update"][0]["latest"]["TIME_SERIES"]["temperature"]["value"] == "26"
    socket.close()
    path = f"/api/plugins/telemetry/DEVICE/{bare(device)}/values/timeseries"
    eventually("the second value", lambda: plain.get(path, keys="temperature")["temperature"][0]["value"] == "26")
    strict = plain.get(path, keys="temperature", useStrictDataTypes=True)
    assert strict["temperature"][0]["value"] == 26
    end = int(time.time() * 1000) + 1000
    history = client.get_timeseries(entity_id=device.id, keys="temperature", start_ts=0, end_ts=end)
    history = history if isinstance(history, dict) else history.to_dict()
    assert len(history["temperature"]) == 2
    assert client.get_unread_notifications_count() == before


def test_events_show_what_came_and_what_was_made_of_it(client, plain, device_side, made):
    tenant = client.get_user().tenant_id
    device_side.publish(TOPIC + "/temperature", "not json")
    integration, uplink = made["integration"], made["uplink"]

    def events(entity, kind):
        page = client.get_events_v1_get1(
            entity_id=entity.id, event_type=kind, tenant_id=tenant, page_size=50, page=0
        )
        return [event.body if isinstance(event.body, dict) else event.body.to_dict() for event in page.data]

    def converter_failed():
        return [body for body in events(uplink, "DEBUG_CONVERTER") if body.get("error")]

    failed = eventually("the converter's failure", converter_failed)[0]
    assert failed["in"] == "not json"
    good = [body for body in events(uplink, "DEBUG_CONVERTER") if not body.get("error")]
    assert any(json.loads(body["in"]) == {"value": 25.1} for body in good)
    assert any(body["type"] == "Uplink" and body["status"] == "OK" for body in events(integration, "DEBUG_INTEGRATION"))
    started = plain.get(f"/api/events/INTEGRATION/{bare(integration)}/LC_EVENT", tenantId=tenant.id, **PAGE)
    assert any(event["body"]["event"] == "STARTED" for event in started["data"])


def test_a_knob_reaches_the_device_and_its_answer_comes_back(client, plain, device_side, made):
    device = made["device"]
    chains = client.get_rule_chains(page_size=10, page=0)
    root = [chain for chain in chains.data if chain.root][0]
    metadata = client.get_rule_chain_meta_data(root.id)
    switch = [i for i, node in enumerate(metadata.nodes) if node.type.endswith("TbMsgTypeSwitchNode")][0]
    metadata.nodes.append(
        models.RuleNode(
            type="org.thingsboard.rule.engine.integration.TbIntegrationDownlinkNode",
            name="MQTT Integration Downlink",
            configuration={"integrationId": bare(made["integration"])},
            additional_info={"layoutX": 900, "layoutY": 300},
        )
    )
    last = len(metadata.nodes) - 1
    metadata.connections.append(
        models.NodeConnectionInfo(from_index=switch, to_index=last, type="RPC Request to Device")
    )
    client.save_rule_chain_meta_data(body=metadata)
    read = plain.get(f"/api/ruleChain/{bare(root)}/metadata")
    assert [node["name"] for node in read["nodes"]][-1] == "MQTT Integration Downlink"

    device_side.subscribe(TOPIC + "/rx")
    for value in ("33", "42"):
        call = {"method": "setValue", "params": value, "persistent": False, "timeout": 5000}
        client.handle_one_way_device_rpc_request(device.id, body=rest.body(call))
    eventually("two commands", lambda: len(device_side.received) == 2)
    assert [payload for _, payload, _ in device_side.received] == ['{"value":33}', '{"value":42}']

    # The device answers: its answer is telemetry of the same device.
    device_side.answers[TOPIC + "/rx"] = (TOPIC + "/rx/response", '{"rpcReceived":"OK"}')
    call = {"method": "setValue", "params": 40}
    client.handle_one_way_device_rpc_request_v1(device.id, body=rest.body(call))
    path = f"/api/plugins/telemetry/DEVICE/{bare(device)}/values/timeseries"
    eventually(
        "the answer", lambda: plain.get(path, keys="rpcReceived")["rpcReceived"][0]["value"] == "OK"
    )


def test_the_tutorials_dashboard_is_kept_as_its_file_has_it(client, plain):
    file = json.loads(text("dashboards/MQTT RPC.json"))
    board = client.save_dashboard(
        body=models.Dashboard(title=file["title"], configuration=file["configuration"])
    )
    assert plain.get(f"/api/dashboard/{bare(board)}")["configuration"] == file["configuration"]
    client.delete_dashboard(board.id)


def test_everything_goes_away_again(client, plain, made):
    client.delete_integration(made["integration"].id)
    client.delete_converter(made["uplink"].id)
    client.delete_converter(made["downlink"].id)
    client.delete_device(made["device"].id)
    assert "SN-001" not in [device["name"] for device in plain.get("/api/tenant/devices", **PAGE)["data"]]
    assert plain.get("/api/integrationInfos", **PAGE)["totalElements"] == 0
