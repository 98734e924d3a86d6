"""LMTP, RFC 2033: out of Cursus into Dovecot, over TCP and a local socket; and into Cursus from real clients."""

import pytest

from harness import paths, senders
from harness.processes import wait_until
from harness.senders import a_message, new_mark

SENDER = "someone@client.example"
KNOWN, OTHER, FULL, NOBODY = (f"{name}@epsilon.example" for name in ("known", "other", "full", "nobody"))


def hosts_of(dovecot, way: str) -> list[str]:
    return [f"unix:{dovecot.socket}"] if way == "socket" else [dovecot.address]


@pytest.fixture(params=["tcp", "socket"])
def gateway(request, make_cursus, dovecot):
    """A Cursus that hands epsilon.example to Dovecot."""
    route = {"domain": dovecot.domain, "protocol": "lmtp", "hosts": hosts_of(dovecot, request.param)}
    return make_cursus(domains={"relay": [dovecot.domain]}, route=[route]).start()


def test_mail_is_handed_over_octet_for_octet(gateway, dovecot):
    mark = new_mark()
    with gateway.dialogue() as client:
        client.send(SENDER, [KNOWN, OTHER], a_message(mark))
    for name in ("known", "other"):
        stored, = dovecot.inbox(name).wait_for(mark)
        assert stored.original == a_message(mark).replace(b"\r\n", b"\n")
    gateway.wait_until_empty()
    connections = {event["address"] for event in gateway.wait_for_event("attempted", 2)}
    assert connections in ({"127.0.5.10:24"}, {f"unix:{dovecot.socket}"})


def test_each_recipient_has_its_own_fate(gateway, dovecot):
    mark = new_mark()
    with gateway.dialogue() as client:
        client.send("author@alpha.example", [KNOWN, NOBODY, FULL], a_message(mark))
    dovecot.inbox().wait_for(mark)
    bounced, = gateway.wait_for_event("bounced", recipient=NOBODY)
    assert bounced["reply"].startswith("550 5.1.1")
    report, = gateway.inbox("author").wait_for(mark)
    assert f"final-recipient: rfc822;{NOBODY}".encode() in report.content.lower()
    # A mailbox that is full may have room later, whatever the first digit of what it says.
    deferred = gateway.wait_for_event("deferred", recipient=FULL)[0]
    assert ".2.2 " in deferred["reply"]
    wait_until(lambda: [row["recipient"] for row in gateway.queue("list")] == [FULL], "nobody else in the queue")
    assert not gateway.events("bounced", recipient=FULL)


def test_a_hundred_messages_use_few_connections(gateway, dovecot):
    mark = new_mark()
    sent = senders.smtp_source(gateway.address, f"{mark}@client.example", KNOWN, 100, 10)
    assert sent.returncode == 0, sent.stderr.decode()
    gateway.wait_until_empty()
    assert len(gateway.wait_for_event("delivered", 100, recipient=KNOWN)) == 100


@pytest.fixture
def final_hop(make_cursus):
    """A Cursus that is handed mail by LMTP: at port 24, and at a local socket."""
    instance = make_cursus(domains={"local": ["alpha.example", "handed-over.example"]})
    socket = str(instance.directory / "lmtp.sock")
    instance.settings["listener"].append(
        {"name": "lmtp", "service": "lmtp", "address": [f"{instance.address}:24", f"unix:{socket}"], "tls": "none"})
    instance.write_configuration()
    instance.socket = socket
    return instance.start()


@pytest.mark.parametrize("way", ["tcp", "socket"])
def test_swaks_hands_over_by_lmtp(final_hop, way):
    mark = new_mark()
    to = ["one@alpha.example", "stranger@elsewhere.example", "two@alpha.example"]
    where = ["--socket", final_hop.socket] if way == "socket" else ["--server", final_hop.address, "--port", "24"]
    said = senders.swaks_by_lmtp(where, SENDER, to, a_message(mark)).stdout.decode()
    assert said.count(" 250 2.0.0 OK id=") == 2, said
    assert "550 5.7.1" in said
    for name in ("one", "two"):
        stored, = final_hop.inbox(name).wait_for(mark)
        assert stored.original == a_message(mark).replace(b"\r\n", b"\n")
        assert any("with LMTP" in line for line in stored.trace)


def test_postfix_hands_over_by_lmtp(final_hop, postfix):
    mark = new_mark()
    to = ["one@handed-over.example", "two@handed-over.example"]
    sent = senders.swaks(postfix.address, SENDER, to, a_message(mark, to=to[0]))
    assert sent.returncode == 0, sent.stdout.decode()
    for recipient in to:
        local_part = recipient.split("@")[0]
        path = final_hop.directory / "mail/handed-over.example" / local_part
        wait_until(path.exists, f"a mailbox of {recipient}")
    accepted = final_hop.wait_for_event("accepted", sender=SENDER)
    assert [event["recipients"] for event in accepted] == [to]
    wait_until(lambda: "status=sent (250 2.0.0 OK id=" in postfix.log(), "what Postfix says of it")


@pytest.fixture(params=["tcp", "socket"])
def in_front_of_dovecot(request, make_cursus, dovecot):
    """A Cursus whose local mailboxes are Dovecot's."""
    aliases = make_aliases(["team: known, other", "gone: :fail: she has left"])
    host = f"unix:{dovecot.socket}" if request.param == "socket" else f"{dovecot.address}:{dovecot.port}"
    return make_cursus("front", "127.0.1.13", dovecot.domain,
                       local={"mailbox": f"lmtp:{host}", "users": "any", "aliases": [aliases]}).start()


def make_aliases(lines: list[str]) -> str:
    path = paths.WORLD / "front.aliases"
    path.write_text("\n".join(lines) + "\n")
    path.chmod(0o644)
    return str(path)


def test_local_mailboxes_may_be_dovecot_s(in_front_of_dovecot, dovecot):
    mark = new_mark()
    with in_front_of_dovecot.dialogue() as client:
        client.send(SENDER, ["team@epsilon.example"], a_message(mark))
    for name in ("known", "other"):
        dovecot.inbox(name).wait_for(mark)
    in_front_of_dovecot.wait_until_empty()
    with in_front_of_dovecot.dialogue() as client:
        client.say(f"MAIL FROM:<{SENDER}>")
        assert client.say("RCPT TO:<gone@epsilon.example>") == "550 5.1.1 she has left"
