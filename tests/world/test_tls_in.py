"""TLS of connections that come in, the load balancers in front of them, and hosts that speak for others."""

import os
import pwd
import re
import socket
import ssl
import struct
import subprocess
import time

import pytest

from harness import paths
from harness.certificates import Authority, client_context, names_in
from harness.dialogue import Dialogue, Ended, wait_for_banner
from harness.processes import wait_until
from harness.senders import a_message, new_mark

STRANGER = "127.0.8.10"     # neither a relay host nor anything else
BALANCER = "127.0.8.20"
FRONT_END = "127.0.8.30"    # may say XCLIENT
RELAY_HOST = "127.0.9.10"   # [relay] hosts has 127.0.9.0/24
ELSEWHERE = "RCPT TO:<anybody@elsewhere.example>"
SETTLED = 3.5  # seconds until a changed file is looked at again


@pytest.fixture(scope="session")
def authority():
    return Authority(paths.WORLD / "certificates")


@pytest.fixture(scope="session")
def server(authority):
    return authority.server("mx1.alpha.example")


def listener(name="mx", port=25, address="127.0.1.10", **more) -> dict:
    return {"name": name, "address": [f"{address}:{port}"], **more}


def begin_tls(cursus, source=STRANGER, context=None, name=None, port=25, session=None) -> Dialogue:
    client = Dialogue(cursus.address, port, source=source)
    client.greet()
    client.expect("220", "STARTTLS")
    client.start_tls(context or client_context(), name, session)
    return client


def shown(cursus, name=None, port=25) -> str:
    """What the server's certificate says."""
    with begin_tls(cursus, name=name, port=port) as client:
        return names_in(client.tls.getpeercert(binary_form=True))


def may_relay(client: Dialogue) -> bool:
    client.expect("250", "EHLO client.example")
    client.expect("250", "MAIL FROM:<a@client.example>")
    reply = client.say(ELSEWHERE)
    assert reply.startswith(("250", "550 5.7.1")), reply
    return reply.startswith("250")


def s_client(cursus, *words, port=25) -> str:
    starttls = [] if port == 465 else ["-starttls", "smtp"]
    done = subprocess.run(["openssl", "s_client", "-connect", f"{cursus.address}:{port}", *starttls, *map(str, words)],
                          input="QUIT\r\n", capture_output=True, text=True, timeout=30)
    return done.stdout + done.stderr


# ---- a certificate from the first minute on


def test_tls_is_on_without_any_configuration(make_cursus):
    cursus = make_cursus(listener=[listener()]).start()
    said = shown(cursus)
    assert "CN = mx1.alpha.example" in said and "DNS:mx1.alpha.example" in said
    made = cursus.data / "tls/self-made.pem"
    status = made.stat()
    assert oct(status.st_mode & 0o777) == "0o600" and status.st_uid == pwd.getpwnam("cursus").pw_uid
    read, = cursus.wait_for_event("certificate_read")
    assert read["path"] == str(made) and read["names"] == ["mx1.alpha.example"]
    checked = cursus.command("check").stdout
    assert re.search(r"mx +starttls +\S+self-made\.pem \(self-made\)", checked), checked

    text = made.read_bytes()
    cursus.stop()
    cursus.start()
    assert made.read_bytes() == text, "it is kept"
    cursus.stop()
    cursus.settings["hostname"] = "new.alpha.example"
    cursus.write_configuration()
    cursus.start()
    assert "DNS:new.alpha.example" in shown(cursus)


def test_mail_comes_in_by_starttls_and_received_says_how(make_cursus):
    cursus = make_cursus(listener=[listener()]).start()
    mark = new_mark()
    with begin_tls(cursus, RELAY_HOST) as client:
        client.expect("250", "EHLO client.example")
        client.send("a@client.example", ["julius@alpha.example"], a_message(mark))
    stored, = cursus.inbox("julius").wait_for(mark)
    assert any("with ESMTPS (TLSv1.3 TLS_AES_256_GCM_SHA384)" in line for line in stored.trace), stored.trace


