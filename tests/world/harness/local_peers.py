"""Exim, Postfix and Cursus as a Unix host's own mail system, each with the same aliases and forward files: what one
delivers where, the others must as well."""

import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path

from . import namespace, paths
from .cursus import Cursus
from .dialogue import wait_for_banner
from .maildir import Maildir
from .postfix import MASTER, add_distributed_files
from .processes import Process, wait_until

DOMAIN = "local.example"

EXIM = r"""
primary_hostname = exim.local.example
daemon_smtp_ports = 25
local_interfaces = {address}
disable_ipv6 = true
exim_path = /usr/sbin/exim4
exim_user = Debian-exim
exim_group = Debian-exim
never_users = root
spool_directory = {d}/spool
log_file_path = {d}/log/%slog
pid_file_path = {d}/exim.pid
keep_environment =
tls_advertise_hosts =
rfc1413_query_timeout = 0s
qualify_domain = local.example
acl_smtp_rcpt = take

begin acl
take:
  accept

begin routers
aliases:
  driver = redirect
  domains = local.example
  data = ${{lookup{{$local_part}}lsearch{{{d}/aliases}}}}
  allow_fail
  allow_defer
  user = nobody
  group = nogroup
  pipe_transport = address_pipe
  file_transport = address_file
  directory_transport = address_directory
  local_part_suffix = +*
  local_part_suffix_optional
forward:
  driver = redirect
  domains = local.example
  check_local_user
  file = $home/.forward
  no_verify
  check_ancestor
  local_part_suffix = +*
  local_part_suffix_optional
  pipe_transport = address_pipe
  file_transport = address_file
  directory_transport = address_directory
user:
  driver = accept
  domains = local.example
  check_local_user
  local_part_suffix = +*
  local_part_suffix_optional
  transport = mailbox

begin transports
mailbox:
  driver = appendfile
  directory = {d}/boxes/$local_part_data
  maildir_format
  create_directory
address_pipe:
  driver = pipe
address_file:
  driver = appendfile
  delivery_date_add
address_directory:
  driver = appendfile
  maildir_format

begin retry
* * F,1h,1s
"""

POSTFIX = """
compatibility_level = 3.6
queue_directory = {d}/queue
data_directory = {d}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {d}/queue/mail.log
maillog_file_prefixes = {top}
myhostname = postfix.local.example
myorigin = local.example
mydestination = local.example
alias_maps = hash:{d}/aliases
alias_database = hash:{d}/aliases
local_recipient_maps =
recipient_delimiter = +
mail_spool_directory = {d}/boxes/
inet_interfaces = {address}
inet_protocols = ipv4
mynetworks = 127.0.9.0/24
smtpd_tls_security_level = none
allow_mail_to_commands = alias, forward
allow_mail_to_files = alias, forward
default_privs = nobody
"""
LOCAL = "local     unix  -       n       n       -       -       local\n"


class LocalPeer:
    """What all three have: their own boxes, and a directory where commands and files of aliases end."""

    name: str
    address: str

    def __init__(self, aliases: str):
        self.directory = paths.WORLD / f"local-{self.name}"
        shutil.rmtree(self.directory, ignore_errors=True)
        for part in ("boxes", "out"):
            (self.directory / part).mkdir(parents=True)
            (self.directory / part).chmod(0o1777)
        for person in namespace.PEOPLE:
            box = self.directory / "boxes" / person
            box.mkdir(mode=0o700)
            owner = pwd.getpwnam(person)
            os.chown(box, owner.pw_uid, owner.pw_gid)
        nobody = pwd.getpwnam("nobody")
        os.chown(self.directory / "out", nobody.pw_uid, nobody.pw_gid)
        (self.directory / "out").chmod(0o755)
        (self.directory / "aliases").write_text(aliases.replace("@D@", str(self.directory)))
        (self.directory / "members").write_text("# the members\nbob\nclaudia, dido\n")
        self.start()

    def start(self) -> None:
        raise NotImplementedError

    def box(self, person: str) -> Maildir:
        return Maildir(self.directory / "boxes" / person)

    def outcome(self, mark: str) -> dict[str, int]:
        """How many copies of a message each place has."""
        found = {person: len(self.box(person).with_mark(mark)) for person in namespace.PEOPLE}
        for file in (self.directory / "out").rglob("*"):
            if file.is_file() and not file.name.endswith(".lock"):
                copies = len(re.findall(rf"(?im)^message-id: <{mark}", file.read_text(errors="replace")))
                place = file.relative_to(self.directory / "out").parts[0]
                found[place] = found.get(place, 0) + copies
        return {place: copies for place, copies in found.items() if copies}

    def stop(self) -> None:
        self.process.stop()


class LocalExim(LocalPeer):
    name, address = "exim", "127.0.3.12"

    def start(self) -> None:
        owner = pwd.getpwnam("Debian-exim")
        for part in ("spool", "log"):
            (self.directory / part).mkdir()
            os.chown(self.directory / part, owner.pw_uid, owner.pw_gid)
        configuration = self.directory / "exim.conf"
        configuration.write_text(EXIM.format(d=self.directory, address=self.address))
        self.process = Process("local-exim", ["exim4", "-C", configuration, "-bdf", "-q1s"])
        wait_for_banner(self.address, 25, self.process)


class LocalPostfix(LocalPeer):
    name, address = "postfix", "127.0.2.12"

    def start(self) -> None:
        d = self.directory
        for part in ("conf", "queue", "data"):
            (d / part).mkdir()
        d.chmod(0o711)
        owner = pwd.getpwnam("postfix")
        os.chown(d / "data", owner.pw_uid, owner.pw_gid)
        (d / "conf/main.cf").write_text(POSTFIX.format(d=d, top="/" + d.parts[1], address=self.address))
        (d / "conf/master.cf").write_text(MASTER + LOCAL)
        add_distributed_files(d / "conf")
        subprocess.run(["postalias", "-c", str(d / "conf"), f"hash:{d}/aliases"], check=True)
        start = f"postfix -c {d}/conf check && exec /usr/lib/postfix/sbin/master -c {d}/conf -d"
        self.process = Process("local-postfix", ["sh", "-c", start])
        wait_for_banner(self.address, 25, self.process)


class LocalCursus(LocalPeer):
    name, address = "cursus", "127.0.1.12"

    def start(self) -> None:
        self.cursus = Cursus("local", self.address, DOMAIN,
                             relay={"hosts": ["127.0.9.0/24"]},
                             local={"mailbox": f"maildir:{self.directory}/boxes/{{user}}", "users": "system",
                                    "aliases": [str(self.directory / "aliases")]})
        self.cursus.start()

    def stop(self) -> None:
        self.cursus.stop()


def write_forward(person: str, text: str) -> Path:
    owner = pwd.getpwnam(person)
    home = namespace.HOMES / person
    home.mkdir(parents=True, exist_ok=True)
    os.chown(home, owner.pw_uid, owner.pw_gid)
    home.chmod(0o755)
    path = home / ".forward"
    path.write_text(text)
    os.chown(path, owner.pw_uid, owner.pw_gid)
    path.chmod(0o644)
    return path


def settle(peer: LocalPeer, mark: str, expected: dict[str, int], patience: float = 20.0) -> None:
    """Waits until it has delivered as many copies as are expected, wherever."""
    wanted = sum(expected.values())
    wait_until(lambda: sum(peer.outcome(mark).values()) >= wanted, f"{peer.name} to deliver {mark} to {expected}",
               patience)
