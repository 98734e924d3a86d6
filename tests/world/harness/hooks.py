"""An HTTP hook, as docs/policy-services.md shows one, that answers what a test wants."""

import http.server
import json
import threading
from dataclasses import dataclass

ADDRESS, PORT, PATH = "127.0.6.50", 8080, "/check?by=cursus"
URL = f"http://{ADDRESS}:{PORT}{PATH}"


@dataclass
class Answer:
    """Anything but a plain document with status 200."""

    body: bytes = b""
    status: int = 200
    fields: tuple = ()
    stalls: bool = False


class Hook:
    """`answer`: a JSON document or an Answer, to be changed at will. `asked`: the questions so far, decoded."""

    def __init__(self, answer: dict | Answer):
        self.answer = answer
        self.asked: list[dict] = []
        self.requests: list[tuple[str, dict[str, str]]] = []  # their targets and fields
        self.stopping = threading.Event()
        handler = type("Handler", (_Handler,), {"hook": self})
        self._server = http.server.ThreadingHTTPServer((ADDRESS, PORT), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hook: Hook

    def do_POST(self):
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        self.hook.requests.append((self.path, dict(self.headers)))
        self.hook.asked.append(json.loads(asked))
        answer = self.hook.answer
        if isinstance(answer, dict):
            answer = Answer(json.dumps(answer).encode())
        if answer.stalls:
            self.hook.stopping.wait()
        self.send_response(answer.status)
        for name, value in (("Content-Length", str(len(answer.body))), *answer.fields):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_):
        pass