def test_implicit_tls_begins_at_once(make_cursus):
    cursus = make_cursus(listener=[listener(), listener("smtps", 465, tls="implicit")]).start()
    assert "220 mx1.alpha.example ESMTP" in s_client(cursus, "-quiet", "-ign_eof", port=465)
    with Dialogue(cursus.address, 465, source=STRANGER) as plain:
        plain.raw(b"EHLO client.example\r\n")
        assert plain.is_closed()


def test_versions(make_cursus):
    cursus = make_cursus(listener=[listener(), listener("new", 2525)]).start()
    assert "TLSv1.2" in s_client(cursus, "-tls1_2")
    assert "TLSv1.3" in s_client(cursus, "-tls1_3")
    assert "Cipher is (NONE)" in s_client(cursus, "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0")
    cursus.stop()
    cursus.settings["tls"] = {"minimum": "1.3"}
    cursus.write_configuration()
    cursus.start()
    assert "Cipher is (NONE)" in s_client(cursus, "-tls1_2")
    assert "Cipher is TLS_" in s_client(cursus, "-tls1_3")


# ---- names


def test_each_listener_and_each_name_has_its_certificate(make_cursus, authority, server):
    own, single, wildcard, given = (authority.server(name) for name in
                                    ("own.alpha.example", "mail.beta.example", "*.beta.example", "nothing.example"))
    cursus = make_cursus(listener=[listener(), listener("second", 2525, **own.files())], tls=server.files(),
                         certificate=[wildcard.files(), single.files(), {**given.files(), "names": ["given.example"]}]).start()
    expected = {None: "mx1.alpha.example", "mail.beta.example": "mail.beta.example", "smtp.beta.example": "*.beta.example",
                "given.example": "nothing.example", "unknown.example": "mx1.alpha.example",
                "a.b.beta.example": "mx1.alpha.example"}
    for name, certificate in expected.items():
        assert f"DNS:{certificate}" in shown(cursus, name), name
    assert "DNS:own.alpha.example" in shown(cursus, port=2525)
    assert "DNS:mail.beta.example" in shown(cursus, "mail.beta.example", port=2525)
    for odd in ("mail.beta.example\\", "../../etc/passwd", "x" * 250):
        assert "CN = mx1.alpha.example" in s_client(cursus, "-servername", odd)
    assert len(cursus.events("certificate_read")) == 5


# ---- tickets


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_a_ticket_is_good_where_it_was_given_and_nowhere_else(make_cursus, authority, server, version, tmp_path):
    other = authority.server("mail.beta.example")
    cursus = make_cursus(listener=[listener(), listener("smtps", 465, tls="implicit"), listener("second", 2525)],
                         tls=server.files(), certificate=[other.files()]).start()
    ticket = tmp_path / "ticket"

    def is_resumed(port, name) -> bool:
        said = s_client(cursus, version, "-sess_in", ticket, "-servername", name, port=port)
        assert "New, " in said or "Reused, " in said, said
        return "Reused, " in said

    s_client(cursus, version, "-sess_out", ticket, "-servername", "mx1.alpha.example", "-ign_eof")
    assert is_resumed(25, "mx1.alpha.example"), "the test itself must work"
    assert not is_resumed(2525, "mx1.alpha.example")
    assert not is_resumed(465, "mx1.alpha.example")
    assert not is_resumed(25, "mail.beta.example")


# ---- certificates of clients


