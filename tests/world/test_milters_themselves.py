"""The milters that others' tests use, shown to work without Cursus."""

import base64
import hashlib

import pytest

from harness.milter_client import MilterClient
from harness.milters import OPENDKIM, OPENDMARC, PYTHON_MILTER, Opendkim, Opendmarc, PythonMilter
from harness.processes import wait_until

FIELDS = [("From", "ann@alpha.example"), ("To", "bob@beta.example"), ("Subject", "One"), ("Date", "Sun, 1 Mar 2026 00:00:00 +0000"),
          ("Message-ID", "<1@alpha.example>")]
BODY = "Hello\r\n"


@pytest.fixture
def started():
    """Starts a milter that ends with the test."""
    milters = []

    def start(milter):
        milters.append(milter.start())
        return milter

    yield start
    for milter in milters:
        milter.stop()


def test_opendkim_signs(started):
    milter = started(Opendkim("alpha.example", "192.0.2.10"))
    assert milter.public_key.startswith("v=DKIM1; k=rsa; p=MII")
    with MilterClient(OPENDKIM) as client:
        changes, answer = client.message("192.0.2.10", "ann@alpha.example", "bob@beta.example", FIELDS, BODY)
    assert answer == ("c", b"") or answer == ("a", b"")
    signature, = [data for letter, data in changes if letter == "i" and b"DKIM-Signature\0" in data]
    assert signature[:4] == b"\0\0\0\0"  # above all others
    assert b"d=alpha.example" in signature
    assert b"bh=" + base64.b64encode(hashlib.sha256(BODY.encode()).digest()) in signature.replace(b"\n", b"").replace(b"\t", b"")


def test_opendkim_does_not_sign_for_strangers(started):
    started(Opendkim("alpha.example", "192.0.2.10"))
    with MilterClient(OPENDKIM) as client:
        changes, _ = client.message("192.0.2.11", "ann@alpha.example", "bob@beta.example", FIELDS, BODY)
    assert not [data for _, data in changes if b"DKIM-Signature" in data]


@pytest.mark.parametrize("domain, refused", [("forged.example", True), ("alpha.example", False)])
def test_opendmarc_refuses_what_an_author_disowns(dns, started, domain, refused):
    started(Opendmarc())
    fields = [("From", f"ann@{domain}"), *FIELDS[1:]]
    with MilterClient(OPENDMARC) as client:
        _, answer = client.message("192.0.2.66", f"ann@{domain}", "bob@beta.example", fields, BODY)
    if refused:
        assert answer[0] == "y" and answer[1].startswith(b"550 5.7.1 ")
    else:
        assert answer[0] in "ca"


def test_the_python_milter_makes_every_change(started):
    changes = [["add", "X-A", "b"], ["insert", 0, "X-B", "c"], ["change", 1, "Subject", "Two"], ["sender", "<x@y.example>"],
               ["recipient", "<z@y.example>"], ["recipient", "<v@y.example>", "NOTIFY=NEVER"], ["not", "<bob@beta.example>"],
               ["quarantine", "why"], ["body", "New\r\n"], ["wait", 0.01, 2], "accept"]
    milter = started(PythonMilter({"end": changes, "refused recipients": True}))
    with MilterClient(PYTHON_MILTER) as client:
        made, answer = client.message("192.0.2.9", "ann@alpha.example", "bob@beta.example", FIELDS, BODY)
    assert "".join(letter for letter, _ in made) == "hime+2-qbpp"
    assert answer == ("a", b"")
    assert client.actions == 0x1FF and client.steps & 0x800
    wait_until(lambda: milter.heard_at("close"), "the end of the talk")
    assert [told[0] for told in milter.heard()] == ["connect", "helo", "mail", "rcpt", "data", *["header"] * 5, "eoh", "body", "end", "close"]
    assert milter.heard_at("header")[0][:2] == ["From", "ann@alpha.example"]
    assert milter.heard_at("end")[0][-1]["i"] == "17"


@pytest.mark.parametrize("step", ["connect", "helo", "mail", "rcpt", "data", "header", "eoh"])
def test_the_python_milter_refuses_at_every_step(started, step):
    started(PythonMilter({step: ["550", "5.7.1", "Not", "here"]}))
    with MilterClient(PYTHON_MILTER) as client:
        _, answer = client.message("192.0.2.9", "ann@alpha.example", "bob@beta.example", FIELDS, BODY)
    assert answer == ("y", b"550-5.7.1 Not\r\n550 5.7.1 here\0")


def test_the_python_milter_says_what_it_does_not_want(started):
    started(PythonMilter({"without": ["helo", "body"], "silent": ["header", "mail"], "macros": {"connect": "j {client_addr}"}}))
    with MilterClient(PYTHON_MILTER) as client:
        assert client.steps & 0xFFFFF == 0x2 | 0x10 | 0x80 | 0x4000
        assert client.macros == b"\0\0\0\0j {client_addr}\0"
        assert client.message("192.0.2.9", "ann@alpha.example", "bob@beta.example", FIELDS, BODY) == ([], ("c", b""))
