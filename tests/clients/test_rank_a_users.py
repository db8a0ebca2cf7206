"""Sign-in: what one administrator changes about a person decides whether and as whom the package signs in."""

import jwt
import pytest

import rest
from proof import becomes, changes, fresh, outcome


class Person:
    """Somebody with the package, whose account another client keeps."""

    def __init__(self, scene, plain):
        self.plain = plain
        self.email = fresh("person") + "@clients.example"
        self.password = fresh("Secret")
        self.client = rest.Client(scene.server.url)
        user = {"email": self.email, "authority": "TENANT_ADMIN", "firstName": fresh("First")}
        self.path = "/api/user/" + plain.post("/api/user", user)["id"]["id"]
        self.set_password(self.password)

    def set_password(self, password):
        self.plain.post(self.path.replace("/api/", "/api/millrace/") + "/password", {"password": password})

    def rename(self, name):
        self.plain.post("/api/user", dict(self.plain.get(self.path), firstName=name))

    def signs_in_with(self, password):
        self.client.login(self.email, password)
        return self.client.get_token() is not None

    def claims(self):
        return jwt.decode(self.client.get_token(), options={"verify_signature": False})


@pytest.fixture
def person(scene, plain):
    person = Person(scene, plain)
    yield person
    plain.delete(person.path)


def test_a_password_opens_from_when_it_is_set_until_it_is_replaced(person):
    second = fresh("Other")
    assert person.signs_in_with(person.password)
    changes(lambda: person.signs_in_with(second), lambda: person.set_password(second), True)
    assert person.claims()["sub"] == person.email
    assert not person.signs_in_with(person.password)


def test_a_refreshed_token_knows_the_new_name_and_none_is_given_to_who_is_locked_out(person, plain):
    assert person.signs_in_with(person.password)

    def refreshed():
        person.client.refresh()
        return person.claims()["firstName"]

    name = fresh("Renamed")
    changes(refreshed, lambda: person.rename(name), name)
    plain.post(person.path + "/userCredentialsEnabled", userCredentialsEnabled=False)
    person.client.refresh()
    assert person.client.get_token() is None


def test_the_signed_in_user_is_who_the_account_says(person, plain):
    assert person.signs_in_with(person.password)
    name = fresh("Renamed")
    changes(lambda: person.client.get_user().first_name, lambda: person.rename(name), name)
    plain.post(person.path + "/userCredentialsEnabled", userCredentialsEnabled=False)
    becomes(lambda: outcome(person.client.get_user), 401)
