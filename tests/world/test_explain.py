"""Sessions that do not happen, and sessions that did, decided again: told as they would be, and nobody hears of it."""

import base64
import json
import os
import pwd
import re
import ssl

import pytest

from harness import paths
from harness.cursus import AUTHOR, id_of
from harness.dialogue import Dialogue
from harness.hooks import URL, Hook
from harness.milters import PythonMilter
from harness.processes import wait_until
from harness.senders import a_message, new_mark
from harness.strangers import RECIPIENT, SENDER, STRANGER, message, recorded, refused, serve, session_of, submit

ADDRESS = "127.0.1.48"
ACCOUNT, PASSWORD = AUTHOR, "secret"
GREY, HOOKED = "grey@alpha.example", "hooked@alpha.example"
COMMON = ("--client-ip", STRANGER, "--from", SENDER, "--to")


@pytest.fixture(scope="module")
def hook():
    hook = Hook({"action": "defer", "text": "Come again", "tags": ["seen"]})
    yield hook
    hook.stop()


@pytest.fixture(scope="module")
def milter():
    milter = PythonMilter({}, place="milter_of_explain", endpoint=("127.0.6.34", 8899))
    milter.start()
    yield milter
    milter.stop()


@pytest.fixture(scope="module")
def server(dns, hook, milter):
    server = serve("explained", ADDRESS, auth={"users": str(paths.WORLD / "explained-users")}, scan={"milters": [milter.setting]}, listener=[
        {"name": "mx", "address": [f"{ADDRESS}:25"], "tls": "starttls"},
        {"name": "msas", "address": [f"{ADDRESS}:465"], "service": "submission", "tls": "implicit"},
        {"name": "lmtp", "address": [f"{ADDRESS}:24"], "service": "lmtp"},
    ], rule=[
        {"name": "clear", "at": "rcpt", "if": {"tls": False, "recipient": "secure@alpha.example"}, "do": "reject", "text": "in the clear"},
        {"name": "grey", "at": "rcpt", "if": {"greylisted": True, "recipient": GREY}, "do": "defer"},
        {"name": "hook", "at": "rcpt", "if": {"recipient": HOOKED}, "do": "ask", "ask": URL},
        {"name": "sink", "at": "rcpt", "if": {"recipient": "sink@alpha.example"}, "do": "discard"},
    ])
    server.add_account(ACCOUNT, PASSWORD)
    yield server
    server.stop()


