"""Logging in where accounts are kept by others: PAM, slapd, PostgreSQL and Dovecot, each behind a listener of its own."""

import smtplib
import ssl
import subprocess

import pytest

from harness import namespace, paths
from harness.account_servers import Postgresql, Slapd
from harness.authority import Authority
from harness.cursus import Cursus
from harness.processes import wait_until
from harness.senders import new_mark

ACCOUNT, PASSWORD = "known@epsilon.example", "x"  # as Dovecot has it
SOURCE = "127.0.8.78"  # a client that is no relay host
RECIPIENT = "known@alpha.example"


class Store:
    """A store of accounts and the server that asks it. `settings` are those of [auth] and of its [[table]]."""

    def __init__(self, authority, number: int, keeper, account: str, password: str, **settings):
        self.keeper, self.account, self.password = keeper, account, password
        self.address = f"127.0.1.{number}"
        certificate = authority.issue("stores.alpha.example")
        self.server = Cursus(f"store{number}", self.address, tls={"certificate": str(certificate.chain), "key": str(certificate.key)}, listener=[
            {"name": "mx", "address": [f"{self.address}:25"], "tls": "starttls"},
            {"name": "msa", "address": [f"{self.address}:587"], "service": "submission", "tls": "starttls"},
        ], submission={"senders": "any"}, **settings).start()

    def swaks(self, mechanism: str, password: str, mark: str = "unseen") -> subprocess.CompletedProcess:
        return subprocess.run(
            ["swaks", "--server", f"{self.address}:587", "--tls", "--auth", mechanism, "--auth-user", self.account, "--auth-password", password,
             "--from", "author@alpha.example", "--to", RECIPIENT, "--header", f"Subject: {mark}", "-li", SOURCE],
            capture_output=True, text=True, timeout=60)

    def mechanisms(self) -> set[str]:
        with smtplib.SMTP(self.address, 587, source_address=(SOURCE, 0), timeout=60) as client:
            client.starttls(context=ssl._create_unverified_context())
            client.ehlo("client.example")
            return set(client.esmtp_features["auth"].split())


@pytest.fixture(scope="module")
def authority():
    return Authority("stores")


def pam(authority, request):
    """PAM asks /etc/shadow, which only root may read."""
    return Store(authority, 71, None, namespace.PEOPLE[0], namespace.PERSONS_PASSWORD, auth={"users": f"pam:{namespace.PAM_SERVICE}"})


def directory(authority, request):
    keeper = Slapd("julius", "of julius")
    request.addfinalizer(keeper.stop)
    table = {"name": "staff", "kind": "ldap", "uri": keeper.uri, "base": "dc=example", "filter": "(uid={key})", "attribute": "uid", "timeout": "2s"}
    return Store(authority, 72, keeper, "julius", "of julius", auth={"users": "ldap:staff"}, table=[table])


def database(authority, request):
    users = paths.WORLD / "secrets"
    Cursus("secrets", auth={"users": str(users / "users")}).add_account(ACCOUNT, "of the database")
    _, secrets = (users / "users").read_text().strip().split(":", 1)
    keeper = Postgresql(f"CREATE TABLE people (address text, secrets text); INSERT INTO people VALUES ('{ACCOUNT}', '{secrets}');")
    request.addfinalizer(keeper.stop)
    table = {"name": "people", "kind": "postgresql", "connection": keeper.connection, "query": "SELECT secrets FROM people WHERE address = $1"}
    return Store(authority, 73, keeper, ACCOUNT, "of the database", table=[table],
                 auth={"users": "table:people", "mechanisms": ["SCRAM-SHA-256", "PLAIN"]})


def dovecot_server(authority, request):
    keeper = request.getfixturevalue("dovecot")
    return Store(authority, 74, keeper, ACCOUNT, PASSWORD, auth={"users": f"dovecot:{keeper.auth_socket}"})


STORES = {"pam": pam, "slapd": directory, "postgresql": database, "dovecot": dovecot_server}
OFFERED = {
    "pam": {"PLAIN", "LOGIN"},
    "slapd": {"PLAIN", "LOGIN"},
    "postgresql": {"SCRAM-SHA-256", "PLAIN"},
    "dovecot": {"PLAIN", "LOGIN", "SCRAM-SHA-256"},
}


@pytest.fixture(scope="module", params=STORES)
def store(dns, authority, request):
    store = STORES[request.param](authority, request)
    store.name = request.param
    yield store
    store.server.stop()


def test_only_what_the_store_can_serve_is_offered(store):
    assert store.mechanisms() == OFFERED[store.name]


def test_an_account_logs_in_and_sends(store):
    for mechanism in sorted(OFFERED[store.name] - {"SCRAM-SHA-256"}):
        mark = new_mark()
        done = store.swaks(mechanism, store.password, mark)
        assert done.returncode == 0, done.stdout[-2000:]
        stored, = store.server.inbox().wait_for(mark)
        assert any("with ESMTPSA" in line for line in stored.trace)


def test_scram_is_served_from_a_row_and_by_dovecot(store, tmp_path):
    if "SCRAM-SHA-256" not in OFFERED[store.name]:
        pytest.skip(f"{store.name} checks passwords alone")
    mark = new_mark()
    settings = tmp_path / "msmtprc"
    settings.write_text(f"account default\nhost {store.address}\nport 587\nsource_ip {SOURCE}\ntls on\ntls_starttls on\n"
                        f"tls_certcheck off\nauth scram-sha-256\nuser {store.account}\npassword {store.password}\n"
                        "from author@alpha.example\n")
    settings.chmod(0o600)
    done = subprocess.run(["msmtp", "-C", settings, RECIPIENT], input=f"Subject: {mark}\n\ntext\n", capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    store.server.inbox().wait_for(mark)


def test_another_password_and_nobody_at_all_are_refused_alike(store):
    wrong = store.swaks("PLAIN", "another")
    assert "535 5.7.8" in wrong.stdout
    known, store.account = store.account, "nobody-here"
    try:
        unknown = store.swaks("PLAIN", "another")
    finally:
        store.account = known
    assert refusal(unknown) == refusal(wrong)


def refusal(done: subprocess.CompletedProcess) -> str:
    line, = (line for line in done.stdout.splitlines() if " 535 " in line)
    return line


def test_a_store_that_is_away_says_come_back_and_nothing_else(store):
    if store.keeper is None:
        pytest.skip("PAM's modules are never away here; those that break are tested with the deputy")
    store.keeper.stop()
    try:
        for password in (store.password, "another"):
            done = store.swaks("PLAIN", password)
            assert "454 4.7.0" in done.stdout, done.stdout[-2000:]
    finally:
        store.keeper.start()
    wait_until(lambda: store.swaks("PLAIN", store.password).returncode == 0, "the store's return")
