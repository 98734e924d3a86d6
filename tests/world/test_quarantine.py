"""Mail that is held: by `cursus queue hold`, looked at, released, removed, forgotten; and never twice, whatever is killed."""

import base64
import crypt
import json
import os
import subprocess
import time

import pytest

from harness import paths
from harness.cursus import AUTHOR, id_of
from harness.dialogue import Dialogue
from harness.processes import wait_until
from harness.scripted import Hang
from harness.senders import a_message, new_mark

SENDER = "one@alpha.example"
DOWN = "127.0.8.11"  # second.example; nobody answers there until a test says so
ACCOUNT, PASSWORD = AUTHOR, "secret"
SUBMISSION = 587


@pytest.fixture
def server(make_cursus):
    return make_cursus(retry={"schedule": ["1s"]}).start()


def send(server, recipient: str = "a@second.example", mark: str | None = None, body: str = "", sender: str = SENDER):
    mark = mark or new_mark()
    with server.dialogue() as client:
        return mark, id_of(client.send(sender, [recipient], a_message(mark, body=body)))


def quarantine(server, *words: str):
    done = server.command("quarantine", *words, "--json")
    assert done.returncode in (0, os.EX_NOINPUT), done.stderr
    return json.loads(done.stdout)


def hold(server, *words: str) -> int:
    """Held, however often a delivery is in the way."""
    held = 0

    def all_held() -> bool:
        nonlocal held
        done = server.command("queue", "hold", *words, "--json")
        told = json.loads(done.stdout)
        held += told["recipients"]
        assert (done.returncode == os.EX_TEMPFAIL) == ("busy" in told)
        return "busy" not in told

    wait_until(all_held, "no delivery in the way of a hold", 30)
    return held


def test_what_is_held_outlives_kills_and_is_delivered_once_after_its_release(server, scripted):
    mark, message = send(server)
    server.wait_for_event("site_down")
    assert hold(server, message, "--why", "until Monday") == 1
    server.kill()
    server.start()
    peer = scripted(DOWN)
    row, = server.queue("show", message)
    assert row["state"] == "held" and row["held"]["by"] == "operator" and row["held"]["why"] == "until Monday"
    assert "until Monday" in server.command("queue", "list").stdout
    time.sleep(3)
    assert not peer.with_mark(mark), "it is held"
    peer.stop()
    assert server.queue("release", message) == {"recipients": 1}
    server.kill()
    peer = scripted(DOWN)
    server.start()
    peer.wait_for(mark)
    server.wait_until_empty()
    done = server.command("queue", "release", message)
    assert done.returncode == os.EX_NOINPUT
    server.kill()
    server.start()
    time.sleep(2)
    assert len(peer.with_mark(mark)) == 1
    assert not server.events("reported") and not server.events("bounced")


def test_kills_at_any_moment_of_holds_and_releases_lose_nothing(server, scripted):
    peer = scripted(DOWN, dot="451 4.3.0 not now")
    marks = {}
    for _ in range(20):
        mark, message = send(server)
        marks[message] = mark
    for _ in range(6):
        server.command("queue", "hold", "--domain", "second.example")
        server.kill()
        server.start()
        server.command("queue", "release", "--all")
        server.kill()
        server.start()
    peer.stop()
    peer = scripted(DOWN)
    assert server.command("queue", "release", "--all").returncode in (0, os.EX_NOINPUT)
    server.command("queue", "retry", "--domain", "second.example")  # what is busy is being tried already
    server.wait_until_empty(60)
    for mark in marks.values():
        assert len(peer.with_mark(mark)) == 1


def test_the_quarantine_is_listed_shown_and_removed(server):
    mark, message = send(server, body="x" * 70 + "\r\n")
    _, other = send(server, "b@third.example", sender="two@alpha.example")
    assert hold(server, "--all", "--why", "is it \x1b[31mred?", "--for", "30d") == 2
    assert {row["message"] for row in quarantine(server, "list")} == {message, other}
    row, = quarantine(server, "list", "--domain", "third.example")
    assert row["message"] == other and row["held"]["until"] > row["held"]["since"]
    assert [r["message"] for r in quarantine(server, "list", "--sender", SENDER)] == [message]
    assert quarantine(server, "list", "--by", "rule") == []
    table = server.command("quarantine", "list").stdout
    assert message in table and "\x1b" not in table and "red?" in table
    assert "2 more are held" in server.command("queue", "summary").stdout
    shown = server.command("quarantine", "show", message)
    assert shown.returncode == 0 and f"Subject: {mark}" in shown.stdout and "a@second.example" in shown.stdout
    assert "The end." not in shown.stdout and "\x1b" not in shown.stdout
    assert quarantine(server, "show", message)["recipients"][0]["held"]["by"] == "operator"
    done = server.command("quarantine", "remove", message, "0000000000000")
    assert done.returncode == os.EX_NOINPUT and "0000000000000" in done.stderr
    assert [row["message"] for row in quarantine(server, "list")] == [other]
    assert server.command("quarantine", "show", message).returncode == os.EX_NOINPUT
    assert server.command("quarantine", "show", "nonsense").returncode == os.EX_USAGE
    assert server.command("quarantine", "release").returncode == os.EX_USAGE
    server.wait_for_event("removed", message=message)
    assert not server.events("reported")


