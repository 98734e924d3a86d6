"""People's mail programs hand their mail in: real ones, by every mechanism, on 587 and 465."""

import os
import re
import smtplib
import ssl
import subprocess

import pytest

from harness import paths
from harness.authority import Authority
from harness.cursus import Cursus
from harness.dialogue import Dialogue
from harness.senders import a_message, new_mark

ACCOUNT, PASSWORD = "julius@alpha.example", "alea iacta est"
RECIPIENT = "known@alpha.example"
SOURCE = "127.0.8.77"  # a client that is no relay host


@pytest.fixture(scope="module")
def authority():
    return Authority("submission")


@pytest.fixture(scope="module")
def server(dns, authority):
    certificate = authority.issue("mx1.alpha.example")
    server = Cursus(
        listener=[
            {"name": "mx", "address": ["127.0.1.10:25"], "tls": "starttls"},
            {"name": "msa", "address": ["127.0.1.10:587"], "service": "submission", "tls": "starttls"},
            {"name": "msas", "address": ["127.0.1.10:465"], "service": "submission", "tls": "implicit"},
        ],
        tls={"certificate": str(certificate.chain), "key": str(certificate.key)},
        auth={"users": str(paths.WORLD / "users")},
    )
    server.add_account(ACCOUNT, PASSWORD)
    server.start()
    yield server
    server.stop()


def message(mark, author=ACCOUNT):
    return f"From: {author}\r\nTo: {RECIPIENT}\r\nBcc: secret@elsewhere.example\r\nSubject: {mark}\r\n\r\ntext\r\n"


def trust(authority):
    context = ssl.create_default_context(cafile=str(authority.roots))
    context.check_hostname = False  # the test speaks to an address
    return context


def the_one(server, mark):
    stored, = server.inbox("known").wait_for(mark)
    return stored


def with_word(stored):
    received = next(line for line in stored.trace if line.startswith("Received:"))
    return re.search(r" with (\S+)", received).group(1)


# ---- real clients

