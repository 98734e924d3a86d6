"""TLS and logins towards other hosts: smarthosts of Postfix and Exim with Dovecot's accounts, and hosts that cheat. Mail
that cannot go as its route demands waits, and goes once it can."""

import os
import pwd

import pytest

from harness import namespace
from harness.authority import Authority
from harness.cursus import send
from harness.dovecot import Dovecot
from harness.exim import Exim
from harness.postfix import Postfix
from harness.processes import wait_until

POSTFIX, EXIM, SCRIPTED, ABROAD = (f"{host}.smart.example" for host in ("postfix", "exim", "scripted", "abroad"))
SINK, SPARE = "127.0.8.13", "127.0.8.12"
USER, PASSWORD = "known@epsilon.example", "x"
OFFERS_TLS = "250-scripted.example\n250-PIPELINING\n250 STARTTLS"

POSTFIX_MAIN = """
smtpd_tls_security_level = may
smtpd_tls_cert_file = {certificate.chain}
smtpd_tls_key_file = {certificate.key}
smtpd_tls_auth_only = yes
smtpd_tls_received_header = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {socket}
smtpd_relay_restrictions = permit_sasl_authenticated reject_unauth_destination
smtpd_sasl_authenticated_header = yes
virtual_mailbox_domains = beta.example, gamma.example
virtual_mailbox_maps = static:inbox/
mynetworks =
"""
# 587 asks for a login, 588 takes anybody without TLS, 465 begins with TLS.
POSTFIX_MASTER = """
tlsmgr unix - - n 1000? 1 tlsmgr
127.0.2.13:587 inet n - n - - smtpd -o smtpd_client_restrictions=permit_sasl_authenticated,reject
127.0.2.13:588 inet n - n - - smtpd -o smtpd_tls_security_level=none -o smtpd_sasl_auth_enable=no
127.0.2.13:465 inet n - n - - smtpd -o smtpd_tls_wrappermode=yes -o smtpd_client_restrictions=permit_sasl_authenticated,reject
"""
EXIM_TLS = """
tls_advertise_hosts = *
tls_certificate = {certificate.chain}
tls_privatekey = {certificate.key}
auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}
"""
EXIM_AUTHENTICATORS = """
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if and{{eq{$auth2}{julius}}{eq{$auth3}{Et tu?}}}}
  server_set_id = $auth2
"""


@pytest.fixture(scope="module")
def authority():
    return Authority("trusted")


@pytest.fixture(scope="module")
def smart_postfix(dns, dovecot, authority):
    main = POSTFIX_MAIN.format(certificate=authority.issue(POSTFIX), socket=dovecot.auth_socket)
    peer = Postfix("smart-postfix", "127.0.2.13", main, POSTFIX_MASTER)
    yield peer
    peer.stop()


@pytest.fixture(scope="module")
def smart_exim(dns, authority):
    peer = Exim("smart-exim", "127.0.3.13", EXIM_TLS.format(certificate=authority.issue(EXIM)), EXIM_AUTHENTICATORS)
    yield peer
    peer.stop()


@pytest.fixture
def route_to(make_cursus, authority):
    """A running server whose mail all goes to one host, on these terms. A password comes to lie in its file."""

    def make(*hosts: str, password: str | None = None, mode: int = 0o600, **terms):
        server = make_cursus(delivery={"loopback": True, "trusted_roots": str(authority.roots)})
        if password is not None:
            terms |= {"password_file": str(write_password(server, password, mode))}
        server.settings["route"] = [{"domain": "*", "hosts": list(hosts), **terms}]
        server.write_configuration()
        return server.start()

    return make


def write_password(server, password: str, mode: int = 0o600):
    path = server.directory / "password"
    path.write_text(password + "\n")
    owner = pwd.getpwnam("cursus")
    os.chown(path, owner.pw_uid, owner.pw_gid)
    path.chmod(mode)
    return path


def expect_waits(server, message: str, *why: str) -> None:
    """The mail stays, the reason is told by event and by `queue show`, and nothing was attempted or given up."""
    down = server.wait_for_event("site_down")[0]["why"]
    assert all(part in down for part in why), (why, down)

    # Only while its site waits; between two attempts the reason is not there.
    def is_told() -> bool:
        shown = server.command("queue", "show", message).stdout
        return all(part in shown for part in why)

    wait_until(is_told, f"{why} in queue show")
    server.wait_for_event("site_down", count=2)  # tried again, to no avail
    assert [row["message"] for row in server.waiting()] == [message]
    assert not server.events("delivered") and not server.events("bounced")


# ---- TLS

