"""Servers that keep accounts, unpacked: slapd and PostgreSQL, each at a local socket."""

import subprocess

from . import paths
from .processes import Process, wait_until

SLAPD = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {d}/pid
argsfile {d}/arguments
database mdb
suffix "dc=example"
rootdn "cn=root,dc=example"
rootpw "of the directory"
directory {d}/database
maxsize 10485760
dbnosync
"""
ENTRIES = """dn: dc=example
objectClass: dcObject
objectClass: organization
o: Example
dc: example

dn: uid={account},dc=example
objectClass: inetOrgPerson
uid: {account}
cn: Julius
sn: Caesar
userPassword: {password}
"""


class Slapd:
    def __init__(self, account: str, password: str):
        self._directory = paths.WORLD / "slapd"
        (self._directory / "database").mkdir(parents=True)
        self._settings = self._directory / "slapd.conf"
        self._settings.write_text(SLAPD.format(d=self._directory))
        entries = ENTRIES.format(account=account, password=password)
        subprocess.run(["slapadd", "-f", self._settings], input=entries, text=True, check=True, capture_output=True)
        self.start()

    @property
    def uri(self) -> str:
        return f"ldapi://{str(self._directory / 'socket').replace('/', '%2F')}"

    def start(self) -> None:
        self._process = Process("slapd", ["slapd", "-d", "0", "-f", self._settings, "-h", self.uri])
        wait_until((self._directory / "socket").is_socket, "slapd's socket")
        (self._directory / "socket").chmod(0o777)

    def stop(self) -> None:
        self._process.stop()
        (self._directory / "socket").unlink(missing_ok=True)


class Postgresql:
    PROGRAMS = "/usr/lib/postgresql/15/bin"
    # PostgreSQL will not serve as root.
    AS_SOMEBODY = {"user": "mailboxes", "group": "mailboxes", "extra_groups": []}

    def __init__(self, statements: str):
        self._directory = paths.WORLD / "postgresql"
        self._directory.mkdir()
        self._directory.chmod(0o777)
        subprocess.run([f"{self.PROGRAMS}/initdb", "-D", f"{self._directory}/data", "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8",
                        "--locale=C", "--no-instructions"], check=True, capture_output=True, cwd="/", **self.AS_SOMEBODY)
        self.start()
        subprocess.run([f"{self.PROGRAMS}/psql", "-q", "-v", "ON_ERROR_STOP=1", self.connection], input=statements, text=True, check=True,
                       capture_output=True)

    @property
    def connection(self) -> str:
        return f"host={self._directory} user=postgres dbname=postgres"

    def start(self) -> None:
        self._process = Process("postgresql", [f"{self.PROGRAMS}/postgres", "-D", f"{self._directory}/data", "-k", self._directory, "-c",
                                               "listen_addresses=", "-c", "fsync=off", "-c", "jit=off", "-c", "max_connections=20", "-c",
                                               "shared_buffers=1MB"], cwd="/", **self.AS_SOMEBODY)
        wait_until(self._answers, "PostgreSQL")

    def _answers(self) -> bool:
        self._process.must_run()
        return subprocess.run([f"{self.PROGRAMS}/pg_isready", "-q", "-d", self.connection], timeout=30).returncode == 0

    def stop(self) -> None:
        self._process.stop()
