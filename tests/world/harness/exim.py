"""Exim, unpacked: mx1.gamma.example at 127.0.3.10, delivers gamma.example to a Maildir, relays for 127.0.9.0/24 and to
relayed.example."""

import os
import pwd

from . import paths
from .dialogue import wait_for_banner
from .maildir import Maildir
from .processes import Process

ADDRESS = "127.0.3.10"
DOMAIN = "gamma.example"

CONFIGURATION = r"""
primary_hostname = mx1.gamma.example
daemon_smtp_ports = 25
local_interfaces = {address}
disable_ipv6 = true
exim_path = /usr/sbin/exim4
exim_user = Debian-exim
exim_group = Debian-exim
never_users = root
deliver_drop_privilege = true
spool_directory = {d}/spool
log_file_path = {d}/log/%slog
pid_file_path = {d}/exim.pid
keep_environment =
tls_advertise_hosts =
host_lookup =
rfc1413_query_timeout = 0s
smtp_accept_max_per_host = 100
smtputf8_advertise_hosts = *
chunking_advertise_hosts = *
prdr_enable = true
domainlist local_domains = gamma.example
domainlist relay_domains = relayed.example
acl_smtp_rcpt = check_recipient
acl_smtp_data = take

begin acl
check_recipient:
  accept hosts = 127.0.9.0/24
  accept local_parts = known : postmaster
         domains = +local_domains
  accept domains = +relay_domains
  deny   domains = +local_domains
         message = no such person here
  deny   message = relay not permitted
take:
  accept

begin routers
here:
  driver = accept
  domains = +local_domains
  transport = inbox
elsewhere:
  driver = dnslookup
  transport = remote_smtp
  self = fail

begin transports
inbox:
  driver = appendfile
  directory = {d}/mail/inbox
  maildir_format
  create_directory
  return_path_add
remote_smtp:
  driver = smtp
  interface = {address}
  allow_localhost
  hosts_try_dane =
  hosts_avoid_tls = *

begin retry
* * F,1h,1s
"""


class Exim:
    address, domain = ADDRESS, DOMAIN

    def __init__(self):
        directory = paths.WORLD / "exim"
        owner = pwd.getpwnam("Debian-exim")
        for part in ("spool", "log", "mail"):
            (directory / part).mkdir(parents=True)
            os.chown(directory / part, owner.pw_uid, owner.pw_gid)
        configuration = directory / "exim.conf"
        configuration.write_text(CONFIGURATION.format(d=directory, address=ADDRESS))
        self.inbox = Maildir(directory / "mail/inbox")
        self.log_path = directory / "log/mainlog"
        self._process = Process("exim", ["exim4", "-C", configuration, "-bdf", "-q1s"])
        wait_for_banner(ADDRESS, 25, self._process)

    def stop(self) -> None:
        self._process.stop()

    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""