@pytest.mark.parametrize("octets", [100, 262_144, 3_000_000])
def test_a_message_is_shown_raw_exactly_as_it_is_kept(server, octets):
    mark = new_mark()
    text = a_message(mark, body=("y" * 70 + "\r\n") * (octets // 72))
    with server.dialogue() as client:
        message = id_of(client.send(SENDER, ["a@second.example"], text))
    hold(server, message)
    raw = server.directory / "raw"
    with raw.open("wb") as out:
        done = subprocess.run([str(paths.CURSUS), "-c", str(server.configuration), "quarantine", "show", "--raw", message],
                              stdout=out, timeout=60)
    assert done.returncode == 0
    kept = raw.read_bytes()
    assert kept.startswith(b"Received: ") and kept.endswith(text)
    row, = quarantine(server, "list")
    assert row["size"] == len(kept)


def test_only_the_recipient_that_is_named_is_released(server, scripted):
    mark = new_mark()
    with server.dialogue() as client:
        message = id_of(client.send(SENDER, ["a@second.example", "b@second.example"], a_message(mark)))
    server.wait_for_event("site_down")
    assert hold(server, message) == 2
    peer = scripted(DOWN)
    assert quarantine(server, "release", message, "--recipient", "b@SECOND.example") == {"recipients": 1}
    taken, = peer.wait_for(mark)
    assert taken.recipients == ["b@second.example"]
    assert [row["recipient"] for row in quarantine(server, "list")] == ["a@second.example"]
    assert quarantine(server, "release", message) == {"recipients": 1}
    peer.wait_for(mark, 2)


def test_what_is_under_way_is_left_alone_and_said(server, scripted):
    peer = scripted(DOWN, dot=Hang)
    _, message = send(server)
    wait_until(lambda: peer.said("DATA"), "a delivery", 30)
    done = server.command("queue", "hold", message)
    assert done.returncode == os.EX_TEMPFAIL and "under way" in done.stdout
    peer.stop()
    assert hold(server, message) == 1


def test_at_the_end_of_its_hold_mail_is_removed_and_nobody_is_told(server):
    _, message = send(server)
    hold(server, message, "--for", "2s")
    server.wait_for_event("hold_expired", message=message)
    server.wait_for_event("completed", message=message)
    assert not server.queue("list") and not server.events("reported") and not server.events("bounced")


def test_the_mail_of_an_account_is_held_and_released_with_one_word(make_cursus, scripted):
    server = make_cursus(retry={"schedule": ["1s"]})
    users = server.directory / "users"
    users.write_text(f"{ACCOUNT}:{crypt.crypt(PASSWORD, crypt.mksalt(crypt.METHOD_SHA512))}\n")
    users.chmod(0o644)
    server.settings["listener"].append(
        {"name": "submission", "address": [f"{server.address}:{SUBMISSION}"], "service": "submission", "tls": "none"})
    server.settings["auth"] = {"users": str(users), "clear_on_loopback": True}
    server.write_configuration()
    server.start()
    mark, other = new_mark(), new_mark()
    with Dialogue(server.address, SUBMISSION, source="127.0.10.20") as client:
        client.greet()
        secret = base64.b64encode(f"\0{ACCOUNT}\0{PASSWORD}".encode()).decode()
        client.expect("235", f"AUTH PLAIN {secret}")
        message = id_of(client.send(ACCOUNT, ["a@second.example"], a_message(mark)))
    send(server, mark=other)
    server.wait_for_event("site_down")
    assert hold(server, "--account", ACCOUNT) == 1
    peer = scripted(DOWN)
    peer.wait_for(other)
    assert [row["message"] for row in quarantine(server, "list", "--account", ACCOUNT)] == [message]
    assert not peer.with_mark(mark)
    assert server.queue("release", "--account", ACCOUNT) == {"recipients": 1}
    peer.wait_for(mark)
    server.wait_for_event("completed", message=message)

    def is_told() -> bool:
        story = {event["event"]: event for event in server.trace(message)}
        if not {"recipient_held", "recipient_released", "completed"} <= story.keys():
            return False
        held = story["recipient_held"]
        return (held["recipient"], held["by"], held["why"]) == ("a@second.example", "operator", "")

    wait_until(is_told, "the story of a hold in the journal", 30)


def test_nothing_is_held_or_released_that_was_not_named(server):
    send(server)
    for verb in ("hold", "release"):
        assert server.command("queue", verb).returncode == os.EX_USAGE
        assert server.command("queue", verb, "--all", "--domain", "second.example").returncode == os.EX_USAGE
    assert server.command("queue", "hold", "--all", "--for", "soon").returncode == os.EX_USAGE
    assert server.command("queue", "hold", "0000000000000").returncode == os.EX_NOINPUT
    assert not server.events("recipient_held")
