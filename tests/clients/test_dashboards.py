"""Dashboards by the client package: what one writes, others read unchanged."""

import json
import pathlib

import pytest

from rest import models
from scene import ROOT

SHARED = ROOT.parent / "shared" / "data" / "dashboards"
OWN = {
    "title": "Own",
    "configuration": {"widgets": {"a": {"sizeX": 5, "sizeY": 4.5, "config": {"decimals": 0}}}, "settings": {}},
}


def dashboards():
    files = sorted(pathlib.Path(SHARED).glob("*.json")) if SHARED.is_dir() else []
    return [OWN] + [json.loads(file.read_text()) for file in files]


@pytest.mark.parametrize("dashboard", dashboards(), ids=lambda dashboard: dashboard["title"])
def test_a_dashboard_is_the_same_for_every_client(client, plain, dashboard):
    saved = client.save_dashboard(
        body=models.Dashboard(title=dashboard["title"], configuration=dashboard["configuration"])
    )
    assert plain.get(f"/api/dashboard/{saved.id.id}")["configuration"] == dashboard["configuration"]
    listed = client.get_tenant_dashboards(page_size=100, page=0)
    assert dashboard["title"] in [info.title for info in listed.data]
    changed = dict(plain.get(f"/api/dashboard/{saved.id.id}"), title=dashboard["title"] + " 2")
    plain.post("/api/dashboard", changed)
    assert client.get_dashboard_info_by_id(saved.id).title == dashboard["title"] + " 2"
    client.delete_dashboard(saved.id)
    page = plain.get("/api/user/dashboards", pageSize=100, page=0)
    assert saved.id.id not in [info["id"]["id"] for info in page["data"]]
