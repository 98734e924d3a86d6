"""Starting programs, waiting for what they do, and ending each by its id."""

import os
import signal
import subprocess
import time
from pathlib import Path

from . import paths

PATIENCE = 30.0  # seconds until a wait for something that should happen at once is given up


def wait_until(condition, what: str, patience: float = PATIENCE):
    """Asks `condition` until its answer is true, and returns that answer. `what` completes "waited in vain for"."""
    give_up = time.monotonic() + patience
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > give_up:
            raise AssertionError(f"waited {patience:g} s in vain for {what}")
        time.sleep(0.02)


class Process:
    """A running program with its descendants. Its output goes to WORLD/NAME.out."""

    def __init__(self, name: str, command: list, **options):
        self.name = name
        self.output_path = paths.WORLD / f"{name}.out"
        with open(self.output_path, "ab") as output:
            self._popen = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output,
                                           stderr=output, start_new_session=True, **options)

    @property
    def pid(self) -> int:
        return self._popen.pid

    def output(self) -> str:
        return self.output_path.read_text(errors="replace")

    def has_ended(self) -> bool:
        return self._popen.poll() is not None

    def wait(self, patience: float = PATIENCE) -> int:
        return self._popen.wait(patience)

    def must_run(self) -> None:
        if self.has_ended():
            raise AssertionError(f"{self.name} ended with {self._popen.returncode}:\n{self.output()[-4000:]}")

    def signal(self, number: int) -> None:
        self._popen.send_signal(number)

    def kill(self) -> int:
        """SIGKILL to the program itself; returns when it is gone."""
        self._popen.kill()
        return self._popen.wait(PATIENCE)

    def stop(self, patience: float = 10.0) -> int:
        """SIGTERM, then SIGKILL to whatever of it is left. Returns the exit status."""
        family = descendants(self.pid)
        if not self.has_ended():
            self._popen.terminate()
            try:
                self._popen.wait(patience)
            except subprocess.TimeoutExpired:
                self._popen.kill()
                self._popen.wait(PATIENCE)
        end_all(family)
        return self._popen.returncode


def descendants(ancestor: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            parent = _parent(int(entry.name))
            children.setdefault(parent, []).append(int(entry.name))
    found, ahead = [], [ancestor]
    while ahead:
        for child in children.get(ahead.pop(), []):
            found.append(child)
            ahead.append(child)
    return found


def _parent(pid: int) -> int:
    try:
        # The command name may hold anything, parentheses too: the fields after the last one are safe.
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0


def end_all(pids: list[int]) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        give_up = time.monotonic() + 3
        pids = [pid for pid in pids if _is_alive(pid)]
        for pid in pids:
            _send(pid, sign)
        while any(_is_alive(pid) for pid in pids) and time.monotonic() < give_up:
            time.sleep(0.02)


def _send(pid: int, sign: int) -> None:
    try:
        os.kill(pid, sign)
    except ProcessLookupError:
        pass


def _is_alive(pid: int) -> bool:
    if _parent(pid) == os.getpid():  # an orphan that came to us: take leave of it
        try:
            return os.waitpid(pid, os.WNOHANG)[0] == 0
        except ChildProcessError:
            return False
    return Path(f"/proc/{pid}").exists()
