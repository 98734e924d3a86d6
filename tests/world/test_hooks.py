"""Programs that are asked over HTTP what to do: what they are told, and what becomes of each answer and of none."""

import pytest

from harness.certificates import client_context
from harness.cursus import matching
from harness.hooks import ADDRESS, PATH, PORT, URL, Answer, Hook
from harness.senders import new_mark
from harness.strangers import SENDER, message, recorded, refused, serve, session_of, submit

# By recipient: asked about at RCPT, where trouble puts mail off, or is ignored; asked about when the message is there.
ASKED, IGNORED, WHOLE = (f"{name}@alpha.example" for name in ("asked", "ignored", "whole"))
SERVER, NAMED, MISNAMED = "127.0.1.40", "192.0.2.67", "192.0.2.68"
NO_OPINION = {"action": "none"}
QUESTION = {
    "version": 1, "stage": "rcpt", "transaction": 1, "message": None, "service": "mx", "protocol": "ESMTP", "helo": "client.example",
    "server": {"name": "hooked.alpha.example", "address": SERVER, "port": 25}, "tls": None, "account": None, "mechanism": None,
    "sender": SENDER, "recipient": ASKED, "recipients": [], "size": 0,
}


@pytest.fixture(scope="module")
def server(dns):
    listener = {"name": "mx", "address": [f"{SERVER}:25"]}
    server = serve("hooked", SERVER, listener=[listener], policy={"ask_timeout": "5s"}, rule=[
        {"name": "asked", "at": "rcpt", "if": {"recipient": ASKED}, "do": "ask", "ask": URL},
        {"name": "ignored", "at": "rcpt", "if": {"recipient": IGNORED}, "do": "ask", "ask": URL, "on_error": "ignore"},
        {"name": "whole", "at": "data", "if": {"recipient": WHOLE}, "do": "ask", "ask": URL},
    ])
    yield server
    server.stop()


@pytest.fixture
def hook():
    hook = Hook(NO_OPINION)
    yield hook
    hook.stop()


def reply_to(server, recipient: str, **client) -> str:
    return refused(server, f"MAIL FROM:<{SENDER}>", f"RCPT TO:<{recipient}>", **client)


@pytest.mark.parametrize("answer, reply", [
    (NO_OPINION, "250 "),
    ({"action": "accept"}, "250 "),
    ({"action": "reject", "text": "Not you"}, "550 5.7.1 Not you ("),
    ({"action": "reject", "code": 552, "status": "5.2.2", "text": "Too much"}, "552 5.2.2 Too much ("),
    ({"action": "defer", "text": "Not now"}, "450 4.7.1 Not now ("),
])
def test_its_answer_decides(server, hook, answer, reply):
    hook.answer = answer
    assert reply_to(server, ASKED).startswith(reply)


TROUBLE = {
    "broken JSON": (Answer(b'{"action": "accept"'), "its answer is no JSON object, or it is too large"),
    "an unknown action": ({"action": "maybe"}, 'the action "maybe" is not known'),
    "an unknown member": ({"action": "accept", "txet": ""}, 'nothing is known of a member "txet"'),
    "an error": (Answer(b'{"action": "accept"}', status=500), "it answered 500"),
    "a redirection": (Answer(status=302, fields=(("Location", URL),)), "it answered 302"),
    "too much": ({"action": "accept", "text": "x" * 65536}, "body limit exceeded"),
    "a stall": (Answer(stalls=True), "timed out"),
}


@pytest.mark.parametrize("what", TROUBLE)
def test_what_is_no_answer_is_trouble_and_the_rule_says_what_then(server, hook, what):
    hook.answer, why = TROUBLE[what]
    assert_trouble(server, why)


def test_nobody_there_is_trouble_too(server):
    assert_trouble(server, f"connecting to {ADDRESS}:{PORT}: Connection refused")


def assert_trouble(server, why: str) -> None:
    reply = reply_to(server, ASKED)
    assert reply.startswith("450 4.7.1 ")
    events = recorded(server, session_of(reply))
    told, = matching(events, {"event": "looked_up", "what": "ask"})
    assert told["trouble"] == f"{ADDRESS}:{PORT}: {why}"
    assert matching(events, {"event": "rule_undecided", "rule": "asked", "on_error": "defer"})
    assert reply_to(server, IGNORED).startswith("250 ")


