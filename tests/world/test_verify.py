"""cursus verify: what an operator is told of an address, by DNS, by this host's own lists, and by the hosts of others."""

import json
import os

import pytest

from harness.scripted import Drop, greylisting

SINK, SECOND = "127.0.8.10", "127.0.8.11"


@pytest.fixture
def verify(make_cursus):
    """Asks, without a running server: the exit code and what is printed for programs."""
    host = make_cursus(
        domains={"local": ["alpha.example"], "relay": ["relayed.example"]},
        route=[{"domain": "relayed.example", "hosts": ["127.0.2.10"]}],
    )

    def ask(address: str, *options: str):
        done = host.command("verify", address, "--json", *options)
        return done.returncode, json.loads(done.stdout)

    ask.host = host
    return ask


@pytest.mark.parametrize("address, code, verdict", [
    ("a@beta.example", os.EX_OK, "usable"),
    ("a@nomx.example", os.EX_OK, "usable"),
    ("a@ipv6only.example", os.EX_OK, "usable"),
    ("a@b\u00fccher.example", os.EX_OK, "usable"),
    ("a@relayed.example", os.EX_OK, "usable"),
    ("a@[192.0.2.1]", os.EX_OK, "usable"),
    ("a@absent.example", os.EX_NOUSER, "absent"),
    ("a@nullmx.example", os.EX_NOUSER, "null-mx"),
    ("a@nodata.example", os.EX_NOUSER, "no-mail-host"),
    ("a@dangling.example", os.EX_NOUSER, "no-mail-host"),
    ("a@mxloop.example", os.EX_NOUSER, "no-mail-host"),
    ("a@servfail.example", os.EX_TEMPFAIL, "unknown"),
])
def test_a_domain_can_receive_mail_or_it_is_said_why_not(verify, address, code, verdict):
    returned, told = verify(address)
    assert (returned, told["domain"]["verdict"]) == (code, verdict)
    assert ("why" in told["domain"]) == (verdict != "usable")


def test_an_answer_that_fails_validation_is_unknown(make_cursus, dns):
    host = make_cursus(dns={"servers": ["127.0.0.1:53"], "trust_anchor": str(dns.trust_anchor)})
    for domain, code in (("bogus.example", os.EX_TEMPFAIL), ("signed.example", os.EX_OK)):
        done = host.command("verify", f"a@{domain}", "--json")
        assert done.returncode == code, done.stdout + done.stderr


def test_hosts_on_loopback_are_no_hosts_for_strangers(make_cursus):
    done = make_cursus(delivery={"loopback": False}).command("verify", "a@beta.example")
    assert done.returncode == os.EX_NOUSER and "loopback address" in done.stdout


def test_people_see_the_hosts_in_order(verify):
    done = verify.host.command("verify", "a@multi.example")
    assert done.returncode == os.EX_OK, done.stderr
    heading, refusing, sink = done.stdout.splitlines()[1:]
    assert heading.split() == ["CHECK", "ANSWER", "SHOWN", "BY"]
    assert refusing.split() == ["domain", "usable", "1.", "refusing.multi.example", "127.0.8.99:25"]
    assert sink.split() == ["2.", "sink.multi.example", f"{SINK}:25"]


def test_an_address_of_this_host_is_looked_up_here(make_cursus):
    host = make_cursus()
    aliases = host.directory / "aliases"
    aliases.write_text("team: ann\ngone: :fail: She has left\n")
    host.settings["local"] |= {"aliases": [str(aliases)], "users": "system"}
    host.write_configuration()
    for name, code, verdict, shown in (
        ("ann", os.EX_OK, "exists", "maildir:"),
        ("team", os.EX_OK, "exists", f"an alias ({aliases}:1)"),
        ("gone", os.EX_NOUSER, "refused", "She has left"),
        ("zoe", os.EX_NOUSER, "refused", "550 5.1.1"),
    ):
        done = host.command("verify", f"{name}@alpha.example", "--callout")
        assert done.returncode == code, done.stdout + done.stderr
        assert f"mailbox  {verdict}" in done.stdout and shown in done.stdout and "callout" not in done.stdout
    aliases.write_text("team: |relative\n")
    done = host.command("verify", "team@alpha.example", "--json")
    assert done.returncode == os.EX_TEMPFAIL
    assert json.loads(done.stdout)["mailbox"]["verdict"] == "unknown"


