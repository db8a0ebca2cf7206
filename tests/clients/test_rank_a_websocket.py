"""A plain WebSocket client hears what the package does: every command, before and after."""

import time

import pytest

import rest
from live import older, signed_in
from proof import changes, fresh, number
from rest import models
from scene import eventually


@pytest.fixture
def entity(gauge):
    return models.DeviceId(id=gauge["id"], entity_type="DEVICE")


@pytest.fixture
def save(client, entity):
    """Telemetry by the package."""
    return lambda values: client.save_entity_telemetry(entity_id=entity, scope="ANY", body=rest.body(values))


@pytest.fixture
def share(client, entity):
    """A shared attribute by the package."""
    return lambda values: client.save_entity_attributes_v2(
        entity_id=entity, scope="SHARED_SCOPE", body=rest.body(values)
    )


def of(gauge, **parts):
    """ENTITY_DATA about the gauge."""
    query = {
        "entityFilter": {"type": "singleEntity", "singleEntity": gauge},
        "pageLink": {"pageSize": 1, "page": 0},
        "entityFields": [{"type": "ENTITY_FIELD", "key": "name"}],
    }
    return {"type": "ENTITY_DATA", "cmdId": 1, "query": query, **parts}


def row(frame):
    """What a frame tells of its first entity."""
    assert (frame["cmdId"], frame["errorCode"], frame["cmdUpdateType"]) == (1, 0, "ENTITY_DATA")
    return (frame["update"] or frame["data"]["data"])[0]


def code(connection):
    """The code that a socket is closed with."""
    opcode, data = connection.recv_data()
    assert opcode == 8, data
    return int.from_bytes(data[:2], "big")


@pytest.mark.parametrize("form", ["current", "older"])
def test_a_socket_opens_for_a_token_and_for_nothing_else(plain, scene, form):
    class Nobody:
        token = fresh("token")

    mark = {"cmdId": 7, "type": "NOTIFICATIONS_COUNT"}
    if form == "current":
        refused, taken = signed_in(scene, Nobody, mark), signed_in(scene, plain, mark)
    else:
        refused, taken = older(scene, Nobody, {}), older(scene, plain, {"unreadCountSubCmd": mark})
    assert code(refused.connection) == 1007
    assert taken.frame()["cmdId"] == 7
    taken.close()


@pytest.mark.parametrize("form", ["current", "older"])
def test_latest_values_and_attributes_are_heard(plain, scene, gauge, save, share, form):
    key, value, text = fresh("key"), number(), fresh("on")
    keys = [{"type": "TIME_SERIES", "key": key}, {"type": "SHARED_ATTRIBUTE", "key": key}]
    command = of(gauge, latestCmd={"keys": keys})
    if form == "current":
        socket = signed_in(scene, plain, command)
    else:
        socket = older(scene, plain, {"entityDataCmds": [command]})
    before = row(socket.frame())["latest"]
    assert (before["TIME_SERIES"][key]["value"], before["SHARED_ATTRIBUTE"][key]["value"]) == ("", "")
    save({key: value})
    assert row(socket.frame())["latest"]["TIME_SERIES"][key]["value"] == str(value)
    share({key: text})
    assert row(socket.frame())["latest"]["SHARED_ATTRIBUTE"][key]["value"] == text
    socket.close()


def test_a_window_of_points_goes_on_with_each_new_one(plain, scene, gauge, save):
    key, first, second = fresh("key"), number(), number()
    save({key: first})
    window = {"keys": [key], "startTs": int(time.time() * 1000) - 60_000, "timeWindow": 120_000, "limit": 10, "agg": "NONE"}
    socket = signed_in(scene, plain, of(gauge, tsCmd=window))

    def values():
        return [point["value"] for point in row(socket.frame())["timeseries"][key]]

    assert values() == [str(first)]
    save({key: second})
    assert values() == [str(second)]
    socket.close()


