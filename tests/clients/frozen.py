"""Proves the proofs: with its call frozen, each of them must fail.

Between the clients and the server stands a proxy that lets one call answer the same question as it did the first time,
whatever happened since, and that swallows a removal or a mark. It takes a few minutes, and is run by hand:

    MILLRACE_BIN=target/debug/millrace target/clients/4.4/bin/python tests/clients/frozen.py
"""

import http.client
import http.server
import os
import re
import subprocess
import sys
import threading
from urllib.parse import urlsplit

KEPT = {"content-type", "x-millrace-reason"}
DROPPED = {"host", "content-length", "connection"}
CONSTANT = {"GET /api/components"}
"""Calls whose answer nobody can change; their proof is of another kind."""


def pattern(path):
    return re.compile(re.sub(r"\\{\w+\\}", "[^/?]+", re.escape(path)) + r"(\?.*)?$")


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_at = None
    method = None
    path_fits = None
    first = None

    def log_message(self, *_):
        pass

    def _asked(self, body):
        upstream = urlsplit(self.server_at)
        connection = http.client.HTTPConnection(upstream.hostname, upstream.port, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in DROPPED}
        connection.request(self.command, self.path, body or None, headers)
        reply = connection.getresponse()
        answer = reply.status, [pair for pair in reply.getheaders() if pair[0].lower() in KEPT], reply.read()
        connection.close()
        return answer

    def _answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.command != self.method or not self.path_fits.match(self.path):
            answer = self._asked(body)
        elif self.command in ("DELETE", "PUT"):
            answer = 200, [], b""
        else:
            if self.path not in self.first:
                self.first[self.path] = self._asked(body)
            answer = self.first[self.path]
        status, headers, text = answer
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_DELETE = _answer


def frozen(url, call):
    """The address of a proxy to `url` that freezes `call` (method and path)."""
    method, path = call.split(" ")
    members = {"server_at": url, "method": method, "path_fits": pattern(path), "first": {}}
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Frozen", (Proxy,), members))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def fails(row):
    """Whether the proof of a call fails with the call frozen."""
    from rest import GENERATION

    area, name = row.test.split("::")
    here = os.path.dirname(os.path.abspath(__file__))
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--quiet", "-k", name,
               os.path.join(here, f"test_rank_a_{area}.py")]
    call = row.call.split(" ")[0] + " " + row.path(GENERATION)
    environment = dict(os.environ, CLIENTS_FROZEN=call, CLIENTS_PATIENCE="2", PYTHONDONTWRITEBYTECODE="1")
    return subprocess.run(command, env=environment, capture_output=True, timeout=120).returncode == 1


def main():
    from rank_a import ROWS

    blind = []
    for row in ROWS:
        if row.method:
            sees = fails(row)
            print("sees it  " if sees else "is blind ", row.call, flush=True)
            if not sees and row.call not in CONSTANT:
                blind.append(row.call)
    sys.exit(f"blind: {blind}" if blind else 0)


if __name__ == "__main__":
    main()
