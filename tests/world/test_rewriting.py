"""Addresses without a domain, and those of hosts that hide behind one: what a peer gets is right in envelope and header."""

from harness.senders import new_mark

MESSAGE = """From: Ann Other <ann@pc1.alpha.example>
Sender: root@pc1.alpha.example
To: known@beta.example,
\t"Bob, (the \\" cook)" <bob@pc2.alpha.example> (of pc2.alpha.example), dora
Cc: The crowd: eve, fay@villa.alpha.example;
Reply-To: ann
Subject: {mark} ann@pc1.alpha.example
Date: Tue, 24 Nov 2026 10:00:00 +0000
Message-ID: <{mark}@pc1.alpha.example>

To: ann@pc1.alpha.example
"""
ARRIVED = """From: Ann Other <ann@alpha.example>
Sender: root@pc1.alpha.example
To: known@beta.example,
\t"Bob, (the \\" cook)" <bob@alpha.example> (of pc2.alpha.example), dora@alpha.example
Cc: The crowd: eve@alpha.example, fay@villa.alpha.example;
Reply-To: ann@alpha.example
Subject: {mark} ann@pc1.alpha.example
Date: Tue, 24 Nov 2026 10:00:00 +0000
Message-ID: <{mark}@pc1.alpha.example>

To: ann@pc1.alpha.example
"""
REWRITE = {"masquerade": ["alpha.example", "!villa.alpha.example"], "masquerade_except": ["root"]}


def crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


def test_a_peer_gets_qualified_and_masqueraded_addresses(make_cursus, postfix):
    cursus = make_cursus(rewrite=REWRITE).start()
    mark = new_mark()
    with cursus.dialogue(source="127.0.9.1") as client:
        client.send("ann", ["known@beta.example"], crlf(MESSAGE.format(mark=mark)))
    stored, = postfix.inbox.wait_for(mark)
    assert stored.original == ARRIVED.format(mark=mark).encode()
    assert "Return-Path: <ann@alpha.example>" in stored.trace
    events = cursus.wait_for_event("rewritten", 7)
    told = {(event["field"], event["before"], event["after"]) for event in events}
    assert told == {
        ("MAIL", "<ann>", "<ann@mx1.alpha.example>"),
        ("MAIL", "<ann@mx1.alpha.example>", "<ann@alpha.example>"),
        ("From", "ann@pc1.alpha.example", "ann@alpha.example"),
        ("To", "bob@pc2.alpha.example", "bob@alpha.example"),
        ("To", "dora", "dora@alpha.example"),
        ("Cc", "eve", "eve@alpha.example"),
        ("Reply-To", "ann", "ann@alpha.example"),
    }


def test_a_name_alone_is_a_mailbox_here(make_cursus):
    cursus = make_cursus(rewrite={"qualify": "alpha.example"}).start()
    mark = new_mark()
    with cursus.dialogue(source="127.0.9.1") as client:
        client.send("ann", ["julius"], crlf(f"To: julius\nSubject: {mark}\n\n"))
    stored, = cursus.inbox("julius").wait_for(mark)
    assert stored.trace[0] == "Return-Path: <ann@alpha.example>"
    assert stored.original == f"To: julius@alpha.example\nSubject: {mark}\n\n".encode()


def test_a_stranger_s_addresses_are_refused_or_left_as_they_are(make_cursus):
    cursus = make_cursus(rewrite=REWRITE).start()
    mark = new_mark()
    message = MESSAGE.format(mark=mark)
    with cursus.dialogue(source="127.0.3.9") as client:
        assert client.say("MAIL FROM:<ann>") == "501 5.1.7 The sender address has no domain"
        client.expect("250", "MAIL FROM:<ann@pc1.alpha.example>")
        assert client.say("RCPT TO:<julius>") == "501 5.1.3 The recipient address has no domain"
    with cursus.dialogue(source="127.0.3.9") as client:
        client.send("ann@pc1.alpha.example", ["julius@alpha.example"], crlf(message))
    stored, = cursus.inbox("julius").wait_for(mark)
    assert stored.trace[0] == "Return-Path: <ann@pc1.alpha.example>"
    assert stored.original == message.encode()
