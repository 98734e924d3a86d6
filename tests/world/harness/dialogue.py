"""A client that says exactly what it is told, octet by octet, and shows what was answered."""

import re
import socket
import ssl

from .processes import Process, wait_until


class Ended(ConnectionError):
    """The other side closed or reset the connection."""


class Dialogue:
    """An SMTP connection held by a test. Lines are text without CRLF; raw() sends anything."""

    def __init__(self, host: str, port: int = 25, source: str | None = None, patience: float = 20.0):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(patience)
        if source:
            self._socket.bind((source, 0))
        self._socket.connect((host, port))
        self._buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self) -> None:
        self._socket.close()

    def raw(self, octets: bytes) -> None:
        try:
            self._socket.sendall(octets)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise Ended from error

    def start_tls(self, context: ssl.SSLContext, name: str | None = None,
                  session: ssl.SSLSession | None = None) -> None:
        """TLS from here on; what was read before and not used is an error."""
        assert not self._buffer, self._buffer
        self._socket = context.wrap_socket(self._socket, server_hostname=name, session=session)

    @property
    def tls(self) -> ssl.SSLSocket:
        return self._socket

    def line(self) -> str:
        while b"\r\n" not in self._buffer:
            self._fill()
        line, self._buffer = self._buffer.split(b"\r\n", 1)
        return line.decode("utf-8", "replace")

    def reply(self) -> str:
        """One whole reply, its lines joined by newlines."""
        lines = [self.line()]
        while re.match(r"\d{3}-", lines[-1]):
            lines.append(self.line())
        assert re.match(r"\d{3}( |$)", lines[-1]), f"not a reply: {lines}"
        return "\n".join(lines)

    def say(self, line: str) -> str:
        self.raw(line.encode() + b"\r\n")
        return self.reply()

    def expect(self, code: str, line: str | None = None) -> str:
        """Says `line`, if any; the reply must begin with `code` ("250", "4", "550 5.1.1")."""
        reply = self.reply() if line is None else self.say(line)
        assert reply.startswith(code), f"{line!r} was answered {reply!r}, expected {code}"
        return reply

    def greet(self, name: str = "client.example") -> str:
        self.expect("220")
        return self.expect("250", f"EHLO {name}")

    def send(self, sender: str, recipients: list[str], message: bytes, parameters: str = "") -> str:
        """A whole transaction; returns the final reply, which must be a 250."""
        self.expect("250", f"MAIL FROM:<{sender}>{parameters}")
        for recipient in recipients:
            self.expect("250", f"RCPT TO:<{recipient}>")
        self.expect("354", "DATA")
        self.raw(stuffed(message) + b".\r\n")
        return self.expect("250")

    def is_closed(self) -> bool:
        """Whether the other side ends the connection, whatever it still says."""
        try:
            while True:
                self._fill()
        except Ended:
            return True
        except socket.timeout:
            return False

    def _fill(self) -> None:
        try:
            more = self._socket.recv(65536)
        except (ConnectionResetError, ssl.SSLError) as error:
            raise Ended from error
        if not more:
            raise Ended
        self._buffer += more


def stuffed(message: bytes) -> bytes:
    """RFC 5321 §4.5.2: what is sent between 354 and the final dot."""
    assert message.endswith(b"\r\n")
    return re.sub(rb"(?m)^\.", b"..", message)


def wait_for_banner(host: str, port: int, process: Process | None = None) -> None:
    def greets() -> bool:
        if process:
            process.must_run()
        try:
            with Dialogue(host, port, patience=5) as dialogue:
                greeted = dialogue.reply().startswith("220")
                dialogue.raw(b"QUIT\r\n")
                return greeted
        except (OSError, Ended):
            return False

    wait_until(greets, f"a banner at {host}:{port}")
