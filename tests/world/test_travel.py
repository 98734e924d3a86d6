"""Mail really travels: by real clients into Cursus, from Cursus to real servers, and from them to Cursus."""

import pytest

from harness import senders
from harness.cursus import id_of
from harness.processes import wait_until
from harness.senders import a_message, new_mark

SENDER = "someone@client.example"
CLIENTS = {"swaks": senders.swaks, "msmtp": senders.msmtp, "curl": senders.curl}
PEER_ADDRESS = {"postfix": "known@beta.example", "exim": "known@gamma.example"}


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_s_message_is_in_the_maildir_octet_for_octet(cursus, client):
    mark = new_mark()
    sent = CLIENTS[client](cursus.address, SENDER, ["known@alpha.example"], a_message(mark))
    assert sent.returncode == 0, sent.stdout.decode() + sent.stderr.decode()
    stored, = cursus.inbox().wait_for(mark)
    assert stored.original == a_message(mark).replace(b"\r\n", b"\n")
    assert stored.trace[0] == f"Return-Path: <{SENDER}>"


def test_several_recipients_have_a_copy_each(cursus):
    mark = new_mark()
    senders.swaks(cursus.address, SENDER, ["one@alpha.example", "two@alpha.example"], a_message(mark))
    for name in ("one", "two"):
        stored, = cursus.inbox(name).wait_for(mark)
        assert stored.original == a_message(mark).replace(b"\r\n", b"\n")


def test_8_bit_text_stays_what_it_is(cursus):
    mark = new_mark()
    message = a_message(mark, body="Grüße aus Köln, mit € und 漢字.\r\n")
    with cursus.dialogue() as client:
        client.send(SENDER, ["known@alpha.example"], message, " BODY=8BITMIME")
    stored, = cursus.inbox().wait_for(mark)
    assert stored.original == message.replace(b"\r\n", b"\n")


def test_a_load_of_smtp_source_arrives_whole(cursus):
    mark = new_mark()
    sent = senders.smtp_source(cursus.address, f"{mark}@client.example", "load@alpha.example", 500, 20, 5000)
    assert sent.returncode == 0, sent.stderr.decode()
    cursus.inbox("load").wait_for(f"Return-Path: <{mark}@client.example>", 500)
    cursus.wait_until_empty()


@pytest.mark.parametrize("peer", PEER_ADDRESS)
def test_a_peer_takes_what_cursus_relays(cursus, peer, request):
    server = request.getfixturevalue(peer)
    mark = new_mark()
    sent = senders.swaks(cursus.address, SENDER, [PEER_ADDRESS[peer]], a_message(mark))
    assert sent.returncode == 0, sent.stdout.decode()
    stored, = server.inbox.wait_for(mark)
    assert stored.original == a_message(mark).replace(b"\r\n", b"\n")
    assert [("by mx1.alpha.example" in line) for line in stored.trace if line.startswith("Received:")][-1]
    cursus.wait_until_empty()


@pytest.mark.parametrize("peer", PEER_ADDRESS)
def test_cursus_takes_what_a_peer_relays(cursus, peer, request):
    server = request.getfixturevalue(peer)
    mark = new_mark()
    sent = senders.swaks(server.address, SENDER, ["from-peer@alpha.example"], a_message(mark))
    assert sent.returncode == 0, sent.stdout.decode()
    stored, = cursus.inbox("from-peer").wait_for(mark)
    assert stored.original == a_message(mark).replace(b"\r\n", b"\n")
    accepted = cursus.wait_for_event("accepted", recipients=["from-peer@alpha.example"])[-1]
    assert accepted["sender"] == SENDER


@pytest.mark.parametrize("peer", PEER_ADDRESS)
def test_an_8_bit_message_passes_through_both(cursus, peer, request):
    server = request.getfixturevalue(peer)
    mark = new_mark()
    message = a_message(mark, to=PEER_ADDRESS[peer], body="Ein schöner Gruß\r\n")
    with cursus.dialogue() as client:
        client.send(SENDER, [PEER_ADDRESS[peer]], message, " BODY=8BITMIME")
    stored, = server.inbox.wait_for(mark)
    assert stored.original == message.replace(b"\r\n", b"\n")


@pytest.mark.parametrize("peer", PEER_ADDRESS)
def test_a_peer_s_refusal_is_reported_to_the_sender(cursus, peer, request):
    server = request.getfixturevalue(peer)
    mark = new_mark()
    with cursus.dialogue() as client:
        client.send("author@alpha.example", [f"nobody@{server.domain}"], a_message(mark))
    report, = cursus.inbox("author").wait_for(mark)
    assert report.trace[0] == "Return-Path: <>"
    assert "multipart/report" in report.field("Content-Type") and "delivery-status" in report.field("Content-Type")
    assert f"final-recipient: rfc822;nobody@{server.domain}".encode() in report.content.lower()
    assert b"Action: failed" in report.content


def test_one_message_for_both_peers_and_a_mailbox_is_split(cursus, postfix, exim):
    mark = new_mark()
    to = ["known@beta.example", "known@gamma.example", "known@alpha.example"]
    senders.swaks(cursus.address, SENDER, to, a_message(mark))
    for inbox in (postfix.inbox, exim.inbox, cursus.inbox()):
        inbox.wait_for(mark)


def test_mail_goes_from_one_cursus_through_another(cursus, make_cursus):
    backup = make_cursus("mx2", "127.0.1.11", domains={"local": [], "relay": ["alpha.example"]}).start()
    mark = new_mark()
    # A stranger: the backup takes alpha.example from anyone, and it is second in that domain's list itself.
    with backup.dialogue(source="127.0.10.1") as client:
        client.send(SENDER, ["via-backup@alpha.example"], a_message(mark))
    stored, = cursus.inbox("via-backup").wait_for(mark)
    assert len([line for line in stored.trace if line.startswith("Received:")]) == 2


def test_a_message_s_story_can_be_read(cursus, postfix):
    mark = new_mark()
    with cursus.dialogue() as client:
        message = id_of(client.send(SENDER, ["known@beta.example"], a_message(mark)))
    postfix.inbox.wait_for(mark)
    cursus.wait_for_event("completed", message=message)
    steps = {"connected", "accepted", "routed", "attempted", "delivered", "completed"}
    wait_until(lambda: steps <= {event["event"] for event in cursus.trace(message)}, "its record")
    attempted = cursus.wait_for_event("attempted", message=message)[0]
    assert attempted["host"] == "mx1.beta.example" and attempted["address"] == "127.0.2.10:25"
