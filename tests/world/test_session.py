"""The server's side of SMTP over a real socket."""

import re

import pytest

from harness.cursus import id_of
from harness.dialogue import Dialogue
from harness.processes import wait_until
from harness.senders import a_message, new_mark

SENDER = "phl0@client.example"
RECIPIENT = "julius@alpha.example"


def test_the_model_session_plays(cursus):
    mark = new_mark()
    with Dialogue(cursus.address, source="127.0.9.10") as client:
        assert re.match(r"220 mx1\.alpha\.example ESMTP", client.expect("220"))
        extensions = client.expect("250", "EHLO client.example").split("\n")
        assert extensions[0].startswith("250-mx1.alpha.example")
        offered = {line[4:].split(" ")[0] for line in extensions[1:]}
        assert {"SIZE", "PIPELINING", "8BITMIME", "SMTPUTF8", "CHUNKING", "ENHANCEDSTATUSCODES", "LIMITS", "HELP"} <= offered
        assert "250-SIZE 10485760" in extensions
        client.expect("250 2.1.0", f"MAIL FROM:<{SENDER}>")
        client.expect("250 2.1.5", f"RCPT TO:<{RECIPIENT}>")
        client.expect("354", "DATA")
        client.raw(a_message(mark).replace(b"\r\n.", b"\r\n..") + b".\r\n")
        final = client.expect("250 2.0.0")
        client.expect("221", "QUIT")
        assert client.is_closed()
    stored, = cursus.inbox("julius").wait_for(mark)
    assert stored.trace[0] == f"Return-Path: <{SENDER}>"
    received = [line for line in stored.trace if line.startswith("Received:")]
    assert len(received) == 1
    assert "from client.example" in received[0] and "[127.0.9.10]" in received[0] and "by mx1.alpha.example" in received[0]
    assert id_of(final) in received[0]


def test_a_pipelined_transaction_is_answered_in_order(cursus):
    mark = new_mark()
    with cursus.dialogue() as client:
        client.raw(f"MAIL FROM:<{SENDER}>\r\nRCPT TO:<{RECIPIENT}>\r\nRCPT TO:<x@elsewhere.invalid.>\r\nDATA\r\n".encode())
        assert [client.reply()[:3] for _ in range(2)] == ["250", "250"]
        assert client.reply().startswith("5")
        client.expect("354")
        client.raw(f"Subject: {mark}\r\n\r\n.\r\nNOOP\r\nQUIT\r\n".encode())
        assert [client.reply()[:3] for _ in range(3)] == ["250", "250", "221"]
    cursus.inbox("julius").wait_for(mark)


def test_chunks_are_put_together_octet_for_octet(cursus):
    mark = new_mark()
    message = a_message(mark)
    with cursus.dialogue() as client:
        client.expect("250", f"MAIL FROM:<{SENDER}> BODY=8BITMIME SIZE={len(message)}")
        client.expect("250", f"RCPT TO:<{RECIPIENT}>")
        for start in range(0, len(message), 100):
            chunk = message[start:start + 100]
            client.raw(f"BDAT {len(chunk)}\r\n".encode() + chunk)
            client.expect("250")
        client.expect("250 2.0.0", "BDAT 0 LAST")
    stored, = cursus.inbox("julius").wait_for(mark)
    assert stored.original == message.replace(b"\r\n", b"\n")


