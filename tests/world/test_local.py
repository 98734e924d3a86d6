"""Mail that stays on this host: Cursus beside Exim and Postfix, with the same aliases and forward files."""

import mailbox
import os
import pwd
import subprocess
import time

import pytest

from harness import namespace, paths, senders
from harness.dialogue import Dialogue, wait_for_banner
from harness.local_peers import DOMAIN, LocalCursus, LocalExim, LocalPostfix, settle, write_forward
from harness.processes import wait_until
from harness.senders import a_message, new_mark

ALIASES = """\
# One host's aliases, as they have been written for forty years.
postmaster: root
root:       bob
team:       ann, bob
nested:     team,
            claudia, bob
MixedCase:  dido
"quoted name": claudia
list:       :include:@D@/members
owner-list: ann
hole:       /dev/null
filed:      @D@/out/filed
kept:       @D@/out/kept/
piped:      "|/usr/bin/tee -a @D@/out/piped"
quiet:      :blackhole:
final:      \\ann
both:       claudia, "|/usr/bin/tee -a @D@/out/both", dido
"""

# What a message to this address is in the end, and for whom of the three that can be asked: :blackhole: is not
# Postfix's word.
CASES = {
    "bob": {"bob": 1},
    "BOB": {"bob": 1},
    "bob+detail": {"bob": 1},
    "team": {"claudia": 1, "ann": 1, "bob": 1},
    "TEAM": {"claudia": 1, "ann": 1, "bob": 1},
    "nested": {"claudia": 1, "ann": 1, "bob": 1},
    "mixedcase": {"dido": 1},
    "list": {"bob": 1, "claudia": 1, "dido": 1},
    "hole": {},
    "filed": {"filed": 1},
    "piped": {"piped": 1},
    "both": {"claudia": 1, "both": 1, "dido": 1},
    "postmaster": {"bob": 1},
    "ann": {"ann": 1, "claudia": 1},
    # One message to several, who lead to the same people.
    "team bob": {"claudia": 1, "ann": 1, "bob": 1},
    "bob BOB": {"bob": 1},
    "nested list": {"claudia": 1, "ann": 1, "bob": 1, "dido": 1},
}

# Postfix sends what a forward file leads to as a message of its own, which no longer knows who has the first one, and
# expands each recipient of a message by itself. For Exim names in another case are another recipient.
DIFFERS = {
    "postfix": {
        "nested": {"claudia": 2, "ann": 1, "bob": 1},
        "team bob": {"claudia": 1, "ann": 1, "bob": 2},
        "nested list": {"claudia": 3, "ann": 1, "bob": 2, "dido": 1},
    },
    "exim": {"bob BOB": {"bob": 2}},
}


def expected(peer, recipient: str) -> dict[str, int]:
    return DIFFERS.get(peer.name, {}).get(recipient, CASES[recipient])


@pytest.fixture(scope="module")
def three(dns):
    for person in namespace.PEOPLE:
        write_forward(person, "")
    write_forward("ann", "# keeps a copy\n\\ann, claudia\n")
    peers = [LocalExim(ALIASES), LocalPostfix(ALIASES), LocalCursus(ALIASES)]
    yield peers
    for peer in peers:
        peer.stop()


def send(peer, recipients: str, mark: str) -> None:
    addresses = [f"{name}@{DOMAIN}" for name in recipients.split()]
    sent = senders.swaks(peer.address, "someone@client.example", addresses, a_message(mark))
    assert sent.returncode == 0, f"{peer.name}: {sent.stdout.decode()}"


@pytest.mark.parametrize("recipient", CASES)
def test_three_mail_systems_deliver_the_same(three, recipient):
    mark = new_mark()
    for peer in three:
        send(peer, recipient, mark)
    for peer in three:
        settle(peer, mark, expected(peer, recipient))
    time.sleep(0.3)  # what is too much would come now
    assert {peer.name: peer.outcome(mark) for peer in three} == {p.name: expected(p, recipient) for p in three}


@pytest.fixture
def host(three):
    return three[2]


def test_a_list_goes_out_in_the_name_of_its_owner(host):
    mark = new_mark()
    send(host, "list", mark)
    stored, = host.box("dido").wait_for(mark)
    assert stored.trace[0] == f"Return-Path: <owner-list@{DOMAIN}>"


def test_a_mailbox_belongs_to_its_user(host):
    mark = new_mark()
    send(host, "dido", mark)
    stored, = host.box("dido").wait_for(mark)
    assert stored.path.stat().st_uid == pwd.getpwnam("dido").pw_uid
    assert stored.path.stat().st_mode & 0o777 == 0o600


def test_nobody_of_that_name_is_refused_at_once(host):
    with host.cursus.dialogue() as client:
        client.say("MAIL FROM:<someone@client.example>")
        assert client.say(f"RCPT TO:<zoe@{DOMAIN}>").startswith("550 5.1.1")


def test_a_forward_file_that_anybody_can_write_is_not_followed_and_nothing_is_lost(host):
    path = write_forward("dido", "bob\n")
    path.chmod(0o666)
    mark = new_mark()
    send(host, "dido", mark)
    event = host.cursus.wait_for_event("deferred", recipient=f"dido@{DOMAIN}")[-1]
    assert str(path) in event["reply"]
    write_forward("dido", "")
    host.box("dido").wait_for(mark)
    assert not host.box("bob").with_mark(mark)


