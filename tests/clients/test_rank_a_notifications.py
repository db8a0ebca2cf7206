"""The inbox: another client makes a device, the package is told and reads; and the other way round."""

import pytest

import rest
from proof import becomes, changes, fresh


@pytest.fixture
def make(plain):
    """Makes a device of the name by plain HTTP."""
    made = []

    def make(name):
        made.append(plain.post("/api/device", {"name": name, "type": "default"}))

    yield make
    for device in made:
        plain.delete(f"/api/device/{device['id']['id']}")


def inbox(client, name):
    """Status of the notes about a device, as the package reads them."""
    return [(note["id"]["id"], note["status"]) for note in rest.inbox(client) if name in note["text"]]


def statuses(client, name):
    return [status for _, status in inbox(client, name)]


def by_plain(plain, name):
    page = plain.get("/api/notifications", pageSize=50, page=0)
    return [note["status"] for note in page["data"] if name in note["text"]]


def test_a_new_device_of_another_is_in_the_inbox_of_the_package(client, plain, make):
    name, other = fresh("noted"), fresh("noted")
    changes(lambda: statuses(client, name), lambda: make(name), ["SENT"])
    count = client.get_unread_notifications_count()
    changes(client.get_unread_notifications_count, lambda: make(other), count + 1)
    changes(client.get_unread_notifications_count, lambda: plain.put("/api/notifications/read"), 0)
    becomes(lambda: statuses(client, name), ["READ"])


def test_what_the_package_has_read_is_read_for_another(client, plain, make):
    one, other = fresh("noted"), fresh("noted")
    make(one)
    make(other)
    becomes(lambda: (statuses(client, one), statuses(client, other)), (["SENT"], ["SENT"]))

    def seen():
        return by_plain(plain, one), by_plain(plain, other)

    first = inbox(client, one)[0][0]
    changes(seen, lambda: client.mark_notification_as_read(first), (["READ"], ["SENT"]))
    assert plain.get("/api/notifications/unread/count") > 0
    changes(seen, client.mark_all_notifications_as_read, (["READ"], ["READ"]))
    assert plain.get("/api/notifications/unread/count") == 0
