"""Aliases in tables: files and databases that change, vanish and come back while mail arrives."""

import sqlite3

import pytest

from harness import senders
from harness.processes import wait_until
from harness.senders import a_message, new_mark

SENDER = "someone@client.example"


@pytest.fixture
def shop(make_cursus):
    """A server whose aliases are in a file and in a database, both beside its configuration."""
    instance = make_cursus()
    aliases, database = instance.directory / "aliases", instance.directory / "shop.db"
    instance.settings["local"] |= {"users": "any", "aliases": [str(aliases), "table:shop"]}
    instance.settings["table"] = [{"name": "shop", "kind": "sqlite", "path": str(database),
                                   "query": "SELECT target FROM aliases WHERE name = :key ORDER BY target"}]
    instance.write_configuration()
    aliases.write_text("staff: ann, bob\n")
    fill(database, orders=["ann", "carl"])
    return instance.start()


def fill(database, **contents):
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS aliases (name TEXT, target TEXT)")
        connection.execute("DELETE FROM aliases")
        rows = [(name, target) for name, targets in contents.items() for target in targets]
        connection.executemany("INSERT INTO aliases VALUES (?, ?)", rows)
    database.chmod(0o644)


def reply_to(server, recipient: str) -> str:
    with server.dialogue() as client:
        client.say(f"MAIL FROM:<{SENDER}>")
        return client.say(f"RCPT TO:<{recipient}>")


@pytest.mark.parametrize("alias, members", [("staff", ["ann", "bob"]), ("orders", ["ann", "carl"])])
def test_an_alias_leads_where_its_table_says(shop, alias, members):
    mark = new_mark()
    sent = senders.swaks(shop.address, SENDER, [f"{alias}@alpha.example"], a_message(mark))
    assert sent.returncode == 0, sent.stdout.decode()
    for member in members:
        assert len(shop.inbox(member).wait_for(mark)) == 1
    shop.wait_until_empty()


def test_a_table_that_is_away_is_a_reason_to_come_back_later(shop):
    assert reply_to(shop, "orders@alpha.example").startswith("250")
    database = shop.directory / "shop.db"
    away = database.rename(shop.directory / "away.db")
    assert reply_to(shop, "orders@alpha.example").startswith("451")
    away.rename(database)
    wait_until(lambda: reply_to(shop, "orders@alpha.example").startswith("250"), "the table's return", 30)


def test_a_changed_file_counts_without_a_command(shop):
    mark = new_mark()
    (shop.directory / "aliases").write_text("staff: dora\n")

    def arrives() -> bool:
        senders.swaks(shop.address, SENDER, ["staff@alpha.example"], a_message(mark))
        shop.wait_until_empty()
        return bool(shop.inbox("dora").with_mark(mark))

    wait_until(arrives, "mail for the new member", 30)
