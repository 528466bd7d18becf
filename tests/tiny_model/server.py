"""The server: python -m tests.tiny_model.server --port 8123 [--weights FOLDER] [--key KEY]

Beside OpenAI's paths it has /control: GET tells what was asked, POST orders faults or another dialect.
"""

from __future__ import annotations

import argparse
import json
import ssl
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.tiny_model.drawing import TinyModel
from tests.tiny_model.faults import Faults, send, spoil
from tests.tiny_model.protocol import Dialect, Refusal, answer

ASKED_KEPT = 1000


class TinyServer(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], model: TinyModel, key: str = "") -> None:
        super().__init__(address, _Handler)
        self.model, self.key = model, key
        self.dialect, self.faults = Dialect(), Faults()
        self.asked: list[dict[str, Any]] = []
        self.count = 0
        self.lock = threading.Lock()

    def control(self, order: dict[str, Any]) -> None:
        if "dialect" in order:
            self.dialect = replace(Dialect(), **order["dialect"])
        if "fault" in order:
            self.faults.order(order["fault"])
        if order.get("sound"):
            self.faults.clear()
            self.dialect = Dialect()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: TinyServer

    def do_GET(self) -> None:
        server = self.server
        if self.path == "/control":
            with server.lock:
                self._send(200, {"count": server.count, "asked": server.asked})
        elif self.path == "/v1/models":
            self._send(200, {"object": "list", "data": [{"id": server.model.name, "object": "model"}]})
        else:
            self._send(404, {"error": {"message": "no such path"}})

    def do_POST(self) -> None:
        server = self.server
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/control":
            server.control(sent)
            self._send(200, {})
            return
        with server.lock:
            server.count += 1
            server.asked.append({"path": self.path, "headers": dict(self.headers), "body": sent})
            del server.asked[:-ASKED_KEPT]
        status, body = self._answer(sent)
        if fault := server.faults.next():
            spoil(self, fault, json.dumps(body).encode())
        else:
            self._send(status, body)

    def _answer(self, sent: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        server = self.server
        try:
            given = self.headers.get("Authorization", "")
            if server.key and given != f"Bearer {server.key}":
                raise Refusal(
                    401, f"Incorrect API key provided: {given.partition(' ')[2]}", "invalid_api_key"
                )
            if self.path not in ("/v1/completions", "/v1/chat/completions"):
                raise Refusal(404, "no such path")
            return 200, answer(self.path, sent, server.model, server.dialect)
        except Refusal as refusal:
            return refusal.status, refusal.body

    def _send(self, status: int, body: dict[str, Any]) -> None:
        send(self, status, json.dumps(body).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the control path tells what was asked."""


def model_of(weights: str) -> TinyModel:
    if weights:
        from tests.tiny_model.weights import WeightsModel

        return WeightsModel(weights)
    from tests.tiny_model.word_model import WordModel

    return WordModel()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--weights", default="", help="folder of a model; without it: word_model.py")
    parser.add_argument("--key", default="", help="the key that questions must bring")
    parser.add_argument("--certificate", default="", help="PEM file of key and certificate: speak TLS")
    options = parser.parse_args()
    with TinyServer((options.host, options.port), model_of(options.weights), options.key) as server:
        if options.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(options.certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        print("ready", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
