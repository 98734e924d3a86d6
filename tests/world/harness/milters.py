"""Real milters, unpacked: OpenDKIM, OpenDMARC, and one of Python's whose every word a test chooses."""

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from . import paths
from .dns import RESOLVER
from .processes import Process, wait_until

OPENDKIM, OPENDMARC, PYTHON_MILTER = ("127.0.6.30", 8891), ("127.0.6.31", 8893), ("127.0.6.32", 8899)
VERIFIER = ("127.0.6.33", 8891)  # one more OpenDKIM

OPENDKIM_CONF = """
Socket inet:{port}@{address}
Mode {mode}
Domain {domain}
Selector {selector}
KeyFile {d}/key.pem
RequireSafeKeys no
Canonicalization relaxed/simple
InternalHosts {d}/internal
AlwaysAddARHeader yes
ResolverConfiguration {d}/resolver
PidFile {d}/pid
Syslog no
Background no
"""
# Its resolver is libunbound, which asks nobody on loopback unless told to.
OPENDKIM_RESOLVER = f"""
server:
    do-not-query-localhost: no
forward-zone:
    name: "."
    forward-addr: {RESOLVER}
"""
OPENDMARC_CONF = """
Socket inet:{port}@{address}
AuthservID {authserv_id}
TrustedAuthservIDs {authserv_id}
IgnoreHosts {d}/ignored
SPFSelfValidate true
SPFIgnoreResults true
RejectFailures true
PublicSuffixList /usr/share/publicsuffix/public_suffix_list.dat
PidFile {d}/pid
Syslog false
Background false
"""


class Milter:
    """`place`: the directory of its files below the world, and the name of its output."""

    def __init__(self, place: str, endpoint: tuple[str, int]):
        self.address, self.port = endpoint
        self.directory = paths.WORLD / place
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir()

    @property
    def setting(self) -> str:
        """As Cursus' configuration has it."""
        return f"{self.address}:{self.port}"

    def start(self):
        self._process = Process(self.directory.name, self.command())
        wait_until(self._listens, self.directory.name)
        return self

    def _listens(self) -> bool:
        self._process.must_run()
        with socket.socket() as probe:
            return probe.connect_ex((self.address, self.port)) == 0

    def stop(self) -> None:
        """At once: libmilter takes five seconds to heed a SIGTERM, and none of them has anything to put in order."""
        self._process.kill()

    def freeze(self, signal_number: int) -> None:
        """SIGSTOP, and SIGCONT to let it go on."""
        self._process.signal(signal_number)


class Opendkim(Milter):
    """Signs what comes from `internal` for `domain`. `public_key` is what the DNS says of it."""

    def __init__(self, domain: str, internal: str, selector: str = "s1", mode: str = "sv", place: str = "opendkim",
                 endpoint: tuple[str, int] = OPENDKIM):
        super().__init__(place, endpoint)
        key = self.directory / "key.pem"
        subprocess.run(["openssl", "genrsa", "-traditional", "-out", key, "2048"], check=True, capture_output=True)
        (self.directory / "internal").write_text(f"{internal}\n")
        (self.directory / "resolver").write_text(OPENDKIM_RESOLVER)
        (self.directory / "opendkim.conf").write_text(OPENDKIM_CONF.format(
            d=self.directory, address=self.address, port=self.port, domain=domain, selector=selector, mode=mode))

    @property
    def public_key(self) -> str:
        told = subprocess.run(["openssl", "rsa", "-in", self.directory / "key.pem", "-pubout"], check=True, capture_output=True, text=True)
        return "v=DKIM1; k=rsa; p=" + "".join(told.stdout.splitlines()[1:-1])

    def command(self) -> list:
        return ["opendkim", "-f", "-x", self.directory / "opendkim.conf"]


class Opendmarc(Milter):
    """Refuses what fails where the author's domain wants that. It looks at SPF by itself, and at no signature."""

    def __init__(self, authserv_id: str = "mx1.alpha.example"):
        super().__init__("opendmarc", OPENDMARC)
        (self.directory / "ignored").write_text("")
        (self.directory / "opendmarc.conf").write_text(OPENDMARC_CONF.format(
            d=self.directory, address=self.address, port=self.port, authserv_id=authserv_id))

    def command(self) -> list:
        return ["opendmarc", "-f", "-c", self.directory / "opendmarc.conf"]


class PythonMilter(Milter):
    """Does at each step what `script` says (harness/python_milter.py has its words), and tells what it heard."""

    def __init__(self, script: dict, place: str = "python_milter", endpoint: tuple[str, int] = PYTHON_MILTER):
        super().__init__(place, endpoint)
        self._script = self.directory / "script.json"
        self.rewrite(script)

    def rewrite(self, script: dict) -> None:
        """From the next connection on."""
        part = self._script.with_suffix(".part")
        part.write_text(json.dumps(script))
        part.rename(self._script)

    def command(self) -> list:
        program = Path(__file__).with_name("python_milter.py")
        return [sys.executable, program, f"inet:{self.port}@{self.address}", self._script, self.directory / "heard"]

    def heard(self) -> list[list]:
        """All it was told, in order: [step, value, ...]."""
        path = self.directory / "heard"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def heard_at(self, step: str) -> list[list]:
        return [told[1:] for told in self.heard() if told[0] == step]