@pytest.mark.parametrize("peer", ["postfix", "exim"])
def test_a_certificate_that_holds_lets_mail_through(route_to, smart_postfix, smart_exim, peer):
    host, smarthost = (POSTFIX, smart_postfix) if peer == "postfix" else (EXIM, smart_exim)
    server = route_to(f"{host}:25", tls="verified")
    mark, _ = send(server, f"known@{smarthost.domain}")
    arrived, = smarthost.inbox.wait_for(mark)
    assert b"TLS" in arrived.content
    attempted, = server.wait_for_event("attempted", tls=True, verified=True)
    assert attempted["protocol"] == "TLSv1.3" and attempted["cipher"].startswith("TLS_")


def test_a_certificate_for_the_name_the_route_gives_lets_mail_through(route_to, smart_postfix):
    server = route_to("127.0.2.13:25", tls="verified", tls_name=POSTFIX)
    mark, _ = send(server, "known@beta.example")
    assert smart_postfix.inbox.wait_for(mark)


@pytest.mark.parametrize("flaw", ["name", "expired", "authority"])
def test_a_certificate_that_does_not_hold_keeps_the_mail_back(route_to, scripted, authority, flaw):
    issuer = Authority("untrusted") if flaw == "authority" else authority
    host = "other.example" if flaw == "name" else SCRIPTED
    certificate = issuer.issue(host, days=-1 if flaw == "expired" else 30)
    peer = scripted(SINK, tls=certificate.server(), ehlo=OFFERS_TLS, starttls="220 2.0.0 go ahead")
    server = route_to(f"{SCRIPTED}:25", tls="verified")
    _, message = send(server, "a@far.example")
    reason = {"name": "hostname mismatch", "expired": "certificate has expired",
              "authority": "unable to get local issuer certificate"}[flaw]
    expect_waits(server, message, "451 4.7.5", SCRIPTED, reason)
    assert not peer.taken


@pytest.mark.parametrize("tls", ["required", "verified"])
def test_a_host_without_starttls_does_not_get_what_demands_it(route_to, scripted, tls):
    peer = scripted(SINK)
    server = route_to(f"{SCRIPTED}:25", tls=tls)
    _, message = send(server, "a@far.example")
    expect_waits(server, message, "451 4.7.4", f"{SCRIPTED} does not offer STARTTLS")
    assert not peer.said("MAIL") and peer.said("QUIT")


def test_a_postfix_without_tls_does_not_get_what_demands_it(route_to, smart_postfix):
    server = route_to(f"{POSTFIX}:588", tls="required")
    _, message = send(server, "known@beta.example")
    expect_waits(server, message, "451 4.7.4", f"{POSTFIX} does not offer STARTTLS")


def test_the_next_host_gets_it_where_the_first_does_not_do(route_to, scripted, smart_postfix):
    plain = scripted(SINK)
    server = route_to(f"{SCRIPTED}:25", f"{POSTFIX}:25", tls="verified")
    mark, _ = send(server, "known@beta.example")
    assert smart_postfix.inbox.wait_for(mark)
    assert not plain.said("MAIL")


@pytest.mark.parametrize("refusal", ["454 4.7.0 TLS not available", "220 2.0.0 go ahead"])
def test_starttls_that_is_offered_and_does_not_work_is_done_without_where_nobody_demands_it(route_to, scripted, refusal):
    peer = scripted(SINK, ehlo=OFFERS_TLS, starttls=refusal)  # it babbles where the handshake should be
    server = route_to(f"{SCRIPTED}:25")
    mark, _ = send(server, "a@far.example")
    assert peer.wait_for(mark)
    assert server.wait_for_event("tls_failed")
    assert server.wait_for_event("attempted", tls=False)


@pytest.mark.parametrize("refusal", ["454 4.7.0 TLS not available", "220 2.0.0 go ahead"])
def test_starttls_that_is_offered_and_does_not_work_keeps_mail_back_that_demands_it(route_to, scripted, refusal):
    peer = scripted(SINK, ehlo=OFFERS_TLS, starttls=refusal)
    server = route_to(f"{SCRIPTED}:25", tls="required")
    _, message = send(server, "a@far.example")
    expect_waits(server, message, "451 4.7.5", SCRIPTED)
    assert not peer.said("MAIL")


@pytest.mark.parametrize("tls", ["opportunistic", "required"])
def test_a_strangers_certificate_does_where_nothing_is_verified(route_to, scripted, tls):
    stranger = Authority(f"stranger-{tls}").issue("other.example")
    peer = scripted(SINK, tls=stranger.server(), ehlo=OFFERS_TLS, starttls="220 2.0.0 go ahead")
    server = route_to(f"{SCRIPTED}:25", tls=tls)
    mark, _ = send(server, "a@far.example")
    assert peer.wait_for(mark)
    assert server.wait_for_event("attempted", tls=True, verified=False)


