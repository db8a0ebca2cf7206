"""Telemetry, attributes and the query over both: written by one client, read by the other."""

import time

import pytest

import rest
from proof import changes, fresh, number
from rest import models


@pytest.fixture
def entity(gauge):
    return models.DeviceId(id=gauge["id"], entity_type="DEVICE")


@pytest.fixture
def path(gauge):
    return f"/api/plugins/telemetry/DEVICE/{gauge['id']}"


def by_key(client, rows):
    return {row["key"]: row["value"] for row in rest.shown(client, rows)}


def texts(client, reply):
    """Values by key of the package's answer, newest first."""
    return {key: [point["value"] for point in points] for key, points in rest.shown(client, reply).items()}


def test_attributes_of_the_package_are_read_by_another(client, plain, entity, path):
    key, first, second = fresh("limit"), number(), fresh("high")

    def read():
        return [row["value"] for row in plain.get(path + "/values/attributes/SHARED_SCOPE", keys=key)]

    def write(value):
        client.save_entity_attributes_v2(entity_id=entity, scope="SHARED_SCOPE", body=rest.body({key: value}))

    changes(read, lambda: write(first), [first])
    changes(read, lambda: write(second), [second])


def test_attributes_of_another_are_read_by_the_package(client, plain, entity, path):
    key, first, second = fresh("site"), number(), {"row": fresh("r")}

    def of_any_scope():
        return by_key(client, client.get_attributes(entity_id=entity, keys=key))

    def of_scope(scope):
        return by_key(client, client.get_attributes_by_scope(entity_id=entity, scope=scope, keys=key))

    def write(value):
        plain.post(path + "/attributes/SERVER_SCOPE", {key: value})

    changes(of_any_scope, lambda: write(first), {key: first})
    changes(lambda: of_scope("SERVER_SCOPE"), lambda: write(second), {key: second})
    assert of_any_scope() == {key: second}
    assert of_scope("SHARED_SCOPE") == {}


def test_telemetry_of_the_package_is_read_by_another(client, plain, entity, path):
    key, first, second = fresh("flow"), number(), fresh("off")

    def read():
        return plain.get(path + "/values/timeseries", keys=key, useStrictDataTypes=True)[key][0]["value"]

    def write(value):
        client.save_entity_telemetry(entity_id=entity, scope="ANY", body=rest.body({key: value}))

    changes(read, lambda: write(first), first)
    time.sleep(0.002)  # A point of the same millisecond would replace the first rather than follow it.
    changes(read, lambda: write(second), second)


def test_telemetry_of_another_is_read_by_the_package(client, plain, entity, path):
    key, at = fresh("level"), int(time.time() * 1000) - 60_000
    values = [number() for _ in range(3)]

    def write(index):
        plain.post(path + "/timeseries/ANY", {"ts": at + index * 1000, "values": {key: values[index]}})

    def latest():
        return texts(client, client.get_latest_timeseries(entity_id=entity, keys=key))[key][0]

    def history(**how):
        reply = client.get_timeseries(entity_id=entity, keys=key, start_ts=at, end_ts=at + 3000, **how)
        return [float(value) for value in texts(client, reply).get(key, [])]

    def summed():
        return history(agg="SUM", interval=3000)

    changes(lambda: key in client.get_timeseries_keys_v1(entity_id=entity), lambda: write(0), True)
    changes(lambda: float(latest()), lambda: write(1), values[1])
    changes(history, lambda: write(2), values[::-1])
    assert summed() == [sum(values)]
    values[0] += 8
    changes(summed, lambda: write(0), [sum(values)])


def test_a_query_of_the_package_finds_what_another_wrote(client, plain, gauge, path):
    key, marker = fresh("power"), number()
    query = {
        "entityFilter": {"type": "singleEntity", "singleEntity": gauge},
        "pageLink": {"pageSize": 1, "page": 0},
        "entityFields": [{"type": "ENTITY_FIELD", "key": "label"}],
        "latestValues": [{"type": "TIME_SERIES", "key": key}],
    }

    def found():
        latest = rest.shown(client, client.find_entity_data_by_query(body=query))["data"][0]["latest"]
        return latest["ENTITY_FIELD"]["label"]["value"], latest["TIME_SERIES"][key]["value"]

    label = fresh("label")
    device = f"/api/device/{gauge['id']}"
    changes(found, lambda: plain.post("/api/device", dict(plain.get(device), label=label)), (label, ""))
    changes(found, lambda: plain.post(path + "/timeseries/ANY", {key: marker}), (label, str(marker)))
    condition = {"key": {"type": "TIME_SERIES", "key": key}, "valueType": "NUMERIC",
                 "predicate": {"type": "NUMERIC", "operation": "GREATER", "value": {"defaultValue": marker}}}

    def above():
        page = client.find_entity_data_by_query(body=dict(query, keyFilters=[condition]))
        return rest.shown(client, page)["totalElements"]

    changes(above, lambda: plain.post(path + "/timeseries/ANY", {key: marker + 1}), 1)
