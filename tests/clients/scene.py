"""The stage: a real Mosquitto and the server under test, each on a port of its own."""

import os
import pathlib
import queue
import shutil
import socket
import subprocess
import tempfile
import threading
import time

from frozen import frozen

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
EMAIL = "admin@clients.example"
PASSWORD = "correct horse"
PATIENCE = float(os.environ.get("CLIENTS_PATIENCE", 30))


def eventually(what, look, patience=PATIENCE):
    """Looks until there is something to see, and returns it."""
    until = time.monotonic() + patience
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > until:
            raise AssertionError(f"{what} did not happen within {patience} s, last seen: {seen!r}")
        time.sleep(0.05)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Broker:
    """Mosquitto on loopback."""

    def __init__(self, folder, port=None):
        self.port = port or free_port()
        configuration = pathlib.Path(folder) / "mosquitto.conf"
        configuration.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\n")
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        self.process = subprocess.Popen(
            [program, "-c", str(configuration)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        eventually("the broker's port", self.answers)

    def answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        except OSError:
            return False

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


class Server:
    """The server under test, in a directory of its own."""

    def __init__(self, folder):
        binary = os.environ.get("MILLRACE_BIN", ROOT / "target" / "debug" / "millrace")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MILLRACE_")}
        kept["MILLRACE_ADMIN_EMAIL"] = EMAIL
        kept["MILLRACE_ADMIN_PASSWORD"] = PASSWORD
        self.log = open(pathlib.Path(folder) / "server.log", "w")
        self.process = subprocess.Popen(
            [str(binary), "serve", "--http", "127.0.0.1:0", "--data-dir", str(pathlib.Path(folder) / "data")],
            env=kept,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        lines = queue.Queue()
        threading.Thread(target=self._read, args=(lines,), daemon=True).start()
        self.url = lines.get(timeout=60)

    def _read(self, lines):
        for line in self.process.stdout:
            self.log.write(line)
            if line.startswith("Millrace is at "):
                lines.put(line.split()[-1])

    def stop(self):
        self.process.terminate()
        assert self.process.wait(30) == 0, "the server must end cleanly"
        self.log.close()


class Scene:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="millrace-clients-")
        self.broker = Broker(self.folder.name)
        self.server = Server(self.folder.name)
        if call := os.environ.get("CLIENTS_FROZEN"):
            self.server.url = frozen(self.server.url, call)

    def stop(self):
        self.server.stop()
        self.broker.stop()
        self.folder.cleanup()
