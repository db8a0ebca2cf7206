"""The thermostat tutorial: the imported dashboard and rule chain, JavaScript converters, a command that reaches the
device by its attributes."""

import json
import time

import pytest

from rest import body, models
from scene import EXAMPLES, eventually

UP = "devices/Thermostat-A/temperature/latest"
DOWN = "devices/Thermostat-A/temperature/settings"
PAGE = {"pageSize": 20, "page": 0}


def text(name):
    return (EXAMPLES / "thermostat" / name).read_text()


@pytest.fixture(scope="module")
def made(client, plain, scene):
    # As old exports write them: without a language, which means JavaScript.
    uplink = client.save_converter(
        body=models.Converter(name="T up", type="UPLINK", configuration={"decoder": text("uplink.js")})
    )
    downlink = client.save_converter(
        body=models.Converter(name="T down", type="DOWNLINK", configuration={"encoder": text("downlink.js")})
    )
    integration = client.save_integration(
        body=models.Integration(
            name="Thermostats",
            type="MQTT",
            enabled=True,
            remote=False,
            allow_create_devices_or_assets=True,
            default_converter_id=uplink.id,
            downlink_converter_id=downlink.id,
            routing_key="7a1f2a4e-5f2f-4d6b-9a3a-0f1a2b3c4d5f",
            configuration={
                "clientConfiguration": {"host": "127.0.0.1", "port": scene.broker.port, "cleanSession": True,
                                        "ssl": False, "credentials": {"type": "anonymous"}},
                "downlinkTopicPattern": "${topic}",
                "topicFilters": [{"filter": "devices/+/temperature/latest", "qos": 0}],
                "metadata": {},
            },
        )
    )
    path = f"/api/millrace/integration/{integration.id.id}/status"
    eventually("the connection", lambda: plain.get(path)["state"] in ("CONNECTED", "ACTIVE"))
    yield {"integration": integration}
    client.delete_integration(integration.id)
    client.delete_converter(downlink.id)
    client.delete_converter(uplink.id)


def say(device_side, temperature, ts=None):
    payload = {"temperature": temperature, "deviceName": "Thermostat-A", "deviceType": "thermostat",
               "timestamp": ts or int(time.time() * 1000)}
    device_side.publish(UP, json.dumps(payload))


def test_the_device_appears_with_its_own_time_and_attributes(client, plain, device_side, made):
    ts = int(time.time() * 1000) - 5000
    say(device_side, 25, ts)
    eventually("the device", lambda: plain.get("/api/tenant/devices", textSearch="Thermostat-A", **PAGE)["data"])
    device = client.get_tenant_device("Thermostat-A")
    assert device.type == "thermostat"
    path = f"/api/plugins/telemetry/DEVICE/{device.id.id}/values"
    latest = eventually("the temperature", lambda: plain.get(path + "/timeseries", keys="temperature")["temperature"])
    assert latest[0] == {"ts": ts, "value": "25"}
    attributes = eventually("the attributes", lambda: plain.get(path + "/attributes/CLIENT_SCOPE"))
    assert {row["key"]: row["value"] for row in attributes} == {
        "integrationName": "Thermostats", "deviceName": "Thermostat-A", "deviceType": "thermostat"}
    made["device"] = device


def test_a_dashboards_alias_finds_the_device_and_follows_it(client, plain, device_side, made):
    alias = {"type": "deviceType", "deviceTypes": ["thermostat"], "deviceNameFilter": "Thermostat-A",
             "resolveMultiple": True}
    query = {
        "entityFilter": alias,
        "pageLink": {"pageSize": 10, "page": 0, "sortOrder": None, "textSearch": None, "dynamic": True},
        "entityFields": [{"type": "ENTITY_FIELD", "key": "name"}],
        "latestValues": [{"type": "TIME_SERIES", "key": "temperature"}],
    }

    def shown():
        found = client.find_entity_data_by_query(body=query)
        found = found if isinstance(found, dict) else client.api_client.sanitize_for_serialization(found)
        latest = found["data"][0]["latest"]
        return latest["ENTITY_FIELD"]["name"]["value"], latest["TIME_SERIES"]["temperature"]["value"]

    assert shown()[0] == "Thermostat-A"
    say(device_side, 31)
    eventually("the value by query", lambda: shown() == ("Thermostat-A", "31"))
    assert client.count_entities_by_query(body={"entityFilter": alias}) == 1


def test_a_command_finds_the_device_by_its_attributes(client, plain, device_side, made):
    chains = client.get_rule_chains(page_size=20, page=0).data
    old_root = [chain for chain in chains if chain.root][0]
    imported = json.loads(text("rule-chain.json"))
    chain = client.save_rule_chain_v1(
        body=models.RuleChain(
            name=imported["ruleChain"]["name"],
            additional_info=imported["ruleChain"]["additionalInfo"],
            type="CORE",
            tenant_id=old_root.tenant_id,
        )
    )
    # As the file has it, with what is another here: the chain and the integration.
    metadata = dict(imported["metadata"], ruleChainId={"entityType": "RULE_CHAIN", "id": chain.id.id})
    for node in metadata["nodes"]:
        if node["type"].endswith("TbIntegrationDownlinkNode"):
            node["configuration"]["integrationId"] = made["integration"].id.id
    client.save_rule_chain_meta_data(body=metadata)
    client.set_root_rule_chain(chain.id)
    try:
        roots = [row["name"] for row in plain.get("/api/ruleChains", **PAGE)["data"] if row["root"]]
        assert roots == [chain.name]
        device_side.subscribe("devices/+/temperature/settings")
        call = {"method": "setValue", "params": 40, "timeout": 5000}
        client.handle_one_way_device_rpc_request_v1(made["device"].id, body=body(call))
        received = eventually("the command", lambda: device_side.received)
        assert received[0][:2] == (DOWN, "40")
    finally:
        client.set_root_rule_chain(old_root.id)
        client.delete_rule_chain(chain.id)
