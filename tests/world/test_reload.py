"""The configuration is read again: what is new is in force, what is open goes on, and a bad file changes nothing."""

import os
import re
import signal
import smtplib
import ssl

import pytest

from harness import paths
from harness.authority import Authority
from harness.cursus import Cursus
from harness.dialogue import Dialogue
from harness.processes import wait_until
from harness.senders import a_message, new_mark

ADDRESS = "127.0.1.14"
STRANGER, HOST = "127.0.8.80", "127.0.9.10"


@pytest.fixture
def server(dns):
    server = Cursus("mx4", ADDRESS, listener=[
        {"name": "mx", "address": [f"{ADDRESS}:25"], "tls": "none"},
        {"name": "msa", "address": [f"{ADDRESS}:587"], "service": "submission", "tls": "starttls"},
    ], auth={"users": str(paths.WORLD / "users4")})
    paths.WORLD.joinpath("users4").unlink(missing_ok=True)
    server.add_account("julius@alpha.example", "alea")
    server.start()
    yield server
    server.stop()


def change(server, **settings):
    for table, keys in settings.items():
        server.settings.setdefault(table, {}).update(keys)
    server.write_configuration()


def reload(server):
    done = server.command("reload")
    assert done.returncode == 0, done.stderr
    return done.stdout


def as_data(mark) -> bytes:
    return a_message(mark).replace(b"\r\n.", b"\r\n..") + b".\r\n"


def deliver(client, recipient, mark):
    client.expect("250", "MAIL FROM:<phl0@client.example>")
    client.expect("250", f"RCPT TO:<{recipient}>")
    client.expect("354", "DATA")
    client.raw(as_data(mark))
    client.expect("250")


def test_a_domain_is_new_for_new_sessions_and_an_open_one_goes_on(server):
    new = "new.example"
    with Dialogue(ADDRESS, source=STRANGER) as before:
        before.greet()
        before.expect("250", "MAIL FROM:<phl0@client.example>")
        before.expect("550 5.7.1", f"RCPT TO:<known@{new}>")
        change(server, domains={"local": ["alpha.example", new]})
        assert "In force now: [domains]" in reload(server)
        # By the rules it began with: the transaction that was open goes on.
        before.expect("550 5.7.1", f"RCPT TO:<known@{new}>")
        before.expect("250", "RCPT TO:<known@alpha.example>")
        before.expect("354", "DATA")
        mark = new_mark()
        before.raw(as_data(mark))
        before.expect("250")
        server.inbox("known").wait_for(mark)
    mark = new_mark()
    with Dialogue(ADDRESS, source=STRANGER) as after:
        after.greet()
        deliver(after, f"known@{new}", mark)
    server.own_domain = new
    server.inbox("known").wait_for(mark)
    assert server.events("reloaded")


def test_sighup_does_the_same(server):
    with Dialogue(ADDRESS, source="127.0.8.81") as client:
        client.greet()
        client.expect("250", "MAIL FROM:<phl0@client.example>")
        client.expect("550 5.7.1", "RCPT TO:<a@elsewhere.example>")
    change(server, relay={"hosts": ["127.0.8.81"]})
    told = len(server.events("reloaded"))
    os.kill(server.pid, signal.SIGHUP)
    server.wait_for_event("reloaded", count=told + 1)
    with Dialogue(ADDRESS, source="127.0.8.81") as client:
        client.greet()
        client.expect("250", "MAIL FROM:<phl0@client.example>")
        client.expect("250", "RCPT TO:<a@elsewhere.example>")
    with Dialogue(ADDRESS, source=HOST) as client:  # no longer listed
        client.greet()
        client.expect("250", "MAIL FROM:<phl0@client.example>")
        client.expect("550 5.7.1", "RCPT TO:<a@elsewhere.example>")


def test_what_needs_a_restart_is_named_and_stays(server):
    change(server, queue={"min_free": "1MiB"}, limits={"idle": "7m"})
    told = reload(server)
    assert "In force now: [limits]" in told and "Needs a restart: [queue]" in told
    assert server.wait_for_event("reloaded", needs_restart=["[queue]"])


def test_a_bad_file_leaves_all_as_it_was(server):
    good = server.configuration.read_text()
    server.configuration.write_text(good + "\n[domains]\nlokal = 1\n")
    done = server.command("reload")
    assert done.returncode == os.EX_CONFIG
    assert re.search(r"cursus\.toml:\d+:\d+: ", done.stderr) and "goes on with what it has" in done.stderr
    os.kill(server.pid, signal.SIGHUP)
    trouble = server.wait_for_event("trouble", where="reload")[-1]
    assert re.search(r"cursus\.toml:\d+:\d+: ", trouble["what"])
    mark = new_mark()
    with Dialogue(ADDRESS, source=STRANGER) as client:
        client.greet()
        deliver(client, "known@alpha.example", mark)
    server.inbox("known").wait_for(mark)


