"""OpenDKIM and OpenDMARC behind Cursus: what one signs holds wherever it is delivered, what is forged is found out."""

import re
import smtplib

import pytest

from harness import paths
from harness.certificates import client_context
from harness.milters import VERIFIER, Opendkim, Opendmarc
from harness.senders import new_mark
from harness.strangers import message, serve, submit

SIGNED, WATCHED = "signing.example", "watching.example"
AUTHOR, PASSWORD = f"ann@{SIGNED}", "Veni, vidi, vici"
RELAY_HOST, STRANGER = "127.0.9.10", "192.0.2.68"
# In the envelope, so that nothing but a signature speaks for the author.
SENDER = "bounces@client.example"
ELSEWHERE, SINK = "known@sink.example", "127.0.8.10"
RECEIVER = "verifying.alpha.example"


@pytest.fixture(scope="module")
def signing(dns):
    opendkim = Opendkim(SIGNED, RELAY_HOST, mode="s").start()
    dns.publish(SIGNED, "s1._domainkey", opendkim.public_key)
    address = "127.0.1.41"
    listeners = [{"name": "mx", "address": [f"{address}:25"], "tls": "none"},
                 {"name": "msa", "address": [f"{address}:587"], "service": "submission"}]
    server = serve("signing", address, listener=listeners, relay={"hosts": [RELAY_HOST]}, scan={"milters": [opendkim.setting]},
                   auth={"users": str(paths.WORLD / "signing-users")})
    server.add_account(AUTHOR, PASSWORD)
    yield server
    server.stop()
    opendkim.stop()


@pytest.fixture(scope="module")
def verifying(dns):
    milters = [Opendkim("nobody.example", "127.0.0.0", mode="v", place="verifier", endpoint=VERIFIER).start(), Opendmarc(RECEIVER).start()]
    server = serve("verifying", "127.0.1.42", scan={"milters": [milter.setting for milter in milters]})
    yield server
    server.stop()
    for milter in milters:
        milter.stop()


@pytest.fixture
def signed(signing, scripted):
    """A message of AUTHOR's as it reaches another host, with its mark."""
    sink, mark = scripted(SINK), new_mark()
    assert submit(signing, message(mark=mark, author=AUTHOR), RELAY_HOST, SENDER, [ELSEWHERE]).startswith("250")
    taken, = sink.wait_for(mark)
    return mark, taken.content


def results(server, mark: str) -> list[str]:
    """The message's Authentication-Results that claim to be the server's, the top one first."""
    stored, = server.inbox().wait_for(mark)
    header = re.sub(r"\n[ \t]+", " ", stored.content.split(b"\n\n")[0].decode())
    return re.findall(rf"(?m)^Authentication-Results: {RECEIVER}; *(.*)$", header)


def claim(domain: str) -> str:
    """Of a stranger, that its message was found good by the server itself."""
    return f"Authentication-Results: {RECEIVER}; dkim=pass header.d={domain}\r\n"


def assert_good(server, mark: str) -> None:
    """OpenDMARC has looked at what OpenDKIM left, and its results stand above."""
    dmarc, spf, dkim = results(server, mark)
    assert dmarc.startswith("dmarc=pass (p=reject dis=none)") and spf.startswith("spf=none")
    assert dkim.startswith("dkim=pass ") and f"header.d={SIGNED}" in dkim


def test_what_is_signed_on_its_way_holds_where_it_arrives(signed, verifying):
    mark, content = signed
    assert submit(verifying, content, STRANGER, SENDER).startswith("250")
    assert_good(verifying, mark)


def test_what_an_account_hands_in_is_signed_as_it_leaves(signing, verifying, scripted):
    sink, mark = scripted(SINK), new_mark()
    handed_in = f"From: {AUTHOR}\nTo: {ELSEWHERE}\nBcc: secret@sink.example\nSubject: {mark}\n\nno date, no id\n"
    with smtplib.SMTP(signing.address, 587, source_address=(STRANGER, 0)) as client:
        client.starttls(context=client_context())
        client.login(AUTHOR, PASSWORD)
        client.sendmail(AUTHOR, [ELSEWHERE], handed_in)
    taken, = sink.wait_for(mark)
    assert b"\r\nMessage-ID:" in taken.content and b"Bcc" not in taken.content
    assert re.search(rb"\sh=[^;]*\bDate\b", taken.content), "signed behind what the server itself adds"
    assert submit(verifying, taken.content, STRANGER, SENDER).startswith("250")
    assert_good(verifying, mark)


@pytest.mark.parametrize("before, after", [(b"An ordinary line", b"An extraordinary line"), (b"From: Someone", b"From: Somebody")])
def test_what_was_changed_on_its_way_is_refused(signed, verifying, before, after):
    _, content = signed
    assert before in content
    reply = submit(verifying, content.replace(before, after), STRANGER, SENDER)
    assert reply.startswith(f"550 5.7.1 rejected by DMARC policy for {SIGNED}")


@pytest.mark.parametrize("extra", ["", claim(SIGNED)])
def test_a_forged_author_is_refused_where_its_domain_wants_that(verifying, extra):
    reply = submit(verifying, message(author=AUTHOR, extra=extra), STRANGER, SENDER)
    assert reply.startswith(f"550 5.7.1 rejected by DMARC policy for {SIGNED}")


@pytest.mark.parametrize("extra", ["", claim(WATCHED)])
def test_a_forged_author_is_told_of_where_its_domain_only_watches(verifying, extra):
    mark = new_mark()
    assert submit(verifying, message(mark=mark, author=f"ann@{WATCHED}", extra=extra), STRANGER, SENDER).startswith("250")
    dmarc, spf, dkim = results(verifying, mark)
    assert dmarc.startswith("dmarc=fail (p=none dis=none)") and spf.startswith("spf=none") and dkim.startswith("dkim=none")
