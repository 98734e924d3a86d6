"""The names of the world: Knot serves a root of our own and everything below it, Unbound resolves and validates."""

import signal
import subprocess

from . import paths
from .processes import Process, wait_until

AUTHORITY, RESOLVER = "127.0.0.2", "127.0.0.1"

# Master-file lines without the SOA and NS that every zone gets. "@" is the zone itself.
ZONES = {
    # ours: two instances of Cursus
    "alpha.example": """
        @    MX 10 mx1
        @    MX 20 mx2
        mx1  A 127.0.1.10
        mx2  A 127.0.1.11
    """,
    # Postfix
    "beta.example": """
        @    MX 10 mx1
        mx1  A 127.0.2.10
    """,
    # Exim
    "gamma.example": """
        @    MX 10 mx1
        mx1  A 127.0.3.10
    """,
    # Hosts that are mail's first stop, with certificates in their names
    "smart.example": """
        postfix   A 127.0.2.13
        exim      A 127.0.3.13
        scripted  A 127.0.8.13
        abroad    A 192.0.2.25
    """,
    # Scripted hosts at 127.0.8.x, a preference list of one each.
    "sink.example": "@ MX 10 mx\nmx A 127.0.8.10",
    "second.example": "@ MX 10 mx\nmx A 127.0.8.11",
    "third.example": "@ MX 10 mx\nmx A 127.0.8.12",
    "unreachable.example": "@ MX 10 mx\nmx A 127.0.8.99",
    # DNS that is unusual but right
    "multi.example": """
        @       MX 10 refusing
        @       MX 20 sink
        refusing A 127.0.8.99
        sink    A 127.0.8.10
    """,
    "equal.example": """
        @  MX 10 a
        @  MX 10 b
        a  A 127.0.8.10
        b  A 127.0.8.11
    """,
    "addresses.example": """
        @   MX 10 mx
        mx  A 127.0.8.99
        mx  A 127.0.8.10
    """,
    "nomx.example": "@ A 127.0.8.10",
    "cname.example": """
        @      MX 10 alias
        alias  CNAME mx.sink.example.
        host   CNAME sink.example.
        round  CNAME about
        about  CNAME round
    """,
    "ipv6only.example": "@ MX 10 mx\nmx AAAA 2001:db8:25::1",
    "xn--bcher-kva.example": "@ MX 10 mx\nmx A 127.0.8.10",
    "backup.example": """
        @  MX 10 primary
        @  MX 20 mx1.alpha.example.
        @  MX 30 worse
        primary A 127.0.8.10
        worse   A 127.0.8.11
    """,
    # DNS that says no, or says nothing
    "nullmx.example": "@ MX 0 .\n@ A 127.0.8.10",
    "nodata.example": '@ TXT "no mail here"',
    "mxloop.example": """
        @  MX 10 mx1.alpha.example.
        @  MX 20 worse
        worse A 127.0.8.10
    """,
    "dangling.example": "@ MX 10 nowhere",
    "bogus.example": "@ MX 10 mx\nmx A 127.0.8.10",
    "signed.example": "@ MX 10 mx\nmx A 127.0.8.10",
    "client.example": """
        @       MX 10 mx
        mx      A 127.0.9.10
        host67  A 192.0.2.67
    """,
    # The names of clients: one that leads back, and one that somebody else has.
    "2.0.192.in-addr.arpa": """
        67  PTR host67.client.example.
        68  PTR mx1.beta.example.
    """,
    # Its owner sends no mail at all, and wants whatever says so refused.
    "forged.example": """
        @       TXT "v=spf1 -all"
        _dmarc  TXT "v=DMARC1; p=reject"
    """,
    # What says to be from it must be signed. Its key is published by a test that signs.
    "signing.example": """
        @       MX 10 mx1.alpha.example.
        _dmarc  TXT "v=DMARC1; p=reject"
    """,
    # It only wants to be told.
    "watching.example": """
        @       MX 10 mx1.alpha.example.
        _dmarc  TXT "v=DMARC1; p=none"
    """,
    # Block lists (RFC 5782): two of addresses, one of names, one that lists everything
    "bl.example": """
        2.0.0.127   A 127.0.0.2
        66.2.0.192  A 127.0.0.2
        66.2.0.192  TXT "spam every morning, since March"
        66.9.0.127  A 127.0.0.2
    """,
    "other-bl.example": """
        2.0.0.127   A 127.0.0.2
        66.2.0.192  A 127.0.0.4
        67.2.0.192  A 127.0.0.4
        67.2.0.192  TXT "a dial-up address"
    """,
    "uri-bl.example": """
        test          A 127.0.0.2
        spam.example  A 127.0.0.2
        spam.example  TXT "sells pills"
    """,
    "all-bl.example": "* A 127.0.0.2",
    "ns.example": f"@ A {AUTHORITY}",
}
SIGNED = ("alpha.example", "beta.example", "bogus.example", "signed.example")
# Delegated and configured, but without a zone file: Knot answers SERVFAIL.
FAILING = ("servfail.example",)

# Everything in this world changes within a test, so nothing lives long.
HEAD = "$TTL 5\n@ SOA ns.example. hostmaster.ns.example. {serial} 60 60 3600 1\n@ NS ns.example.\n"


