"""Cursus itself: a configuration, the running program, and everything it leaves to be read."""

import copy
import json
import os
import pwd
import re
import signal
import subprocess

from . import dns, paths
from .dialogue import Dialogue, wait_for_banner
from .maildir import Maildir
from .processes import Process, wait_until
from .senders import a_message, new_mark

DOMAIN = "alpha.example"
AUTHOR = f"author@{DOMAIN}"

# What differs from the defaults, so that a test takes seconds: it all happens on loopback, and at once.
SETTINGS = {
    "dns": {"servers": [f"{dns.RESOLVER}:53"]},
    "delivery": {"loopback": True},
    "relay": {"hosts": ["127.0.9.0/24", "::1"]},
    "retry": {"schedule": ["1s"]},
    "log": {"format": "json"},
    # Senders of these tests often have domains that nobody has ever heard of.
    "policy": {"default_rules": False},
}


class Cursus:
    """mx1.alpha.example at 127.0.1.10 unless told otherwise. `settings` are merged over SETTINGS, table by table."""

    def __init__(self, name: str = "mx1", address: str = "127.0.1.10", own_domain: str = DOMAIN, **settings):
        self.name, self.address, self.own_domain = name, address, own_domain
        self.directory = paths.WORLD / name
        self.configuration = self.directory / "cursus.toml"
        self.data = self.directory / "data"
        self.settings = merged(self._own_settings(), SETTINGS, settings)
        self._process: Process | None = None
        owner = pwd.getpwnam("cursus")
        for directory in (self.directory, self.data, self.directory / "mail"):
            directory.mkdir(exist_ok=True)
            os.chown(directory, owner.pw_uid, owner.pw_gid)
        self.write_configuration()

    def _own_settings(self) -> dict:
        return {
            "hostname": f"{self.name}.{self.own_domain}",
            "data_dir": str(self.data),
            "run_as": "cursus",
            "listener": [{"name": "mx", "address": [f"{self.address}:25"], "tls": "none"}],
            "domains": {"local": [self.own_domain]},
            "local": {"mailbox": f"maildir:{self.directory}/mail/{{domain}}/{{local_part}}", "users": "any", "aliases": []},
            "admin": {"socket": str(self.directory / "admin.sock")},
        }

    def write_configuration(self) -> None:
        self.configuration.write_text(as_toml(self.settings))

    # ---- running

    def start(self) -> "Cursus":
        self.launch()
        wait_for_banner(self.address, 25, self._process)
        return self

    def launch(self) -> None:
        """Starts it and waits for nothing."""
        assert paths.CURSUS.exists(), f"{paths.CURSUS} is missing: build preset {paths.PRESET} first"
        self._process = Process(self.name, [paths.CURSUS, "--config", self.configuration, "serve"])

    def stop(self) -> int | None:
        """SIGTERM; the exit status, which a clean end makes 0."""
        status = self._process.stop(patience=30) if self._process and not self._process.has_ended() else None
        self._process = None
        return status

    def kill(self) -> None:
        self._process.kill()

    def terminate(self) -> None:
        self._process.signal(signal.SIGTERM)

    def wait(self) -> int:
        return self._process.wait()

    def has_ended(self) -> bool:
        return self._process.has_ended()

    def must_run(self) -> None:
        self._process.must_run()

    @property
    def pid(self) -> int:
        return self._process.pid

    # ---- talking to it

    def dialogue(self, source: str = "127.0.9.10", greet: bool = True) -> Dialogue:
        dialogue = Dialogue(self.address, source=source)
        if greet:
            dialogue.greet()
        return dialogue

    def command(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run([str(paths.CURSUS), "--config", str(self.configuration), *words], capture_output=True,
                              text=True, timeout=60)

    def add_account(self, account: str, password: str) -> None:
        done = subprocess.run([str(paths.CURSUS), "--config", str(self.configuration), "user", "add", account], input=password + "\n",
                              capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr

    def queue(self, *words: str):
        """`cursus queue WORDS --json`, decoded."""
        done = self.command("queue", *words, "--json")
        assert done.returncode in (0, os.EX_NOINPUT), done.stderr
        return json.loads(done.stdout)

    def trace(self, subject: str) -> list[dict]:
        done = self.command("trace", subject, "--json")
        assert done.returncode in (0, os.EX_NOINPUT), done.stderr
        return json.loads(done.stdout) if done.stdout else []

    def waiting(self, **fields) -> list[dict]:
        """Recipients in the queue, those with these values."""
        return matching(self.queue("list"), fields)

    def wait_until_empty(self, patience: float = 30.0) -> None:
        wait_until(lambda: not self.queue("list"), f"an empty queue of {self.name}", patience)

    # ---- what it leaves

    def inbox(self, local_part: str = "known") -> Maildir:
        return Maildir(self.directory / "mail" / self.own_domain / local_part)

    def events(self, kind: str | None = None, **fields) -> list[dict]:
        """The log's events so far: all, or those of this kind with these values."""
        lines = self.output().splitlines()
        decoded = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
        return matching([event for event in decoded if kind in (None, event["event"])], fields)

    def wait_for_event(self, kind: str, count: int = 1, patience: float = 30.0, **fields) -> list[dict]:
        what = f"{count} event(s) {kind} {fields} of {self.name}"
        wait_until(lambda: len(self.events(kind, **fields)) >= count, what, patience)
        return self.events(kind, **fields)

    def output(self) -> str:
        path = paths.WORLD / f"{self.name}.out"
        return path.read_text(errors="replace") if path.exists() else ""


def send(cursus: Cursus, *recipients: str, sender: str = AUTHOR) -> tuple[str, str]:
    """A message from inside, which may go anywhere. Returns its mark and its id."""
    mark = new_mark()
    parameters = "" if all(recipient.isascii() for recipient in recipients) else " SMTPUTF8"
    with cursus.dialogue() as client:
        return mark, id_of(client.send(sender, list(recipients), a_message(mark), parameters))


def id_of(reply: str) -> str:
    """The message's id in the final reply, "250 2.0.0 OK id=..."."""
    found = re.search(r"\bid=([0-9A-Za-z]+)", reply)
    assert found, f"no id in {reply!r}"
    return found[1]


def matching(rows: list[dict], fields: dict) -> list[dict]:
    return [row for row in rows if all(row.get(name) == value for name, value in fields.items())]


def merged(*layers: dict) -> dict:
    result: dict = {}
    for layer in layers:
        for name, value in copy.deepcopy(layer).items():
            is_table = isinstance(value, dict) and isinstance(result.get(name), dict)
            result[name] = merged(result[name], value) if is_table else value
    return result


def as_toml(settings: dict) -> str:
    """Enough TOML for one level of tables, and for inline ones in them."""
    plain = {name: value for name, value in settings.items() if not isinstance(value, dict) and not _is_array_of_tables(value)}
    lines = [f"{name} = {json.dumps(value)}" for name, value in plain.items()]
    for name, value in settings.items():
        if isinstance(value, dict):
            lines += ["", f"[{name}]", *(f"{key} = {_as_value(inner)}" for key, inner in value.items())]
        elif _is_array_of_tables(value):
            for table in value:
                lines += ["", f"[[{name}]]", *(f"{key} = {_as_value(inner)}" for key, inner in table.items())]
    return "\n".join(lines) + "\n"


def _as_value(value) -> str:
    """JSON's strings, numbers, truths and arrays are TOML's; its objects are not."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_as_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_as_value(inner) for inner in value) + "]"
    return json.dumps(value)


def _is_array_of_tables(value) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(element, dict) for element in value)
