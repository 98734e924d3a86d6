"""Postfix, unpacked: mx1.beta.example at 127.0.2.10, delivers beta.example to a Maildir, relays for 127.0.9.0/24 and to
relayed.example, hands handed-over.example to 127.0.1.10 by LMTP."""

import os
import pwd
import re
import shutil
import subprocess

from . import paths
from .dialogue import wait_for_banner
from .maildir import Maildir
from .processes import Process

ADDRESS = "127.0.2.10"
DOMAIN = "beta.example"

MAIN = """
compatibility_level = 3.6
queue_directory = {d}/queue
data_directory = {d}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {d}/queue/mail.log
maillog_file_prefixes = {top}
myhostname = mx1.beta.example
mydestination =
alias_maps =
inet_interfaces = {address}
inet_protocols = all
smtp_bind_address = {address}
mynetworks = {address}/32, 127.0.9.0/24
virtual_mailbox_domains = beta.example
virtual_mailbox_base = {d}/mail
virtual_mailbox_maps = inline:{{ {{ known@beta.example = inbox/ }}, {{ postmaster@beta.example = inbox/ }} }}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
smtpd_relay_restrictions = permit_mynetworks reject_unauth_destination
relay_domains = relayed.example
smtpd_error_sleep_time = 0
smtpd_tls_security_level = none
smtp_tls_security_level = none
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 1s
smtputf8_enable = yes
transport_maps = inline:{{ {{ handed-over.example = lmtp:inet:127.0.1.10:24 }} }}
"""

MASTER = """
25        inet  n       -       n       -       -       smtpd
pickup    unix  n       -       n       60      1       pickup
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
verify    unix  -       -       n       -       1       verify
flush     unix  n       -       n       1000?   0       flush
proxymap  unix  -       -       n       -       -       proxymap
smtp      unix  -       -       n       -       -       smtp
lmtp      unix  -       -       n       -       -       lmtp
relay     unix  -       -       n       -       -       smtp
showq     unix  n       -       n       -       -       showq
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
discard   unix  -       -       n       -       -       discard
virtual   unix  -       n       n       -       -       virtual
anvil     unix  -       -       n       -       1       anvil
scache    unix  -       -       n       -       1       scache
postlog   unix-dgram n  -       n       -       1       postlogd
"""


def without(usual: str, given: str) -> str:
    """The usual parameters but those that are given. Postfix warns of what stands twice, and its own logger, which has such
    a warning to log before it listens, then waits for itself."""
    named = set(re.findall(r"^(\w+) *=", given, re.M))
    parameters = re.findall(r"^\w+ *=.*\n(?:[ \t].*\n)*", usual, re.M)
    return "".join(each for each in parameters if each.split("=")[0].strip() not in named)


class Postfix:
    domain = DOMAIN

    def __init__(self, name: str = "postfix", address: str = ADDRESS, main: str = "", master: str = ""):
        """`main` stands in main.cf instead of what is usual there; `master` is appended to master.cf."""
        self.address = address
        directory = paths.WORLD / name
        self._configuration = directory / "conf"
        for part in ("conf", "queue", "data", "mail"):
            (directory / part).mkdir(parents=True)
        directory.chmod(0o711)
        owner = pwd.getpwnam("postfix")
        os.chown(directory / "data", owner.pw_uid, owner.pw_gid)
        (directory / "mail").chmod(0o777)
        top = "/" + directory.parts[1]
        usual = MAIN.format(d=directory, top=top, address=address)
        (self._configuration / "main.cf").write_text(without(usual, main) + main)
        (self._configuration / "master.cf").write_text(MASTER + master)
        add_distributed_files(self._configuration)
        self.inbox = Maildir(directory / "mail/inbox")
        self.log_path = directory / "queue/mail.log"
        # The check makes the queue's directories; the master would not.
        start = f"postfix -c {self._configuration} check && exec /usr/lib/postfix/sbin/master -c {self._configuration} -d"
        self._process = Process(name, ["sh", "-c", start])
        wait_for_banner(address, 25, self._process)

    def stop(self) -> None:
        self._process.stop()

    def flush(self) -> None:
        subprocess.run(["postqueue", "-c", str(self._configuration), "-f"], check=True)

    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""


def add_distributed_files(configuration) -> None:
    """What every instance's directory needs beside its own main.cf and master.cf."""
    for part in ("postfix-files", "postfix-files.d"):
        source = paths.PEERS / "postfix/etc/postfix" / part
        if source.is_dir():
            shutil.copytree(source, configuration / part)
        elif source.exists():
            shutil.copy(source, configuration / part)
    (configuration / "dynamicmaps.cf").write_text("")