@pytest.mark.parametrize("text", ["no address", "a@", "@b.example", "a@b..example", "<a@b.example>"])
def test_what_is_no_address_is_said_to_be_none(verify, text):
    done = verify.host.command("verify", text)
    assert done.returncode == os.EX_DATAERR and "is no address" in done.stderr and not done.stdout
    assert verify.host.command("verify").returncode == os.EX_USAGE


# ---- callouts


@pytest.mark.parametrize("peer", ["postfix", "exim"])
def test_real_hosts_say_whom_they_know(verify, peer, request):
    domain = request.getfixturevalue(peer).domain
    code, told = verify(f"known@{domain}", "--callout")
    assert (code, told["callout"]["verdict"]) == (os.EX_OK, "accepted"), told
    assert told["callout"]["host"].startswith(f"mx1.{domain} (")
    code, told = verify(f"zoe@{domain}", "--callout")
    assert (code, told["callout"]["verdict"]) == (os.EX_NOUSER, "refused"), told
    assert told["callout"]["reply"].startswith("550 ")


def test_a_relay_that_knows_nobody_takes_anything(verify, postfix):
    code, told = verify("zoe@relayed.example", "--callout")
    assert (code, told["callout"]["verdict"]) == (os.EX_OK, "accepts-anything"), told
    assert told["callout"]["host"].endswith(f"({postfix.address}:25)")


def test_nothing_but_the_question_is_said_and_people_are_warned(verify, scripted):
    host = scripted(SINK, rcpt=lambda _session, line: "250 2.1.5 ok" if "<ann@" in line else "550 5.1.1 who?")
    done = verify.host.command("verify", "ann@sink.example", "--callout")
    assert done.returncode == os.EX_OK, done.stderr
    assert "block hosts that do it" in done.stderr and "accepted" in done.stdout
    session, = host.sessions
    said = [line.split(":")[0] for line in session.lines]
    assert said == ["EHLO mx1.alpha.example", *2 * ["MAIL FROM", "RCPT TO", "RSET"], "QUIT"]
    assert session.lines[1] == "MAIL FROM:<>" and session.lines[2] == "RCPT TO:<ann@sink.example>"
    assert not host.taken


def test_without_being_told_to_nobody_is_asked(verify, scripted):
    host = scripted(SINK)
    verify("ann@sink.example")
    assert not host.sessions


@pytest.mark.parametrize("answers, verdict", [
    ({"rcpt": greylisting(1)}, "unknown"),
    ({"rcpt": "550 5.7.1 your address is on a list"}, "unknown"),
    ({"rcpt": Drop}, "unknown"),
    ({"banner": "554 no mail here"}, "unknown"),
    ({"mail": "530 5.7.0 Must issue a STARTTLS command first"}, "unknown"),
    ({"mail": "550 no bounces, please"}, "refuses-null-sender"),
])
def test_what_is_no_refusal_of_the_mailbox_is_unknown(verify, scripted, answers, verdict):
    scripted(SINK, **answers)
    code, told = verify("ann@sink.example", "--callout")
    assert (code, told["callout"]["verdict"]) == (os.EX_TEMPFAIL, verdict), told
    assert told["callout"]["why"]


def test_a_host_that_is_away_leaves_it_to_the_next(verify, scripted):
    scripted(SINK, rcpt="550 5.1.1 who?")
    code, told = verify("ann@multi.example", "--callout")  # its first host is away
    assert (code, told["callout"]["host"]) == (os.EX_NOUSER, f"sink.multi.example ({SINK}:25)"), told
    code, told = verify("ann@unreachable.example", "--callout")
    assert (code, told["callout"]["verdict"]) == (os.EX_TEMPFAIL, "unknown"), told
