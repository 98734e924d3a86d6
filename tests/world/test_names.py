"""Where mail goes by DNS, and what becomes of it when DNS says no, or nothing."""

import pytest

from harness.cursus import send
from harness.dns import AUTHORITY


@pytest.mark.parametrize("recipient, why", [
    ("a@sink.example", "one MX"),
    ("a@multi.example", "the first host refuses connections"),
    ("a@addresses.example", "the host's first address refuses connections"),
    ("a@nomx.example", "no MX: the domain's own address"),
    ("a@cname.example", "an MX that is an alias"),
    ("a@host.cname.example", "the domain is an alias"),
    ("a@bücher.example", "an internationalised domain"),
    ("a@signed.example", "a signed zone"),
])
def test_mail_arrives_although(cursus, scripted, recipient, why):
    sink = scripted("127.0.8.10", ehlo="250-scripted.example\n250-PIPELINING\n250-SMTPUTF8\n250 8BITMIME")
    mark, _ = send(cursus, recipient)
    taken, = sink.wait_for(mark)
    local_part, domain = recipient.split("@")
    ascii_form = f"{local_part}@{domain.encode('idna').decode()}"
    assert taken.recipients[0] in (recipient, ascii_form)


def test_mail_goes_by_ipv6_where_there_is_nothing_else(cursus, scripted):
    sink = scripted("2001:db8:25::1")
    mark, _ = send(cursus, "a@ipv6only.example")
    sink.wait_for(mark)


def test_hosts_of_equal_preference_share_the_mail(cursus, scripted):
    # One message a connection, so that each brings a choice of its own.
    ehlo = "250-scripted.example\n250 LIMITS MAILMAX=1"
    first, second = scripted("127.0.8.10", ehlo=ehlo), scripted("127.0.8.11", ehlo=ehlo)
    marks = []
    for number in range(40):
        marks.append(send(cursus, f"a{number}@equal.example")[0])
        if first.taken and second.taken:
            break
        cursus.wait_for_event("completed", len(marks))
    assert first.taken and second.taken


def test_a_backup_keeps_to_hosts_better_than_itself(make_cursus, scripted):
    server = make_cursus("mx1", domains={"local": ["alpha.example"], "relay": ["backup.example"]}, retry={"schedule": ["1h"]})
    worse = scripted("127.0.8.11")
    server.start()
    mark, message = send(server, "a@backup.example")
    server.wait_for_event("site_down", site="primary.backup.example:25 reach=private")
    assert not worse.sessions
    primary = scripted("127.0.8.10")
    server.queue("retry", message)
    primary.wait_for(mark)
    assert not worse.sessions


@pytest.mark.parametrize("recipient, status", [
    ("a@absent.example", "5.1.2"),
    ("a@nullmx.example", "5.1.10"),
    ("a@nodata.example", "5.1.2"),
    ("a@dangling.example", "5.1.2"),
    ("a@mxloop.example", "5.4.6"),
])
def test_what_dns_denies_is_reported_at_once(cursus, recipient, status):
    mark, message = send(cursus, recipient)
    bounced = cursus.wait_for_event("bounced", message=message)[0]
    assert f" {status}" in bounced["reply"], bounced
    report, = cursus.inbox("author").wait_for(mark)
    assert b"Action: failed" in report.content
    cursus.wait_for_event("completed", message=message)


# What is wrong with servfail.example, with the signatures of bogus.example and with aliases that go round, the resolver says as one: SERVFAIL.
@pytest.mark.parametrize("domain", ["servfail.example", "bogus.example", "round.cname.example"])
def test_what_dns_leaves_open_is_tried_again_and_never_bounced(make_cursus, domain):
    server = make_cursus("mx1", retry={"schedule": ["1s", "1h"]}).start()
    _, message = send(server, f"a@{domain}")
    server.wait_for_event("site_down", 2, site=f"domain:{domain}")
    assert not server.events("bounced", message=message)
    waiting, = server.waiting(message=message)
    assert waiting["last_reply"].startswith("451 4.4.3") and "SERVFAIL" in waiting["last_reply"]


def test_with_a_trust_anchor_secure_mail_passes_and_bogus_waits(make_cursus, dns, scripted):
    # From the authority itself: the resolver validates too, and would say of what is bogus only that it failed.
    server = make_cursus("mx1", dns={"servers": [f"{AUTHORITY}:53"], "trust_anchor": str(dns.trust_anchor)}).start()
    sink = scripted("127.0.8.10")
    for recipient in ("a@signed.example", "a@sink.example"):
        mark, _ = send(server, recipient)
        sink.wait_for(mark)
    _, message = send(server, "a@bogus.example")
    down, = server.wait_for_event("site_down", site="domain:bogus.example")
    assert down["why"] == "451 4.7.5 The DNS answer for bogus.example fails DNSSEC validation"
    assert not server.events("bounced", message=message)


def test_mail_waits_while_the_resolver_is_down(make_cursus, dns, scripted):
    server = make_cursus("mx1").start()
    sink = scripted("127.0.8.10")
    dns.stop_resolver()
    try:
        mark, message = send(server, "a@sink.example")
        server.wait_for_event("site_down", site="domain:sink.example", patience=120)
    finally:
        dns.start_resolver()
    server.command("queue", "retry", message)  # unless it is being tried already
    sink.wait_for(mark)


def test_a_domain_may_not_lead_to_loopback_by_default(make_cursus, scripted):
    server = make_cursus("mx1", delivery={"loopback": False}).start()
    sink = scripted("127.0.8.10")
    _, message = send(server, "a@sink.example")
    server.wait_for_event("bounced", message=message)
    assert not sink.sessions


def test_a_route_is_looked_at_before_mx(make_cursus, scripted):
    server = make_cursus("mx1", route=[{"domain": "*.example", "hosts": ["127.0.8.99:25", "127.0.8.12:2500"]}]).start()
    routed = scripted("127.0.8.12", port=2500)
    mark, _ = send(server, "a@absent.example")
    routed.wait_for(mark)


def test_recipients_of_one_destination_share_a_copy_unless_told_otherwise(make_cursus, scripted):
    server = make_cursus("mx1", route=[{"domain": "third.example", "hosts": ["127.0.8.12:25"], "single_copy": True}]).start()
    shared, single = scripted("127.0.8.10"), scripted("127.0.8.12")
    mark, _ = send(server, "a@sink.example", "b@sink.example", "a@third.example", "b@third.example")
    taken, = shared.wait_for(mark)
    assert sorted(taken.recipients) == ["a@sink.example", "b@sink.example"]
    assert sorted(message.recipients for message in single.wait_for(mark, 2)) == [["a@third.example"], ["b@third.example"]]
