"""Who asked what: every request that leaves this process, by test and by client.

The interpreter itself tells of requests (an audit event of `http.client`, over which both the package and the plain
client speak), so nothing of the clients is replaced. Other clients say what they did by `note`.
"""

import os
import sys
from collections import defaultdict

PLAIN = "plain-http"

_asked = defaultdict(set)


def _test():
    """The test whose body runs; nothing while fixtures come and go."""
    name, _, phase = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")
    if phase != "(call)":
        return None
    return name.rpartition("/")[2].partition("[")[0]


def note(client, method, path):
    """Remembers that `client` (package, plain, broker, socket) asked in the test that runs."""
    test = _test()
    if test:
        _asked[test].add((client, method, path))


def asked(test):
    """What was asked in a test (`file::name`): (client, method, path) of each request."""
    return _asked.get(test, set())


def _hear(event, arguments):
    if event != "http.client.send":
        return
    data = arguments[1]
    if not isinstance(data, bytes) or b" HTTP/1.1\r\n" not in data[:4096]:
        return
    head = data.partition(b"\r\n\r\n")[0].decode("latin-1")
    method, target, _ = head.partition("\r\n")[0].split(" ", 2)
    note("plain" if PLAIN in head else "package", method, target.partition("?")[0])


sys.addaudithook(_hear)