def test_certificates_of_an_authority_or_listed_ones_may_relay(make_cursus, authority, server):
    trusted, listed, other = authority.client("trusted"), authority.self_signed("listed", "listed"), \
        authority.self_signed("other", "other")
    cursus = make_cursus(listener=[listener(), listener("blind", 2525, client_certificates="none")],
                         tls={**server.files(), "client_ca": str(authority.root.certificate),
                              "client_fingerprints": [listed.fingerprint]}).start()
    for identity, accepted in ((trusted, True), (listed, True), (other, False), (server, True), (None, False)):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with begin_tls(cursus, context=client_context(identity, version)) as client:
                assert may_relay(client) == accepted, (identity, version)
    with begin_tls(cursus, context=client_context(trusted), port=2525) as client:
        assert not may_relay(client), "that listener does not ask"
    assert not cursus.wait_for_event("tls_started", fingerprint=listed.fingerprint)[0]["verified"]
    assert cursus.wait_for_event("tls_started", fingerprint=trusted.fingerprint)[0]["verified"]


def test_a_required_certificate_is_asked_for_in_words(make_cursus, authority, server):
    trusted, other = authority.client("trusted"), authority.self_signed("other", "other")
    required = {"client_certificates": "required"}
    cursus = make_cursus(listener=[listener("health", 2526), listener(**required),
                                   listener("smtps", 465, tls="implicit", **required)],
                         tls={**server.files(), "client_ca": str(authority.root.certificate)}).start()
    with Dialogue(cursus.address, source=STRANGER) as client:
        client.greet()
        client.expect("530 5.7.0", "MAIL FROM:<a@client.example>")
    for identity, reply in ((None, "none was shown"), (other, "yours is neither")):
        with begin_tls(cursus, context=client_context(identity)) as client:
            assert re.match(f"530 5.7.0 .*{reply}", client.reply())
            assert client.is_closed()
        with Dialogue(cursus.address, 465, source=STRANGER) as client:
            client.start_tls(client_context(identity))
            assert re.match(f"530 5.7.0 .*{reply}", client.reply())
            assert client.is_closed()
    with begin_tls(cursus, context=client_context(trusted)) as client:
        assert may_relay(client)
    cursus.wait_for_event("connection_refused", 4, rule="client-certificate")


def test_a_resumed_session_shows_its_certificate_again(make_cursus, authority, server):
    trusted = authority.client("trusted")
    cursus = make_cursus(listener=[listener()],
                         tls={**server.files(), "client_ca": str(authority.root.certificate)}).start()
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = client_context(trusted, version)
        with begin_tls(cursus, context=context) as first:
            assert may_relay(first)
            session = first.tls.session
        second = begin_tls(cursus, context=context, session=session)
        assert not second.tls.session_reused
        assert may_relay(second)


# ---- reading again


def test_certificates_follow_their_files(make_cursus, authority):
    old, new = authority.server("old.alpha.example"), authority.server("new.alpha.example")
    live = paths.WORLD / "certificates/live.pem", paths.WORLD / "certificates/live.key"

    def put(source, target):
        beside = target.with_suffix(".tmp")
        beside.write_bytes(source.read_bytes())
        beside.chmod(0o644)
        os.rename(beside, target)

    put(old.certificate, live[0])
    put(old.key, live[1])
    cursus = make_cursus(listener=[listener()], tls={"certificate": str(live[0]), "key": str(live[1])}).start()
    standing = begin_tls(cursus)
    assert "DNS:old.alpha.example" in shown(cursus)

    put(new.certificate, live[0])
    time.sleep(SETTLED)
    for _ in range(3):
        assert "DNS:old.alpha.example" in shown(cursus), "its key has not come yet"
        time.sleep(SETTLED / 3)
    trouble = cursus.events("trouble", where="tls")
    assert len(trouble) == 1 and "does not belong to the certificate" in trouble[0]["what"]

    put(new.key, live[1])
    wait_until(lambda: "DNS:new.alpha.example" in shown(cursus), "the new certificate")
    standing.expect("250", "EHLO client.example")
    standing.expect("221", "QUIT")
    assert [event["names"] for event in cursus.wait_for_event("certificate_read", 2)] == [["old.alpha.example"], ["new.alpha.example"]]
    assert len(cursus.events("trouble", where="tls")) == 1


