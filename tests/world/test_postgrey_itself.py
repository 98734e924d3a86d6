"""postgrey as it is asked by Cursus, shown to hold without Cursus."""

import time

import pytest

from harness.postgrey import Postgrey

DELAY = 5
SOME_MAIL = {"protocol_state": "RCPT", "protocol_name": "ESMTP", "client_address": "192.0.2.7", "client_name": "unknown",
             "sender": "ann@a.example", "recipient": "bob@b.example", "etrn_domain": ""}


@pytest.fixture(params=["127.0.6.23", None], ids=["tcp", "local"])
def postgrey(request):
    service = Postgrey(DELAY, request.param)
    yield service
    service.stop()


def test_it_greylists_and_lets_in_who_comes_back(postgrey):
    with postgrey.connect() as connection:
        assert connection.ask(instance="1", **SOME_MAIL).startswith("DEFER_IF_PERMIT 4.2.0 Greylisted, see http"), "the first time"
        assert connection.ask(instance="1", **SOME_MAIL).startswith("DEFER_IF_PERMIT 4.2.0 "), "too early"
        time.sleep(DELAY + 1)
        action = connection.ask(instance="2", **SOME_MAIL)
        assert action.startswith("PREPEND X-Greylist: delayed ") and " by postgrey-" in action
        assert connection.ask(instance="3", **SOME_MAIL) == "DUNNO", "it is known now"


def test_it_remembers_who_came_before_it_was_started_again(postgrey):
    with postgrey.connect() as connection:
        assert connection.ask(instance="1", **SOME_MAIL).startswith("DEFER_IF_PERMIT ")
    postgrey.stop()
    time.sleep(DELAY + 1)
    postgrey.start()
    with postgrey.connect() as connection:
        assert connection.ask(instance="2", **SOME_MAIL).startswith("PREPEND ")


def test_it_lets_its_whitelists_in(postgrey):
    with postgrey.connect() as connection:
        assert connection.ask(instance="1", **{**SOME_MAIL, "recipient": "postmaster@b.example"}) == "DUNNO"


def test_it_has_nothing_to_say_of_a_client_without_address(postgrey):
    # It would end if it were told that the address is "unknown".
    mail = {name: value for name, value in SOME_MAIL.items() if name != "client_address"}
    with postgrey.connect() as connection:
        assert connection.ask(instance="1", **mail) == "DUNNO"
        assert connection.ask(instance="1", **SOME_MAIL).startswith("DEFER_IF_PERMIT ")