@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_swaks_submits_by_starttls(server, mechanism):
    mark = new_mark()
    done = subprocess.run(
        ["swaks", "--server", "127.0.1.10:587", "--tls", "--auth", mechanism, "--auth-user", ACCOUNT, "--auth-password", PASSWORD,
         "--from", ACCOUNT, "--to", RECIPIENT, "--header", f"Subject: {mark}", "-li", SOURCE], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout[-2000:]
    assert with_word(the_one(server, mark)) == "ESMTPSA"


@pytest.mark.parametrize("options", [["--login-options", "AUTH=PLAIN"], ["--login-options", "AUTH=LOGIN"], []])
def test_curl_submits_by_implicit_tls(server, authority, tmp_path, options):
    mark = new_mark()
    (tmp_path / "message").write_text(message(mark))
    done = subprocess.run(
        ["curl", "-sS", "smtps://mx1.alpha.example:465", "--resolve", "mx1.alpha.example:465:127.0.1.10", "--interface", SOURCE,
         "--cacert", authority.roots, "--user", f"{ACCOUNT}:{PASSWORD}", *options, "--mail-from", ACCOUNT, "--mail-rcpt", RECIPIENT,
         "--upload-file", tmp_path / "message"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert with_word(the_one(server, mark)) == "ESMTPSA"


@pytest.mark.parametrize("mechanism", ["plain", "login", "scram-sha-1", "scram-sha-256"])
def test_msmtp_submits(server, authority, tmp_path, mechanism):
    mark = new_mark()
    settings = tmp_path / "msmtprc"
    settings.write_text(f"""account default
host 127.0.1.10
port 587
source_ip {SOURCE}
tls on
tls_starttls on
tls_trust_file {authority.roots}
tls_host_override mx1.alpha.example
auth {mechanism}
user {ACCOUNT}
password {PASSWORD}
from {ACCOUNT}
""")
    settings.chmod(0o600)
    done = subprocess.run(["msmtp", "-C", settings, RECIPIENT], input=message(mark).replace("\r\n", "\n"), capture_output=True,
                          text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    stored = the_one(server, mark)
    assert with_word(stored) == "ESMTPSA"
    assert server.wait_for_event("authenticated", mechanism=mechanism.upper(), account=ACCOUNT)


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1"])
def test_gsasl_logs_in_with_the_channel_bound(server, authority, mechanism):
    done = subprocess.run(
        ["gsasl", "--smtp", "--connect", "mx1.alpha.example:587", "--mechanism", mechanism,
         "--authentication-id", ACCOUNT, "--authorization-id", "", "--password", PASSWORD, "--x509-ca-file", str(authority.roots),
         "--no-client-first", *([] if mechanism.endswith("PLUS") else ["--no-cb"])], input="QUIT\n", capture_output=True, text=True, timeout=60)
    assert "\n235 2.7.0" in done.stdout, done.stdout + done.stderr
    assert server.wait_for_event("authenticated", mechanism=mechanism, account=ACCOUNT)


def test_nodemailer_submits(server, authority, tmp_path):
    mark = new_mark()
    script = tmp_path / "send.js"
    script.write_text(f"""
const transport = require('/usr/share/nodejs/nodemailer').createTransport({{
  host: '127.0.1.10', port: 587, requireTLS: true, localAddress: '{SOURCE}',
  tls: {{ ca: require('fs').readFileSync('{authority.roots}'), servername: 'mx1.alpha.example' }},
  auth: {{ user: '{ACCOUNT}', pass: '{PASSWORD}' }} }});
transport.sendMail({{ from: '{ACCOUNT}', to: '{RECIPIENT}', subject: '{mark}', text: 'ol\u00e1 \u2014 text' }})
  .then(() => process.exit(0), error => {{ console.error(error); process.exit(1); }});
""")
    done = subprocess.run(["node", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert with_word(the_one(server, mark)) == "ESMTPSA"


def test_thunderbirds_order_of_commands(server, authority):
    """EHLO, STARTTLS, EHLO, AUTH PLAIN without an initial response's haste, MAIL with BODY and SIZE, RCPT, DATA, QUIT; and after a
    wrong password the next mechanism, then the right password on the same connection."""
    mark = new_mark()
    with smtplib.SMTP("127.0.1.10", 587, source_address=(SOURCE, 0), timeout=20) as client:
        client.ehlo("[127.0.8.77]")
        client.starttls(context=trust(authority))
        client.ehlo("[127.0.8.77]")
        offered = client.esmtp_features["auth"].split()
        assert offered[-2:] == ["PLAIN", "LOGIN"]
        for mechanism, answer in (("PLAIN", client.auth_plain), ("LOGIN", client.auth_login)):
            client.user, client.password = ACCOUNT, "wrong"
            with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
                client.auth(mechanism, answer)
            assert refused.value.smtp_code == 535
        client.password = PASSWORD
        assert client.auth("PLAIN", client.auth_plain)[0] == 235
        text = message(mark)
        assert client.docmd(f"MAIL FROM:<{ACCOUNT}> BODY=8BITMIME SIZE={len(text)}")[0] == 250
        assert client.docmd(f"RCPT TO:<{RECIPIENT}>")[0] == 250
        assert client.data(text)[0] == 250
    the_one(server, mark)


# ---- what submission adds, and what it refuses

def submit(server, authority, text, sender=ACCOUNT, recipients=(RECIPIENT,)):
    with smtplib.SMTP_SSL("127.0.1.10", 465, source_address=(SOURCE, 0), timeout=20, context=trust(authority)) as client:
        client.login(ACCOUNT, PASSWORD)
        return client.sendmail(sender, recipients, text)


def test_a_message_is_completed_and_its_blind_copies_are_hidden(server, authority):
    mark = new_mark()
    submit(server, authority, message(mark, author="Julius <julius>"))
    text = the_one(server, mark).content.decode()
    assert re.search(r"^Date: ", text, re.M) and re.search(r"^Message-ID: <", text, re.M)
    assert "secret@elsewhere.example" not in text
    assert "From: Julius <julius@mx1.alpha.example>" in text


def test_an_account_sends_as_itself_alone(server, authority):
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        submit(server, authority, message(new_mark()), sender="brutus@alpha.example")
    assert refused.value.smtp_code == 550 and b"5.7.1" in refused.value.smtp_error
    mark = new_mark()
    submit(server, authority, message(mark), sender="julius+travels@alpha.example")
    the_one(server, mark)


def test_nothing_is_taken_without_a_login(server):
    for port in (587,):
        with Dialogue("127.0.1.10", port, source=SOURCE) as client:
            client.greet()
            client.expect("530 5.7.0", f"MAIL FROM:<{ACCOUNT}>")
    # Nor from a relay host: port 587 is for people.
    with Dialogue("127.0.1.10", 587, source="127.0.9.10") as client:
        client.greet()
        client.expect("530 5.7.0", f"MAIL FROM:<{ACCOUNT}>")


def test_no_password_is_asked_for_in_the_clear(server):
    with Dialogue("127.0.1.10", 587, source=SOURCE) as client:
        client.expect("220")
        offered = client.expect("250", "EHLO client.example")
        assert "PLAIN" not in offered and "LOGIN" not in offered
        client.expect("538 5.7.11", "AUTH PLAIN AGEAYg==")


def test_bare_line_ends_are_refused_with_a_way_out(server, authority):
    with smtplib.SMTP_SSL("127.0.1.10", 465, source_address=(SOURCE, 0), timeout=20, context=trust(authority)) as client:
        client.login(ACCOUNT, PASSWORD)
        client.docmd(f"MAIL FROM:<{ACCOUNT}>")
        client.docmd(f"RCPT TO:<{RECIPIENT}>")
        assert client.docmd("DATA")[0] == 354
        client.send(b"Subject: x\n\ntext\r\n.\r\n")
        code, text = client.getreply()
        assert code == 554 and b"CR LF" in text


def test_the_port_of_hosts_offers_no_login(server, authority):
    with smtplib.SMTP("127.0.1.10", 25, source_address=(SOURCE, 0), timeout=20) as client:
        client.starttls(context=trust(authority))
        client.ehlo()
        assert "auth" not in client.esmtp_features
        assert client.docmd("AUTH PLAIN AGEAYg==")[0] == 502


# ---- guessing, and accounts that are not themselves

def test_guessing_is_slowed_down_and_then_stopped(dns, authority):
    certificate = authority.issue("mx3.alpha.example")
    server = Cursus("mx3", "127.0.1.13",
                    listener=[{"name": "mx", "address": ["127.0.1.13:25"], "tls": "none"},
                              {"name": "msas", "address": ["127.0.1.13:465"], "service": "submission", "tls": "implicit"}],
                    tls={"certificate": str(certificate.chain), "key": str(certificate.key)},
                    auth={"users": str(paths.WORLD / "users3"), "failures_per_client": 3, "messages_per_hour": 2})
    server.add_account("julius@alpha.example", PASSWORD)
    server.start()
    try:
        def connect(source):
            client = smtplib.SMTP_SSL("127.0.1.13", 465, source_address=(source, 0), timeout=30, context=trust(authority))
            client.ehlo()
            return client

        with connect("127.0.8.78") as client:
            client.user, client.password = ACCOUNT, "wrong"
            for _ in range(3):
                with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
                    client.auth("PLAIN", client.auth_plain)
                assert refused.value.smtp_code == 535
        with connect("127.0.8.78") as client:
            client.user, client.password = ACCOUNT, PASSWORD
            with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
                client.auth("PLAIN", client.auth_plain)
            assert refused.value.smtp_code == 454
        assert server.wait_for_event("login_blocked", what="127.0.8.78")

        # Somebody else's address is not kept out; and what the account sends too much puts it on hold.
        with connect("127.0.8.79") as client:
            client.login(ACCOUNT, PASSWORD)
            for _ in range(2):
                client.sendmail(ACCOUNT, [RECIPIENT], message(new_mark()))
            assert client.docmd(f"MAIL FROM:<{ACCOUNT}>")[0] == 450
        assert server.wait_for_event("account_held", account=ACCOUNT)
        server.stop()
        server.start()
        with connect("127.0.8.79") as client:
            client.login(ACCOUNT, PASSWORD)
            assert client.docmd(f"MAIL FROM:<{ACCOUNT}>")[0] == 450
            done = server.command("user", "release", ACCOUNT.replace("alpha.example", "ALPHA.example"))  # the same account
            assert done.returncode == 0, done.stderr
            assert server.command("user", "release", ACCOUNT).returncode == os.EX_NOUSER  # it is not on hold any more
            assert client.docmd(f"MAIL FROM:<{ACCOUNT}>")[0] == 250
    finally:
        server.stop()


def test_an_account_that_comes_from_everywhere_is_put_on_hold(dns, authority, tmp_path):
    countries = paths.WORLD / "countries.mmdb"
    where = ["127.0.8.81/32=IT", "127.0.8.82/32=GR", "127.0.8.83/32=EG", "127.0.8.84/32=FR"]
    subprocess.run([paths.REPOSITORY / "tests/make_country_file", countries, *where], check=True)
    countries.chmod(0o644)
    certificate = authority.issue("mx5.alpha.example")
    server = Cursus("mx5", "127.0.1.15",
                    listener=[{"name": "mx", "address": ["127.0.1.15:25"], "tls": "none"},
                              {"name": "msas", "address": ["127.0.1.15:465"], "service": "submission", "tls": "implicit"}],
                    tls={"certificate": str(certificate.chain), "key": str(certificate.key)},
                    auth={"users": str(paths.WORLD / "users5"), "countries": str(countries)})
    server.add_account(ACCOUNT, PASSWORD)
    server.start()
    try:
        def reply_from(source):
            with smtplib.SMTP_SSL("127.0.1.15", 465, source_address=(source, 0), timeout=30, context=trust(authority)) as client:
                client.login(ACCOUNT, PASSWORD)
                return client.docmd(f"MAIL FROM:<{ACCOUNT}>")[0]

        assert [reply_from(f"127.0.8.{last}") for last in (80, 81, 82, 83, 81)] == [250] * 5
        assert reply_from("127.0.8.84") == 450
        held, = server.wait_for_event("account_held", account=ACCOUNT)
        assert held["why"] == "logged in from 4 countries within a day: GR, EG, IT, FR"
        assert [event["country"] for event in server.events("authenticated")][:2] == ["", "IT"]
    finally:
        server.stop()