def explained(server, *words: str) -> list[str]:
    done = server.command("explain", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


def said(story: list[str]) -> list[str]:
    return [line[3:] for line in story if line.startswith("C: ")]


def without_proof() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def session_that_brought(server, reply: str) -> str:
    """The message that was taken with this reply; the session's record is whole."""
    session = server.wait_for_event("accepted", message=id_of(reply))[0]["session"]
    recorded(server, session)
    return session


def test_explain_knows_listeners_that_speak_tls(server):
    story = explained(server, *COMMON, RECIPIENT, "--listener", "msas")
    assert any("tls_started" in line for line in story) and any(line.startswith("S: 530 5.7.0") for line in story)
    refusal, passed = (explained(server, *COMMON, "secure@alpha.example", *words) for words in ((), ("--tls",)))
    assert any(line.startswith("S: 550 5.7.1 in the clear") for line in refusal)
    assert "STARTTLS" in said(passed) and not any("in the clear" in line for line in passed)


def test_explain_plays_a_session_whose_message_was_taken(server):
    reply = submit(server, message(), recipients=("sink@alpha.example", RECIPIENT))
    story = explained(server, "--session", session_that_brought(server, reply))
    words = said(story)
    size = server.wait_for_event("accepted", message=id_of(reply))[0]["size"]
    assert words[:2] + words[4:] == ["EHLO client.example", f"MAIL FROM:<{SENDER}> SIZE={size}", "DATA", "(the message)", "QUIT"]
    assert set(words[2:4]) == {"RCPT TO:<sink@alpha.example>", f"RCPT TO:<{RECIPIENT}>"}
    assert any("stand-in" in line for line in story)


def test_explain_finds_a_session_by_a_message_that_it_brought(server):
    reply = submit(server, message(), recipients=(RECIPIENT,))
    session = session_that_brought(server, reply)
    assert said(explained(server, "--session", id_of(reply))) == said(explained(server, "--session", session))
    traced = server.command("trace", session).stdout.splitlines()
    assert traced[:2] == [f"session {session}", f"message {id_of(reply)}"]
    for words in (("--session", "what"), ("--session", session, "--client-ip", STRANGER)):
        assert server.command("explain", *words).returncode not in (0, os.EX_SOFTWARE)


def test_explain_speaks_of_what_is_beyond_ascii(server):
    assert "MAIL FROM:<jörg@beta.example> SMTPUTF8" in said(explained(server, "--client-ip", STRANGER, "--from", "jörg@beta.example", "--to", RECIPIENT))
    with server.dialogue(source=STRANGER) as client:
        reply = client.send("jörg@beta.example", [RECIPIENT], a_message(new_mark()), " SMTPUTF8")
        client.expect("221", "QUIT")
    story = explained(server, "--session", session_that_brought(server, reply))
    assert any(line.startswith("S: 250 2.0.0") for line in story), story


def test_explain_goes_on_behind_a_program_that_is_not_asked(server):
    story = explained(server, *COMMON, HOOKED)
    assert any("taken to have no opinion" in line for line in story)
    assert any(line.startswith("S: 250 2.1.5") for line in story)


def test_explain_plays_a_session_of_lmtp(server):
    with Dialogue(ADDRESS, 24, source=STRANGER) as client:
        client.expect("220")
        client.expect("250", "LHLO hop.example")
        reply = client.send(SENDER, [RECIPIENT], a_message(new_mark()))
        client.expect("221", "QUIT")
    words = said(explained(server, "--session", session_that_brought(server, reply)))
    assert words[0] == "LHLO hop.example" and words[1].startswith(f"MAIL FROM:<{SENDER}> SIZE=")


def test_explain_plays_the_size_that_was_declared(server):
    reply = refused(server, f"MAIL FROM:<{SENDER}> SIZE=4711", "RCPT TO:<secure@alpha.example>")
    session = session_of(reply)
    recorded(server, session)
    assert f"MAIL FROM:<{SENDER}> SIZE=4711" in said(explained(server, "--session", session))


def test_explain_plays_a_login_by_tls(server):
    with Dialogue(ADDRESS, 465, source=STRANGER) as client:
        client.start_tls(without_proof())
        client.greet()
        client.expect("235", "AUTH PLAIN " + base64.b64encode(f"\0{ACCOUNT}\0{PASSWORD}".encode()).decode())
        reply = client.send(ACCOUNT, ["known@alpha.example"], a_message(new_mark()))
        client.expect("221", "QUIT")
    story = explained(server, "--session", session_that_brought(server, reply))
    assert any("tls_started protocol=TLSv1.3" in line for line in story)
    assert f"XCLIENT ADDR={STRANGER} LOGIN={ACCOUNT}" in said(story) and any(line.startswith("S: 250 2.0.0 OK id=") for line in story)
    assert any("How much an account has sent is remembered by the server alone" in line for line in story)


def test_explain_plays_starttls(server):
    with server.dialogue(source=STRANGER) as client:
        client.expect("220", "STARTTLS")
        client.start_tls(without_proof())
        client.expect("250", "EHLO client.example")
        reply = client.send(SENDER, ["secure@alpha.example"], a_message(new_mark()))
        client.expect("221", "QUIT")
    story = explained(server, "--session", session_that_brought(server, reply))
    assert said(story)[:3] == ["EHLO client.example", "STARTTLS", "EHLO client.example"]
    assert not any("in the clear" in line for line in story)


def test_explain_plays_what_a_program_has_answered_and_does_not_ask_it(server, hook):
    session = session_of(refused(server, f"MAIL FROM:<{SENDER}>", f"RCPT TO:<{HOOKED}>"))
    answer, = [event for event in recorded(server, session) if event["event"] == "looked_up" and event["what"] == "ask"]
    assert answer["words"] == ["defer", "reply: 450 4.7.1 Come again", "tag: seen"]
    asked = len(hook.asked)
    assert any(line.startswith("S: 450 4.7.1 Come again") for line in explained(server, "--session", session))
    assert any("it is not asked here" in line for line in explained(server, *COMMON, HOOKED))
    assert len(hook.asked) == asked


def test_explain_does_not_ask_milters_and_tells_what_they_said(server, milter):
    milter.rewrite({"rcpt": ["550", "5.7.1", "not by me"]})
    try:
        with server.dialogue(source=STRANGER) as client:
            client.expect("250", f"MAIL FROM:<{SENDER}>")
            client.expect("550 5.7.1 not by me", f"RCPT TO:<{RECIPIENT}>")
            client.expect("221", "QUIT")
        session = server.wait_for_event("recipient_refused", recipient=RECIPIENT)[-1]["session"]
        recorded(server, session)
        wait_until(lambda: milter.heard()[-1][0] == "close", "the end of what the milter heard")
        heard = len(milter.heard())
        story = explained(server, "--session", session)
        assert any(line.startswith("S: 250 2.1.5") for line in story)
        notes = story[story.index("(1 milter is not asked.)"):]
        assert notes[1] == "(What milters said in the session that was:)"
        assert notes[2].strip().startswith(f"milter {milter.setting} rcpt: reject (")
        assert "(1 milter is not asked.)" in explained(server, *COMMON, RECIPIENT)
        assert len(milter.heard()) == heard
    finally:
        milter.rewrite({})


def test_explain_tells_programs_all_of_it(server):
    done = server.command("explain", *COMMON, "secure@alpha.example", "--json")
    assert done.returncode == 0, done.stderr
    story = json.loads(done.stdout)
    matched, = [part for part in story if part.get("event") == "rule_matched"]
    assert (matched["rule"], matched["stage"]) == ("clear", "rcpt")
    assert {"note": "1 milter is not asked."} in story and {"client": "QUIT"} in story


def test_a_trace_says_which_rule_stands_where_and_who_said_what(server):
    session = session_of(refused(server, f"MAIL FROM:<{SENDER}>", "RCPT TO:<secure@alpha.example>"))
    recorded(server, session)
    told = server.command("trace", session).stdout
    line = next(number for number, text in enumerate(server.configuration.read_text().splitlines(), 1) if text == "[[rule]]")
    assert f"rule clear ({server.configuration}:{line}) holds for secure@alpha.example: reject at rcpt" in told
    assert re.search(r"sender_domain beta\.example: usable \(\d+\.\d+ s\)", told)


def test_explain_knows_what_the_server_remembers_and_writes_nothing(server):
    assert refused(server, f"MAIL FROM:<{SENDER}>", f"RCPT TO:<{GREY}>").startswith("450")
    assert server.stop() == 0
    memory = server.data / "behaviour"
    before = memory.read_bytes(), memory.stat()
    try:
        story = explained(server, *COMMON, GREY)
        assert any("greylisted" in line and "seconds to wait" in line for line in story)
        assert f"(What is remembered of clients is what {memory} says: up to a minute old.)" in story
        os.chown(memory, 0, 0)
        story = explained(server, *COMMON, GREY)
        assert any("greylisted" in line and "it is remembered by the server, and not known here" in line for line in story)
        assert any(line.startswith("(What the server remembers of clients is not known here: ") for line in story)
        after = memory.stat()
        assert memory.read_bytes() == before[0] and (after.st_ino, after.st_mtime_ns) == (before[1].st_ino, before[1].st_mtime_ns)
        assert not list(server.data.glob("behaviour.*"))
    finally:
        owner = pwd.getpwnam("cursus")
        os.chown(memory, owner.pw_uid, owner.pw_gid)
        server.start()


def test_explain_knows_which_accounts_are_on_hold(server):
    held = server.data / "accounts-on-hold"
    assert server.stop() == 0
    try:
        held.write_text(f"{ACCOUNT}\t12\ttoo much\n")
        os.chmod(held, 0o644)
        story = explained(server, "--client-ip", STRANGER, "--from", ACCOUNT, "--account", ACCOUNT, "--to", RECIPIENT, "--listener", "msas")
        assert any(line.startswith("S: 450 4.7.1") for line in story), story
    finally:
        held.unlink()
        server.start()
