import paho.mqtt.client as mqtt
import pytest
import requests

import rest
import witness
from proof import fresh
from scene import EMAIL, PASSWORD, Scene, eventually


def pytest_collection_modifyitems(items):
    """What tells whether the proofs really asked runs behind them."""
    items.sort(key=lambda item: item.name.startswith("test_the_proof_really_"))


@pytest.fixture(scope="session")
def scene():
    scene = Scene()
    yield scene
    scene.stop()


@pytest.fixture(scope="session")
def client(scene):
    """The unmodified client package."""
    client = rest.Client(scene.server.url)
    client.login(EMAIL, PASSWORD)
    return client


class Plain:
    """Another client: bare HTTP."""

    def __init__(self, url):
        self.url = url
        self.session = requests.Session()
        self.session.headers["User-Agent"] = witness.PLAIN
        pair = self.session.post(url + "/api/auth/login", json={"username": EMAIL, "password": PASSWORD})
        self.token = pair.json()["token"]
        self.session.headers["Authorization"] = "Bearer " + self.token

    def get(self, path, **query):
        reply = self.session.get(self.url + path, params=query)
        assert reply.status_code == 200, (path, reply.status_code, reply.text)
        return reply.json() if reply.text else None

    def post(self, path, body=None, **query):
        reply = self.session.post(self.url + path, json=body, params=query)
        assert reply.status_code == 200, (path, reply.status_code, reply.text)
        return reply.json() if reply.text else None

    def put(self, path):
        reply = self.session.put(self.url + path)
        assert reply.status_code == 200, (path, reply.status_code, reply.text)

    def status(self, path):
        return self.session.get(self.url + path).status_code

    def delete(self, path, **query):
        reply = self.session.delete(self.url + path, params=query)
        assert reply.status_code == 200, (path, reply.status_code, reply.text)


@pytest.fixture(scope="session")
def plain(scene):
    return Plain(scene.server.url)


@pytest.fixture(scope="session")
def gauge(plain):
    """A device that values are written for. One for all: of more than twenty new devices a minute the inbox tells in
    a summary, and tests of the inbox count its lines."""
    return plain.post("/api/device", {"name": fresh("gauge"), "type": "default"})["id"]


@pytest.fixture
def device_side(scene):
    """What a device is on: a client of the broker that keeps what it receives."""
    side = DeviceSide(scene.broker.port)
    yield side
    side.client.disconnect()
    side.client.loop_stop()


class DeviceSide:
    def __init__(self, port):
        self.received = []
        self.answers = {}
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        self.client.on_message = self._message
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()

    def _message(self, client, _, message):
        self.received.append((message.topic, message.payload.decode(), message.qos))
        answer = self.answers.get(message.topic)
        if answer:
            client.publish(*(answer(message.payload) if callable(answer) else answer))

    def subscribe(self, topic):
        taken = []
        self.client.on_subscribe = lambda *_: taken.append(True)
        witness.note("broker", "SUBSCRIBE", topic)
        self.client.subscribe(topic, qos=1)
        eventually("the subscription", lambda: taken)

    def publish(self, topic, payload):
        witness.note("broker", "PUBLISH", topic)
        self.client.publish(topic, payload, qos=1).wait_for_publish(10)