def test_history_is_what_was_written_until_it_is_asked(plain, scene, gauge, save):
    key, at = fresh("key"), int(time.time() * 1000) - 60_000
    values = [number(), number()]
    asked = {"keys": [key], "startTs": at, "endTs": at + 2000, "interval": 0, "limit": 10, "agg": "NONE"}
    older_form = {"type": "TIMESERIES_HISTORY", "cmdId": 2, "entityType": "DEVICE", "entityId": gauge["id"],
                  "keys": key, "startTs": at, "endTs": at + 2000, "limit": 10, "agg": "NONE"}
    socket = signed_in(scene, plain)

    def by_query():
        socket.send({"cmds": [of(gauge, historyCmd=asked)]})
        return [point["value"] for point in row(socket.frame())["timeseries"][key]]

    def by_entity():
        socket.send({"cmds": [older_form]})
        return [text for _, text in socket.frame(lambda frame: "subscriptionId" in frame)["data"].get(key, [])]

    changes(by_query, lambda: save({"ts": at, "values": {key: values[0]}}), [str(values[0])])
    changes(by_entity, lambda: save({"ts": at + 1000, "values": {key: values[1]}}), [str(values[1]), str(values[0])])
    assert by_query() == by_entity()
    socket.close()


@pytest.mark.parametrize("member", ["aggHistoryCmd", "aggTsCmd"])
def test_aggregates_of_now_and_before_are_told(plain, scene, gauge, save, member):
    key, at = fresh("key"), int(time.time() * 1000) - 30_000
    now, before = [number(), number()], number()
    save({"ts": at - 60_000, "values": {key: before}})
    save({"ts": at, "values": {key: now[0]}})
    command = {
        "keys": [
            {"id": 3, "key": key, "agg": "SUM"},
            {"id": 5, "key": key, "agg": "MAX", "previousStartTs": at - 61_000, "previousEndTs": at - 59_000},
        ],
        "startTs": at,
    }
    command.update({"endTs": at + 60_000} if member == "aggHistoryCmd" else {"timeWindow": 60_000})
    socket = signed_in(scene, plain)

    def told():
        socket.send({"cmds": [of(gauge, **{member: command})]})
        found = row(socket.frame(lambda frame: row(frame).get("aggLatest")))["aggLatest"]
        return float(found["3"]["current"]["value"]), float(found["5"]["previous"]["value"])

    changes(told, lambda: save({"ts": at + 1000, "values": {key: now[1]}}), (sum(now), before))
    changes(told, lambda: save({"ts": at - 60_500, "values": {key: before + 1}}), (sum(now), before + 1))
    socket.close()


def test_new_points_of_an_aggregated_window_are_told_one_by_one(plain, scene, gauge, save):
    key, value = fresh("key"), number()
    window = {"keys": [{"id": 1, "key": key, "agg": "AVG"}], "startTs": int(time.time() * 1000) - 60_000,
              "timeWindow": 120_000}
    socket = signed_in(scene, plain, of(gauge, aggTsCmd=window))
    assert row(socket.frame())["aggLatest"]["1"]["current"] == {"ts": 0, "value": ""}
    save({key: value})
    assert row(socket.frame())["latest"]["TIME_SERIES"][key]["value"] == str(value)
    socket.close()


@pytest.mark.parametrize("form", ["current", "older"])
def test_values_of_an_entity_are_heard(plain, scene, gauge, save, share, form):
    key, value, text = fresh("key"), number(), fresh("on")
    entity = {"entityType": "DEVICE", "entityId": gauge["id"], "keys": key}
    series, attributes = dict(entity, cmdId=1), dict(entity, cmdId=2, scope="SHARED_SCOPE")
    if form == "current":
        socket = signed_in(scene, plain, dict(series, type="TIMESERIES"), dict(attributes, type="ATTRIBUTES"))
    else:
        socket = older(scene, plain, {"tsSubCmds": [series], "attrSubCmds": [attributes]})

    def data(number):
        return socket.frame(lambda frame: frame["subscriptionId"] == number)["data"]

    assert (data(1), data(2)) == ({}, {})
    save({key: value})
    assert data(1)[key][0][1] == str(value)
    share({key: text})
    assert data(2)[key][0][1] == text
    socket.close()


