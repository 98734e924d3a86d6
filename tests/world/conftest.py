"""The world of these tests. Importing this moves pytest itself into it."""

import contextlib
import os
import shutil

import pytest

from harness import namespace, paths, processes
from harness.cursus import Cursus
from harness.dns import Dns
from harness.dovecot import Dovecot
from harness.exim import Exim
from harness.postfix import Postfix
from harness.scripted import Scripted


def pytest_sessionstart(session):
    namespace.enter()


def pytest_sessionfinish(session):
    # Whatever a fixture left behind, and what daemons forked away: all of it descends from this process.
    processes.end_all(processes.descendants(os.getpid()))


@pytest.fixture(scope="session", autouse=True)
def dns():
    world = Dns()
    yield world
    world.stop()


@pytest.fixture(scope="session")
def postfix(dns):
    peer = Postfix()
    yield peer
    peer.stop()


@pytest.fixture(scope="session")
def exim(dns):
    peer = Exim()
    yield peer
    peer.stop()


@pytest.fixture(scope="session")
def dovecot(dns):
    peer = Dovecot()
    yield peer
    peer.stop()


@pytest.fixture
def scripted():
    """Makes scripted servers that end with the test."""
    peers = []

    def make(address: str, **answers) -> Scripted:
        peers.append(Scripted(address, **answers))
        return peers[-1]

    yield make
    for peer in peers:
        peer.stop()


@pytest.fixture
def cursus(dns):
    """One running Cursus, in a fresh directory."""
    with fresh_instances() as make:
        yield make().start()


@pytest.fixture
def make_cursus(dns):
    """Makes instances for one test, not yet started, in fresh directories: make_cursus(retry={"schedule": ["5s"]})."""
    with fresh_instances() as make:
        yield make


OUTPUT_SHOWN = 4000
running: list[Cursus] = []


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport():
    """A failed test shows how the log of each Cursus ends."""
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        report.sections += [(f"log of {instance.name}", instance.output()[-OUTPUT_SHOWN:]) for instance in running]


@contextlib.contextmanager
def fresh_instances():
    made = []

    def make(name: str = "mx1", *arguments, **settings) -> Cursus:
        shutil.rmtree(paths.WORLD / name, ignore_errors=True)
        made.append(Cursus(name, *arguments, **settings))
        running.append(made[-1])
        return made[-1]

    try:
        yield make
    finally:
        for instance in made:
            instance.stop()
            keep_output(instance)
            running.remove(instance)


def keep_output(instance: Cursus) -> None:
    """The next instance of this name begins a new log; this one stays beside it."""
    output = paths.WORLD / f"{instance.name}.out"
    if output.exists():
        number = sum(1 for _ in paths.WORLD.glob(f"{instance.name}.out.*")) + 1
        output.rename(paths.WORLD / f"{instance.name}.out.{number}")
