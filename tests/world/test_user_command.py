"""cursus user: the accounts of the users file."""

import json
import os
import pty
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness import paths


@pytest.fixture
def host(make_cursus):
    instance = make_cursus()
    instance.users = instance.directory / "users"
    instance.settings["auth"] = {"users": str(instance.users)}
    instance.write_configuration()
    return instance


def user(host, *words: str, password: str | None = None) -> subprocess.CompletedProcess:
    return subprocess.run([str(paths.CURSUS), "--config", str(host.configuration), "user", *words],
                          input="" if password is None else f"{password}\n", capture_output=True, text=True, timeout=60)


def accounts(host) -> dict:
    done = user(host, "list", "--json")
    assert done.returncode == 0, done.stderr
    return {entry["name"]: entry for entry in json.loads(done.stdout)}


def test_an_account_is_made_listed_changed_and_removed(host):
    assert user(host, "add", "Ann@ALPHA.example", password="a secret").returncode == 0
    assert user(host, "add", "bob", "--scram", "only", password="b").returncode == 0
    assert user(host, "add", "carl", "--scram", "none", password="c").returncode == 0
    made = accounts(host)
    assert [(name, "hash" in made[name], made[name]["scram_sha_256"], made[name]["scram_sha_1"]) for name in sorted(made)] == [
        ("Ann@alpha.example", True, True, True), ("bob", False, True, True), ("carl", True, False, False)]
    table = user(host, "list").stdout.splitlines()
    assert table[0].split() == ["account", "hash", "SCRAM-SHA-256", "SCRAM-SHA-1"]
    assert table[1].split() == ["Ann@alpha.example", "yescrypt", "yes", "yes"]
    before = host.users.read_text().splitlines()
    assert user(host, "passwd", "bob", password="new").returncode == 0
    after = host.users.read_text().splitlines()
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, True]
    assert user(host, "remove", "bob").returncode == 0
    assert sorted(accounts(host)) == ["Ann@alpha.example", "carl"]
    assert "secret" not in host.users.read_text()


def test_the_servers_user_may_read_the_file_and_nobody_else(host):
    user(host, "add", "ann", password="x")
    facts = host.users.stat()
    assert (facts.st_uid, facts.st_gid) == (0, host.directory.stat().st_gid)
    assert facts.st_mode & 0o7777 == 0o640


def test_owner_mode_comments_and_what_is_beside_stay(host):
    host.users.write_bytes(b"# people\r\n\n  \nann:broken\nlast:line")
    os.chown(host.users, 7401, 7402)
    host.users.chmod(0o604)
    assert user(host, "add", "bob", password="x").returncode == 0
    assert re.fullmatch(rb"# people\r\n\n  \nann:broken\nlast:line\nbob:\$y\$.*\n", host.users.read_bytes())
    facts = host.users.stat()
    assert (facts.st_uid, facts.st_gid, facts.st_mode & 0o7777) == (7401, 7402, 0o604)
    assert not list(host.directory.glob("users.*"))
    listed = user(host, "list")
    assert f"{host.users}:4: ann: " in listed.stderr and listed.returncode == 0
    assert "broken" not in listed.stderr


def test_a_link_leads_to_the_file_that_is_changed(host):
    real = host.directory / "elsewhere"
    real.write_text("")
    host.users.symlink_to(real)
    assert user(host, "add", "ann", password="x").returncode == 0
    assert host.users.is_symlink() and real.read_text().startswith("ann:")


@pytest.mark.parametrize("words, password, code, says", [
    (["add", "ann"], "x", os.EX_DATAERR, "already"),
    (["passwd", "bob"], "x", os.EX_NOUSER, "not in"),
    (["remove", "bob"], None, os.EX_NOUSER, "not in"),
    (["add", "a:b"], "x", os.EX_USAGE, "a name is"),
    (["add", "#ann"], "x", os.EX_USAGE, "a name is"),
    (["add", "bob"], "", os.EX_DATAERR, "no password"),
    (["add", "bob"], "x" * 600, os.EX_DATAERR, "no password"),
    (["add", "bob", "--scram", "some"], "x", os.EX_USAGE, "scram"),
    (["add"], None, os.EX_USAGE, "name"),
    ([], None, os.EX_USAGE, "subcommand"),
    (["list", "--file", "/"], None, os.EX_NOINPUT, "/"),
    (["add", "bob", "--file", "/no/such/directory/users"], "x", os.EX_CANTCREAT, "/no/such/directory"),
])
def test_what_cannot_be_done_says_why_and_changes_nothing(host, words, password, code, says):
    host.users.write_text("ann:$y$\n")
    done = user(host, *words, password=password)
    assert done.returncode == code, done.stderr
    assert says in done.stderr + done.stdout
    assert host.users.read_text() == "ann:$y$\n"


@pytest.mark.parametrize("users", ["pam", "dovecot:/run/dovecot/auth-client", None])
def test_accounts_that_are_in_no_file_are_not_for_this_command(host, users):
    host.settings["auth"] = {"users": users} if users else {}
    host.write_configuration()
    done = user(host, "add", "ann", password="x")
    assert done.returncode == os.EX_CONFIG and "[auth] users" in done.stderr and "--file" in done.stderr
    assert user(host, "add", "ann", "--file", str(host.users), password="x").returncode == 0


def test_many_at_once_lose_nothing(host):
    names = [f"person{number}" for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda name: user(host, "add", name, password="x").returncode, names))
    assert done == [0] * len(names)
    assert sorted(accounts(host)) == sorted(names)


def at_a_terminal(host, *words: str, typed: list[str]) -> tuple[int, str]:
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(paths.CURSUS, [str(paths.CURSUS), "--config", str(host.configuration), "user", *words])
    shown = b""
    for line in typed:
        while not shown.endswith(b": "):
            shown += os.read(terminal, 1024)
        time.sleep(0.1)  # the terminal is made silent, and what was typed before is thrown away
        os.write(terminal, line.encode() + b"\n")
        shown += os.read(terminal, 1)
    while True:
        try:
            shown += os.read(terminal, 1024)
        except OSError:
            break
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


def test_a_terminal_asks_twice_and_shows_nothing(host):
    code, shown = at_a_terminal(host, "add", "ann", typed=["a secret", "a secret"])
    assert code == 0 and "Password for ann: " in shown and "secret" not in shown
    assert sorted(accounts(host)) == ["ann"]
    code, shown = at_a_terminal(host, "passwd", "ann", typed=["one", "another"])
    assert code == os.EX_DATAERR and "differ" in shown


def test_the_hash_is_one_that_the_system_knows(host):
    """Checked by crypt(3) as another program calls it."""
    user(host, "add", "ann", "--scram", "none", password="a secret")
    made = host.users.read_text().strip().partition(":")[2]
    check = "$h = crypt($ARGV[0], $ARGV[1]); exit($h eq $ARGV[1] ? 0 : 1)"
    assert subprocess.run(["perl", "-e", check, "a secret", made], check=False).returncode == 0
    assert subprocess.run(["perl", "-e", check, "another", made], check=False).returncode == 1