def test_authorities_of_clients_follow_their_file(make_cursus, authority, server):
    other = Authority(paths.WORLD / "certificates/other", "Other authority")
    early, late = authority.client("early"), other.client("late")
    file = paths.WORLD / "certificates/clients.pem"
    file.write_bytes(authority.root.certificate.read_bytes())
    cursus = make_cursus(listener=[listener()], tls={**server.files(), "client_ca": str(file)}).start()

    def counts(identity) -> bool:
        with begin_tls(cursus, context=client_context(identity)) as client:
            return may_relay(client)

    assert counts(early) and not counts(late)
    file.write_bytes(other.root.certificate.read_bytes())
    wait_until(lambda: counts(late), "the new authority")
    assert not counts(early)


# ---- what must not get in between


def test_plaintext_behind_starttls_is_thrown_away_with_the_session(make_cursus):
    cursus = make_cursus(listener=[listener()]).start()
    with Dialogue(cursus.address, source=STRANGER) as client:
        client.greet()
        client.raw(b"STARTTLS\r\nMAIL FROM:<injected@client.example>\r\n")
        client.expect("554")
        assert client.is_closed()
    assert not cursus.events("tls_started")


def test_a_goodbye_of_tls_amid_a_chunk_ends_the_session_and_keeps_nothing(make_cursus):
    """CVE-2026-45185: close_notify in the middle of BDAT, then octets in the clear."""
    cursus = make_cursus(listener=[listener()]).start()
    for behind in (b"x", b"x" * 2000, b"QUIT\r\n"):
        client = begin_tls(cursus, RELAY_HOST)
        client.expect("250", "EHLO client.example")
        client.expect("250", "MAIL FROM:<a@client.example>")
        client.expect("250", "RCPT TO:<julius@alpha.example>")
        client.raw(b"BDAT 1000 LAST\r\n" + b"a" * 10)
        time.sleep(0.1)
        plain = socket.socket(fileno=os.dup(client.tls.fileno()))
        client.tls.settimeout(1)
        try:
            client.tls.unwrap()  # sends close_notify
        except OSError:
            pass
        try:
            plain.sendall(behind)
            plain.settimeout(5)
            while plain.recv(4096):
                pass
        except OSError:
            pass
        client.close()
        plain.close()
    cursus.must_run()
    with begin_tls(cursus, RELAY_HOST) as client:
        client.expect("250", "EHLO client.example")
    assert not cursus.events("accepted") and not cursus.queue("list")


def test_who_is_going_to_speak_http_is_turned_away(make_cursus):
    cursus = make_cursus(listener=[listener()]).start()
    context = client_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with pytest.raises(ssl.SSLError):
        begin_tls(cursus, context=context)


# ---- load balancers


def version_2(source: str, command: int = 0x21, more: bytes = b"") -> bytes:
    addresses = socket.inet_aton(source) + socket.inet_aton("127.0.1.10") + struct.pack(">HH", 4711, 25) + more
    return b"\r\n\r\n\0\r\nQUIT\n" + struct.pack(">BBH", command, 0x11, len(addresses)) + addresses


def version_1(source: str) -> bytes:
    return f"PROXY TCP4 {source} 127.0.1.10 4711 25\r\n".encode()


@pytest.fixture
def balanced(make_cursus):
    return make_cursus(listener=[listener("health", 2525), listener(proxies=[f"{BALANCER}/32"]),
                                 listener("smtps", 465, tls="implicit", proxies=[BALANCER])],
                       relay={"hosts": ["127.0.9.0/24", BALANCER]}, limits={"connections_per_client": 3})


def start(cursus):
    """Whose port 25 greets balancers only."""
    cursus.launch()
    wait_for_banner(cursus.address, 2525)
    return cursus


