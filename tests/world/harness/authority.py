"""An authority of this world that issues certificates, and one that nobody trusts."""

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import paths


@dataclass
class Certificate:
    chain: Path
    key: Path

    def server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)
        return context


class Authority:
    """`roots` is the file to trust. Everybody may read everything: daemons of many users show these certificates."""

    def __init__(self, name: str):
        self._directory = paths.WORLD / f"authority-{name}"
        self._directory.mkdir()
        self._directory.chmod(0o755)
        self._key = self._path("root.key")
        self.roots = self._path("root.pem")
        _openssl("req", "-x509", *NEW_KEY, "-subj", f"/CN={name}", "-days", "30", "-keyout", self._key, "-out", self.roots)

    def issue(self, host: str, days: int = 30) -> Certificate:
        """For a name, an address in text form, or somebody's mail address. Negative days: it has expired."""
        kind = "IP" if host.replace(".", "").isdigit() else "email" if "@" in host else "DNS"
        stem = f"{host}{'' if days > 0 else '.expired'}"
        made = Certificate(self._path(f"{stem}.pem"), self._path(f"{stem}.key"))
        request, extensions = self._path(f"{stem}.csr"), self._path(f"{stem}.ext")
        extensions.write_text(f"subjectAltName={kind}:{host}\n")
        _openssl("req", *NEW_KEY, "-subj", f"/CN={host}", "-keyout", made.key, "-out", request)
        _openssl("x509", "-req", "-in", request, "-CA", self.roots, "-CAkey", self._key, "-CAcreateserial",
                 "-days", str(days), "-extfile", extensions, "-out", made.chain)
        made.key.chmod(0o644)
        return made

    def _path(self, name: str) -> Path:
        return self._directory / name


NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def _openssl(*words) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
