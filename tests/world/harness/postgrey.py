"""postgrey, unpacked, and a client of Postfix's policy delegation protocol to speak with it or any other such service."""

import shutil
import socket

from . import paths
from .processes import Process, wait_until

# It gives up being root. Its whitelists would be put into /etc by its installation.
ALWAYS = ["--user=mailboxes", "--group=mailboxes", "--hostname=mx.example",
          "--whitelist-clients=/usr/share/postgrey/whitelist_clients", "--whitelist-recipients=/usr/share/postgrey/whitelist_recipients"]
PORT = 10023


class Postgrey:
    """Greylists for `delay` seconds, and knows nobody at first but its whitelists: postmaster@ and abuse@ are never
    greylisted. At a local socket, or at `address` port 10023."""

    def __init__(self, delay: int, address: str | None = None):
        self._directory = paths.WORLD / "postgrey"
        shutil.rmtree(self._directory, ignore_errors=True)
        (self._directory / "database").mkdir(parents=True)
        for directory in (self._directory, self._directory / "database"):
            directory.chmod(0o777)
        self._delay, self._address = delay, address
        self.start()

    @property
    def service(self) -> str:
        """As Cursus has it."""
        return f"policy:{self._address}:{PORT}" if self._address else f"policy:unix:{self._socket}"

    @property
    def _socket(self) -> str:
        return str(self._directory / "socket")

    def start(self) -> None:
        place = f"--inet={self._address}:{PORT}" if self._address else f"--unix={self._socket}"
        self._process = Process("postgrey", ["/usr/sbin/postgrey", place, f"--dbdir={self._directory}/database",
                                             f"--delay={self._delay}", *ALWAYS])
        wait_until(self._answers, "postgrey")

    def _answers(self) -> bool:
        self._process.must_run()
        try:
            self.connect().close()
        except OSError:
            return False
        return True

    def connect(self) -> "PolicyConnection":
        return PolicyConnection((self._address, PORT) if self._address else self._socket)

    def output(self) -> str:
        return self._process.output()

    def stop(self) -> None:
        self._process.stop()


class PolicyConnection:
    """One connection, of any number of questions."""

    def __init__(self, place: str | tuple[str, int]):
        self._socket = socket.socket(socket.AF_UNIX if isinstance(place, str) else socket.AF_INET)
        self._socket.settimeout(20)
        self._socket.connect(place)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self) -> None:
        self._socket.close()

    def ask(self, **attributes: str) -> str:
        """The action that is advised."""
        lines = {"request": "smtpd_access_policy", **attributes}
        self._socket.sendall("".join(f"{name}={value}\n" for name, value in lines.items()).encode() + b"\n")
        answer = b""
        while not answer.endswith(b"\n\n"):
            got = self._socket.recv(4096)
            assert got, f"the connection ended behind {answer!r}"
            answer += got
        name, _, action = answer.decode().rstrip("\n").partition("=")
        assert name == "action" and "\n" not in action, answer
        return action
