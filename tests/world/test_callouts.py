"""Callouts within a session: a backup MX refuses whom the inner host does not know, and senders whom their own does not."""

import pytest

from harness.cursus import matching
from harness.senders import new_mark
from harness.strangers import message, recorded, refused, serve, session_of, submit

INNER = ("postfix", "exim")


@pytest.fixture(scope="module")
def domains(postfix, exim) -> dict[str, str]:
    return {"postfix": postfix.domain, "exim": exim.domain}


@pytest.fixture(scope="module")
def server(domains):
    server = serve("backup", "127.0.1.42", domains={"local": ["alpha.example"], "relay": list(domains.values())}, rule=[
        {"name": "unknown-recipient", "at": "rcpt", "if": {"recipient_callout": "refused"}, "do": "reject", "text": "{recipient} is unknown"},
        {"name": "unknown-sender", "at": "mail", "if": {"sender_callout": "refused"}, "do": "reject", "text": "{sender} is unknown"},
    ])
    yield server
    server.stop()


@pytest.mark.parametrize("inner", INNER)
def test_a_backup_mx_refuses_whom_the_inner_host_does_not_know(server, domains, inner):
    domain = domains[inner]
    reply = refused(server, "MAIL FROM:<>", f"RCPT TO:<zoe@{domain}>")
    assert reply.startswith(f"550 5.7.1 zoe@{domain} is unknown (")
    asked, = matching(recorded(server, session_of(reply)), {"event": "looked_up", "what": "recipient_callout"})
    assert asked["words"] == ["refused"] and asked["detail"].startswith(f"mx1.{domain} (")


def test_a_backup_mx_takes_whom_the_inner_host_knows_and_brings_the_mail_there(server, postfix):
    mark = new_mark()
    assert submit(server, message(mark=mark), sender="", recipients=[f"known@{postfix.domain}"]).startswith("250")
    postfix.inbox.wait_for(mark)


@pytest.mark.parametrize("inner", INNER)
def test_a_sender_whom_its_own_host_does_not_know_is_refused(server, domains, inner):
    domain = domains[inner]
    assert refused(server, f"MAIL FROM:<zoe@{domain}>").startswith(f"550 5.7.1 <zoe@{domain}> is unknown (")
    assert refused(server, f"MAIL FROM:<known@{domain}>").startswith("250 ")


def test_the_null_sender_is_not_asked_about(server):
    reply = refused(server, "MAIL FROM:<>", "RCPT TO:<zoe@beta.example>")
    assert not matching(recorded(server, session_of(reply)), {"event": "looked_up", "what": "sender_callout"})
