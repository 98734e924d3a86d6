"""An authority and certificates for tests, made with the openssl program."""

import hashlib
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Identity:
    certificate: Path
    key: Path

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, as [tls] client_fingerprints has it."""
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(self.certificate.read_text())).hexdigest()

    def files(self) -> dict:
        return {"certificate": str(self.certificate), "key": str(self.key)}


class Authority:
    """Everything lies in `directory`, where every user may read it."""

    def __init__(self, directory: Path, name: str = "Test authority"):
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o755)
        self.root = self.self_signed("root", name, "basicConstraints=critical,CA:TRUE")

    def self_signed(self, file: str, name: str, extension: str = "basicConstraints=CA:FALSE") -> Identity:
        identity = self._identity(file)
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "30", "-subj",
                 f"/CN={name}", "-addext", extension, "-keyout", identity.key, "-out", identity.certificate)
        return _readable(identity)

    def server(self, name: str, *more: str) -> Identity:
        names = ",".join(f"DNS:{each}" for each in (name, *more))
        return self._signed(name.replace("*", "any"), name, f"subjectAltName={names}")

    def client(self, name: str) -> Identity:
        return self._signed(name, name, "extendedKeyUsage=clientAuth")

    def _signed(self, file: str, name: str, extension: str) -> Identity:
        identity = self._identity(file)
        request, extensions = identity.key.with_suffix(".csr"), identity.key.with_suffix(".ext")
        extensions.write_text(extension + "\n")
        _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-subj", f"/CN={name}", "-keyout",
                 identity.key, "-out", request)
        _openssl("x509", "-req", "-in", request, "-CA", self.root.certificate, "-CAkey", self.root.key, "-days", "30",
                 "-extfile", extensions, "-out", identity.certificate)
        return _readable(identity)

    def _identity(self, file: str) -> Identity:
        return Identity(self.directory / f"{file}.pem", self.directory / f"{file}.key")


def client_context(identity: Identity | None = None, version: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    """Of a client that verifies nobody."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if version:
        context.minimum_version = context.maximum_version = version
    if identity:
        context.load_cert_chain(identity.certificate, identity.key)
    return context


def names_in(der: bytes) -> str:
    """The subject and the alternative names of a certificate, as openssl prints them."""
    text = ssl.DER_cert_to_PEM_cert(der)
    done = subprocess.run(["openssl", "x509", "-noout", "-subject", "-ext", "subjectAltName"], input=text, text=True,
                          capture_output=True, check=True)
    return done.stdout


def _openssl(*words) -> None:
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def _readable(identity: Identity) -> Identity:
    identity.key.chmod(0o644)
    return identity
