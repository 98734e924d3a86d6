"""SIGKILL under load, again and again: a 250 is a promise."""

import os
import random
import time
from collections import Counter

from harness.load import Account, Load, copies, settle_up

KILLS = int(os.environ.get("CURSUS_KILLS", "30"))
CONNECTIONS_PER_SITE = 4
# Deliveries that a kill may find between the sink's reply and their record on disk: those of the open connections, and
# those whose record waits for its sync.
IN_FLIGHT_MAX = 64


def test_nothing_acknowledged_is_lost_however_often_the_program_is_killed(make_cursus, scripted):
    seed = int(os.environ.get("CURSUS_SEED", "1"))
    chance = random.Random(seed)
    server = make_cursus("mx1", delivery={"connections_per_site": CONNECTIONS_PER_SITE}, relay={"hosts": ["127.0.0.0/8"]})
    sink = scripted("127.0.8.10")
    account, number = Account(), 0
    server.start()
    for _ in range(KILLS):
        load = Load(server.address, ["load@alpha.example", "load@sink.example"], account, number)
        time.sleep(chance.uniform(0.05, 0.8))
        server.kill()
        number = load.stop()
        server.start()
    server.wait_until_empty(patience=120)
    stored = [message.content for message in server.inbox("load").messages()]
    taken = [message.content for message in sink.taken]
    assert len(account.acknowledged) > KILLS, "no load to speak of"
    duplicates = settle_up(account, copies(stored) + copies(taken))
    # The second delivery into a Maildir replaces the first: a mailbox never shows it.
    assert not copies(stored) & Counter(duplicates)
    print(f"{KILLS} kills, seed {seed}: {len(account.acknowledged)} acknowledged, {len(account.uncertain)} in flight at a kill, "
          f"{sum(duplicates.values())} delivered twice")
    assert sum(duplicates.values()) <= KILLS * IN_FLIGHT_MAX
    # A message survives at most as many kills as there were: one that comes again without a kill is a forgotten delivery.
    before = copies(stored) + copies(taken)
    assert server.stop() == 0
    server.start()
    assert not server.queue("list")
    assert copies(message.content for message in server.inbox("load").messages()) + copies(
        message.content for message in sink.taken) == before