def test_tls_none_never_asks_for_it(route_to, scripted, authority):
    peer = scripted(SINK, tls=authority.issue(SCRIPTED).server(), ehlo=OFFERS_TLS, starttls="220 2.0.0 go ahead")
    server = route_to(f"{SCRIPTED}:25", tls="none")
    mark, _ = send(server, "a@far.example")
    assert peer.wait_for(mark) and not peer.said("STARTTLS")


def test_replies_slipped_in_before_the_handshake_end_the_connection(route_to, scripted, authority):
    """CVE-2021-38371: what came in the clear would be read as if it had come protected."""
    peer = scripted(SINK, tls=authority.issue(SCRIPTED).server(), ehlo=OFFERS_TLS,
                    starttls="220 2.0.0 go ahead\n250 scripted.example")
    server = route_to(f"{SCRIPTED}:25", tls="verified")
    _, message = send(server, "a@far.example")
    expect_waits(server, message, "451 4.7.5", "replies came in the clear")
    assert not peer.said("MAIL")


def test_tls_begins_at_once_at_port_465(route_to, smart_postfix):
    server = route_to(f"{POSTFIX}:465", tls="verified", username=USER, password=PASSWORD)
    mark, _ = send(server, "known@beta.example")
    assert smart_postfix.inbox.wait_for(mark)
    assert server.wait_for_event("attempted", tls=True, verified=True)


def test_port_465_that_does_not_begin_with_tls_gets_nothing(route_to, scripted):
    peer = scripted(SINK, port=465)
    server = route_to(f"{SCRIPTED}:465")
    _, message = send(server, "a@far.example")
    expect_waits(server, message, "451 4.7.5", SCRIPTED)
    assert not peer.said("EHLO")


# ---- logins

@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "SCRAM-SHA-256", None])
def test_a_smarthost_lets_us_in_by_password(route_to, smart_postfix, mechanism):
    terms = {"mechanisms": [mechanism]} if mechanism else {}
    server = route_to(f"{POSTFIX}:587", tls="verified", username=USER, password=PASSWORD, **terms)
    mark, _ = send(server, "known@beta.example")
    arrived, = smart_postfix.inbox.wait_for(mark)
    assert f"(Authenticated sender: {USER})".encode() in arrived.content
    used = f"sasl_method={mechanism or 'SCRAM-SHA-256'}, sasl_username={USER}"
    wait_until(lambda: used in smart_postfix.log(), "how Postfix says that we logged in")


def test_an_exim_lets_us_in_by_password(route_to, smart_exim):
    server = route_to(f"{EXIM}:25", tls="required", username="julius", password="Et tu?")
    mark, _ = send(server, "anybody@gamma.example")  # whom only those who have logged in may write to
    assert smart_exim.inbox.wait_for(mark)
    assert "A=plain:julius" in smart_exim.log()


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256"])
def test_a_wrong_password_holds_the_mail_until_it_is_corrected(route_to, smart_postfix, mechanism):
    server = route_to(f"{POSTFIX}:587", tls="verified", username=USER, password="wrong horse", mechanisms=[mechanism])
    mark, message = send(server, "known@beta.example")
    expect_waits(server, message, "451 4.7.8", "does not let this server in: 535 5.7.8")
    assert server.wait_for_event("trouble", where=f"login at {POSTFIX}")
    write_password(server, PASSWORD)
    assert smart_postfix.inbox.wait_for(mark)
    assert "wrong horse" not in server.output() and "d3JvbmcgaG9yc2" not in server.output()


def test_a_password_that_others_can_read_is_not_used_until_they_cannot(route_to, smart_postfix):
    server = route_to(f"{POSTFIX}:587", tls="verified", username=USER, password=PASSWORD, mode=0o644)
    mark, message = send(server, "known@beta.example")
    expect_waits(server, message, "451 4.3.5", f"There is no password to log in with at {POSTFIX}")
    told = server.wait_for_event("trouble", where=f"login at {POSTFIX}")[0]["what"]  # a sender may hear the reply, but not this
    assert f"{server.directory}/password has mode 0644" in told and "chmod 600" in told
    write_password(server, PASSWORD)
    assert smart_postfix.inbox.wait_for(mark)


