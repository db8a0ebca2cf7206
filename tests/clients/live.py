"""A plain WebSocket client."""

import json
import time
from urllib.parse import urlsplit

import websocket

import witness
from scene import PATIENCE


class Socket:
    def __init__(self, url):
        witness.note("socket", "WS", urlsplit(url).path)
        self.connection = websocket.create_connection(url, timeout=PATIENCE)

    def send(self, frame):
        if "authCmd" in frame:
            witness.note("socket", "SAY", "AUTH")
        for command in frame.get("cmds", []):
            witness.note("socket", "SAY", command["type"])
            for part in command:
                if part.endswith("Cmd"):
                    witness.note("socket", "SAY", f"{command['type']} {part}")
        self.connection.send(json.dumps(frame))

    def frame(self, fits=lambda frame: True):
        """The next frame that fits; what is read by the way is dropped."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            # The server's pings are shown too, or they would keep a wait alive that is in vain.
            opcode, data = self.connection.recv_data(control_frame=True)
            assert opcode != websocket.ABNF.OPCODE_CLOSE, f"the server closed the socket: {data!r}"
            if opcode == websocket.ABNF.OPCODE_TEXT and fits(frame := json.loads(data)):
                return frame
        raise AssertionError(f"no frame that fits came within {PATIENCE} s")

    def close(self):
        self.connection.close()


def signed_in(scene, plain, *commands):
    """A socket of the current form, with the first commands in the frame that signs in."""
    socket = Socket(scene.server.url.replace("http", "ws", 1) + "/api/ws")
    socket.send({"authCmd": {"cmdId": 0, "token": plain.token}, "cmds": list(commands)})
    return socket


def older(scene, plain, frame, door="telemetry"):
    """A socket of the older form, whose token is in the address."""
    url = scene.server.url.replace("http", "ws", 1)
    socket = Socket(f"{url}/api/ws/plugins/{door}?token={plain.token}")
    socket.send(frame)
    return socket
