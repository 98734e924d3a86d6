"""Peers that refuse, stall, lie or die, and what that costs others: nothing."""

import threading

import pytest

from harness.cursus import AUTHOR, send
from harness.dialogue import Dialogue
from harness.processes import wait_until
from harness.scripted import Drop, Hang, greylisting
from harness.senders import a_message, new_mark


def once(first, then):
    """An answer that is `first` the first time and `then` ever after."""
    state = {"asked": False}
    lock = threading.Lock()

    def answer(_session, _argument):
        with lock:
            was_asked, state["asked"] = state["asked"], True
        return then if was_asked else first

    return answer


def test_a_greylisting_peer_gets_it_the_second_time(cursus, scripted):
    sink = scripted("127.0.8.10", rcpt=greylisting(2))
    mark, message = send(cursus, "a@sink.example")
    taken, = sink.wait_for(mark)
    assert taken.recipients == ["a@sink.example"]
    cursus.wait_for_event("completed", message=message)
    assert len(cursus.events("deferred", message=message)) == 2


@pytest.mark.parametrize("stage, refusal", [
    ("mail", "451 4.3.0 not now"), ("rcpt", "450 4.2.1 not now"), ("data", "451 4.3.0 not now"), ("dot", "452 4.3.1 not now"),
    ("banner", "421 4.3.2 not now"), ("ehlo", "421 4.3.2 not now"), ("mail", "421 4.3.2 not now"), ("rcpt", "421 4.3.2 not now"),
    ("data", "421 4.3.2 not now"), ("dot", "421 4.3.2 not now"), ("banner", Drop), ("mail", Drop), ("rcpt", Drop), ("data", Drop),
    ("dot", Drop),
])
def test_a_temporary_failure_at_any_stage_is_tried_again(make_cursus, scripted, stage, refusal):
    server = make_cursus("mx1").start()
    default = scripted("127.0.8.12").DEFAULTS[stage]
    sink = scripted("127.0.8.10", **{stage: once(refusal, default)})
    mark, message = send(server, "a@sink.example")
    server.wait_for_event("completed", message=message)
    # A connection lost after the final dot may mean two copies, and nothing else may.
    assert len(sink.with_mark(mark)) == (2 if (stage, refusal) == ("dot", Drop) else 1)
    assert not server.events("bounced", message=message)


@pytest.mark.parametrize("stage, refusal", [
    ("mail", "550 5.7.1 never"), ("rcpt", "550 5.1.1 never"), ("data", "554 5.6.0 never"), ("dot", "554 5.6.0 never"),
])
def test_a_permanent_refusal_is_reported_once_with_the_peer_s_words(cursus, scripted, stage, refusal):
    sink = scripted("127.0.8.10", **{stage: refusal})
    mark, message = send(cursus, "a@sink.example")
    cursus.wait_for_event("completed", message=message)
    report, = cursus.inbox("author").wait_for(mark)
    assert refusal.encode() in report.content and b"mx.sink.example" in report.content
    assert report.trace[0] == "Return-Path: <>"
    assert len(sink.sessions) == 1


def test_nobody_is_told_of_a_notification_that_fails(cursus, scripted):
    scripted("127.0.8.10", rcpt="550 5.1.1 never")
    mark, message = send(cursus, "a@sink.example", sender="")
    cursus.wait_for_event("bounced", message=message)
    cursus.wait_for_event("completed", message=message)
    assert not cursus.events("reported", message=message)


def test_one_refused_recipient_does_not_keep_the_others_from_theirs(cursus, scripted):
    sink = scripted("127.0.8.10", rcpt=lambda _, line: "550 5.1.1 no" if "bad" in line else "250 2.1.5 yes")
    mark, _ = send(cursus, "good@sink.example", "bad@sink.example", "fine@sink.example")
    taken, = sink.wait_for(mark)
    assert sorted(taken.recipients) == ["fine@sink.example", "good@sink.example"]
    report, = cursus.inbox("author").wait_for(mark)
    assert b"bad@sink.example" in report.content
    assert report.content.lower().count(b"final-recipient:") == 1


def test_a_peer_that_takes_few_recipients_at_a_time_gets_the_rest_in_another_transaction(cursus, scripted):
    counts: dict[tuple[int, int], int] = {}

    def at_most_two(session, _line):
        transaction = (session.number, sum(line.startswith("MAIL") for line in session.lines))
        counts[transaction] = counts.get(transaction, 0) + 1
        return "250 2.1.5 yes" if counts[transaction] <= 2 else "452 4.5.3 too many recipients"

    sink = scripted("127.0.8.10", rcpt=at_most_two)
    recipients = [f"a{number}@sink.example" for number in range(5)]
    mark, message = send(cursus, *recipients)
    cursus.wait_for_event("completed", message=message)
    assert sorted(name for taken in sink.with_mark(mark) for name in taken.recipients) == recipients


