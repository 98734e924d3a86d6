"""The world is this process moved into a network and a mount namespace of its own: nothing reaches it, nothing leaves,
ports 25 and 53 are free, /etc names our users and our resolver, and the unpacked peers lie over /usr."""

import contextlib
import ctypes
import os
import shutil
import subprocess

from . import paths

# sched.h, sys/mount.h, sys/prctl.h
CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
MS_RDONLY, MS_BIND, MS_REC, MS_PRIVATE = 0x1, 0x1000, 0x4000, 0x40000
PR_SET_CHILD_SUBREAPER = 36

libc = ctypes.CDLL(None, use_errno=True)

# Daemons' users, and the two of Cursus: who serves, and whose the mailboxes are.
USERS = ("postfix", "postdrop", "Debian-exim", "knot", "unbound", "dovecot", "dovenull", "cursus", "mailboxes")
FIRST_USER_ID = 7301
# People with a home directory below HOMES and a mailbox.
PEOPLE = ("ann", "bob", "claudia", "dido")
FIRST_PERSON_ID = 7401
# What PAM asks for, of each of them; and the service for which it does.
PERSONS_PASSWORD, PAM_SERVICE = "carpe diem", "smtp"
HOMES = paths.WORLD / "home"
IPV6_ADDRESSES = ("2001:db8:25::1", "2001:db8:25::2")
ABROAD = "192.0.2.25"  # not on loopback, as far as a client can tell
# Clients that block lists and SPF have an opinion of: nobody asks about loopback.
CLIENTS = ("192.0.2.66", "192.0.2.67", "192.0.2.68")
# Postfix takes only addresses that an interface has.
IPV4_ADDRESSES = ("127.0.2.10", "127.0.2.12", "127.0.2.13", ABROAD, *CLIENTS)


def enter() -> None:
    """Moves this process and all it will start. As root, once, before any thread exists."""
    if os.geteuid() != 0:
        raise SystemExit("The world tests make namespaces and use ports 25 and 53: run them as root.")
    # Daemons detach; their orphans must come to us so that every process can be ended by its id.
    _check(libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl")
    _check(libc.unshare(CLONE_NEWNS | CLONE_NEWNET), "unshare")
    _mount(None, "/", None, MS_REC | MS_PRIVATE)
    shutil.rmtree(paths.KEPT, ignore_errors=True)
    paths.KEPT.mkdir(parents=True)
    paths.KEPT.chmod(0o711)
    _mount(paths.KEPT, paths.WORLD, None, MS_BIND)
    _write_etc()
    _overlay([paths.WORLD / "etc", *_unpacked("etc")], "/etc")
    _overlay(_unpacked("usr"), "/usr")
    _bring_up_loopback()


def _unpacked(part: str) -> list:
    return sorted(peer / part for peer in paths.PEERS.iterdir() if (peer / part).is_dir())


def _write_etc() -> None:
    etc = paths.WORLD / "etc"
    etc.mkdir()
    users, groups = "", ""
    for number, name in enumerate(USERS, FIRST_USER_ID):
        users += f"{name}:x:{number}:{number}::/nonexistent:/usr/sbin/nologin\n"
        groups += f"{name}:x:{number}:\n"
    for number, name in enumerate(PEOPLE, FIRST_PERSON_ID):
        users += f"{name}:x:{number}:{number}::{HOMES / name}:/bin/sh\n"
        groups += f"{name}:x:{number}:\n"
    for file, ours in (("passwd", users), ("group", groups)):
        theirs = [line for line in open(f"/etc/{file}") if line.split(":")[0] not in USERS + PEOPLE]
        (etc / file).write_text("".join(theirs) + ours)
    secret = subprocess.run(["openssl", "passwd", "-6", PERSONS_PASSWORD], capture_output=True, text=True, check=True).stdout.strip()
    (etc / "shadow").write_text("".join(f"{name}:{secret}:20000::::::\n" for name in PEOPLE))
    (etc / "shadow").chmod(0o600)
    (etc / "pam.d").mkdir()
    (etc / "pam.d" / PAM_SERVICE).write_text("auth required pam_unix.so\naccount required pam_unix.so\n")
    (etc / "hosts").write_text("127.0.0.1 localhost\n")
    (etc / "resolv.conf").write_text("nameserver 127.0.0.1\noptions edns0 trust-ad timeout:2 attempts:1\n")
    (etc / "nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files dns\nservices: files\n")
    (etc / "services").write_text("smtp 25/tcp mail\ndomain 53/tcp\ndomain 53/udp\n")
    # An Exim that is to deliver as its users is told here which configurations may have that.
    (etc / "exim4").mkdir()
    (etc / "exim4/trusted_configs").write_text(f"{paths.WORLD / 'local-exim/exim.conf'}\n")
    (etc / "mailname").write_text("client.example\n")


def _bring_up_loopback() -> None:
    commands = ["link set lo up"]
    commands += [f"addr add {address}/32 dev lo" for address in IPV4_ADDRESSES]
    commands += [f"-6 addr add {address}/128 dev lo nodad" for address in IPV6_ADDRESSES]
    for command in commands:
        subprocess.run(["ip", *command.split()], check=True)


def _overlay(upper_first: list, target: str) -> None:
    # Colons separate layers; this option string has no way to quote one. It may not be longer than a page, either: peers
    # are named from where they are.
    layers = ":".join(str(layer.relative_to(paths.PEERS) if layer.is_relative_to(paths.PEERS) else layer) for layer in upper_first)
    if layers.count(":") != len(upper_first) - 1:
        raise SystemExit(f"The world cannot live below a path with a colon: {layers}")
    with contextlib.chdir(paths.PEERS):
        _mount("overlay", target, "overlay", MS_RDONLY, f"lowerdir={layers}:{target}")


def mount_tmpfs(target, size: str) -> None:
    """A small file system of its own, to be filled up."""
    _mount("tmpfs", target, "tmpfs", 0, f"size={size},mode=755")


def unmount(target) -> None:
    _check(libc.umount2(os.fsencode(target), 0), f"umount {target}")


def _mount(source, target, kind, flags, options=None) -> None:
    encoded = [None if text is None else os.fsencode(text) for text in (source, target, kind, options)]
    result = libc.mount(encoded[0], encoded[1], encoded[2], ctypes.c_ulong(flags), encoded[3])
    _check(result, f"mount {kind or source} on {target}")


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