class Dns:
    def __init__(self):
        self.directory = paths.WORLD / "dns"
        self.directory.mkdir()
        self.trust_anchor = self.directory / "root.key"
        self._serial = 1
        self._write_zones()
        self._knot = Process("knot", ["knotd", "-c", self._write_knot_conf()])
        # A resolver that was refused at first would leave its only authority alone for a while.
        wait_until(lambda: "rcode: NOERROR" in self.ask("ns.example", "A", AUTHORITY), "Knot")
        self._unbound = Process("unbound", ["unbound", "-d", "-p", "-c", self._write_unbound_conf()])
        wait_until(lambda: self.is_answered("mx1.beta.example", "A"), "an answer of the resolver")

    def stop(self) -> None:
        self._unbound.stop()
        self._knot.stop()

    def publish(self, zone: str, name: str, text: str) -> None:
        """One more TXT record, however long, in a zone that is not signed and has got none before."""
        assert zone not in SIGNED
        self._serial += 1
        parts = " ".join(f'"{text[start:start + 255]}"' for start in range(0, len(text), 255))
        self._write_zone(zone, f"{ZONES[zone]}\n{name} TXT {parts}")
        self._knot.signal(signal.SIGHUP)
        wait_until(lambda: self.is_answered(f"{name}.{zone}", "TXT"), f"{name} in {zone}")

    def stop_resolver(self) -> None:
        self._unbound.stop()

    def start_resolver(self) -> None:
        self._unbound = Process("unbound", ["unbound", "-d", "-p", "-c", self.directory / "unbound.conf"])
        wait_until(lambda: self.is_answered("mx1.beta.example", "A"), "an answer of the resolver")

    def is_answered(self, name: str, kind: str) -> bool:
        return "rcode: NOERROR" in self.ask(name, kind)

    def ask(self, name: str, kind: str, server: str = RESOLVER) -> str:
        """The answer as drill prints it: "rcode: NOERROR" or another, " ad " among the flags when it is secure."""
        return subprocess.run(["drill", "-D", name, kind, f"@{server}"], capture_output=True, text=True).stdout

    def _write_zones(self) -> None:
        trust = ""
        for zone, records in ZONES.items():
            self._write_zone(zone, records)
            if zone in SIGNED:
                trust += self._sign(zone)
        self._break_signature("bogus.example")
        delegations = "".join(f"{zone}. NS ns.example.\n" for zone in (*ZONES, *FAILING))
        (self.directory / "root.zone").write_text(self._head() + f"ns.example. A {AUTHORITY}\n" + delegations + trust)
        self._sign("root")

    def _write_zone(self, zone: str, records: str) -> None:
        (self.directory / f"{zone}.zone").write_text(self._head() + _left_aligned(records))

    def _head(self) -> str:
        return HEAD.format(serial=self._serial)

    def _sign(self, zone: str) -> str:
        """Signs the zone's file; returns its DS record for the parent."""
        name = "." if zone == "root" else zone
        key = self._run("ldns-keygen", "-a", "ECDSAP256SHA256", "-k", name).strip()
        self._run("ldns-signzone", "-n", "-o", name, "-f", f"{zone}.signed", f"{zone}.zone", key)
        if zone == "root":
            self.trust_anchor.write_text((self.directory / f"{key}.key").read_text())
        return (self.directory / f"{key}.ds").read_text()

    def _break_signature(self, zone: str) -> None:
        path = self.directory / f"{zone}.signed"
        lines = path.read_text().splitlines(keepends=True)
        for number, line in enumerate(lines):
            fields = line.split()
            if fields[3:5] == ["RRSIG", "MX"]:
                signature = fields[-1]
                lines[number] = line.replace(signature, ("B" if signature[0] == "A" else "A") + signature[1:])
        path.write_text("".join(lines))

    def _run(self, *command: str) -> str:
        return subprocess.run(command, cwd=self.directory, check=True, capture_output=True, text=True).stdout

    def _write_knot_conf(self):
        zones = "".join(f"  - domain: {zone}\n" + (f"    file: {zone}.signed\n" if zone in SIGNED else "")
                        for zone in (*ZONES, *FAILING))
        path = self.directory / "knot.conf"
        path.write_text(f"""
server:
    rundir: "{self.directory}"
    listen: {AUTHORITY}@53
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "{self.directory}"
log:
  - target: stderr
    any: warning
template:
  - id: default
    storage: "{self.directory}"
    file: "%s.zone"
    zonefile-sync: -1
    journal-content: none
zone:
  - domain: "."
    file: root.signed
{zones}""")
        return path

    def _write_unbound_conf(self):
        path = self.directory / "unbound.conf"
        path.write_text(f"""
server:
  interface: {RESOLVER}
  do-daemonize: no
  num-threads: 1
  use-syslog: no
  chroot: ""
  username: ""
  directory: "{self.directory}"
  do-not-query-localhost: no
  trust-anchor-file: "{self.trust_anchor}"
  local-zone: "2.0.192.in-addr.arpa." nodefault
  access-control: 127.0.0.0/8 allow
  cache-max-negative-ttl: 1
stub-zone:
  name: "."
  stub-addr: {AUTHORITY}@53
remote-control:
  control-enable: no
""")
        return path


def _left_aligned(records: str) -> str:
    return "".join(line.strip() + "\n" for line in records.strip().splitlines())
