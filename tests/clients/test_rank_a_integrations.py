"""Integrations: written by one client, read by the other, and a check that asks the broker itself."""

import pytest

from bench import integration
from proof import changes, fresh, outcome
from rest import models
from scene import Broker, free_port

SCRIPT = {"scriptLang": "TBEL", "tbelDecoder": "return {deviceName: metadata.topic, deviceType: 't', telemetry: {}};"}


@pytest.fixture(scope="module")
def uplink(plain):
    uplink = plain.post("/api/converter", {"name": fresh("up"), "type": "UPLINK", "configuration": SCRIPT})
    yield uplink
    plain.delete(f"/api/converter/{uplink['id']['id']}")


@pytest.fixture(scope="module")
def kept(plain, scene, uplink):
    """Written by plain HTTP, read by the package. Not enabled: what is stored is the matter here."""
    kept = plain.post("/api/integration", integration(scene.broker.port, uplink, fresh("t") + "/+", enabled=False))
    yield kept
    plain.delete(f"/api/integration/{kept['id']['id']}")


def named(rows, kept):
    return [row.name for row in rows if row.id.id == kept["id"]["id"]]


READERS = {
    "by id": lambda client, kept: [client.get_integration_by_id(kept["id"]["id"]).name],
    "page": lambda client, kept: named(
        client.get_integrations(page_size=50, page=0, is_edge_template=False).data, kept
    ),
    "infos": lambda client, kept: named(
        client.get_integration_infos(page_size=50, page=0, is_edge_template=False).data, kept
    ),
    "by ids": lambda client, kept: named(client.get_integrations_by_ids([kept["id"]["id"]]), kept),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_new_name_is_seen_wherever_the_package_looks(client, plain, kept, reader):
    name = fresh("renamed")

    def rename():
        plain.post("/api/integration", dict(plain.get(f"/api/integration/{kept['id']['id']}"), name=name))

    changes(lambda: READERS[reader](client, kept), rename, [name])


def of_package(sent):
    """The package's model of an integration."""
    return models.Integration(
        name=sent["name"],
        type=sent["type"],
        enabled=sent["enabled"],
        remote=False,
        allow_create_devices_or_assets=True,
        default_converter_id=models.ConverterId(id=sent["defaultConverterId"]["id"], entity_type="CONVERTER"),
        routing_key=sent["routingKey"],
        configuration=sent["configuration"],
    )


def test_the_package_makes_changes_and_removes_an_integration(client, plain, scene, uplink):
    sent = integration(scene.broker.port, uplink, fresh("t") + "/+", enabled=False)

    def listed():
        page = plain.get("/api/integrations", pageSize=50, page=0, textSearch=sent["name"])
        return [row["configuration"]["topicFilters"][0]["filter"] for row in page["data"]]

    made, topic = [], fresh("t") + "/#"
    first = [sent["configuration"]["topicFilters"][0]["filter"]]
    changes(listed, lambda: made.append(client.save_integration(body=of_package(sent))), first)
    saved = made[0]
    saved.configuration = dict(saved.configuration, topicFilters=[{"filter": topic, "qos": 0}])
    changes(listed, lambda: client.save_integration(body=saved), [topic])
    path = f"/api/integration/{saved.id.id}"
    changes(lambda: plain.status(path), lambda: client.delete_integration(saved.id), 404)
    assert listed() == []
    assert outcome(lambda: client.get_integration_by_id(saved.id)) == 404


def test_a_check_says_whether_there_is_a_broker_now(client, plain, uplink, tmp_path):
    """What the package is told changes with a broker's start and end, and plain HTTP is told the same."""
    port = free_port()
    sent = integration(port, uplink, fresh("t") + "/+")

    def by_package():
        return outcome(lambda: client.check_integration_connection(body=of_package(sent)))

    def by_plain():
        reply = plain.session.post(plain.url + "/api/integration/check", json=sent)
        return None if reply.status_code == 200 else reply.status_code

    brokers = []
    try:
        changes(by_package, lambda: brokers.append(Broker(tmp_path, port)), None)
        assert by_plain() is None
        changes(by_package, brokers[0].stop, 400)
        assert by_plain() == 400
    finally:
        for broker in brokers:
            broker.stop()
