"""A plain WebSocket client hears what the client package does."""

import json

import pytest
import websocket

from rest import body, save_device
from scene import eventually


class Socket:
    def __init__(self, url):
        self.connection = websocket.create_connection(url, timeout=20)

    def send(self, frame):
        self.connection.send(json.dumps(frame))

    def frame(self, fits=lambda frame: True):
        while True:
            frame = json.loads(self.connection.recv())
            if fits(frame):
                return frame

    def close(self):
        self.connection.close()


@pytest.fixture
def device(client, plain):
    device = save_device(client, plain, "WS-1")
    yield device
    client.delete_device(device.id)


def save(client, device, values):
    client.save_entity_telemetry(entity_id=device.id, scope="ANY", body=body(values))


@pytest.mark.parametrize("form", ["current", "older"])
def test_entity_data_is_whole_at_first_and_live_after(client, plain, scene, device, form):
    url = scene.server.url.replace("http", "ws")
    query = {
        "entityFilter": {"type": "singleEntity", "singleEntity": {"entityType": "DEVICE", "id": device.id.id}},
        "pageLink": {"pageSize": 1, "page": 0},
        "entityFields": [{"type": "ENTITY_FIELD", "key": "name"}],
        "latestValues": [{"type": "TIME_SERIES", "key": "temperature"}],
    }
    command = {"cmdId": 1, "query": query,
               "latestCmd": {"keys": [{"type": "TIME_SERIES", "key": "temperature"}]}}
    if form == "current":
        socket = Socket(url + "/api/ws")
        socket.send({"authCmd": {"cmdId": 0, "token": plain.token}, "cmds": [dict(command, type="ENTITY_DATA")]})
    else:
        socket = Socket(url + "/api/ws/plugins/telemetry?token=" + plain.token)
        socket.send({"entityDataCmds": [command], "tsSubCmds": None})
    first = socket.frame()
    assert first["cmdUpdateType"] == "ENTITY_DATA"
    assert first["data"]["data"][0]["latest"]["ENTITY_FIELD"]["name"]["value"] == "WS-1"
    for value in (20.5, 21.5):
        save(client, device, {"temperature": value})
        latest = socket.frame()["update"][0]["latest"]["TIME_SERIES"]["temperature"]
        assert latest["value"] == str(value)
    socket.send({"cmds": [{"type": "ENTITY_DATA_UNSUBSCRIBE", "cmdId": 1}]})
    socket.close()


def test_older_subscriptions_tell_telemetry_and_attributes(client, plain, scene, device):
    socket = Socket(scene.server.url.replace("http", "ws") + "/api/ws/plugins/telemetry?token=" + plain.token)
    entity = {"entityType": "DEVICE", "entityId": device.id.id}
    socket.send({"tsSubCmds": [dict(entity, cmdId=1, scope="LATEST_TELEMETRY", keys="temperature")],
                 "attrSubCmds": [dict(entity, cmdId=2, scope="SHARED_SCOPE", keys="on")]})
    assert {socket.frame()["subscriptionId"], socket.frame()["subscriptionId"]} == {1, 2}
    save(client, device, {"temperature": 7})
    assert socket.frame(lambda frame: frame["subscriptionId"] == 1)["data"]["temperature"][0][1] == "7"
    plain.post(f"/api/plugins/telemetry/DEVICE/{device.id.id}/attributes/SHARED_SCOPE", {"on": True})
    assert socket.frame(lambda frame: frame["subscriptionId"] == 2)["data"]["on"][0][1] == "true"
    socket.close()


def test_counts_follow_devices(client, plain, scene):
    socket = Socket(scene.server.url.replace("http", "ws") + "/api/ws")
    query = {"entityFilter": {"type": "entityName", "entityType": "DEVICE", "entityNameFilter": "Counted"}}
    socket.send({"authCmd": {"cmdId": 0, "token": plain.token},
                 "cmds": [{"type": "ENTITY_COUNT", "cmdId": 1, "query": query}]})
    assert socket.frame()["count"] == 0
    device = save_device(client, plain, "Counted-1")
    assert socket.frame()["count"] == 1
    client.delete_device(device.id)
    assert socket.frame()["count"] == 0
    socket.close()


def test_notifications_come_by_themselves(client, plain, scene):
    socket = Socket(scene.server.url.replace("http", "ws") + "/api/ws")
    socket.send({"authCmd": {"cmdId": 0, "token": plain.token},
                 "cmds": [{"type": "NOTIFICATIONS_COUNT", "cmdId": 1}]})
    before = socket.frame()["totalUnreadCount"]
    device = save_device(client, plain, "Noted-1")
    assert socket.frame()["totalUnreadCount"] == before + 1
    client.delete_device(device.id)
    plain.session.put(plain.url + "/api/notifications/read")
    eventually("an empty inbox", lambda: plain.get("/api/notifications/unread/count") == 0)
    socket.close()
