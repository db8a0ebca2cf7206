"""The table of calls is whole and true: every call has a test, and that test asked it by the client it should."""

import ast
import re

import pytest

import rest
import witness
from rank_a import COMMANDS, ROWS
from scene import ROOT

LIST = ROOT.parent / "shared" / "spec" / "rest-api.md"
FOLDER = ROOT / "tests" / "clients"


def listed():
    """The calls of rank A in the list beside the project; nothing where there is none."""
    return re.findall(r"^\| A \| `([^`]+)`", LIST.read_text(), re.MULTILINE) if LIST.is_file() else []


def spoken():
    """The commands over a socket in the list beside the project."""
    if not LIST.is_file():
        return []
    text = LIST.read_text()
    kinds = re.search(r"Types: (AUTH, [A-Z_, ]+[A-Z])", text)[1].split(", ")
    parts = re.findall(r"`(\w+Cmd)\b", re.search(r"^\| ENTITY_DATA \|.*$", text, re.MULTILINE)[0])
    return kinds + ["ENTITY_DATA " + part for part in parts]


def test_every_call_that_the_tutorials_need_has_its_proof():
    calls = [row.call for row in ROWS]
    assert len(calls) == len(set(calls)) == 61
    assert [call for call in listed() if call not in calls] == []
    assert [command for command in spoken() if command not in COMMANDS] == []


def functions(area):
    tree = ast.parse((FOLDER / f"test_rank_a_{area}.py").read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_proof_is_a_test():
    for place in {row.test for row in ROWS} | set(COMMANDS.values()):
        area, name = place.split("::")
        assert name in functions(area), place


@pytest.mark.parametrize("row", [row for row in ROWS if row.method], ids=lambda row: row.call)
def test_the_package_has_the_method(row):
    assert callable(getattr(rest.Client, row.method))


def asked_in(place):
    area, name = place.split("::")
    asked = witness.asked(f"test_rank_a_{area}.py::{name}")
    if not asked:
        pytest.skip("its proof did not run")
    return asked


def template(path):
    return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)) + "$")


# These run behind all others (conftest.py), when everything has been asked.
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.call)
def test_the_proof_really_asked(row):
    asked = asked_in(row.test)
    method = row.call.split(" ")[0]
    fits = template(row.path(rest.GENERATION))
    by = {client for client, how, where in asked if how == method and fits.match(where)}
    assert ("package" if row.method else "socket") in by
    assert {client for client, _, _ in asked} - {"package" if row.method else "socket"}, "nobody else took part"


@pytest.mark.parametrize("command", COMMANDS)
def test_the_proof_really_said(command):
    assert ("socket", "SAY", command) in asked_in(COMMANDS[command])