def test_it_is_told_of_the_session(server, hook):
    with server.dialogue(source=NAMED) as client:
        client.expect("250", f"MAIL FROM:<{SENDER}> SIZE=1000")
        client.expect("250", "RCPT TO:<known@alpha.example>")
        client.expect("250", f"RCPT TO:<{ASKED}>")
    asked, = hook.asked
    session, port = asked.pop("session"), asked["client"].pop("port")
    client = {"address": NAMED, "name": "host67.client.example", "reverse_name": "host67.client.example"}
    assert asked == {**QUESTION, "client": client, "recipients": ["known@alpha.example"], "size": 1000}
    connected, = [event for event in recorded(server, session) if event["event"] == "connected"]
    assert connected["client"] == f"{NAMED}:{port}"
    (target, fields), = hook.requests
    assert target == PATH and fields["Host"] == f"{ADDRESS}:{PORT}" and fields["Content-Type"] == "application/json"


def test_it_is_told_what_an_address_claims_to_be_called(server, hook):
    reply_to(server, ASKED, source=MISNAMED)
    client = hook.asked[0]["client"]
    assert (client["name"], client["reverse_name"]) == (None, "mx1.beta.example")


def test_it_is_told_of_the_message(server, hook):
    mark = new_mark()
    sent = message(mark=mark, extra="X-Folded: one\r\n two\r\n")
    assert submit(server, sent, recipients=[WHOLE, "other@alpha.example"]).startswith("250")
    asked, = hook.asked
    assert (asked["stage"], asked["recipients"]) == ("end-of-message", [WHOLE, "other@alpha.example"])
    assert asked["size"] == len(sent)
    header = sent.split(b"\r\n\r\n")[0].decode().replace("\r\n ", "\n ").split("\r\n")
    assert [f"{field['name']}: {field['value']}".replace("\r\n ", "\n ") for field in asked["headers"]] == header
    assert asked["headers_cut"] is False


def asked_over_tls(server, hook) -> dict:
    with server.dialogue() as client:
        client.expect("220", "STARTTLS")
        client.start_tls(client_context())
        client.expect("250", "EHLO client.example")
        client.expect("250", f"MAIL FROM:<{SENDER}>")
        client.expect("250", f"RCPT TO:<{ASKED}>")
    return hook.asked[0]["tls"]


def test_it_is_told_of_tls(server, hook):
    told = asked_over_tls(server, hook)
    assert told["protocol"] == "TLSv1.3" and told["cipher"].startswith("TLS_") and told["client_subject"] is None


def test_it_is_told_how_long_the_key_is(server, hook):
    assert asked_over_tls(server, hook)["bits"] in (128, 256)


def test_its_wishes_are_fulfilled(server, hook):
    hook.answer = {"action": "accept", "headers": [{"name": "X-Advice", "value": "seen"}], "add_recipients": ["archive@alpha.example"]}
    mark = new_mark()
    assert submit(server, message(mark=mark), recipients=[WHOLE]).startswith("250")
    for mailbox in ("whole", "archive"):
        stored, = server.inbox(mailbox).wait_for(mark)
        assert stored.field("X-Advice") == "seen"


def test_a_message_is_held_where_it_says_so(server, hook):
    hook.answer = {"action": "hold", "text": "odd"}
    assert submit(server, message(), recipients=[WHOLE]).startswith("250")
    held, = server.wait_for_event("recipient_held", recipient=WHOLE)
    assert (held["by"], held["why"]) == ("rule whole", "odd")


def test_its_note_is_in_the_record(server, hook):
    hook.answer = {"action": "none", "text": "I have seen worse"}
    reply_to(server, ASKED)
    assert "I have seen worse" in str(recorded(server, hook.asked[0]["session"]))


def test_explain_decides_a_session_again_by_the_answer_of_then(server, hook):
    hook.answer = {"action": "reject", "text": "Not you"}
    session = session_of(reply_to(server, ASKED))
    recorded(server, session)
    assert "S: 550 5.7.1 Not you" in server.command("explain", "--session", session).stdout