@pytest.mark.parametrize("offer", ["PLAIN LOGIN", "SCRAM-SHA-256 PLAIN"])
def test_a_stripped_offer_of_tls_gets_no_password(route_to, scripted, offer):
    """Whoever sits in between takes STARTTLS off the list, to be shown the password."""
    peer = scripted(namespace.ABROAD, ehlo=f"250-abroad.example\n250 AUTH {offer}", auth="235 2.7.0 welcome")
    server = route_to(f"{ABROAD}:25", username="julius", password="Et tu?")
    _, message = send(server, "a@far.example")
    if "SCRAM" in offer:
        expect_waits(server, message, "451 4.7.5", "without having proven itself")
        assert all(line.startswith("AUTH SCRAM-SHA-256 ") for line in peer.said("AUTH"))
    else:
        expect_waits(server, message, "451 4.7.11", "would be shown the password in the clear")
        assert not peer.said("AUTH")
    assert not peer.said("MAIL")


def test_what_was_offered_before_tls_is_forgotten_inside_it(route_to, scripted, authority):
    def ehlo(session, _line):
        return "250 scripted.example" if session.tls else "250-scripted.example\n250-AUTH PLAIN\n250 STARTTLS"

    peer = scripted(SINK, tls=authority.issue(SCRIPTED).server(), ehlo=ehlo, starttls="220 2.0.0 go ahead")
    server = route_to(f"{SCRIPTED}:25", tls="verified", username="julius", password="Et tu?")
    _, message = send(server, "a@far.example")
    expect_waits(server, message, "451 4.7.4", f"{SCRIPTED} does not offer AUTH")
    assert not peer.said("AUTH") and not peer.said("MAIL")


def test_no_password_is_shown_to_a_host_whose_certificate_does_not_hold(route_to, scripted, authority):
    stranger = Authority("impostor").issue(SCRIPTED)
    peer = scripted(SINK, tls=stranger.server(), starttls="220 2.0.0 go ahead",
                    ehlo="250-scripted.example\n250-AUTH PLAIN\n250 STARTTLS", auth="235 2.7.0 welcome")
    server = route_to(f"{SCRIPTED}:25", tls="verified", username="julius", password="Et tu?")
    _, message = send(server, "a@far.example")
    expect_waits(server, message, "451 4.7.5")
    assert not peer.said("AUTH")


def test_other_mail_of_the_same_host_is_not_sent_under_the_login(make_cursus, scripted, authority):
    """Two routes to one host, one of which logs in: their mail does not share a connection."""
    peer = scripted(SINK, tls=authority.issue(SCRIPTED).server(), starttls="220 2.0.0 go ahead",
                    ehlo="250-scripted.example\n250-AUTH PLAIN\n250 STARTTLS", auth="235 2.7.0 welcome")
    server = make_cursus()
    password = write_password(server, "Et tu?")
    server.settings["route"] = [
        {"domain": "ours.example", "hosts": [SCRIPTED], "username": "julius", "password_file": str(password)},
        {"domain": "theirs.example", "hosts": [SCRIPTED]},
    ]
    server.write_configuration()
    server.start()
    mark, _ = send(server, "a@ours.example", "b@theirs.example")
    for taken in peer.wait_for(mark, count=2):
        has_logged_in = any(line.startswith("AUTH PLAIN") for line in peer.sessions[taken.session].lines)
        assert has_logged_in == (taken.recipients == ["a@ours.example"])


# ---- what is shown

def test_the_demand_and_the_account_are_shown_and_the_password_is_not(route_to, smart_postfix):
    server = route_to(f"{POSTFIX}:587", tls="verified", username=USER, password=PASSWORD + "-secret")
    shown = server.command("route", "a@far.example").stdout
    assert f"tls=verified login={USER}:{server.directory}/password" in shown
    assert PASSWORD + "-secret" not in shown


def test_check_warns_of_passwords_that_will_not_do(make_cursus, authority):
    server = make_cursus()
    password = write_password(server, "Et tu?", 0o640)
    server.settings["route"] = [{"domain": "*", "hosts": [POSTFIX], "username": USER, "password_file": str(password)}]
    server.write_configuration()
    checked = server.command("check")
    assert checked.returncode == 0, checked.stderr
    assert f"{password} has mode 0640" in checked.stdout
    assert 'write tls = "verified"' in checked.stdout
    server.settings["route"][0]["tls"] = "verified"
    server.settings["delivery"]["trusted_roots"] = str(server.directory / "none.pem")
    write_password(server, "Et tu?")
    server.write_configuration()
    checked = server.command("check")
    assert "none.pem" in checked.stdout and "mode" not in checked.stdout
    server.settings["delivery"]["trusted_roots"] = str(authority.roots)
    server.write_configuration()
    assert "Warning" not in server.command("check").stdout