def test_a_broken_forward_file_defers_and_names_its_line(host):
    write_forward("dido", "bob\nnot an address at all\n")
    mark = new_mark()
    before = len(host.cursus.events("deferred", recipient=f"dido@{DOMAIN}"))
    send(host, "dido", mark)
    event = host.cursus.wait_for_event("deferred", count=before + 1, recipient=f"dido@{DOMAIN}")[-1]
    assert ".forward:2: " in event["reply"]
    write_forward("dido", "")
    host.box("dido").wait_for(mark)


def test_aliases_are_read_again_when_they_change(host):
    aliases = host.directory / "aliases"
    before = aliases.read_text()
    try:
        aliases.write_text(before + "newcomer: dido\n")
        time.sleep(2.5)  # a file that has just been written may still be being written
        mark = new_mark()
        send(host, "newcomer", mark)
        host.box("dido").wait_for(mark)
    finally:
        aliases.write_text(before)


def test_route_prints_the_whole_way(host):
    done = host.cursus.command("route", f"nested@{DOMAIN}")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == f"nested@{DOMAIN}"
    assert f"├─ team  ({host.directory}/aliases:5)" in lines
    assert any(line.endswith(f"maildir:{host.directory}/boxes/claudia, as claudia") for line in lines)
    told = host.cursus.command("route", f"nested@{DOMAIN}", "--json")
    assert '"place"' in told.stdout
    assert host.cursus.command("route", f"zoe@{DOMAIN}").returncode == os.EX_NOUSER


def test_mail_may_lie_in_a_mailbox_file_that_other_programs_lock(make_cursus, three):
    write_forward("dido", "")
    instance = make_cursus("mbox", "127.0.1.14", DOMAIN,
                           local={"mailbox": "mbox:{home}/mbox", "users": "system"}).start()
    mbox = namespace.HOMES / "dido" / "mbox"
    mbox.unlink(missing_ok=True)
    mark = new_mark()
    with instance.dialogue() as client:
        for _ in range(20):
            client.send("someone@client.example", [f"dido@{DOMAIN}"], a_message(mark, body="From here\r\n"))
    instance.wait_until_empty()
    text = mbox.read_text()
    assert text.count("From someone@client.example ") == 20
    assert text.count("\n>From here\n") == 20
    box = mailbox.mbox(mbox)
    assert [message["Subject"] is not None for message in box] == [True] * 20
    assert not mbox.with_suffix(".lock").exists()


def test_a_command_may_take_the_mail_and_its_word_decides(make_cursus, three):
    out = namespace.HOMES / "dido" / "taken"
    out.unlink(missing_ok=True)
    write_forward("dido", "")
    instance = make_cursus("pipe", "127.0.1.15", DOMAIN,
                           local={"mailbox": "pipe:/bin/sh -c 'cat >> $HOME/taken; exit $SUBADDRESS' {user}",
                                  "users": "system"}).start()
    mark = new_mark()
    with instance.dialogue() as client:
        client.send("author@client.example", [f"dido+0@{DOMAIN}"], a_message(mark))
        client.send("author@client.example", [f"dido+75@{DOMAIN}"], a_message(mark))
        client.send("author@client.example", [f"dido+65@{DOMAIN}"], a_message(mark))
    delivered = instance.wait_for_event("delivered", recipient=f"dido+0@{DOMAIN}")[0]
    assert delivered["where"] == "/bin/sh"
    instance.wait_for_event("deferred", recipient=f"dido+75@{DOMAIN}")
    instance.wait_for_event("bounced", recipient=f"dido+65@{DOMAIN}")
    assert f"Delivered-To: dido+0@{DOMAIN}" in out.read_text()
    assert out.stat().st_uid == pwd.getpwnam("dido").pw_uid


def test_started_without_root_it_says_what_it_cannot_do(make_cursus, three):
    instance = make_cursus("plain", "127.0.1.16", DOMAIN, local={"mailbox": "maildir:{home}/Maildir", "users": "system"})
    instance.settings["listener"][0]["address"] = ["127.0.1.16:2525"]
    del instance.settings["run_as"]
    instance.write_configuration()
    instance.configuration.chmod(0o644)
    owner = pwd.getpwnam("cursus")
    started = subprocess.Popen([paths.CURSUS, "--config", instance.configuration, "serve"], user=owner.pw_uid,
                               group=owner.pw_gid, extra_groups=[], stderr=subprocess.PIPE, text=True)
    try:
        wait_for_banner("127.0.1.16", 2525)
        with Dialogue("127.0.1.16", port=2525, source="127.0.9.10") as client:
            client.greet()
            client.send("someone@client.example", [f"dido@{DOMAIN}"], a_message(new_mark()))
        wait_until(lambda: any(row["recipient"] == f"dido@{DOMAIN}" and "root" in row["last_reply"]
                               for row in instance.queue("list")), "the reason in the queue")
    finally:
        started.terminate()
        log = started.communicate(timeout=30)[1]
    assert "not started as root" in log
