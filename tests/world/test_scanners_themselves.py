"""The scanners of the world start, say what they are to say, and end, shown without Cursus."""

import http.client
import json
import signal
import socket
import struct

import pytest

from harness import scanners
from harness.scanners import Clamd, Rspamd, Spamd

MESSAGE = b"Received: from c.example\r\nX-Forged: 1\r\nFrom: a@client.example\r\nSubject: x\r\n\r\n%s\r\n"


@pytest.fixture(scope="module")
def clamd():
    scanner = Clamd().start()
    yield scanner
    scanner.stop()


@pytest.fixture(scope="module")
def spamd():
    scanner = Spamd().start()
    yield scanner
    scanner.stop()


@pytest.fixture(scope="module")
def rspamd(dns):
    scanner = Rspamd().start()
    yield scanner
    scanner.stop()


def holding(*marks: str) -> bytes:
    return MESSAGE % " ".join(marks).encode()


def ask(connection: socket.socket, question: bytes) -> bytes:
    connection.settimeout(20)
    with connection:
        connection.sendall(question)
        answer = b""
        while piece := connection.recv(4096):
            answer += piece
    return answer


def instream(message: bytes) -> bytes:
    return b"zINSTREAM\0" + struct.pack(">I", len(message)) + message + struct.pack(">I", 0)


def at_socket(path: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    return connection


def test_clamd_says_what_is_clean_and_what_is_not(clamd):
    assert ask(socket.create_connection(clamd.endpoint), instream(holding("nothing"))) == b"stream: OK\0"
    found = ask(at_socket(clamd.socket), instream(holding(scanners.VIRUS_MARK)))
    assert found == f"stream: {scanners.VIRUS_NAME} FOUND\0".encode()


def test_clamd_takes_only_so_much(clamd):
    assert ask(socket.create_connection(clamd.endpoint), b"zINSTREAM\0" + struct.pack(">I", scanners.STREAM_OCTETS_MAX + 1)) == \
        b"INSTREAM size limit exceeded. ERROR\0"


@pytest.mark.parametrize("marks, verdict, symbols", [
    ((), b"Spam: False ; 0.0 / 5.0", b""),
    ((scanners.ODD_MARK,), b"Spam: False ; 1.5 / 5.0", b"LOCAL_ODD"),
    ((scanners.ODD_MARK, scanners.SPAM_MARK), b"Spam: True ; 9.0 / 5.0", b"LOCAL_JUNK,LOCAL_ODD"),
])
def test_spamd_says_how_much_is_wrong(spamd, marks, verdict, symbols):
    message = holding(*marks)
    question = b"SYMBOLS SPAMC/1.5\r\nContent-length: %d\r\n\r\n%s" % (len(message), message)
    head, _, told = ask(socket.create_connection(spamd.endpoint), question).partition(b"\r\n\r\n")
    assert head.startswith(b"SPAMD/1.1 0 EX_OK\r\n") and verdict in head.split(b"\r\n")
    assert told.strip() == symbols


def rspamd_says(rspamd, message: bytes, **fields: str) -> dict:
    connection = http.client.HTTPConnection(*rspamd.endpoint, timeout=20)
    connection.request("POST", "/checkv2", message, {name.replace("_", "-"): value for name, value in fields.items()})
    answer = connection.getresponse()
    assert answer.status == 200
    return json.loads(answer.read())


@pytest.mark.parametrize("marks, action, score", [
    ((), "no action", 0),
    ((scanners.ODD_MARK,), "no action", 1.5),
    ((scanners.SPAM_MARK,), "add header", 7.5),
    ((scanners.REWRITE_MARK,), "rewrite subject", 0),
    ((scanners.DEFER_MARK,), "soft reject", 0),
    ((scanners.ERROR_MARK,), "reject", 0),
])
def test_rspamd_says_what_is_to_be_done(rspamd, marks, action, score):
    answer = rspamd_says(rspamd, holding(*marks))
    assert (answer["action"], answer["score"], answer["required_score"]) == (action, score, 15)


def test_rspamd_is_told_of_the_client_and_has_edits(rspamd):
    answer = rspamd_says(rspamd, holding(), IP="192.0.2.1", Helo="c.example", From="<a@client.example>", Rcpt="<b@alpha.example>",
                         Queue_Id="17")
    added = answer["milter"]["add_headers"]
    told = {name.removeprefix("X-Told-"): value for name, value in added.items()}
    assert told["First"] == {"value": "a value that\n\tis folded", "order": 1}
    assert told["Ip"] == "192.0.2.1" and told["Helo"] == "c.example" and told["Queue"] == "17"
    assert told["From"] == "a@client.example" and told["To"] == "b@alpha.example"
    assert answer["milter"]["remove_headers"] == {"X-Forged": 0, "X-Twice": -1}


def test_rspamd_hangs_up_on_what_is_too_large_without_a_word(rspamd):
    question = b"POST /checkv2 HTTP/1.1\r\nContent-Length: %d\r\n\r\n"
    assert ask(socket.create_connection(rspamd.endpoint), question % (scanners.RSPAMD_MAX_MESSAGE + 1)) == b""


def test_they_stall_when_they_are_stopped(clamd, spamd, rspamd):
    questions = {clamd: b"zPING\0", spamd: b"PING SPAMC/1.5\r\n\r\n", rspamd: b"GET /ping HTTP/1.0\r\n\r\n"}
    for scanner, question in questions.items():
        scanner.signal(signal.SIGSTOP)
        with socket.create_connection(scanner.endpoint, timeout=0.3) as connection:
            connection.sendall(question)
            with pytest.raises(TimeoutError):
                connection.recv(1)
            scanner.signal(signal.SIGCONT)
            connection.settimeout(20)
            assert connection.recv(1)


def test_they_start_again_after_they_have_been_ended(clamd, spamd, rspamd):
    for scanner in (clamd, spamd, rspamd):
        scanner.stop()
        with pytest.raises(OSError):
            socket.create_connection(scanner.endpoint, timeout=1)
        scanner.start()
        socket.create_connection(scanner.endpoint, timeout=5).close()
