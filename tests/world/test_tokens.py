"""Logging in without a password: by tokens that an issuer is asked about, and by certificates."""

import json
import shutil
import smtplib
import ssl
import subprocess
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from harness.authority import Authority
from harness.cursus import Cursus
from harness.senders import new_mark

ADDRESS = "127.0.1.10"
ACCOUNT = "julius@alpha.example"
RECIPIENT = "known@alpha.example"
SOURCE = "127.0.8.79"  # a client that is no relay host
GOOD, EXPIRED = "good.token-of-julius", "token.of-last-year"  # those that begin like the first are good


class Issuer(ThreadingHTTPServer):
    """RFC 7662 by HTTPS at mx1.alpha.example:8443. Asks for the name and the secret of whoever asks."""

    PORT = 8443
    daemon_threads = True

    def __init__(self, certificate):
        super().__init__((ADDRESS, self.PORT), Introspection)
        self.socket = certificate.server().wrap_socket(self.socket, server_side=True)
        self.asked = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # a client that does not trust us is what some tests want

    def close(self):
        self.shutdown()
        self.server_close()


class Introspection(BaseHTTPRequestHandler):
    def do_POST(self):
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        token, = form["token"]
        self.server.asked.append((token, self.headers["Authorization"]))
        is_good = token.startswith(GOOD)
        answer = {"active": is_good, **({"username": ACCOUNT} if is_good else {})}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def authority():
    return Authority("tokens")


@pytest.fixture
def issuer(authority):
    issuer = Issuer(authority.issue("mx1.alpha.example"))
    yield issuer
    issuer.close()


@pytest.fixture(scope="module")
def server(dns, authority):
    certificate = authority.issue("mx1.alpha.example")
    server = Cursus(
        listener=[
            {"name": "mx", "address": [f"{ADDRESS}:25"], "tls": "none"},
            {"name": "msas", "address": [f"{ADDRESS}:465"], "service": "submission", "tls": "implicit", "client_certificates": "optional"},
        ],
        tls={"certificate": str(certificate.chain), "key": str(certificate.key), "client_ca": str(authority.roots)},
        auth={"oauth_introspection": f"https://mx1.alpha.example:{Issuer.PORT}/introspect", "oauth_client_id": "cursus",
              "oauth_trusted_roots": str(authority.roots), "oauth_account": "username"},
    )
    secret = server.directory / "secret"
    secret.write_text("s3cret\n")
    secret.chmod(0o600)
    shutil.chown(secret, "cursus", "cursus")
    server.settings["auth"]["oauth_client_secret_file"] = str(secret)
    server.write_configuration()
    server.start()
    yield server
    server.stop()


def curl(authority, tmp_path, token: str) -> tuple[subprocess.CompletedProcess, str]:
    """By OAUTHBEARER, the only one that it chooses where both are offered."""
    mark = new_mark()
    (tmp_path / "message").write_text(f"From: {ACCOUNT}\r\nTo: {RECIPIENT}\r\nSubject: {mark}\r\n\r\ntext\r\n")
    return subprocess.run(
        ["curl", "-sSv", "smtps://mx1.alpha.example:465", "--resolve", f"mx1.alpha.example:465:{ADDRESS}", "--interface", SOURCE, "--cacert",
         authority.roots, "--user", ACCOUNT, "--oauth2-bearer", token, "--mail-from", ACCOUNT, "--mail-rcpt", RECIPIENT, "--upload-file",
         tmp_path / "message"], capture_output=True, text=True, timeout=60), mark


def msmtp(authority, tmp_path, token: str) -> tuple[subprocess.CompletedProcess, str]:
    """By XOAUTH2."""
    mark = new_mark()
    settings = tmp_path / "msmtprc"
    settings.write_text(f"account default\nhost {ADDRESS}\nport 465\nsource_ip {SOURCE}\ntls on\ntls_starttls off\ntls_certcheck off\n"
                        f"auth xoauth2\nuser {ACCOUNT}\npassword {token}\nfrom {ACCOUNT}\n")
    settings.chmod(0o600)
    return subprocess.run(["msmtp", "-C", settings, RECIPIENT], input=f"Subject: {mark}\n\ntext\n", capture_output=True, text=True, timeout=60), mark


CLIENTS = {"OAUTHBEARER": curl, "XOAUTH2": msmtp}


