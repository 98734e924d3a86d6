"""FUTURERELEASE, DELIVERBY and MT-PRIORITY: handed in at the submission service, honoured on the way."""

import base64
import crypt
import re
import time

import pytest

from harness.cursus import AUTHOR, id_of
from harness.dialogue import Dialogue
from harness.senders import a_message, new_mark

NAME, PASSWORD = AUTHOR, "secret"
SUBMISSION = 587
ANNOUNCING = "250-scripted.example\n250-PIPELINING\n250-DELIVERBY 10\n250-MT-PRIORITY\n250 SIZE 10485760"


@pytest.fixture
def desk(make_cursus):
    """A Cursus with submission at port 587, where AUTHOR has an account."""
    instance = make_cursus()
    users = instance.directory / "users"
    users.write_text(f"{NAME}:{crypt.crypt(PASSWORD, crypt.mksalt(crypt.METHOD_SHA512))}\n")
    users.chmod(0o644)
    instance.settings["listener"].append(
        {"name": "submission", "address": [f"{instance.address}:{SUBMISSION}"], "service": "submission", "tls": "none"})
    instance.settings["auth"] = {"users": str(users), "clear_on_loopback": True}
    instance.settings["submission"] = {"future_release": "1h", "deliver_by_min": "5s", "priority_max": 4}
    instance.write_configuration()
    return instance.start()


def logged_in(desk) -> Dialogue:
    client = Dialogue(desk.address, SUBMISSION, source="127.0.10.20")
    client.greet()
    secret = base64.b64encode(f"\0{NAME}\0{PASSWORD}".encode()).decode()
    client.expect("235", f"AUTH PLAIN {secret}")
    return client


def hand_in(desk, recipient: str, parameters: str) -> tuple[str, str]:
    """The message's mark and id."""
    mark = new_mark()
    with logged_in(desk) as client:
        return mark, id_of(client.send(AUTHOR, [recipient], a_message(mark), f" {parameters}"))


def test_the_offer_stands_at_submission_only(desk):
    with Dialogue(desk.address, SUBMISSION, source="127.0.10.20") as client:
        offered = client.greet()
        until, = re.findall(r"250[- ]FUTURERELEASE 3600 (\S+)", offered)
        assert abs(time.time() + 3600 - as_seconds(until)) < 60
        assert re.search(r"250[- ]DELIVERBY 5\b", offered) and re.search(r"250[- ]MT-PRIORITY", offered)
    with desk.dialogue(greet=False) as client:
        offered = client.greet()
        assert not re.search("FUTURERELEASE|DELIVERBY|MT-PRIORITY", offered)
        client.expect("555 5.5.4", f"MAIL FROM:<{AUTHOR}> HOLDFOR=60")


@pytest.mark.parametrize("parameters, reply", [
    ("HOLDFOR=3601", "501 5.5.4"), ("HOLDUNTIL=2999-01-01T00:00:00Z", "501 5.5.4"), ("HOLDFOR=0", "501 5.5.4"),
    ("HOLDFOR=60 HOLDUNTIL=2026-01-01T00:00:00Z", "501 5.5.4"), ("HOLDFOR=60 BY=30;R", "501 5.5.4"), ("BY=4;R", "555 5.5.4"),
    ("BY=0;R", "501 5.5.4"), ("BY=60", "501 5.5.4"), ("MT-PRIORITY=10", "501 5.5.4"),
    ("MT-PRIORITY=9", "250 2.3.6 4 "), ("MT-PRIORITY=-9", "250 2.1.0"), ("BY=-60;NT", "250 2.1.0"),
])
def test_what_cannot_be_granted_is_said_at_once(desk, parameters, reply):
    with logged_in(desk) as client:
        client.expect(reply, f"MAIL FROM:<{AUTHOR}> {parameters}")


def test_a_message_waits_for_its_release_across_a_restart(desk, scripted):
    peer = scripted("127.0.8.10", ehlo=ANNOUNCING)
    began, since = time.time(), time.monotonic()
    _, identity = hand_in(desk, "known@sink.example", "HOLDFOR=6 MT-PRIORITY=2")
    waiting, = desk.waiting(message=identity)
    assert as_seconds(waiting["release"]) - began >= 5 and waiting["priority"] == 2
    assert "not released" in desk.command("queue", "list").stdout
    desk.command("queue", "retry", identity)
    assert desk.stop() == 0
    desk.start()
    desk.wait_until_empty()
    taken, = peer.taken
    assert taken.at - since >= 6
    assert "MT-PRIORITY=2" in mail_line(peer)


def test_the_time_that_is_left_is_passed_on(desk, scripted):
    peer = scripted("127.0.8.10", ehlo=ANNOUNCING)
    hand_in(desk, "known@sink.example", "BY=120;R")
    desk.wait_until_empty()
    left, = re.findall(r" BY=(\d+);R( |$)", mail_line(peer))
    assert 100 <= int(left[0]) < 120


def test_return_is_refused_where_nobody_keeps_to_it(desk, scripted):
    peer = scripted("127.0.8.10")
    mark, identity = hand_in(desk, "known@sink.example", "BY=120;R")
    desk.wait_for_event("bounced", message=identity)
    assert not peer.taken
    report, = desk.inbox("author").wait_for(mark)
    assert b"\nStatus: 5.3.3\n" in report.content and b"\nDeliver-By-Date: " in report.content


def test_return_fails_when_its_time_has_passed(desk):
    mark, identity = hand_in(desk, "known@unreachable.example", "BY=6;R")
    desk.wait_for_event("bounced", message=identity)
    report, = desk.inbox("author").wait_for(mark)
    assert b"\nAction: failed\nStatus: 5.4.7\n" in report.content
    desk.wait_until_empty()


def test_notify_warns_when_its_time_has_passed_and_goes_on(desk, scripted):
    mark, identity = hand_in(desk, "known@unreachable.example", "BY=4;N")
    desk.wait_for_event("delay_warned", message=identity)
    report, = desk.inbox("author").wait_for(mark)
    assert b"\nAction: delayed\nStatus: 4.4.7\n" in report.content
    assert desk.waiting(message=identity)
    with scripted("127.0.8.99"):
        desk.wait_for_event("delivered", message=identity)


def test_notify_that_is_relayed_to_a_host_without_deliverby_is_told_of(desk, scripted):
    scripted("127.0.8.10")
    mark, _ = hand_in(desk, "known@sink.example", "BY=120;N")
    report, = desk.inbox("author").wait_for(mark)
    assert b"\nAction: relayed\n" in report.content


def mail_line(peer) -> str:
    line, = [line for session in peer.sessions for line in session.lines if line.upper().startswith("MAIL FROM")]
    return line


def as_seconds(moment: str) -> float:
    return time.mktime(time.strptime(moment[:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
