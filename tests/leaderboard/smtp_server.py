"""A mail server that keeps what it is given: enough of SMTP for a client to be satisfied."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class MailServer:
    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    came: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, count: int) -> list[EmailMessage]:
        """The mails, as soon as there are so many."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.mails) >= count, 20), f"{len(self.mails)} mails came"
            return list(self.mails)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Listens on a free port of this machine."""
    kept = MailServer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline():
                word = line.strip().upper().partition(b" ")[0]
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    _keep(kept, iter(self.rfile.readline, b".\r\n"))
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 fine\r\n")
                if word == b"QUIT":
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        kept.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield kept
        server.shutdown()


def _keep(kept: MailServer, lines: Iterator[bytes]) -> None:
    mail = message_from_bytes(b"".join(lines), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    with kept.came:
        kept.mails.append(mail)
        kept.came.notify_all()
