"""What an operator sees and does: cursus check, queue and trace, and the metrics."""

import os
import urllib.request

import pytest

from harness.cursus import id_of
from harness.processes import wait_until
from harness.senders import a_message, new_mark

SENDER = "author@alpha.example"


@pytest.fixture
def waiting(make_cursus):
    """A server with messages for a host that is down: 3 from one sender, 2 from another."""
    server = make_cursus("mx1", retry={"schedule": ["1h"]}).start()
    ids = []
    with server.dialogue() as client:
        for sender, recipient in (("one@alpha.example", "a@second.example"),) * 3 + (("two@alpha.example", "b@third.example"),) * 2:
            ids.append(id_of(client.send(sender, [recipient], a_message(new_mark()))))
    server.wait_for_event("site_down", 2)
    return server, ids


def test_the_queue_is_listed_by_id_destination_and_sender(waiting):
    server, ids = waiting
    assert sorted(row["message"] for row in server.queue("list")) == sorted(ids)
    assert sorted(row["message"] for row in server.queue("list", "--domain", "second.example")) == sorted(ids[:3])
    assert sorted(row["message"] for row in server.queue("list", "--sender", "two@alpha.example")) == sorted(ids[3:])
    row, = server.queue("show", ids[0])
    assert (row["sender"], row["recipient"], row["state"]) == ("one@alpha.example", "a@second.example", "due")
    table = server.command("queue", "list")
    assert table.returncode == 0 and all(message in table.stdout for message in ids)


def test_the_summary_counts_by_destination(waiting):
    server, _ = waiting
    counts = {row["destination"].split(":")[-1]: row["recipients"] for row in server.queue("summary")}
    assert counts == {"second.example": 3, "third.example": 2}


def test_what_waits_for_a_site_that_is_down_says_so(waiting):
    server, ids = waiting
    row, = [row for row in server.queue("summary") if "second.example" in row["destination"]]
    assert row["site"]["failures"] == 1 and "refused" in row["site"]["why"]
    listed, = server.queue("show", ids[0])
    assert listed["last_reply"] == row["site"]["why"] and listed["due"] == row["site"]["next_try"]


def test_removed_recipients_are_gone_and_nobody_is_told(waiting):
    server, ids = waiting
    assert server.queue("remove", "--sender", "two@alpha.example") == {"recipients": 2}
    assert server.queue("remove", ids[0]) == {"recipients": 1}
    assert sorted(row["message"] for row in server.queue("list")) == sorted(ids[1:3])
    assert len(server.wait_for_event("removed", 3)) == 3 and not server.events("reported")
    assert server.command("queue", "remove", ids[0]).returncode == os.EX_NOINPUT


def test_retry_tries_at_once_and_only_what_was_named(waiting, scripted):
    server, ids = waiting
    second, third = scripted("127.0.8.11"), scripted("127.0.8.12")
    server.queue("retry", "--domain", "second.example")
    server.wait_for_event("completed", 3)
    assert len(second.taken) == 3 and not third.sessions
    assert sorted(row["message"] for row in server.queue("list")) == sorted(ids[3:])


def test_the_queue_survives_a_restart_as_it_was(waiting):
    server, ids = waiting
    before = server.queue("list")
    assert server.stop() == 0
    server.start()
    after = server.queue("list")
    assert [(row["message"], row["recipient"]) for row in after] == [(row["message"], row["recipient"]) for row in before]


def test_a_message_or_address_nobody_knows_is_said_to_be_unknown(waiting):
    server, _ = waiting
    assert server.command("trace", "0000000000000").returncode == os.EX_NOINPUT
    assert server.command("trace", "nonsense").returncode == os.EX_USAGE
    assert server.command("queue", "remove").returncode == os.EX_USAGE


def test_an_address_leads_to_its_messages(waiting):
    server, ids = waiting
    wait_until(lambda: set(ids[3:]) <= set(server.trace("b@third.example")), "all of them in the journal")


def test_check_lists_the_relay_paths_and_names_mistakes_with_their_place(make_cursus):
    server = make_cursus("mx1")
    good = server.command("check")
    assert good.returncode == 0 and "alpha.example" in good.stdout and "127.0.9.0/24" in good.stdout
    server.settings["limits"] = {"mesage_size": "10MiB"}
    server.write_configuration()
    bad = server.command("check")
    line = 1 + server.configuration.read_text().split("\n").index('mesage_size = "10MiB"')
    assert bad.returncode == os.EX_CONFIG
    assert f"{server.configuration}:{line}:" in bad.stderr and "message_size" in bad.stderr
    refused = server.command("serve")
    assert refused.returncode == os.EX_CONFIG and "mesage_size" in refused.stderr


def test_metrics_are_served_in_the_prometheus_form(make_cursus):
    server = make_cursus("mx1", admin={"metrics": "127.0.1.10:9125"}).start()
    mark = new_mark()
    with server.dialogue() as client:
        client.send(SENDER, ["known@alpha.example"], a_message(mark))
    server.inbox().wait_for(mark)
    server.wait_for_event("completed")
    with urllib.request.urlopen("http://127.0.1.10:9125/metrics") as answer:
        lines = answer.read().decode().splitlines()
    values = dict(line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
    assert all(float(value) >= 0 for value in values.values())
    assert any("accepted" in name and float(value) == 1 for name, value in values.items())


def test_the_admin_socket_is_closed_to_others(make_cursus):
    server = make_cursus("mx1").start()
    mode = os.stat(server.settings["admin"]["socket"]).st_mode
    assert mode & 0o007 == 0


def test_privileges_are_dropped_once_listeners_are_bound(make_cursus):
    server = make_cursus("mx1").start()
    uids = next(line for line in open(f"/proc/{server.pid}/status") if line.startswith("Uid:")).split()[1:]
    gids = next(line for line in open(f"/proc/{server.pid}/status") if line.startswith("Groups:")).split()[1:]
    assert len(set(uids)) == 1 and "0" not in uids and "0" not in gids
    mark = new_mark()
    with server.dialogue() as client:
        client.send(SENDER, ["known@alpha.example"], a_message(mark))
    stored, = server.inbox().wait_for(mark)
    assert str(os.stat(stored.path).st_uid) == uids[0] and os.stat(stored.path).st_mode & 0o077 == 0
