"""Dovecot, unpacked: LMTP for epsilon.example at 127.0.5.10 port 24 and at a local socket. It knows known@ and other@;
full@ has a mailbox that takes nothing. At its auth socket each of them has the password "x"."""

from . import paths
from .dialogue import wait_for_banner
from .maildir import Maildir
from .processes import Process

ADDRESS, PORT = "127.0.5.10", 24
DOMAIN = "epsilon.example"

CONFIGURATION = """
base_dir = {d}/run
state_dir = {d}/state
log_path = {d}/dovecot.log
protocols = lmtp
listen = {address}
ssl = no
default_internal_user = dovecot
default_login_user = dovenull
mail_location = maildir:{d}/mail/%n
mail_uid = mailboxes
mail_gid = mailboxes
first_valid_uid = 1
mail_plugins = quota
plugin {{
  quota = maildir:everything
}}
auth_mechanisms = plain login scram-sha-256
service auth {{
  unix_listener auth-client {{
    mode = 0666
  }}
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {d}/users
}}
userdb {{
  driver = passwd-file
  args = {d}/users
}}
service lmtp {{
  inet_listener lmtp {{
    address = {address}
    port = {port}
  }}
  unix_listener lmtp {{
    mode = 0666
  }}
}}
"""
USERS = """known@epsilon.example:{{PLAIN}}x::::{d}/home/known::
other@epsilon.example:{{PLAIN}}x::::{d}/home/other::
full@epsilon.example:{{PLAIN}}x::::{d}/home/full::userdb_quota_rule=*:bytes=1
"""


class Dovecot:
    address, port, domain = ADDRESS, PORT, DOMAIN

    def __init__(self):
        self.directory = paths.WORLD / "dovecot"
        for part in ("state", "mail", "home"):
            (self.directory / part).mkdir(parents=True)
            (self.directory / part).chmod(0o777)
        self.directory.chmod(0o755)
        (self.directory / "dovecot.conf").write_text(CONFIGURATION.format(d=self.directory, address=ADDRESS, port=PORT))
        (self.directory / "users").write_text(USERS.format(d=self.directory))
        (self.directory / "users").chmod(0o644)
        self.start()

    def start(self) -> None:
        self._process = Process("dovecot", ["dovecot", "-F", "-c", self.directory / "dovecot.conf"])
        wait_for_banner(ADDRESS, PORT, self._process)

    @property
    def socket(self) -> str:
        return str(self.directory / "run/lmtp")

    @property
    def auth_socket(self) -> str:
        return str(self.directory / "run/auth-client")

    def inbox(self, user: str = "known") -> Maildir:
        return Maildir(self.directory / "mail" / user)

    def stop(self) -> None:
        self._process.stop()