def test_a_message_of_the_largest_size_is_kept_and_a_larger_one_refused(cursus):
    mark = new_mark()
    line = b"x" * 998 + b"\r\n"
    head = f"Subject: {mark}\r\n\r\n".encode()
    largest = head + line * ((10485760 - len(head)) // len(line))
    with cursus.dialogue() as client:
        client.expect("552 5.3.4", f"MAIL FROM:<{SENDER}> SIZE=10485761")
        client.send(SENDER, [RECIPIENT], largest)
        client.expect("250", f"MAIL FROM:<{SENDER}>")
        client.expect("250", f"RCPT TO:<{RECIPIENT}>")
        client.expect("354", "DATA")
        client.raw(largest + line * 2 + b".\r\n")
        client.expect("552 5.3.4")
    stored, = cursus.inbox("julius").wait_for(mark)
    assert stored.original == largest.replace(b"\r\n", b"\n")


@pytest.mark.parametrize("ending", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\n.\r", b"\r\n.\r", b"\r\n\x00.\r\n", b"\r\r\n.\r\n"])
def test_nothing_is_smuggled_in_behind_a_false_end_of_data(cursus, ending):
    inside, behind = new_mark(), new_mark()
    smuggled = (f"MAIL FROM:<evil@client.example>\r\nRCPT TO:<{RECIPIENT}>\r\nDATA\r\nSubject: {behind}\r\n\r\n.\r\n").encode()
    with cursus.dialogue() as client:
        client.expect("250", f"MAIL FROM:<{SENDER}>")
        client.expect("250", f"RCPT TO:<{RECIPIENT}>")
        client.expect("354", "DATA")
        client.raw(f"Subject: {inside}\r\n\r\nfirst".encode() + ending + smuggled)
        assert client.reply().startswith("554 5.6.0")
        assert client.is_closed()
    mark = new_mark()
    with cursus.dialogue() as client:
        client.send(SENDER, [RECIPIENT], a_message(mark))
    cursus.inbox("julius").wait_for(mark)
    assert not cursus.inbox("julius").with_mark(inside) and not cursus.inbox("julius").with_mark(behind)


@pytest.mark.parametrize("line", [b"NOOP\nRSET\r\n", b"MAIL FROM:<a@b.example>\rX\r\n", b"NOOP \x00\r\n"])
def test_a_command_with_a_bare_control_is_refused(cursus, line):
    with cursus.dialogue() as client:
        client.raw(line)
        assert client.reply().startswith("5")


def test_a_stranger_may_not_relay_by_any_spelling(cursus):
    with cursus.dialogue(source="127.0.10.1") as client:
        client.expect("250", "MAIL FROM:<someone@elsewhere.example>")
        for recipient in ("a@sink.example", "@alpha.example:a@sink.example", "a@[127.0.8.10]"):
            client.expect("550 5.7.1", f"RCPT TO:<{recipient}>")
        for recipient in ("a%sink.example@alpha.example", "sink.example!a@alpha.example", '"a@sink.example"@alpha.example'):
            client.expect("550 5.1.1", f"RCPT TO:<{recipient}>")
        client.expect("501", "RCPT TO:<a@sink.example@alpha.example>")
        client.expect("250", f"RCPT TO:<{RECIPIENT}>")
    cursus.wait_for_event("recipient_refused", 2, recipient="a@sink.example")


def test_a_refused_session_leaves_a_record(cursus):
    with cursus.dialogue(source="127.0.10.2") as client:
        client.expect("250", "MAIL FROM:<someone@elsewhere.example>")
        client.expect("550 5.7.1", "RCPT TO:<b@sink.example>")
        client.expect("221", "QUIT")
    refused = cursus.wait_for_event("recipient_refused", recipient="b@sink.example")[0]
    # The journal is written behind the log.
    wait_until(lambda: {"connected", "recipient_refused"} <= {event["event"] for event in cursus.trace(refused["session"])},
               "its record")


def test_control_octets_never_reach_the_log(cursus):
    with cursus.dialogue() as client:
        client.raw("EVIL \x1b[31m\u202e\x07{\"event\":\"forged\"}\r\n".encode())
        assert client.reply().startswith("5")
    cursus.wait_for_event("command_refused")
    output = cursus.output()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", output)
    assert not cursus.events("forged")


def test_too_many_connections_of_one_client_are_answered_421(make_cursus):
    server = make_cursus("mx2", "127.0.1.11", limits={"connections_per_client": 3}).start()
    held = [server.dialogue(source="127.0.10.20") for _ in range(3)]
    with server.dialogue(source="127.0.10.20", greet=False) as client:
        client.expect("421")
        assert client.is_closed()
    server.dialogue(source="127.0.10.21").close()
    # The hosts that may relay are not strangers: a list server or a gateway has many.
    trusted = [server.dialogue(source="127.0.9.20") for _ in range(4)]
    for client in trusted:
        client.close()
    for client in held:
        client.close()


def test_an_idle_client_is_told_and_left(make_cursus):
    server = make_cursus("mx2", "127.0.1.11", limits={"idle": "3s"}).start()
    with server.dialogue() as client:
        client.expect("421 4.4.2")
        assert client.is_closed()


def test_a_session_in_flight_ends_well_when_the_server_is_told_to_stop(make_cursus):
    server = make_cursus("mx2", "127.0.1.11").start()
    mark = new_mark()
    with server.dialogue() as client:
        client.expect("250", f"MAIL FROM:<{SENDER}>")
        client.expect("250", f"RCPT TO:<{RECIPIENT}>")
        client.expect("354", "DATA")
        server.terminate()
        client.raw(a_message(mark).replace(b"\r\n.", b"\r\n..") + b".\r\n")
        final = client.reply()
        assert final.startswith(("250", "421", "451"))
        assert server.wait() == 0
    if final.startswith("250"):
        server.start()
        server.inbox("julius").wait_for(mark)


def test_ipv6_listeners_take_mail(make_cursus):
    server = make_cursus("mx2", "127.0.1.11", listener=[{"address": ["127.0.1.11:25", "[2001:db8:25::2]:25"], "tls": "none"}]).start()
    mark = new_mark()
    with Dialogue("2001:db8:25::2") as client:
        client.greet()
        client.send(SENDER, [RECIPIENT], a_message(mark))
    stored, = server.inbox("julius").wait_for(mark)
    assert "IPv6:2001:db8:25::2" in " ".join(stored.trace)
