"""Load whose every message is accounted for: who was told 250, who was not, and what there is in the end."""

import threading
from collections import Counter
from dataclasses import dataclass, field

from .dialogue import Dialogue, Ended

SESSIONS = 8
MARK_LENGTH = len("load-00-000000")


@dataclass
class Account:
    """Marks are unique; each message has one recipient."""

    acknowledged: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)    # the server said no: it must not deliver it either
    uncertain: set[str] = field(default_factory=set)  # in flight when the connection broke: either way is right


class Load:
    """Sends from several sessions at once, until stopped; sessions that break come back."""

    def __init__(self, host: str, recipients: list[str], account: Account, first: int, length: int = 2000):
        self._host, self._recipients, self._account, self._length = host, recipients, account, length
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._next = first
        self._threads = [threading.Thread(target=self._keep_sending, args=(number,)) for number in range(SESSIONS)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> int:
        """Returns the first number that was not used."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        return self._next

    def _keep_sending(self, session: int) -> None:
        while not self._stopping.is_set():
            try:
                with Dialogue(self._host, source=f"127.0.9.{100 + session}", patience=30) as client:
                    client.greet()
                    while not self._stopping.is_set():
                        self._send_one(client, session)
            except (OSError, Ended, AssertionError):
                # The server is gone, for the moment or for good.
                self._stopping.wait(0.01)

    def _send_one(self, client: Dialogue, session: int) -> None:
        with self._lock:
            number, self._next = self._next, self._next + 1
        mark = f"load-{session:02}-{number:06}"
        recipient = self._recipients[number % len(self._recipients)]
        client.expect("250", "MAIL FROM:<>")
        client.expect("250", f"RCPT TO:<{recipient}>")
        client.expect("354", "DATA")
        text = f"Subject: {mark}\r\n\r\n"
        text += "x" * 70 + "\r\n"
        text += ("y" * 98 + "\r\n") * (self._length // 100)
        with self._lock:
            self._account.uncertain.add(mark)
        client.raw(text.encode() + b".\r\n")
        reply = client.reply()
        with self._lock:
            self._account.uncertain.discard(mark)
            (self._account.acknowledged if reply.startswith("250") else self._account.refused).add(mark)


def marks_in(content: bytes) -> str:
    """The mark of a message of this load; the empty string for any other."""
    at = content.find(b"Subject: load-")
    return content[at + 9:at + 9 + MARK_LENGTH].decode() if at >= 0 else ""


def copies(contents) -> Counter:
    """How often each mark is among these messages."""
    return Counter(mark for mark in map(marks_in, contents) if mark)


def settle_up(account: Account, found: Counter) -> dict[str, int]:
    """Asserts that nothing acknowledged is lost and nothing refused was delivered; returns the duplicates."""
    lost = sorted(account.acknowledged - set(found))
    assert not lost, f"{len(lost)} acknowledged messages are lost, among them {lost[:5]}"
    forbidden = sorted(account.refused & set(found))
    assert not forbidden, f"{len(forbidden)} refused messages were delivered all the same, among them {forbidden[:5]}"
    unknown = sorted(set(found) - account.acknowledged - account.uncertain)
    assert not unknown, f"messages nobody sent: {unknown[:5]}"
    return {mark: count - 1 for mark, count in found.items() if count > 1}