def proxied(cursus, header: bytes, port=25) -> Dialogue:
    client = Dialogue(cursus.address, port, source=BALANCER)
    client.raw(header)
    return client


@pytest.mark.parametrize("header", [version_1, version_2, lambda source: version_2(source, more=b"\x05\0\x20" + b"u" * 32)])
def test_the_client_is_the_one_a_balancer_names(balanced, header):
    cursus = start(balanced)
    for source, may in ((STRANGER, False), (RELAY_HOST, True)):
        with proxied(cursus, header(source)) as client:
            client.expect("220")
            assert may_relay(client) == may
        connected, = cursus.wait_for_event("connected", client=f"{source}:4711")
        assert connected["proxy"].startswith(f"{BALANCER}:")
    with proxied(cursus, header(STRANGER)) as client:
        client.greet()
        mark = new_mark()
        client.send("a@client.example", ["julius@alpha.example"], a_message(mark))
    stored, = cursus.inbox("julius").wait_for(mark)
    trace = " ".join(stored.trace)
    assert f"[{STRANGER}]" in trace and BALANCER not in trace


def test_a_header_may_come_with_the_beginning_of_tls(balanced):
    cursus = start(balanced)
    raw = socket.socket()
    raw.bind((BALANCER, 0))
    raw.connect((cursus.address, 465))
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = client_context().wrap_bio(incoming, outgoing)
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    raw.sendall(version_2(STRANGER) + outgoing.read())
    raw.settimeout(10)
    while True:
        try:
            tls.do_handshake()
            raw.sendall(outgoing.read())
            greeting = tls.read()
            break
        except ssl.SSLWantReadError:
            raw.sendall(outgoing.read())
            incoming.write(raw.recv(65536))
    assert greeting.startswith(b"220 ")
    cursus.wait_for_event("connected", client=f"{STRANGER}:4711")


@pytest.mark.parametrize("octets", [b"", b"EHLO client.example\r\n", b"PROXY TCP4 nonsense\r\n", version_2(STRANGER)[:20],
                                    version_2(STRANGER, command=0x31), b"PROXY TCP4 " + b"1" * 200])
def test_a_balancer_without_a_header_gets_no_word(balanced, octets):
    cursus = start(balanced)
    began = time.monotonic()
    with Dialogue(cursus.address, source=BALANCER) as client:
        client.raw(octets)
        with pytest.raises(Ended):
            client.line()
        assert client._buffer == b""
    assert time.monotonic() - began < 9
    refused, = cursus.wait_for_event("connection_refused", rule="proxy-header")
    assert "PROXY header" in refused["why"]


def test_a_balancer_may_come_for_itself(balanced):
    cursus = start(balanced)
    for header in (b"PROXY UNKNOWN\r\n", version_2(STRANGER, command=0x20)):
        with proxied(cursus, header) as client:
            client.expect("220")
            client.expect("221", "QUIT")


def test_a_stranger_gains_nothing_by_a_header(balanced):
    cursus = start(balanced)
    for header in (version_1(RELAY_HOST), version_2(RELAY_HOST)):
        with Dialogue(cursus.address, source=STRANGER) as client:
            client.expect("220")
            client.raw(header)
            assert client.reply().startswith("500")
            try:
                assert not may_relay(client)
            except (AssertionError, Ended):
                assert client.is_closed(), "version 2 is no line"
    assert not cursus.events("connected", client=f"{RELAY_HOST}:4711")


def test_limits_hold_for_the_client_and_not_for_its_balancer(balanced):
    cursus = start(balanced)
    standing = [proxied(cursus, version_1(f"127.0.8.{number}")) for number in range(100, 106)]
    for client in standing:
        client.expect("220")
    same = [proxied(cursus, version_1(STRANGER)) for _ in range(4)]
    assert sorted(client.reply()[:3] for client in same) == ["220", "220", "220", "421"]


