"""The ground the other tests stand on, shown to hold without Cursus."""

import socket
import subprocess

import pytest

from harness import senders
from harness.dialogue import Dialogue
from harness.dns import AUTHORITY
from harness.scripted import Drop, greylisting
from harness.senders import a_message, new_mark

KNOWN = {"postfix": "known@beta.example", "exim": "known@gamma.example"}


def test_nothing_but_loopback_is_there():
    links = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True).stdout.splitlines()
    assert len(links) == 1 and ": lo:" in links[0]
    with pytest.raises(OSError):
        socket.create_connection(("192.0.2.1", 25), timeout=1)


def test_the_bogus_zone_is_served_and_only_its_signature_is_wrong(dns):
    assert "10 mx.bogus.example." in dns.ask("bogus.example", "MX", AUTHORITY)


@pytest.mark.parametrize("name, kind, expected", [
    ("mx1.beta.example", "A", "127.0.2.10"),
    ("nullmx.example", "MX", "0 ."),
    ("absent.example", "MX", "rcode: NXDOMAIN"),
    ("nodata.example", "MX", "ANSWER: 0"),
    ("servfail.example", "MX", "rcode: SERVFAIL"),
    ("bogus.example", "MX", "rcode: SERVFAIL"),
    ("signed.example", "MX", " ad "),
    ("xn--bcher-kva.example", "MX", "10 mx.xn--bcher-kva.example."),
    ("mx.ipv6only.example", "AAAA", "2001:db8:25::1"),
    ("host.cname.example", "MX", "10 mx.sink.example."),
])
def test_names_are_answered(dns, name, kind, expected):
    assert expected in dns.ask(name, kind)


def test_an_unsigned_zone_is_not_secure(dns):
    assert " ad " not in dns.ask("gamma.example", "MX")


def test_postfix_delivers_to_exim_by_mx(postfix, exim):
    mark = new_mark()
    sent = senders.swaks(postfix.address, "someone@client.example", [KNOWN["exim"]], a_message(mark))
    assert sent.returncode == 0, sent.stdout.decode()
    stored, = exim.inbox.wait_for(mark)
    assert b"..two dots\n" in stored.content and b"\n.\n" in stored.content


def test_exim_delivers_to_postfix_by_mx(postfix, exim):
    mark = new_mark()
    sent = senders.msmtp(exim.address, "someone@client.example", [KNOWN["postfix"]], a_message(mark))
    assert sent.returncode == 0, sent.stderr.decode()
    stored, = postfix.inbox.wait_for(mark)
    assert stored.original == a_message(mark).replace(b"\r\n", b"\n")


def test_curl_sends_to_postfix_byte_for_byte(postfix):
    mark = new_mark()
    sent = senders.curl(postfix.address, "someone@client.example", [KNOWN["postfix"]], a_message(mark))
    assert sent.returncode == 0, sent.stderr.decode()
    stored, = postfix.inbox.wait_for(mark)
    assert stored.original == a_message(mark).replace(b"\r\n", b"\n")
    assert stored.trace[0] == "Return-Path: <someone@client.example>"


def test_smtp_source_loads_a_peer(postfix):
    sent = senders.smtp_source(postfix.address, "load@client.example", KNOWN["postfix"], 20)
    assert sent.returncode == 0, sent.stderr.decode()
    postfix.inbox.wait_for("<load@client.example>", 20)


def test_a_scripted_peer_greylists_and_postfix_comes_back(postfix, scripted):
    sink = scripted("127.0.8.10", rcpt=greylisting(1))
    mark = new_mark()
    senders.swaks(postfix.address, "someone@client.example", ["known@sink.example"], a_message(mark))
    taken, = sink.wait_for(mark)
    assert taken.recipients == ["known@sink.example"] and len(sink.sessions) == 2
    assert taken.content.endswith(b"..two dots\r\n.a dot first\r\n  spaces kept  \r\n\r\nThe end.\r\n")


def test_a_scripted_peer_can_drop_the_connection_after_the_final_dot(scripted):
    sink = scripted("127.0.8.10", dot=Drop)
    with Dialogue("127.0.8.10") as client:
        client.greet()
        client.expect("250", "MAIL FROM:<a@client.example>")
        client.expect("250", "RCPT TO:<b@sink.example>")
        client.expect("354", "DATA")
        client.raw(b"Subject: x\r\n\r\n.\r\n")
        assert client.is_closed()
    assert [message.acknowledged for message in sink.taken] == [False]
