"""Dashboards: written by one client, read by the other."""

import pytest

import rest
from proof import changes, fresh, number, outcome
from rest import models


def configuration():
    return {"widgets": {fresh("widget"): {"sizeX": 5, "config": {"title": fresh("title"), "max": number()}}}}


@pytest.fixture
def kept(plain):
    """Written by plain HTTP, read by the package."""
    kept = plain.post("/api/dashboard", {"title": fresh("board"), "configuration": configuration()})
    yield kept
    plain.delete(f"/api/dashboard/{kept['id']['id']}")


def titles(page, kept):
    return [row.title for row in page.data if row.id.id == kept["id"]["id"]]


READERS = {
    "by id": lambda client, kept: [client.get_dashboard_by_id(kept["id"]["id"]).title],
    "info": lambda client, kept: [client.get_dashboard_info_by_id(kept["id"]["id"]).title],
    "tenant's": lambda client, kept: titles(client.get_tenant_dashboards(page_size=100, page=0), kept),
    "user's": lambda client, kept: titles(client.get_user_dashboards(page_size=100, page=0), kept),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_new_title_is_seen_wherever_the_package_looks(client, plain, kept, reader):
    title = fresh("renamed")

    def rename():
        plain.post("/api/dashboard", dict(plain.get(f"/api/dashboard/{kept['id']['id']}"), title=title))

    changes(lambda: READERS[reader](client, kept), rename, [title])


def test_new_widgets_are_seen_by_the_package(client, plain, kept):
    path, wanted = f"/api/dashboard/{kept['id']['id']}", configuration()
    changes(
        lambda: rest.shown(client, client.get_dashboard_by_id(kept["id"]["id"]))["configuration"],
        lambda: plain.post("/api/dashboard", dict(plain.get(path), configuration=wanted)),
        wanted,
    )


def test_the_package_makes_changes_and_removes_a_dashboard(client, plain):
    title, first, second = fresh("board"), configuration(), configuration()

    def listed():
        page = plain.get("/api/tenant/dashboards", pageSize=5, page=0, textSearch=title)
        return [plain.get(f"/api/dashboard/{row['id']['id']}")["configuration"] for row in page["data"]]

    made = []
    sent = models.Dashboard(title=title, configuration=first)
    changes(listed, lambda: made.append(client.save_dashboard(body=sent)), [first])
    board = made[0]
    board.configuration = second
    changes(listed, lambda: client.save_dashboard(body=board), [second])
    path = f"/api/dashboard/{board.id.id}"
    changes(lambda: plain.status(path), lambda: client.delete_dashboard(board.id), 404)
    assert listed() == []
    assert outcome(lambda: client.get_dashboard_by_id(board.id)) == 404
