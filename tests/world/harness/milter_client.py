"""The server's side of the milter protocol, as little of it as shows that a milter is alive and does its work."""

import socket
import struct

ALL_ACTIONS, ALL_STEPS = 0x1FF, 0x1FFFFF
CHANGES = "hime+2-bq"


class MilterClient:
    def __init__(self, endpoint: tuple[str, int]):
        self._socket = socket.create_connection(endpoint, timeout=20)
        letter, data = self.ask("O", struct.pack(">III", 6, ALL_ACTIONS, ALL_STEPS))
        assert letter == "O"
        self.version, self.actions, self.steps = struct.unpack(">III", data[:12])
        self.macros = data[12:]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.say("Q")
        self._socket.close()

    def say(self, letter: str, data: bytes = b"") -> None:
        self._socket.sendall(struct.pack(">I", 1 + len(data)) + letter.encode() + data)

    def ask(self, letter: str, data: bytes = b"") -> tuple[str, bytes]:
        self.say(letter, data)
        return self.answer()

    def answer(self) -> tuple[str, bytes]:
        length, = struct.unpack(">I", self._read(4))
        packet = self._read(length)
        return chr(packet[0]), packet[1:]

    def macro(self, step: str, **values: str) -> None:
        self.say("D", step.encode() + _texts(*(text for name, value in values.items() for text in (f"{{{name}}}" if name[1:] else name, value))))

    def step(self, letter: str, *texts: str, off: int = 0, quiet: int = 0) -> tuple[str, bytes]:
        """A step of texts, unless it is not wanted (bit `off`); ("c", b"") where no answer is due (bit `quiet`)."""
        if self.steps & off:
            return "c", b""
        self.say(letter, _texts(*texts))
        return ("c", b"") if self.steps & quiet else self.answer()

    def connect(self, name: str, address: str) -> tuple[str, bytes]:
        if self.steps & 0x1:
            return "c", b""
        self.say("C", name.encode() + b"\0" + b"4" + struct.pack(">H", 1025) + address.encode() + b"\0")
        return ("c", b"") if self.steps & 0x1000 else self.answer()

    def message(self, client: str, sender: str, recipient: str, fields: list[tuple[str, str]], body: str):
        """All steps of a message: the changes that the milter makes, and its last answer."""
        self.macro("C", j="mx1.alpha.example")
        steps = [
            lambda: self.connect("c.example", client),
            lambda: self.step("H", "c.example", off=0x2, quiet=0x2000),
            lambda: self.step("M", f"<{sender}>", off=0x4, quiet=0x4000),
            lambda: self.step("R", f"<{recipient}>", off=0x8, quiet=0x8000),
            lambda: self.step("T", off=0x200, quiet=0x10000),
            *[lambda field=field: self.step("L", *field, off=0x20, quiet=0x80) for field in fields],
            lambda: self.step("N", off=0x40, quiet=0x40000),
        ]
        for step in steps:
            answer = step()
            if answer[0] != "c":
                return [], answer
        if not self.steps & 0x10:
            self.say("B", body.encode())
            if not self.steps & 0x80000:
                self.answer()
        return self.end()

    def end(self):
        self.macro("E", i="17")
        self.say("E")
        changes = []
        while True:
            answer = self.answer()
            if answer[0] not in CHANGES + "p":
                return changes, answer
            changes.append(answer)

    def _read(self, count: int) -> bytes:
        octets = b""
        while len(octets) < count:
            more = self._socket.recv(count - len(octets))
            if not more:
                raise ConnectionError("the milter hung up")
            octets += more
        return octets


def _texts(*texts: str) -> bytes:
    return b"".join(text.encode() + b"\0" for text in texts)
