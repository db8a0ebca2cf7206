"""Devices: written by one client, read by the other."""

import pytest

import rest
from proof import changes, fresh, outcome


@pytest.fixture(scope="module")
def meter(plain):
    """Written by plain HTTP, read by the package."""
    meter = plain.post("/api/device", {"name": fresh("meter"), "type": "default", "label": fresh("label")})
    yield meter
    plain.delete(f"/api/device/{meter['id']['id']}")


def label(page, name):
    return [device.label for device in page.data if device.name == name]


READERS = {
    "by id": lambda client, meter: [client.get_device_by_id(meter["id"]["id"]).label],
    "info": lambda client, meter: [client.get_device_info_by_id(meter["id"]["id"]).label],
    "by name": lambda client, meter: [client.get_tenant_device(meter["name"]).label],
    "infos": lambda client, meter: label(
        client.get_all_device_infos(page_size=5, page=0, text_search=meter["name"]), meter["name"]
    ),
    "tenant's": lambda client, meter: label(
        client.get_tenant_devices(page_size=5, page=0, text_search=meter["name"]), meter["name"]
    ),
    "user's": lambda client, meter: label(
        client.get_user_devices(page_size=5, page=0, text_search=meter["name"]), meter["name"]
    ),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_new_label_is_seen_wherever_the_package_looks(client, plain, meter, reader):
    text = fresh("label")

    def relabel():
        plain.post("/api/device", dict(plain.get(f"/api/device/{meter['id']['id']}"), label=text))

    changes(lambda: READERS[reader](client, meter), relabel, [text])


def test_a_new_token_is_seen_by_the_package(client, plain, meter):
    path = f"/api/device/{meter['id']['id']}/credentials"
    token = fresh("token")
    changes(
        lambda: client.get_device_credentials_by_device_id(meter["id"]["id"]).credentials_id,
        lambda: plain.post("/api/device/credentials", dict(plain.get(path), credentialsId=token)),
        token,
    )


def test_the_package_makes_changes_and_removes_a_device(client, plain):
    name, text = fresh("pump"), fresh("label")

    def listed():
        page = plain.get("/api/tenant/devices", pageSize=5, page=0, textSearch=name)
        return [(device["name"], device["label"]) for device in page["data"]]

    made = []
    changes(listed, lambda: made.append(rest.save_device(client, plain, name)), [(name, None)])
    device = made[0]
    device.label = text
    changes(listed, lambda: client.save_device(body=device), [(name, text)])
    path = f"/api/device/{device.id.id}"
    changes(lambda: plain.status(path), lambda: client.delete_device(device.id), 404)
    assert listed() == []
    assert outcome(lambda: client.get_device_by_id(device.id)) == 404
