"""Who may come in: the operator's rules and everything they ask, with the real programs."""

import json
import re
import subprocess
import time

import pytest

from harness import paths, scanners
from harness.cursus import id_of
from harness.milters import PythonMilter
from harness.postgrey import Postgrey
from harness.senders import new_mark
from harness.strangers import RECIPIENT, SENDER, STRANGER, message, recorded, refused, serve, session_of, submit


@pytest.fixture(scope="module")
def ruled(dns):
    server = serve("ruled", "127.0.1.30", relay={"hosts": ["127.0.9.10"]}, rule=[
        {"name": "blocked", "at": "connect", "if": {"client": "127.0.8.99"}, "do": "reject", "text": "We do not talk to {client.address}"},
        {"name": "friends", "at": "rcpt", "if": {"sender": "friend@"}, "do": "accept"},
        {"name": "burning", "at": "rcpt", "if": {"recipient": "nero@alpha.example", "not_sender": "friend@beta.example"},
         "do": "reject", "text": "{recipient} burns"},
        {"name": "offers", "at": "data", "if": {"header": "Subject: *offer*"}, "do": "hold", "text": "an offer"},
        {"name": "flagged", "at": "data", "if": {"header": "X-Odd"}, "do": "annotate", "header": "X-Flag: {client.address}",
         "remove_header": "X-Odd", "subject_tag": "[odd]"},
        {"name": "sink", "at": "rcpt", "if": {"recipient": "sink@alpha.example"}, "do": "discard"},
        {"name": "programs", "at": "data", "if": {"attachment": "*.exe"}, "do": "annotate", "header": "X-Program: yes"},
        {"name": "archive", "at": "mail", "if": {"sender": "copied@beta.example"}, "do": "copy", "to": "archive@alpha.example"},
    ])
    yield server
    server.stop()


def test_a_rule_refuses_a_client_before_it_has_said_anything(ruled):
    with ruled.dialogue(source="127.0.8.99", greet=False) as client:
        reply = client.expect("554 5.7.1 We do not talk to 127.0.8.99")
        assert client.is_closed()
    session = session_of(reply)
    matched, = [event for event in recorded(ruled, session) if event["event"] == "rule_matched"]
    assert (matched["rule"], matched["stage"], matched["action"]) == ("blocked", "connect", "reject")


def test_a_refusal_names_the_record_of_its_session(ruled):
    reply = refused(ruled, f"MAIL FROM:<{SENDER}>", "RCPT TO:<nero@alpha.example>")
    assert reply.startswith("550 5.7.1 nero@alpha.example burns (")
    session = session_of(reply)
    kinds = [event["event"] for event in recorded(ruled, session)]
    assert "rule_matched" in kinds and "recipient_refused" in kinds and "connected" in kinds


def test_a_domain_that_takes_no_mail_cannot_be_answered(ruled):
    assert refused(ruled, "MAIL FROM:<a@nullmx.example>").startswith("550 5.7.27")
    assert refused(ruled, "MAIL FROM:<a@absent.example>").startswith("550 5.1.8")
    assert refused(ruled, "MAIL FROM:<a@bogus.example>").startswith("450 4.7.1")
    assert refused(ruled, "MAIL FROM:<>").startswith("250")
    assert refused(ruled, "MAIL FROM:<a@absent.example>", source="127.0.9.10").startswith("250")


def test_what_makes_readers_disagree_is_refused(ruled):
    reply = submit(ruled, message(extra="From: other@c.example\r\n"))
    assert reply.startswith("550 5.7.1 The message is malformed: ") and "duplicate-from" in reply


def test_annotations_change_the_header_and_nothing_else(ruled):
    mark = new_mark()
    assert submit(ruled, message("body", mark, "X-Odd: 1\r\n")).startswith("250")
    stored, = ruled.inbox().wait_for(mark)
    assert stored.field("X-Flag") == STRANGER and stored.field("Subject").startswith("[odd] ")
    assert b"X-Odd" not in stored.content


def test_a_discarded_recipient_does_not_stop_the_others(ruled):
    mark = new_mark()
    assert submit(ruled, message("x", mark), recipients=(RECIPIENT, "sink@alpha.example")).startswith("250")
    ruled.inbox().wait_for(mark)
    assert not ruled.inbox("sink").messages()


