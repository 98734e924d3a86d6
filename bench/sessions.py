#!/usr/bin/env python3
"""sessions.py load PORT SECONDS WORKERS cold|warm: SMTP sessions of one message each, WORKERS at a time; one line of figures.
sessions.py probe PORT: one session for each rule of bench/rules.sh that must refuse it; each reply, and 1 if one was taken.
A reply that does not say that it is this rule's is marked, and told on standard error.

Clients come from 198.20.0.0/16 and say their names; cold: every session from an address of its own; warm: every worker
keeps to one. Latency is from connect() to the 250 of the message.
"""
import multiprocessing
import resource
import socket
import statistics
import struct
import sys
import time

SERVER = "127.0.0.1"
PATIENCE = struct.pack("ll", 30, 0)
SENDER, RECIPIENT, SUBJECT = "ann@sender.example", "bob@dest.test", "The column at the forum"
LINE = "It was decreed by the senate that it should stand where everybody passes.\r\n"
BODY_OCTETS = 1024
CLIENTS = 60000  # of 198.20.0.0/16; those from 198.20.254.0 on are for the probes


class Refused(Exception):
    pass


def name_of(client):
    return f"client-{client.replace('.', '-')}.clients.example"


def message(subject=SUBJECT):
    head = (f"From: <{SENDER}>\r\nTo: <{RECIPIENT}>\r\nSubject: {subject}\r\nMessage-ID: <forum.1@sender.example>\r\n"
            "Date: Mon, 01 Dec 2025 08:00:00 +0000\r\n\r\n")
    return (head + LINE * ((BODY_OCTETS - len(head)) // len(LINE)) + ".\r\n").encode()


class Session:
    """One connection from `client`; commands whose reply is not what it should be raise Refused."""

    def __init__(self, port, client):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT: the port is chosen by connect()
        self.socket.bind((client, 0))
        self.socket.connect((SERVER, port))
        self.expect(b"220")

    def say(self, octets, code):
        self.socket.sendall(octets)
        self.expect(code)

    def expect(self, code):
        reply = self.socket.recv(4096)
        while not is_whole(reply):
            more = self.socket.recv(4096)
            if not more:
                raise Refused(f"closed after {reply!r}")
            reply += more
        if not reply.startswith(code):
            raise Refused(reply.decode("ascii", "replace").strip())

    def send(self, helo, sender, recipient, message):
        self.say(b"EHLO %s\r\n" % helo.encode(), b"250")
        self.say(b"MAIL FROM:<%s>\r\n" % sender.encode(), b"250")
        self.say(b"RCPT TO:<%s>\r\n" % recipient.encode(), b"250")
        self.say(b"DATA\r\n", b"354")
        self.say(message, b"250")

    def quit(self):
        self.say(b"QUIT\r\n", b"221")

    def close(self):
        self.socket.close()


def is_whole(reply):
    last = reply.rfind(b"\n", 0, -2) + 1
    return reply.endswith(b"\n") and reply[last + 3:last + 4] == b" "


# ---- load

def work(task):
    """Sessions one after the other until `end`: their latencies, what went wrong, and when the last was over."""
    port, begin, end, first_client, step = task
    text, latencies, errors, number = message(), [], [], first_client
    time.sleep(max(0.0, begin - time.monotonic()))
    last = start = time.monotonic()
    while start < end and len(errors) < 20:
        client = f"198.20.{number // 256}.{number % 256}"
        session = None
        try:
            session = Session(port, client)
            session.send(name_of(client), SENDER, RECIPIENT, text)
            latencies.append((time.monotonic() - start) * 1e3)
            session.quit()
        except (OSError, Refused) as error:
            errors.append(str(error))
        if session:
            session.close()
        if step:
            number = (number + step - 1) % CLIENTS + 1
        last = start = time.monotonic()
    return latencies, errors, last


def load(port, seconds, workers, kind):
    begin = time.monotonic() + 0.2
    # Warm clients are none of the cold ones: the first session of each is asked about before the clock runs.
    tasks = [(port, begin, begin + seconds, 1 + number + (CLIENTS if kind == "warm" else 0), 0 if kind == "warm" else workers)
             for number in range(workers)]
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        done = pool.map(work, tasks, chunksize=1)
        pool.close()
        pool.join()
    latencies = [latency for each, _, _ in done for latency in each]
    errors = [error for _, each, _ in done for error in each]
    if errors:
        print(f"{len(errors)} sessions failed: {errors[0]}", file=sys.stderr)
    if not latencies:
        sys.exit(1)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    passed = max(last for _, _, last in done) - begin
    print(f"rate={len(latencies) / passed:.1f} p50={statistics.median(latencies):.2f} n={len(latencies)} errs={len(errors)}"
          f" load_us={(used.ru_utime + used.ru_stime) * 1e6 / len(latencies):.1f}")


# ---- probe

WELCOME = "198.20.254.9"


def probes():
    """Rule, what its refusal says, and what is not WELCOME's ordinary session: client, EHLO, sender, recipient, subject.

    bench/rules.sh gives rules their names where it can; the second text is Postfix's own.
    """
    yield "client", "", {"client": "198.21.8.1"}
    yield "name of the client", "cannot find your reverse hostname", {"client": "198.21.100.1", "helo": name_of(WELCOME)}
    yield "EHLO is no full name", "need fully-qualified hostname", {"helo": "laptop"}
    yield "EHLO is no name", "Invalid name", {"helo": "-laptop.clients.example"}
    yield "EHLO is unwanted", "", {"helo": "mail1000.unwanted.example"}
    yield "EHLO is not in the DNS", "Host not found", {"helo": "absent.clients.example"}
    yield "sender is unwanted", "", {"sender": "unwanted1000@sender.example"}
    yield "sender's domain", "Domain not found", {"sender": "ann@absent.example"}
    yield "recipient is closed", "", {"recipient": "closed1000@dest.test"}
    yield "offer", "", {"subject": "A rare offer"}
    for number, list_name in enumerate(("one", "two", "three"), 1):
        name = f"listed at {list_name}.lists.example"
        yield name, f"blocked using {list_name}.lists.example", {"client": f"198.20.255.{number}"}


def outcome(port, client=WELCOME, helo=None, sender=SENDER, recipient=RECIPIENT, subject=SUBJECT):
    """The reply that refused the session's message; empty if it was taken."""
    try:
        session = Session(port, client)
        session.send(helo or name_of(client), sender, recipient, message(subject))
        session.close()
        return ""
    except Refused as refused:
        return str(refused)


def probe(port):
    taken = 0
    for rule, other_text, difference in probes():
        reply = outcome(port, **difference)
        taken += not reply
        is_told = rule in reply or other_text and other_text in reply
        mark = "" if is_told or not reply else "NOT BY THIS RULE: "
        print(f"  {rule:<31}{mark}{reply or 'was taken'}")
        if mark:
            print(f"{rule}: {mark}{reply}", file=sys.stderr)
    reply = outcome(port)
    print(f"  {'none':<31}{reply or 'was taken'}")
    return 1 if taken or reply else 0


if __name__ == "__main__":
    if sys.argv[1] == "probe":
        sys.exit(probe(int(sys.argv[2])))
    load(int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