def test_connections_are_reused(make_cursus, scripted):
    server = make_cursus("mx1", delivery={"connections_per_site": 1}).start()
    sink = scripted("127.0.8.10")
    mark = new_mark()
    with server.dialogue() as client:
        for _ in range(20):
            client.send(AUTHOR, ["a@sink.example"], a_message(mark))
    sink.wait_for(mark, 20)
    assert len(sink.sessions) < 20


@pytest.mark.parametrize("stage", ["banner", "rcpt", "dot"])
def test_a_site_that_hangs_delays_no_other(cursus, scripted, stage):
    scripted("127.0.8.11", **{stage: Hang})
    sink = scripted("127.0.8.10")
    for _ in range(30):
        send(cursus, "a@second.example")
    mark, message = send(cursus, "b@sink.example")
    sink.wait_for(mark, patience=10)
    cursus.wait_for_event("completed", message=message)
    assert not cursus.events("bounced", recipient="a@second.example")
    cursus.command("queue", "remove", "--domain", "second.example")  # those that are being tried stay, and are told as busy


def test_a_dead_site_delays_no_other_and_has_everything_once_it_is_back(make_cursus, scripted):
    server = make_cursus("mx1").start()
    marks = [send(server, "a@second.example")[0] for _ in range(50)]
    sink = scripted("127.0.8.10")
    mark, _ = send(server, "b@sink.example")
    sink.wait_for(mark, patience=10)
    server.wait_for_event("site_down", site="mx.second.example:25")
    row, = [row for row in server.queue("summary") if "second.example" in row["destination"]]
    assert row["recipients"] == 50
    back = scripted("127.0.8.11")
    for mark in marks:
        back.wait_for(mark)
    server.wait_until_empty()
    assert len(back.taken) == 50


@pytest.mark.parametrize("reply", [
    pytest.param("250-" + "\n250-".join(["x" * 200] * 2000) + "\n250 end", id="2000 lines"),
    pytest.param("250 " + "x" * 100_000, id="a line of 100000"),
    "999 what", "250", "hello there", "354 go on", "1",
])
def test_a_reply_no_server_should_give_is_survived(cursus, scripted, reply):
    scripted("127.0.8.10", mail=reply)
    _, message = send(cursus, "a@sink.example")
    cursus.wait_for_event("attempted", message=message)
    mark = new_mark()
    with cursus.dialogue() as client:
        client.send(AUTHOR, ["known@alpha.example"], a_message(mark))
    cursus.inbox().wait_for(mark)
    cursus.command("queue", "remove", message)  # unless it is being tried


def test_an_internationalised_address_fails_clearly_at_a_peer_without_smtputf8(cursus, scripted):
    scripted("127.0.8.10")
    mark = new_mark()
    with cursus.dialogue() as client:
        client.send(AUTHOR, ["jürgen@sink.example"], a_message(mark), " SMTPUTF8")
    report, = cursus.inbox("author").wait_for(mark)
    assert b"5.6.7" in report.content


def test_mail_between_two_that_hold_each_other_responsible_ends(make_cursus):
    """alpha sends all of loop.example to beta, and beta sends it back: RFC 5321 §6.3 stops it."""
    first = make_cursus("mx1", route=[{"domain": "loop.example", "hosts": ["127.0.1.11:25"]}],
                        domains={"relay": ["loop.example"]}).start()
    make_cursus("mx2", "127.0.1.11", route=[{"domain": "loop.example", "hosts": ["127.0.1.10:25"]}],
                domains={"local": [], "relay": ["loop.example"]}, relay={"hosts": ["127.0.0.0/8"]}).start()
    mark, _ = send(first, "a@loop.example")
    report, = first.inbox("author").wait_for(mark)
    assert b"5.4.6" in report.content


def test_a_peer_s_line_after_the_final_dot_is_waited_for(cursus, scripted):
    """While the peer is silent after the dot, the message is neither settled nor sent again."""
    release = threading.Event()

    def slow(_session, _content):
        release.wait(20)
        return "250 2.0.0 at last"

    sink = scripted("127.0.8.10", dot=slow)
    mark, message = send(cursus, "a@sink.example")
    wait_until(lambda: sink.said("DATA"), "the transaction at the peer")
    assert cursus.waiting(message=message)[0]["state"] == "leased"
    release.set()
    cursus.wait_for_event("completed", message=message)
    assert len(sink.with_mark(mark)) == 1


def test_the_session_of_a_stopped_program_is_ended_towards_its_peer(make_cursus, scripted):
    server = make_cursus("mx1").start()
    sink = scripted("127.0.8.10", mail=Hang)
    _, message = send(server, "a@sink.example")
    wait_until(lambda: sink.said("MAIL"), "the transaction at the peer")
    assert server.stop() == 0
    again = server.start()
    assert again.waiting(message=message)
    with Dialogue(server.address) as client:
        client.greet()