@pytest.mark.parametrize("form", ["current", "older"])
def test_a_count_follows_what_the_package_makes_and_removes(client, plain, scene, form):
    name = fresh("counted")
    query = {"entityFilter": {"type": "entityName", "entityType": "DASHBOARD", "entityNameFilter": name}}
    command = {"type": "ENTITY_COUNT", "cmdId": 1, "query": query}
    if form == "current":
        socket = signed_in(scene, plain, command)
    else:
        socket = older(scene, plain, {"entityCountCmds": [command]})
    assert socket.frame()["count"] == 0
    board = client.save_dashboard(body=models.Dashboard(title=name, configuration={}))
    assert socket.frame()["count"] == 1
    client.delete_dashboard(board.id)
    assert socket.frame()["count"] == 0
    socket.close()


def alarm_of(entity, kind):
    return models.Alarm(name=kind, type=kind, originator=entity, severity="MAJOR", acknowledged=False, cleared=False,
                        status="ACTIVE_UNACK")


@pytest.mark.parametrize("form", ["current", "older"])
def test_alarms_are_heard_as_the_package_raises_and_clears_them(client, plain, scene, gauge, entity, form):
    kind = fresh("Alarm")
    filter = {"type": "singleEntity", "singleEntity": gauge}
    link = {"pageSize": 10, "page": 0, "startTs": 0, "endTs": int(time.time() * 1000) + 600_000, "typeList": [kind]}
    rows = {"type": "ALARM_DATA", "cmdId": 1, "query": {"entityFilter": filter, "pageLink": link, "alarmFields": [
        {"type": "ALARM_FIELD", "key": "type"}], "entityFields": [], "latestValues": []}}
    count = {"type": "ALARM_COUNT", "cmdId": 2, "query": {"entityFilter": filter, "typeList": [kind]}}
    status = {"type": "ALARM_STATUS", "cmdId": 3, "originatorId": gauge, "typeList": [kind]}
    if form == "current":
        socket, asked = signed_in(scene, plain, rows, count, status), {1, 2, 3}
    else:
        socket, asked = older(scene, plain, {"alarmDataCmds": [rows], "alarmCountCmds": [count]}), {1, 2}

    def shown(frame):
        if frame["cmdId"] == 1:
            return [alarm["status"] for alarm in frame["data"]["data"]]
        return frame["count"] if frame["cmdId"] == 2 else frame["active"]

    seen = {}

    def becomes(wanted):
        wanted = {number: answer for number, answer in wanted.items() if number in asked}
        while seen != wanted:
            frame = socket.frame()
            seen[frame["cmdId"]] = shown(frame)

    becomes({1: [], 2: 0, 3: False})
    alarm = client.save_alarm(body=alarm_of(entity, kind))
    becomes({1: ["ACTIVE_UNACK"], 2: 1, 3: True})
    client.ack_alarm(alarm.id)
    becomes({1: ["ACTIVE_ACK"], 2: 1, 3: True})
    client.clear_alarm(alarm.id)
    becomes({1: ["CLEARED_ACK"], 2: 1, 3: False})
    client.delete_alarm(alarm.id)
    becomes({1: [], 2: 0, 3: False})
    socket.close()


@pytest.mark.parametrize("form", ["current", "older"])
def test_the_inbox_is_heard_as_the_package_fills_and_reads_it(client, plain, scene, form):
    plain.put("/api/notifications/read")
    eventually("an empty inbox", lambda: client.get_unread_notifications_count() == 0)
    notes = {"type": "NOTIFICATIONS", "cmdId": 1, "limit": 10}
    count = {"type": "NOTIFICATIONS_COUNT", "cmdId": 2}
    if form == "current":
        socket = signed_in(scene, plain, notes, count)
    else:
        socket = older(scene, plain, {"unreadSubCmd": notes, "unreadCountSubCmd": count}, door="notifications")
    unread = {}

    def becomes(wanted):
        """Both subscriptions count alike, and the list names the newest."""
        newest = None
        while unread != {1: wanted, 2: wanted}:
            frame = socket.frame()
            unread[frame["cmdId"]] = frame["totalUnreadCount"]
            if frame["cmdId"] == 1:
                newest = frame["update"] or (frame["notifications"] or [None])[0]
        return newest

    becomes(0)
    names = [fresh("noted") for _ in range(2)]
    devices, told = [], []
    for index, name in enumerate(names):
        devices.append(rest.save_device(client, plain, name))
        told.append(becomes(index + 1))
        assert name in told[-1]["text"]
    mark = {"cmdId": 3, "notifications": [told[0]["id"]["id"]]}
    everything = {"cmdId": 4}

    def send(kind, older_kind, command):
        socket.send({"cmds": [dict(command, type=kind)]} if form == "current" else {older_kind: command})

    send("MARK_NOTIFICATIONS_AS_READ", "markAsReadCmd", mark)
    becomes(1)
    assert client.get_unread_notifications_count() == 1
    send("MARK_ALL_NOTIFICATIONS_AS_READ", "markAllAsReadCmd", everything)
    becomes(0)
    assert client.get_unread_notifications_count() == 0
    for device in devices:
        client.delete_device(device.id)
    socket.close()


