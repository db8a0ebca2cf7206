"""Programs sign in with API keys."""

import requests

import rest


def test_a_key_opens_until_it_is_gone(scene, client, plain):
    user = client.get_user()
    made = plain.post("/api/apiKey", {"description": "script", "enabled": True, "userId": {"entityType": "USER", "id": user.id.id}})
    page = plain.get(f"/api/apiKeys/{user.id.id}", pageSize=10, page=0)
    assert [key["description"] for key in page["data"]] == ["script"]
    header = {"X-Authorization": "ApiKey " + made["value"]}
    assert requests.get(plain.url + "/api/auth/user", headers=header).json()["email"] == user.email
    if hasattr(rest.Client, "api_key_login"):
        program = rest.Client(scene.server.url)
        program.api_key_login(made["value"])
        assert program.get_user().email == user.email
    plain.delete(f"/api/apiKey/{made['id']['id']}")
    assert requests.get(plain.url + "/api/auth/user", headers=header).status_code == 401
