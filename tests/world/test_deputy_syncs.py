"""What the deputy tells is done lasts: what it asks of the system for each mailbox, and in which order."""

import re
from pathlib import Path

import pytest

from harness import namespace, paths
from harness.cursus import Cursus
from harness.local_peers import DOMAIN, write_forward
from harness.processes import Process, descendants, wait_until
from harness.senders import a_message, new_mark

WATCHED = "fsync,fdatasync,renameat,mkdirat,ftruncate"


class Watched:
    """A running Cursus and what its deputy does, as strace tells it."""

    def __init__(self, cursus: Cursus):
        self.cursus = cursus
        self._trace = paths.WORLD / f"{cursus.name}.strace"
        deputy = descendants(cursus.pid)[0]
        self._strace = Process(f"{cursus.name}-strace", ["strace", "-f", "-y", "-s", "200", "-e", f"trace={WATCHED}",
                                                         "-o", self._trace, "-p", deputy])
        wait_until(lambda: "attached" in self._strace.output(), "strace at the deputy")

    def deliver(self, recipient: str) -> list[str]:
        """The calls that one delivery makes: "fsync PATH", "renameat PATH TO PATH", "mkdirat PATH"."""
        before = len(self._calls())
        with self.cursus.dialogue() as client:
            client.send("someone@client.example", [recipient], a_message(new_mark()))
        self.cursus.wait_until_empty()
        return self._calls()[before:]

    def stop(self) -> None:
        self._strace.stop()

    def _calls(self) -> list[str]:
        found = []
        for line in self._trace.read_text().splitlines():
            call = re.match(r"\d+ +(\w+)\((.*)\) = 0$", line)
            if call:
                found.append(" ".join([call[1], *arguments(call[2])]))
        return found


def arguments(text: str) -> list[str]:
    """Paths alone: of `5</users/ann/new>, "name"` it is /users/ann/new/name."""
    told = []
    for directory, name, descriptor in re.findall(r'\d+<([^>]*)>, "([^"]*)"|\d+<([^>]*)>', text):
        told.append(f"{directory}/{name}" if name else descriptor)
    return told


@pytest.fixture
def watched(make_cursus):
    made = []

    def make(name: str, address: str, mailbox: str) -> Watched:
        write_forward("dido", "")
        made.append(Watched(make_cursus(name, address, DOMAIN, local={"mailbox": mailbox, "users": "system"}).start()))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def fresh(name: str) -> Path:
    """A place in dido's home where nothing is."""
    return namespace.HOMES / "dido" / name / new_mark()


def test_a_maildir_has_the_octets_before_the_name_and_both_for_good(watched):
    maildir = fresh("Maildirs")
    deputy = watched("syncs1", "127.0.1.16", f"maildir:{{home}}/Maildirs/{maildir.name}")
    first = deputy.deliver(f"dido@{DOMAIN}")
    made = [maildir, *(maildir / part for part in ("tmp", "new", "cur"))]
    for directory in made:
        at = first.index(f"mkdirat {directory}")
        assert f"fsync {directory.parent}" in first[at:], f"the name of {directory} may be lost: {first}"
    second = deputy.deliver(f"dido@{DOMAIN}")
    name = sorted((maildir / "new").iterdir(), key=lambda path: path.stat().st_mtime)[-1].name
    assert second[-3:] == [f"fsync {maildir}/tmp/{name}", f"renameat {maildir}/tmp/{name} {maildir}/new/{name}",
                           f"fsync {maildir}/new"]


def test_a_mailbox_file_is_synced_and_its_name_once(watched):
    directory = fresh("boxes")
    deputy = watched("syncs2", "127.0.1.17", f"mbox:{{home}}/boxes/{directory.name}/mbox")
    first = deputy.deliver(f"dido@{DOMAIN}")
    assert first[-2:] == [f"fsync {directory}/mbox", f"fsync {directory}"], first
    assert deputy.deliver(f"dido@{DOMAIN}") == [f"fsync {directory}/mbox"]