def offers_xclient(source) -> bool:
    with Dialogue(ADDRESS, source=source) as client:
        client.expect("220")
        return "XCLIENT" in client.say("EHLO client.example")


def test_trust_is_withdrawn_though_another_listener_waits_for_a_restart(server):
    mx, msa = server.settings["listener"]
    mx["xclient"] = [STRANGER]
    server.write_configuration()
    assert reload(server) == "In force now: [[listener]]\n"
    assert offers_xclient(STRANGER)
    del mx["xclient"]
    msa["address"] = [f"{ADDRESS}:1587"]
    server.write_configuration()
    told = reload(server)
    assert "In force now: [[listener]]\n" in told
    assert "Needs a restart: [[listener]] name, address, service, tls\n" in told
    assert not offers_xclient(STRANGER)


def test_a_certificate_that_cannot_be_read_leaves_all_as_it_was(server):
    missing = server.directory / "missing.pem"
    troubles, reloads = len(server.events("trouble", where="reload")), len(server.events("reloaded"))
    change(server, tls={"certificate": str(missing), "key": str(missing)}, relay={"hosts": [STRANGER]})
    done = server.command("reload")
    assert done.returncode == os.EX_TEMPFAIL
    assert 'listener "msa"' in done.stderr and str(missing) in done.stderr and "goes on with what it has" in done.stderr
    assert str(missing) in server.wait_for_event("trouble", count=troubles + 1, where="reload")[-1]["what"]
    assert len(server.events("reloaded")) == reloads
    with Dialogue(ADDRESS, source=STRANGER) as client:
        client.greet()
        client.expect("250", "MAIL FROM:<phl0@client.example>")
        client.expect("550 5.7.1", "RCPT TO:<a@elsewhere.example>")
    assert login("julius@alpha.example", "alea", ssl._create_unverified_context()) == 235


def test_a_server_that_listens_elsewhere_is_told_of_by_the_command_and_hears_the_signal(server):
    change(server, admin={"socket": str(server.directory / "moved.sock")})
    done = server.command("reload")
    assert done.returncode == os.EX_UNAVAILABLE
    assert "moved.sock" in done.stderr and "SIGHUP" in done.stderr
    os.kill(server.pid, signal.SIGHUP)
    assert server.wait_for_event("reloaded", needs_restart=["[admin]"])


def login(account, password, context):
    with smtplib.SMTP(ADDRESS, 587, source_address=(STRANGER, 0), timeout=30) as client:
        client.starttls(context=context)
        client.ehlo()
        client.user, client.password = account, password
        return client.auth("PLAIN", client.auth_plain)[0]


def test_users_and_certificates_are_taken_up_as_they_change(server):
    anything = ssl._create_unverified_context()
    with pytest.raises(smtplib.SMTPAuthenticationError):
        login("ann@alpha.example", "x y", anything)
    server.add_account("ann@alpha.example", "x y")
    wait_until(lambda: succeeds(lambda: login("ann@alpha.example", "x y", anything)), "ann's login")
    authority = Authority("reload")
    certificate = authority.issue("mx4.alpha.example")
    trusting = ssl.create_default_context(cafile=str(authority.roots))
    trusting.check_hostname = False
    with pytest.raises(ssl.SSLCertVerificationError):
        login("ann@alpha.example", "x y", trusting)
    change(server, tls={"certificate": str(certificate.chain), "key": str(certificate.key)})
    assert "In force now: [tls]" in reload(server)
    assert login("ann@alpha.example", "x y", trusting) == 235


def succeeds(act) -> bool:
    try:
        return act() == 235
    except smtplib.SMTPException:
        return False


def test_many_reloads_under_load_lose_nothing(server):
    marks = [new_mark() for _ in range(60)]
    with Dialogue(ADDRESS, source=STRANGER) as client:
        client.greet()
        for i, mark in enumerate(marks):
            if i % 3 == 0:
                change(server, limits={"idle": f"{5 + i % 7}m"})
                os.kill(server.pid, signal.SIGHUP)
            deliver(client, "known@alpha.example", mark)
    for mark in marks:
        server.inbox("known").wait_for(mark)
    server.must_run()
