"""Real programs that send mail, from 127.0.9.10 unless said otherwise."""

import subprocess
import uuid

from . import paths

SOURCE = "127.0.9.10"


def new_mark() -> str:
    """A word that is in no other message."""
    return "mark-" + uuid.uuid4().hex[:16]


def a_message(mark: str, sender: str = "someone@client.example", to: str = "known@alpha.example", body: str = "") -> bytes:
    """A whole message, CRLF lines. It ends with lines that framing likes to get wrong."""
    return (f"From: Someone <{sender}>\r\nTo: <{to}>\r\nSubject: {mark}\r\nMessage-ID: <{mark}@client.example>\r\n"
            "Date: Tue, 24 Nov 2026 10:00:00 +0000\r\n\r\n"
            f"{body}An ordinary line.\r\n.\r\n..two dots\r\n.a dot first\r\n  spaces kept  \r\n\r\nThe end.\r\n").encode()


def _run(command: list, message: bytes | None = None, **options) -> subprocess.CompletedProcess:
    return subprocess.run([str(word) for word in command], input=message, capture_output=True, timeout=60, **options)


def swaks(host: str, sender: str, recipients: list[str], message: bytes, *more: str) -> subprocess.CompletedProcess:
    # swaks ends the data with a line end of its own.
    data = message.replace(b"\r\n", b"\n").removesuffix(b"\n")
    return _run(["swaks", "--server", host, "--local-interface", SOURCE, "--helo", "client.example", "--from", sender or "<>",
                 "--to", ",".join(recipients), "--data", "-", *more], data)


def swaks_by_lmtp(where: list[str], sender: str, recipients: list[str], message: bytes) -> subprocess.CompletedProcess:
    data = message.replace(b"\r\n", b"\n").removesuffix(b"\n")
    return _run(["swaks", "--protocol", "LMTP", *where, "--helo", "client.example", "--from", sender,
                 "--to", ",".join(recipients), "--data", "-"], data)


def msmtp(host: str, sender: str, recipients: list[str], message: bytes) -> subprocess.CompletedProcess:
    return _run(["msmtp", "--file=/dev/null", f"--host={host}", "--port=25", f"--from={sender}", "--domain=client.example",
                 f"--source-ip={SOURCE}", "--auth=off", "--tls=off", "--", *recipients], message.replace(b"\r\n", b"\n"))


def curl(host: str, sender: str, recipients: list[str], message: bytes) -> subprocess.CompletedProcess:
    file = paths.WORLD / "curl.eml"
    file.write_bytes(message)
    to = [word for recipient in recipients for word in ("--mail-rcpt", recipient)]
    return _run(["curl", "--silent", "--show-error", "--verbose", "--interface", SOURCE, f"smtp://{host}/client.example",
                 "--mail-from", sender, *to, "--upload-file", file])


def smtp_source(host: str, sender: str, recipient: str, count: int, sessions: int = 4, length: int = 2000, *more: str):
    return _run(["smtp-source", "-s", sessions, "-m", count, "-l", length, "-f", sender, "-t", recipient, *more, f"{host}:25"])
