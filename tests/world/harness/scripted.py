"""An SMTP server that does what a test tells it to, good or bad, and remembers everything it was told."""

import contextlib
import re
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field

from .processes import wait_until


class Hang:
    """Says nothing more and keeps the connection open until the other side or the test ends it."""


class Drop:
    """Closes the connection without a word."""


@dataclass
class Taken:
    """A message that was answered (or would have been, had the connection not been dropped) after its final dot."""

    sender: str
    recipients: list[str]
    content: bytes
    at: float
    acknowledged: bool
    session: int


@dataclass
class Session:
    number: int
    began: float
    lines: list[str] = field(default_factory=list)
    tls: bool = False


class Scripted:
    """Override answers by keyword: banner, ehlo, helo, starttls, auth, mail, rcpt, data, dot, rset, quit, each a reply or
    a function of (session, argument) that returns one. A 220 to STARTTLS begins a handshake with `tls`, an SSLContext;
    without one, the server babbles. A reply is a text without CRLF (several lines joined by newlines), Hang or Drop."""

    DEFAULTS = {
        "banner": "220 scripted.example ESMTP",
        "ehlo": "250-scripted.example\n250-PIPELINING\n250-8BITMIME\n250 SIZE 10485760",
        "helo": "250 scripted.example",
        "mail": "250 2.1.0 sender ok",
        "rcpt": "250 2.1.5 recipient ok",
        "data": "354 go on",
        "dot": "250 2.0.0 taken",
        "rset": "250 2.0.0 reset",
        "noop": "250 2.0.0 fine",
        "starttls": "502 5.5.1 no TLS here",
        "auth": "502 5.5.1 no accounts here",
        "quit": "221 2.0.0 bye",
    }

    def __init__(self, address: str, port: int = 25, tls: ssl.SSLContext | None = None, **answers):
        unknown = set(answers) - set(self.DEFAULTS)
        assert not unknown, f"no such stage: {unknown}"
        self._tls = tls
        self.answers = {**self.DEFAULTS, **answers}
        self.sessions: list[Session] = []
        self.taken: list[Taken] = []
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._listener = socket.socket(family, socket.SOCK_STREAM)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind((address, port))
        self._listener.listen(200)
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self) -> None:
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._acceptor.join()
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):  # the peer may have reset it
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def with_mark(self, mark: str) -> list[Taken]:
        return [message for message in list(self.taken) if mark.encode() in message.content]

    def wait_for(self, mark: str, count: int = 1, patience: float = 30.0) -> list[Taken]:
        wait_until(lambda: len(self.with_mark(mark)) >= count, f"{count} message(s) with {mark!r} at the peer", patience)
        return self.with_mark(mark)

    def said(self, start: str) -> list[str]:
        """Every line of every session that begins with `start`."""
        return [line for session in list(self.sessions) for line in list(session.lines) if line.upper().startswith(start)]

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                session = Session(len(self.sessions), time.monotonic())
                self.sessions.append(session)
                self._open.add(connection)
            thread = threading.Thread(target=self._serve, args=(connection, session), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket, session: Session) -> None:
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with connection.makefile("rb") as reader:
                wants_tls = self._converse(connection, reader, session)
            if wants_tls:
                self._converse_in_tls(connection, session)
        except (OSError, _Closed):
            pass
        finally:
            with self._lock:
                self._open.discard(connection)
                connection.close()

    def _converse_in_tls(self, connection: socket.socket, session: Session) -> None:
        if self._tls is None:
            connection.sendall(b"this is no TLS\r\n")
            return
        # A duplicate, so that stop() can still end the connection by the one it knows.
        with self._tls.wrap_socket(connection.dup(), server_side=True) as secured, secured.makefile("rb") as reader:
            session.tls = True
            self._converse(secured, reader, session)

    def _converse(self, connection, reader, session: Session) -> bool:
        """True: the client may begin a handshake now."""
        sender, recipients = "", []
        if not session.tls:
            self._answer(connection, session, "banner", "")
        while line := reader.readline():
            text = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
            session.lines.append(text)
            verb = text.split(" ")[0].split(":")[0].lower()
            if verb not in self.answers or verb in ("banner", "dot"):
                connection.sendall(b"500 5.5.1 what?\r\n")
                continue
            reply = self._answer(connection, session, verb, text)
            if verb in ("ehlo", "helo", "rset"):
                sender, recipients = "", []
            elif verb == "mail" and reply.startswith("2"):
                sender, recipients = _path(text), []
            elif verb == "rcpt" and reply.startswith("2"):
                recipients.append(_path(text))
            elif verb == "data" and reply.startswith("3"):
                self._take(connection, reader, session, sender, recipients)
                sender, recipients = "", []
            elif verb == "starttls" and reply.startswith("220"):
                return True
            elif verb == "quit":
                break
        return False

    def _take(self, connection, reader, session: Session, sender: str, recipients: list[str]) -> None:
        content = bytearray()
        while (line := reader.readline()) != b".\r\n":
            if not line:
                raise _Closed
            content += line[1:] if line.startswith(b".") else line
        message = Taken(sender, recipients, bytes(content), time.monotonic(), False, session.number)
        reply = self._decide(session, "dot", bytes(content))
        if reply is Drop or reply is Hang or reply.startswith("2"):
            message.acknowledged = reply is not Drop and reply is not Hang
            self.taken.append(message)
        self._say(connection, reply)

    def _answer(self, connection, session: Session, stage: str, argument: str) -> str:
        reply = self._decide(session, stage, argument)
        self._say(connection, reply)
        return reply

    def _decide(self, session: Session, stage: str, argument):
        answer = self.answers[stage]
        return answer(session, argument) if callable(answer) and answer not in (Hang, Drop) else answer

    def _say(self, connection, reply) -> None:
        if reply is Drop:
            raise _Closed
        if reply is Hang:
            self._stopping.wait()
            raise _Closed
        connection.sendall(reply.replace("\n", "\r\n").encode() + b"\r\n")


class _Closed(Exception):
    pass


def _path(text: str) -> str:
    found = re.search(r"<(.*?)>", text)
    return found[1] if found else ""


def greylisting(refusals: int):
    """An answer to RCPT that refuses each recipient this often with 451, then takes it."""
    seen: dict[str, int] = {}

    def answer(_session: Session, argument: str) -> str:
        recipient = _path(argument)
        seen[recipient] = seen.get(recipient, 0) + 1
        return "451 4.7.1 greylisted, come back later" if seen[recipient] <= refusals else "250 2.1.5 welcome back"

    return answer