def test_what_a_rule_holds_is_listed_by_its_name(ruled):
    held = message(extra="Keywords: x\r\n").replace(b"Subject: ", b"Subject: an offer ")
    identity = id_of(submit(ruled, held))
    for name in ("offers", "rule offers"):
        done = ruled.command("quarantine", "list", "--by", name, "--json")
        assert [row["message"] for row in json.loads(done.stdout)] == [identity]


def test_a_copy_goes_where_a_rule_sends_it(ruled):
    mark = new_mark()
    assert submit(ruled, message("x", mark), sender="copied@beta.example").startswith("250")
    ruled.inbox().wait_for(mark)
    ruled.inbox("archive").wait_for(mark)


def test_explain_plays_the_session_that_is_then_played_for_real(ruled):
    done = ruled.command("explain", "--client-ip", STRANGER, "--from", SENDER, "--to", "nero@alpha.example", "--listener", "mx")
    assert done.returncode == 0, done.stderr
    assert re.search(r"rule burning \(\S+cursus\.toml:\d+\) holds for nero@alpha\.example: reject", done.stdout)
    explained = re.search(r"S: (550 5\.7\.1 \S+ burns)", done.stdout).group(1)
    assert refused(ruled, f"MAIL FROM:<{SENDER}>", "RCPT TO:<nero@alpha.example>").startswith(explained)


