"""Lists in the DNS: who is on one is refused, and `cursus trace` and `cursus explain` say by which, and why."""

import re

import pytest

from harness.cursus import matching
from harness.senders import new_mark
from harness.strangers import RECIPIENT, SENDER, message, recorded, refused, serve, session_of, submit

TWICE_LISTED, ONCE_LISTED, UNLISTED = "192.0.2.66", "192.0.2.67", "192.0.2.68"
LISTED_ON_LOOPBACK = "127.0.9.66"
REASON = "spam every morning, since March"
REFUSAL = f"550 5.7.1 {TWICE_LISTED} is listed at bl.example: {REASON}"
# Each rule is asked about one recipient, so that each test knows which decides.
SCORED, BROKEN, UNKNOWN = (f"{name}@alpha.example" for name in ("scored", "broken", "unknown"))


@pytest.fixture(scope="module")
def server(dns):
    lists = [{"zone": "bl.example", "score": 2}, {"zone": "other-bl.example", "score": 3}]
    text = "{client.address} is listed at {dnslist.zone}: {dnslist.reason}"
    server = serve("listing", "127.0.1.39", dnslist=lists, rule=[
        {"name": "listed", "at": "rcpt", "if": {"dnslist": "bl.example", "recipient": RECIPIENT}, "do": "reject", "text": text},
        {"name": "scored", "at": "rcpt", "if": {"dnslist_score": ">= 5", "recipient": SCORED}, "do": "reject",
         "text": "{dnslist.score} points"},
        {"name": "broken", "at": "rcpt", "if": {"dnslist": "all-bl.example", "recipient": BROKEN}, "do": "reject"},
        {"name": "unknown", "at": "rcpt", "if": {"not_dnslist": "all-bl.example", "recipient": UNKNOWN}, "do": "reject"},
        {"name": "links", "at": "data", "if": {"uri_dnslist": "uri-bl.example"}, "do": "reject", "text": "a link to {dnslist.reason}"},
    ])
    yield server
    server.stop()


def ask_for(server, recipient: str, client: str) -> str:
    return refused(server, f"MAIL FROM:<{SENDER}>", f"RCPT TO:<{recipient}>", source=client)


def looked_up(events: list[dict], what: str, subject: str) -> dict:
    """The one event that tells of this question."""
    found, = matching(events, {"event": "looked_up", "what": what, "subject": subject})
    return found


def line_of(server, rule: str) -> int:
    lines = server.configuration.read_text().splitlines()
    return max(number for number in range(lines.index(f'name = "{rule}"')) if lines[number] == "[[rule]]") + 1


def test_who_is_listed_is_refused_with_the_list_s_reason(server):
    reply = ask_for(server, RECIPIENT, TWICE_LISTED)
    assert reply == f"{REFUSAL} ({session_of(reply)})"


@pytest.mark.parametrize("client", [UNLISTED, ONCE_LISTED])
def test_who_is_not_on_that_list_is_taken(server, client):
    mark = new_mark()
    assert submit(server, message(mark=mark), client).startswith("250")
    server.inbox().wait_for(mark)


def test_loopback_is_not_asked_about(server):
    with server.dialogue(source=LISTED_ON_LOOPBACK) as client:
        client.expect("250", f"MAIL FROM:<{SENDER}>")
        client.expect("250", f"RCPT TO:<{RECIPIENT}>")
    assert not [event for event in server.events("looked_up") if LISTED_ON_LOOPBACK in event["subject"] and event["words"]]


def test_the_scores_of_lists_add_up(server):
    reply = ask_for(server, SCORED, TWICE_LISTED)
    assert reply.startswith("550 5.7.1 5 points (")
    assert ask_for(server, SCORED, ONCE_LISTED).startswith("250"), "3 points"
    events = recorded(server, session_of(reply))
    assert looked_up(events, "dnslist", f"bl.example {TWICE_LISTED}")["number"] == "2"
    assert looked_up(events, "dnslist", f"other-bl.example {TWICE_LISTED}")["number"] == "3"


def test_a_list_that_lists_everything_is_passed_over_and_told_of_once(server):
    for _ in range(2):
        assert ask_for(server, BROKEN, TWICE_LISTED).startswith("250")
    trouble, = server.wait_for_event("trouble", where="dnslist all-bl.example")
    assert "is left alone for now: it answers 127.0.0.2 for 1.0.0.127.all-bl.example" in trouble["what"]


@pytest.mark.parametrize("client, reply", [(TWICE_LISTED, "450 4.7.1 "), (LISTED_ON_LOOPBACK, "250 ")])
def test_nobody_is_refused_for_good_for_not_being_on_a_list_of_no_use(server, client, reply):
    """Of loopback there is nothing to know, and so nothing to wait for."""
    assert ask_for(server, UNKNOWN, client).startswith(reply)


@pytest.mark.parametrize("link, is_listed", [("http://shop.spam.example/pills", True), ("http://ham.example/", False)])
def test_a_link_to_a_listed_host_is_refused(server, link, is_listed):
    reply = submit(server, message(f"Buy at {link} now"), UNLISTED)
    assert reply.startswith("550 5.7.1 a link to sells pills (" if is_listed else "250 ")


def test_trace_names_the_rule_and_what_was_answered(server):
    session = session_of(ask_for(server, RECIPIENT, TWICE_LISTED))
    found = looked_up(recorded(server, session), "dnslist", f"bl.example {TWICE_LISTED}")
    assert found["words"] == ["bl.example"] and found["detail"] == REASON
    told = server.command("trace", session).stdout
    assert re.search(rf"dnslist bl\.example {TWICE_LISTED}: .*{REASON}", told), told
    line = line_of(server, "listed")
    assert f"rule listed ({server.configuration}:{line}) holds for {RECIPIENT}: reject at rcpt" in told, told


@pytest.mark.parametrize("of", ["a session to come", "a session that was"])
def test_explain_names_the_rule_and_what_was_answered(server, of):
    words = ["--client-ip", TWICE_LISTED, "--from", SENDER, "--to", RECIPIENT]
    if of == "a session that was":
        session = session_of(ask_for(server, RECIPIENT, TWICE_LISTED))
        recorded(server, session)
        words = ["--session", session]
    done = server.command("explain", *words)
    assert done.returncode == 0, done.stderr
    assert re.search(rf"dnslist.*bl\.example {TWICE_LISTED}.*{REASON}", done.stdout)
    assert f"rule listed ({server.configuration}:{line_of(server, 'listed')}) holds for {RECIPIENT}: reject" in done.stdout
    assert f"S: {REFUSAL}" in done.stdout