def test_curl_speaks_through_a_balancer(balanced, tmp_path):
    cursus = start(balanced)
    mark = new_mark()
    message = tmp_path / "message"
    message.write_bytes(a_message(mark))
    done = subprocess.run(["curl", "-sS", "-k", "--ssl-reqd", "--haproxy-protocol", "--interface", BALANCER,
                           f"smtp://{cursus.address}:25/client.example", "--mail-from", "a@client.example", "--mail-rcpt",
                           "julius@alpha.example", "-T", message], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    cursus.inbox("julius").wait_for(mark)


# ---- XCLIENT


@pytest.fixture
def fronted(make_cursus):
    return make_cursus(listener=[listener(xclient=[f"{FRONT_END}/32"])],
                       relay={"hosts": ["127.0.9.0/24", FRONT_END]}).start()


def swaks(cursus, source, *words) -> str:
    done = subprocess.run(["swaks", "--server", cursus.address, "--local-interface", source, "--from", "a@client.example",
                           "--helo", "client.example", *words], capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr


def test_swaks_speaks_for_a_client(fronted):
    said = swaks(fronted, FRONT_END, "--to", "anybody@elsewhere.example", "--quit-after", "RCPT")
    assert "250 2.1.5" in said, "the front end itself may relay"
    said = swaks(fronted, FRONT_END, "--xclient-addr", "192.0.2.77", "--to", "anybody@elsewhere.example")
    assert "550 5.7.1" in said and "250 2.1.5" not in said
    said = swaks(fronted, FRONT_END, "--xclient-addr", RELAY_HOST, "--to", "anybody@elsewhere.example", "--quit-after", "RCPT")
    assert "250 2.1.5" in said
    said = swaks(fronted, FRONT_END, "--xclient-addr", "192.0.2.77", "--xclient-name", "real.example", "--xclient-port", "99",
                 "--to", "julius@alpha.example")
    assert "250 2.0.0" in said, said
    restated, = fronted.wait_for_event("client_restated", client="192.0.2.77:99")
    assert restated["by"].startswith(f"{FRONT_END}:") and restated["name"] == "real.example"
    stored, = wait_until(fronted.inbox("julius").messages, "the message")
    assert "(real.example [192.0.2.77])" in " ".join(stored.trace)


def test_a_client_is_spoken_for_within_tls_without_the_front_ends_certificate(make_cursus, authority):
    trusted = authority.client("trusted")
    cursus = make_cursus(listener=[listener(xclient=[FRONT_END])], tls={"client_ca": str(authority.root.certificate)}).start()
    with begin_tls(cursus, FRONT_END, client_context(trusted)) as client:
        assert may_relay(client)
        client.expect("250", "RSET")
        client.expect("220", "XCLIENT ADDR=192.0.2.77")
        assert not may_relay(client)
    with Dialogue(cursus.address, source=FRONT_END) as client:
        client.greet()
        client.expect("220", "XCLIENT ADDR=192.0.2.77")
        client.expect("220", "STARTTLS")
        client.start_tls(client_context(trusted))
        assert not may_relay(client)


def test_xclient_is_nothing_to_others(fronted):
    for source in (STRANGER, RELAY_HOST):
        with fronted.dialogue(source) as client:
            assert "XCLIENT" not in client.say("EHLO client.example")
            client.expect("500", f"XCLIENT ADDR={RELAY_HOST} LOGIN=julius")
            assert may_relay(client) == (source == RELAY_HOST)
    assert not fronted.events("client_restated")


def test_xclient_is_taken_from_the_client_behind_a_balancer(make_cursus):
    cursus = start(make_cursus(listener=[listener("health", 2525),
                                         listener(proxies=[BALANCER], xclient=[f"{FRONT_END}/32"])]))
    for source, code in ((FRONT_END, "220"), (STRANGER, "500")):
        with proxied(cursus, version_1(source)) as client:
            client.greet()
            client.expect(code, "XCLIENT ADDR=192.0.2.77")
