"""Routes of the operator's own: from tables that change and vanish, by pattern, over hosts that are as good as one another,
and how long a backup waits for each domain."""

import pytest

from harness.cursus import send
from harness.processes import wait_until

SINK, SECOND, THIRD, NOBODY = "127.0.8.10", "127.0.8.11", "127.0.8.12", "127.0.8.99"


@pytest.fixture
def by_table(make_cursus):
    """A server that looks into a file for the hosts of every domain. The table is named `hosts`."""
    server = make_cursus(retry={"schedule": ["1h"]})
    table = server.directory / "hosts"
    table.write_text(f"exact.example: {NOBODY}, {SINK}:2525\n*.wide.example: {SECOND}\nbroken.example: [what is this\n")
    server.settings |= {
        "table": [{"name": "hosts", "kind": "file", "path": str(table)}],
        "route": [{"domain": "*", "table": "table:hosts"}],
    }
    server.write_configuration()
    return server.start()


def test_a_table_names_the_hosts_of_a_domain_and_of_those_below_it(by_table, scripted):
    exact, wide, by_mx = scripted(SINK, port=2525), scripted(SECOND), scripted(THIRD)
    mark, _ = send(by_table, "a@exact.example", "b@deep.down.wide.example", "c@third.example")
    for sink, recipient in ((exact, "a@exact.example"), (wide, "b@deep.down.wide.example"), (by_mx, "c@third.example")):
        taken, = sink.wait_for(mark)
        assert taken.recipients == [recipient]
    by_table.wait_until_empty()


def test_a_changed_table_counts_for_mail_that_waits(by_table, scripted):
    mark, message = send(by_table, "a@exact.example")
    by_table.wait_for_event("site_down")
    moved = scripted(THIRD)
    (by_table.directory / "hosts").write_text(f"exact.example: {THIRD}\n")
    # A file that has only just been written may not be whole; what is asked in between finds it as it was.
    wait_until(lambda: by_table.command("queue", "retry", message) and moved.taken, "the new host's mail", 30)
    assert moved.wait_for(mark)


@pytest.mark.parametrize("trouble", ["absent", "broken row"])
def test_mail_waits_while_its_table_gives_no_answer(by_table, trouble):
    if trouble == "absent":
        (by_table.directory / "hosts").unlink()
    domain = "broken.example" if trouble == "broken row" else "third.example"
    _, message = send(by_table, f"a@{domain}")
    down, = by_table.wait_for_event("site_down", site=f"table-route:{domain}")
    assert "hosts:" in down["why"]
    assert [row["message"] for row in by_table.waiting()] == [message]


def test_an_expression_chooses_domains(make_cursus, scripted):
    server = make_cursus(route=[{"pattern": r"^(mx|mail)[0-9]+\.example$", "hosts": [SECOND]}]).start()
    chosen, by_mx = scripted(SECOND), scripted(SINK)
    mark, _ = send(server, "a@mail12.example", "b@sink.example")
    assert chosen.wait_for(mark)[0].recipients == ["a@mail12.example"]
    assert by_mx.wait_for(mark)[0].recipients == ["b@sink.example"]


def test_hosts_of_one_preference_share_the_mail_and_the_next_has_it_when_they_are_away(make_cursus, scripted):
    server = make_cursus(route=[{"domain": "far.example", "hosts": [[SINK, SECOND], THIRD]}]).start()
    last = scripted(THIRD)
    mark, _ = send(server, "a@far.example")
    last.wait_for(mark)
    # One message a connection, so that each brings a choice of its own.
    ehlo = "250-scripted.example\n250 LIMITS MAILMAX=1"
    equals = [scripted(SINK, ehlo=ehlo), scripted(SECOND, ehlo=ehlo)]
    server.stop()
    server.start()

    def both_have_some() -> bool:
        send(server, "a@far.example")
        return all(sink.taken for sink in equals)

    wait_until(both_have_some, "mail at both hosts", 60)
    assert len(last.taken) == 1


def test_a_smarthost_takes_everything_address_literals_too(make_cursus, scripted):
    server = make_cursus(route=[{"domain": "*", "hosts": [f"{THIRD}:2500"]}]).start()
    smarthost = scripted(THIRD, port=2500)
    recipients = ["a@absent.example", "b@[192.0.2.1]", "c@[IPv6:2001:db8::1]", "d@sink.example"]
    mark, _ = send(server, *recipients)
    wait_until(lambda: sum(len(taken.recipients) for taken in smarthost.taken) == 4, "all four", 30)
    assert sorted(recipient for taken in smarthost.wait_for(mark) for recipient in taken.recipients) == recipients
    server.wait_until_empty()


def test_a_backup_waits_as_long_as_each_domain_asks(make_cursus, scripted):
    """Both primaries are away. One domain's mail is given up soon, the other's waits on and arrives."""
    server = make_cursus(
        domains={"local": ["alpha.example"], "relay": ["backup.example", "unreachable.example"]},
        domain=[{"name": "unreachable.example", "give_up_after": "61s", "warn_after": "1m"}],
        retry={"schedule": ["1s"], "give_up_after": "1d"},
    ).start()
    mark, message = send(server, "a@unreachable.example", "b@backup.example")
    bounced, = server.wait_for_event("bounced", message=message, patience=90)
    assert bounced["recipient"] == "a@unreachable.example"
    report, = server.inbox("author").wait_for("Action: failed")
    assert b"a@unreachable.example" in report.original and b"b@backup.example" not in report.original
    primary = scripted(SINK)
    assert primary.wait_for(mark, patience=60)[0].recipients == ["b@backup.example"]
    server.wait_until_empty()


def test_the_tree_of_an_address_shows_where_its_domain_leads(by_table):
    shown = by_table.command("route", "a@exact.example")
    assert shown.returncode == 0, shown.stderr
    assert f"{NOBODY}:25" in shown.stdout and f"{SINK}:2525" in shown.stdout
