"""What others say to a server with rules, and what it answers and records."""

import re

from .cursus import Cursus, merged
from .dialogue import stuffed
from .processes import wait_until
from .senders import a_message, new_mark

SENDER = "author@beta.example"
RECIPIENT = "known@alpha.example"
STRANGER = "127.0.8.77"  # no relay host


def serve(name: str, address: str, **settings) -> Cursus:
    return Cursus(name, address, **merged({"policy": {"default_rules": True}}, settings)).start()


def refused(server, *commands: str, source: str = STRANGER) -> str:
    """The reply to the last command; those before it must be taken."""
    with server.dialogue(source=source) as client:
        for command in commands[:-1]:
            client.expect("2", command)
        return client.say(commands[-1])


def submit(server, body: bytes, source: str = STRANGER, sender: str = SENDER, recipients=(RECIPIENT,)) -> str:
    """The reply to a message whose sender and recipients must be taken."""
    with server.dialogue(source=source) as client:
        client.expect("250", f"MAIL FROM:<{sender}>")
        for recipient in recipients:
            client.expect("250", f"RCPT TO:<{recipient}>")
        client.expect("354", "DATA")
        client.raw(stuffed(body) + b".\r\n")
        return client.reply()


def message(text: str = "text", mark: str | None = None, extra: str = "", author: str = SENDER) -> bytes:
    """`extra`: header fields behind all others."""
    return a_message(mark or new_mark(), author).replace(b"\r\n\r\n", f"\r\n{extra}\r\n{text}\r\n".encode(), 1)


def session_of(reply: str) -> str:
    """The session's id, with which every refusal by a rule ends."""
    found = re.search(r"\((\w{13})\)$", reply)
    assert found, f"no id of a session in {reply!r}"
    return found[1]


def recorded(server, session: str) -> list[dict]:
    """The session's record, once it is whole."""
    wait_until(lambda: any(event["event"] == "disconnected" for event in server.trace(session)), f"the record of {session}")
    return server.trace(session)