def test_what_was_ended_is_silent(client, plain, scene, gauge, entity, save):
    """Two subscriptions of each kind to the same thing: the first of each ends, and only the second goes on."""
    key, name, kind = fresh("key"), fresh("counted"), fresh("Alarm")
    filter = {"type": "singleEntity", "singleEntity": gauge}
    link = {"pageSize": 10, "page": 0, "startTs": 0, "endTs": int(time.time() * 1000) + 600_000, "typeList": [kind]}
    boards = {"type": "entityName", "entityType": "DASHBOARD", "entityNameFilter": name}
    kinds = {
        10: of(gauge, latestCmd={"keys": [{"type": "TIME_SERIES", "key": key}]}),
        20: {"type": "ENTITY_COUNT", "query": {"entityFilter": boards}},
        30: {"type": "ALARM_DATA", "query": {"entityFilter": filter, "pageLink": link}},
        40: {"type": "ALARM_COUNT", "query": {"entityFilter": filter, "typeList": [kind]}},
        50: {"type": "ALARM_STATUS", "originatorId": gauge, "typeList": [kind]},
        60: {"type": "NOTIFICATIONS_COUNT"},
    }
    ended, kept = {place + 1 for place in kinds}, {place + 2 for place in kinds}
    socket = signed_in(scene, plain, *(
        dict(command, cmdId=place + end) for place, command in kinds.items() for end in (1, 2)))
    assert {socket.frame()["cmdId"] for _ in range(12)} == ended | kept
    socket.send({"cmds": [
        {"type": kinds[place]["type"].replace("S_COUNT", "S") + "_UNSUBSCRIBE", "cmdId": place + 1} for place in kinds]})
    heard = {}

    def until(**answers):
        """Hears until the members of the latest answers are these."""
        def latest():
            return {member: heard.get(place, {}).get(member) for member, (place, _) in answers.items()}

        while latest() != {member: answer for member, (_, answer) in answers.items()}:
            frame = socket.frame()
            heard[frame["cmdId"]] = {**frame, **told(frame)}

    def told(frame):
        if frame["cmdUpdateType"] == "ENTITY_DATA":
            return {"value": frame["update"][0]["latest"]["TIME_SERIES"][key]["value"]}
        if frame["cmdUpdateType"] == "ALARM_DATA":
            return {"alarms": len(frame["data"]["data"])}
        return {"alarmed": frame["count"]} if frame["cmdUpdateType"] == "ALARM_COUNT_DATA" else {}

    for _ in range(2):
        value = number()
        save({key: value})
        until(value=(12, str(value)))
        board = client.save_dashboard(body=models.Dashboard(title=name, configuration={}))
        until(count=(22, 1))
        client.delete_dashboard(board.id)
        until(count=(22, 0))
        alarm = client.save_alarm(body=alarm_of(entity, kind))
        until(alarms=(32, 1), alarmed=(42, 1), active=(52, True))
        client.delete_alarm(alarm.id)
        until(alarms=(32, 0), alarmed=(42, 0), active=(52, False))
    unread = client.get_unread_notifications_count()
    device = rest.save_device(client, plain, fresh("noted"))
    until(totalUnreadCount=(62, unread + 1))
    assert set(heard) == kept
    client.delete_device(device.id)
    socket.close()