@pytest.mark.parametrize("mechanism", CLIENTS)
def test_a_client_logs_in_by_a_token_that_the_issuer_vouches_for(server, authority, issuer, tmp_path, mechanism):
    token = f"{GOOD}.{mechanism}"  # one that the issuer has vouched for is not asked about again at once
    done, mark = CLIENTS[mechanism](authority, tmp_path, token)
    assert done.returncode == 0, done.stderr
    server.inbox().wait_for(mark)
    server.wait_for_event("authenticated", mechanism=mechanism, account=ACCOUNT)
    assert issuer.asked == [(token, "Basic Y3Vyc3VzOnMzY3JldA==")]


@pytest.mark.parametrize("mechanism", CLIENTS)
def test_a_token_that_is_no_more_is_refused(server, authority, issuer, tmp_path, mechanism):
    done, _ = CLIENTS[mechanism](authority, tmp_path, EXPIRED)
    assert done.returncode != 0 and "535 5.7.8" in done.stderr
    assert EXPIRED in {token for token, _ in issuer.asked}


def test_a_reload_changes_nothing_about_it(server, authority, issuer, tmp_path):
    done = server.command("reload")
    assert done.returncode == 0, done.stderr
    sent, _ = curl(authority, tmp_path, f"{GOOD}.after-the-reload")
    assert sent.returncode == 0, sent.stderr


def test_check_warns_of_a_secret_and_of_keys_that_will_not_do(make_cursus):
    server = make_cursus("checked", "127.0.1.16")
    secret, keys = server.directory / "secret", server.directory / "keys.json"
    secret.write_text("s3cret\n")
    shutil.chown(secret, "cursus", "cursus")
    secret.chmod(0o640)
    server.settings["auth"] = {"oauth_introspection": "https://mx1.alpha.example/", "oauth_client_id": "cursus", "oauth_client_secret_file": str(secret)}
    server.write_configuration()
    assert f"{secret} has mode 0640" in server.command("check").stdout
    secret.chmod(0o600)
    assert "Warning" not in server.command("check").stdout
    keys.write_text("{}")
    server.settings["auth"] = {"oauth_keys": str(keys), "oauth_issuer": "https://login.example"}
    server.write_configuration()
    assert f"logins by token will wait: {keys}: " in server.command("check").stdout


def test_an_issuer_that_is_away_is_no_refusal(server, authority, tmp_path):
    done, _ = curl(authority, tmp_path, "token.of-somebody-new")
    assert done.returncode != 0 and "< 454 4.7.0" in done.stderr


def test_an_issuer_with_somebody_elses_certificate_is_not_asked(server, authority, tmp_path):
    impostor = Issuer(Authority("token-impostor").issue("mx1.alpha.example"))
    try:
        done, _ = curl(authority, tmp_path, "token.of-the-curious")
    finally:
        impostor.close()
    assert done.returncode != 0 and "< 454 4.7.0" in done.stderr
    assert impostor.asked == []


# ---- certificates

def client_of(authority, certificate) -> smtplib.SMTP_SSL:
    context = ssl.create_default_context(cafile=str(authority.roots))
    context.check_hostname = False  # the test speaks to an address
    if certificate:
        context.load_cert_chain(certificate.chain, certificate.key)
    client = smtplib.SMTP_SSL(ADDRESS, 465, source_address=(SOURCE, 0), timeout=30, context=context)
    client.ehlo("client.example")
    return client


def test_a_certificate_says_who_logs_in_by_external(server, authority):
    with client_of(authority, authority.issue(ACCOUNT)) as client:
        assert "EXTERNAL" in client.esmtp_features["auth"].split()
        assert client.docmd("AUTH EXTERNAL =")[0] == 235
        mark = new_mark()
        client.sendmail(ACCOUNT, [RECIPIENT], f"Subject: {mark}\r\n\r\ntext\r\n")
    server.inbox().wait_for(mark)
    server.wait_for_event("authenticated", mechanism="EXTERNAL", account=ACCOUNT)


def test_external_is_for_no_other_name_and_no_other_authority(server, authority):
    with client_of(authority, authority.issue(ACCOUNT)) as client:
        assert client.docmd("AUTH EXTERNAL YW5uQGFscGhhLmV4YW1wbGU=")[0] == 535  # ann@alpha.example
    with client_of(authority, None) as client:
        assert "EXTERNAL" not in client.esmtp_features["auth"].split()
        assert client.docmd("AUTH EXTERNAL =")[0] == 504
    with client_of(authority, Authority("token-nobody").issue(ACCOUNT)) as client:
        assert "EXTERNAL" not in client.esmtp_features["auth"].split()
