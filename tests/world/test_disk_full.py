"""A small file system that fills up: refused for now, nothing lost, and accepting again when there is room."""

import errno
import os
import pwd

import pytest

from harness import namespace
from harness.load import Account, Load, copies, settle_up
from harness.processes import wait_until
from harness.senders import a_message, new_mark

SIZE = "96m"


@pytest.fixture
def on_small_disk(make_cursus):
    server = make_cursus("mx1", queue={"min_free": "4MiB", "segment_size": "4MiB"}, retry={"schedule": ["1s"]},
                         relay={"hosts": ["127.0.0.0/8"]}, journal={"size": "16MiB"})
    namespace.mount_tmpfs(server.data, SIZE)
    owner = pwd.getpwnam("cursus")
    os.chown(server.data, owner.pw_uid, owner.pw_gid)
    yield server
    server.stop()
    namespace.unmount(server.data)


def fill(directory, leave: int):
    """A file that takes all the room but `leave` octets, however much the server takes for itself meanwhile."""
    path = directory / "ballast"

    def is_filled() -> bool:
        room = os.statvfs(directory)
        with open(path, "wb") as ballast:
            try:
                os.posix_fallocate(ballast.fileno(), 0, max(1, room.f_bavail * room.f_frsize - leave))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                return False
        return True

    wait_until(is_filled, "the disk to be filled")
    return path


def try_to_send(server) -> str:
    mark = new_mark()
    with server.dialogue() as client:
        reply = client.say("MAIL FROM:<>")
        if not reply.startswith("250"):
            return reply
        client.expect("250", "RCPT TO:<known@alpha.example>")
        reply = client.say("DATA")
        if not reply.startswith("354"):
            return reply
        client.raw(a_message(mark).replace(b"\r\n.", b"\r\n..") + b".\r\n")
        return client.reply()


def test_below_the_reserve_new_mail_is_refused_for_now_and_taken_again_with_room(on_small_disk):
    server = on_small_disk.start()
    assert try_to_send(server).startswith("250")
    ballast = fill(server.data, 1024 * 1024)
    wait_until(lambda: try_to_send(server).startswith("452 4.3.1"), "a refusal for want of room")
    ballast.unlink()
    wait_until(lambda: try_to_send(server).startswith("250"), "mail being taken again")


def test_a_disk_that_fills_up_under_load_loses_nothing(on_small_disk, scripted):
    server = on_small_disk
    server.settings["queue"]["min_free"] = "0B"
    server.write_configuration()
    server.start()
    account = Account()
    # The sink is down: everything stays in the queue until the disk is full.
    load = Load(server.address, ["load@sink.example"], account, 0, length=50_000)
    wait_until(lambda: account.refused, "the disk to be full", patience=90)
    number = load.stop()
    server.must_run()
    assert account.acknowledged
    sink = scripted("127.0.8.10")
    server.command("queue", "retry", "--domain", "sink.example")  # what is busy is being tried already
    server.wait_until_empty(patience=120)
    duplicates = settle_up(account, copies(message.content for message in sink.taken))
    assert not duplicates
    again = Account()
    load = Load(server.address, ["load@sink.example"], again, number, length=50_000)
    wait_until(lambda: len(again.acknowledged) > 20, "mail being taken again", patience=60)
    load.stop()
    server.wait_until_empty(patience=60)


def test_a_full_disk_at_start_is_survived(on_small_disk, scripted):
    server = on_small_disk.start()
    account = Account()
    load = Load(server.address, ["load@sink.example"], account, 0)
    wait_until(lambda: len(account.acknowledged) > 200, "some messages in the queue")
    load.stop()
    server.kill()
    ballast = fill(server.data, 64 * 1024)
    server.launch()
    has_ended = _ends_by_itself(server)
    ballast.unlink()
    if has_ended:
        server.start()
    sink = scripted("127.0.8.10")
    wait_until(lambda: try_to_send(server).startswith("250"), "mail being taken again")
    server.wait_until_empty(patience=60)
    assert not settle_up(account, copies(message.content for message in sink.taken))


def _ends_by_itself(server) -> bool:
    """With no room at all it may refuse to start, as long as it says so, or serve and answer 452."""
    wait_until(lambda: server.has_ended() or _answers(server), "a start or a refusal to start")
    return server.has_ended()


def _answers(server) -> bool:
    try:
        return bool(try_to_send(server))
    except OSError:
        return False