def test_a_session_that_happened_is_decided_again_by_another_configuration(ruled):
    reply = refused(ruled, f"MAIL FROM:<{SENDER}>", "RCPT TO:<nero@alpha.example>")
    session = session_of(reply)
    other = ruled.directory / "other.toml"
    other.write_text(ruled.configuration.read_text().replace('do = "reject"', 'do = "defer"'))
    recorded(ruled, session)
    done = subprocess.run([str(paths.CURSUS), "--config", str(other), "explain", "--session", session], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 0, done.stderr
    assert "S: 450 4.7.1 nero@alpha.example burns" in done.stdout


def test_a_message_that_was_taken_is_decided_again_by_what_was_noted_of_it(ruled):
    part = 'MIME-Version: 1.0\r\nContent-Type: application/octet-stream; name="bill.exe"\r\n'
    reply = submit(ruled, message("\r\n".join(["x" * 500] * 2), extra=part))
    session = ruled.wait_for_event("accepted", message=id_of(reply))[0]["session"]
    recorded(ruled, session)
    kinds = [event["event"] for event in recorded(ruled, session)]
    assert [kinds.count(kind) for kind in ("connected", "surveyed", "accepted", "disconnected")] == [1, 1, 1, 1]
    other = ruled.directory / "stricter.toml"
    for condition, outcome in (
        ('attachment = "*.exe"', "550 5.7.1 Not this"), ('attachment = "*.pdf"', "250"),
        ('size = "> 1KiB"', "550 5.7.1 Not this"), ('size = "> 2KiB"', "250"),
    ):
        rule = f'[[rule]]\nname = "stricter"\nat = "data"\nif = {{ {condition} }}\ndo = "reject"\ntext = "Not this"\n'
        other.write_text(ruled.configuration.read_text() + rule)
        done = subprocess.run([str(paths.CURSUS), "--config", str(other), "explain", "--session", session], capture_output=True, text=True,
                              timeout=60)
        assert done.returncode == 0, done.stderr
        assert [line for line in done.stdout.splitlines() if line.startswith("S: ")][-2].startswith(f"S: {outcome}"), done.stdout


def test_clamd_keeps_viruses_out_and_its_absence_only_puts_mail_off(dns):
    clamd = scanners.Clamd().start()
    server = serve("clam", "127.0.1.31", scan={"clamd": [f"{scanners.CLAMD[0]}:{scanners.CLAMD[1]}"], "clamd_timeout": "5s"})
    try:
        assert submit(server, message("nothing")).startswith("250")
        reply = submit(server, message(scanners.VIRUS_MARK))
        assert reply.startswith("550 5.7.1") and scanners.VIRUS_NAME in reply
        clamd.stop()
        assert submit(server, message("nothing")).startswith("451 4.7.1")
    finally:
        server.stop()
        clamd.stop()


def test_spamd_marks_junk(dns):
    spamd = scanners.Spamd().start()
    server = serve("spam", "127.0.1.32", scan={"spamd": [f"{scanners.SPAMD[0]}:{scanners.SPAMD[1]}"]})
    mark, clean = new_mark(), new_mark()
    try:
        assert submit(server, message(scanners.SPAM_MARK, mark)).startswith("250")
        assert submit(server, message("fine", clean)).startswith("250")
        junk, = server.inbox().wait_for(mark)
        assert junk.field("X-Spam-Flag") == "YES" and junk.field("X-Spam-Score") == "7.5"
        fine, = server.inbox().wait_for(clean)
        assert b"X-Spam-Flag" not in fine.content
    finally:
        server.stop()
        spamd.stop()


def test_rspamd_decides_and_writes_into_the_header(dns):
    rspamd = scanners.Rspamd().start()
    server = serve("rspam", "127.0.1.33", scan={"rspamd": [f"http://{scanners.RSPAMD[0]}:{scanners.RSPAMD[1]}"]})
    try:
        assert submit(server, message("fine")).startswith("250")
        assert submit(server, message(scanners.DEFER_MARK)).startswith("451")
    finally:
        server.stop()
        rspamd.stop()


def test_postgrey_makes_a_stranger_come_again(dns):
    postgrey = Postgrey(delay=1)
    server = serve("grey", "127.0.1.34", rule=[{"name": "postgrey", "at": "rcpt", "do": "ask", "ask": postgrey.service}])
    try:
        assert refused(server, f"MAIL FROM:<{SENDER}>", f"RCPT TO:<{RECIPIENT}>").startswith("450")
    finally:
        server.stop()
        postgrey.stop()


def test_own_greylisting_survives_a_restart(dns):
    server = serve("owngrey", "127.0.1.35", greylist={"wait": "1s"},
                   rule=[{"name": "grey", "at": "rcpt", "if": {"greylisted": True}, "do": "defer"}])
    commands = (f"MAIL FROM:<{SENDER}>", f"RCPT TO:<{RECIPIENT}>")
    try:
        assert refused(server, *commands).startswith("450")
        assert server.stop() == 0
        server.start()
        time.sleep(1.1)  # what [greylist] wait asks for
        assert refused(server, *commands).startswith("250")
    finally:
        server.stop()


def test_rates_are_kept_to(dns):
    server = serve("rated", "127.0.1.36", rule=[{"name": "slow", "at": "mail", "if": {"rate": "2/1h per client"}, "do": "defer"}])
    try:
        replies = [refused(server, f"MAIL FROM:<{SENDER}>")[:3] for _ in range(4)]
        assert replies == ["250", "250", "450", "450"]
    finally:
        server.stop()


def test_who_talks_before_the_greeting_is_refused_by_a_delay(dns):
    server = serve("delays", "127.0.1.37", rule=[{"name": "wait", "at": "connect", "if": {"trusted": False}, "do": "delay", "delay": "1s"}])
    try:
        with server.dialogue(source=STRANGER, greet=False) as client:
            client.raw(b"EHLO early.example\r\n")
            client.expect("554 5.5.0")
            assert client.is_closed()
        with server.dialogue(source=STRANGER) as client:
            client.expect("250", f"MAIL FROM:<{SENDER}>")
    finally:
        server.stop()


def test_a_python_milter_sees_the_session_and_changes_the_message(dns):
    milter = PythonMilter({"end": [["add", "X-Milter", "was here"]]})
    milter.start()
    server = serve("milted", "127.0.1.38", scan={"milters": [milter.setting]})
    mark = new_mark()
    try:
        assert submit(server, message("x", mark)).startswith("250")
        stored, = server.inbox().wait_for(mark)
        assert stored.field("X-Milter") == "was here"
        assert milter.heard_at("mail") and milter.heard_at("rcpt") and milter.heard_at("body")
        milter.stop()
        with server.dialogue(source=STRANGER, greet=False) as client:
            client.expect("4")
    finally:
        server.stop()
        milter.stop()
