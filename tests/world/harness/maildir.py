"""Reading Maildirs as the files they are."""

import re
from dataclasses import dataclass
from pathlib import Path

from .processes import wait_until

TRACE_FIELDS = ("return-path", "received", "delivered-to", "x-original-to")


@dataclass(frozen=True)
class Stored:
    """One file of a Maildir."""

    path: Path
    content: bytes

    @property
    def trace(self) -> list[str]:
        """The trace fields at the top, unfolded, in order."""
        return _split(self.content)[0]

    @property
    def original(self) -> bytes:
        """What follows the trace fields: the message as its sender made it, octet for octet."""
        return _split(self.content)[1]

    def field(self, name: str) -> str:
        """The unfolded value of the first header field of this name."""
        header = re.split(rb"\r?\n\r?\n", self.content, maxsplit=1)[0]
        found = re.search(rb"(?im)^" + re.escape(name.encode()) + rb":((?:.*\r?\n[ \t])*.*)", header)
        assert found, f"{self.path} has no field {name}"
        return re.sub(r"\r?\n(?=[ \t])", "", found[1].decode("utf-8", "replace")).strip()


class Maildir:
    def __init__(self, path: Path):
        self.path = Path(path)

    def messages(self) -> list[Stored]:
        """What has arrived, oldest first. Nothing in tmp/ counts."""
        files = [file for part in ("new", "cur") if (self.path / part).is_dir() for file in (self.path / part).iterdir()]
        return [Stored(file, file.read_bytes()) for file in sorted(files, key=lambda file: file.stat().st_mtime_ns)]

    def with_mark(self, mark: str) -> list[Stored]:
        return [message for message in self.messages() if mark.encode() in message.content]

    def wait_for(self, mark: str, count: int = 1, patience: float = 30.0) -> list[Stored]:
        """Waits until `count` messages contain `mark`; exactly that many must be there then."""
        what = f"{count} message(s) with {mark!r} in {self.path}"
        wait_until(lambda: len(self.with_mark(mark)) >= count, what, patience)
        found = self.with_mark(mark)
        assert len(found) == count, f"{len(found)} instead of {what}"
        return found


def _split(content: bytes) -> tuple[list[str], bytes]:
    lines = content.splitlines(keepends=True)
    fields: list[bytes] = []
    for number, line in enumerate(lines):
        if fields and line[:1] in b" \t" and line.strip():
            fields[-1] += line
        elif line.split(b":")[0].decode("latin-1").lower() in TRACE_FIELDS and b":" in line:
            fields.append(line)
        else:
            return [_unfold(field) for field in fields], b"".join(lines[number:])
    return [_unfold(field) for field in fields], b""


def _unfold(field: bytes) -> str:
    return re.sub(r"\r?\n[ \t]+", " ", field.decode("utf-8", "replace")).strip()
