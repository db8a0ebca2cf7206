"""Nonsense gets an answer in the known form, and leaves nothing behind."""

import uuid

import pytest
import requests

DEEP = "[" * 10_000 + "1" + "]" * 10_000
PAGED = [
    "/api/tenant/devices", "/api/deviceInfos/all", "/api/converters", "/api/integrations", "/api/integrationInfos",
    "/api/ruleChains", "/api/tenant/dashboards", "/api/user/dashboards", "/api/notifications", "/api/user/devices",
]
JSON_DOORS = [
    "/api/device", "/api/converter", "/api/integration", "/api/ruleChain", "/api/ruleChain/metadata", "/api/dashboard",
    "/api/entitiesQuery/find", "/api/entitiesQuery/count", "/api/converter/testUpLink", "/api/alarm",
]


def refused(reply, status, code):
    body = reply.json()
    assert (reply.status_code, body["status"], body["errorCode"]) == (status, status, code), reply.text
    assert body["message"] and isinstance(body["timestamp"], int)


@pytest.mark.parametrize("path", PAGED)
def test_page_sizes_out_of_range(plain, path):
    for query in ("pageSize=0&page=0", "pageSize=2147483648&page=0", "pageSize=-1&page=0", "pageSize=1&page=-1",
                  "pageSize=x&page=0", "pageSize=1"):
        refused(plain.session.get(f"{plain.url}{path}?{query}"), 400, 31)


@pytest.mark.parametrize("path", JSON_DOORS)
def test_bodies_that_are_no_such_thing(plain, path):
    for body in (DEEP, '{"a":' + DEEP + "}", "{", "", '"text"', "[]", "\x00", '{"name":' + DEEP + "}"):
        reply = plain.session.post(plain.url + path, data=body.encode(), headers={"Content-Type": "application/json"})
        refused(reply, 400, 31)
    large = b'{"name":"' + b"x" * (17 * 1024 * 1024) + b'"}'
    try:
        # A connection of its own: the server may close this one while the client still sends.
        refused(requests.post(plain.url + path, data=large, headers=dict(plain.session.headers)), 413, 31)
    except requests.exceptions.ConnectionError:
        pass


@pytest.mark.parametrize("kind", ["device", "converter", "integration", "ruleChain", "dashboard", "alarm", "asset"])
def test_ids_that_are_none_and_ids_of_nobody(plain, kind):
    for text in ("x", "1", "00000000-0000-0000-0000-00000000000g", "%00"):
        refused(plain.session.get(f"{plain.url}/api/{kind}/{text}"), 400, 31)
    refused(plain.session.get(f"{plain.url}/api/{kind}/{uuid.uuid4()}"), 404, 32)


def test_nobody_without_a_token(plain):
    for header in ({}, {"X-Authorization": "Bearer x"}, {"X-Authorization": "x"}, {"Authorization": "ApiKey tb_x"}):
        refused(requests.get(plain.url + "/api/auth/user", headers=header), 401, 10)


def test_nothing_was_left_behind(plain):
    for path in PAGED:
        names = [str(row.get("name")) for row in plain.get(path, pageSize=1000, page=0)["data"]]
        assert not [name for name in names if name.startswith("xxx")], path
