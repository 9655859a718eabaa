"""In charge of a real IMAP server for tests: one process for the run, a folder of its own for each test."""

import imaplib
import itertools
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

USER, PASSWORD = "pond", "mail secret"
_FOLDERS = itertools.count(1)


@dataclass
class MailFolder:
    """`put` does what an arriving mail does."""

    port: int
    name: str
    client: imaplib.IMAP4 = field(repr=False)

    @property
    def server(self) -> str:
        return f"imap://127.0.0.1:{self.port}"

    def put(self, *mails: bytes) -> None:
        for mail in mails:
            answer, told = self.client.append(self.name, "", imaplib.Time2Internaldate(1_773_478_800), mail)
            assert answer == "OK", told


@pytest.fixture(scope="session")
def imap_port() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [str(Path(sys.executable).parent / "pymap"), "--host", "127.0.0.1", "--port", str(port), "--no-tls"]
    command += ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        yield _awaited(port, process)
        process.terminate()
        process.wait(10)


@pytest.fixture
def mail_folder(imap_port: int) -> Iterator[MailFolder]:
    client = imaplib.IMAP4("127.0.0.1", imap_port, timeout=10)
    client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # a mail is sent in two small parts
    client.login(USER, PASSWORD)
    name = f"box{next(_FOLDERS)}"
    client.create(name)
    yield MailFolder(imap_port, name, client)
    client.logout()


def _awaited(port: int, process: "subprocess.Popen[bytes]") -> int:
    """As soon as it greets."""
    for _attempt in range(600):
        if process.poll() is not None:
            told = process.stdout.read().decode() if process.stdout is not None else ""
            raise RuntimeError(f"the IMAP server ended: {told[-2000:]}")
        try:
            imaplib.IMAP4("127.0.0.1", port, timeout=5).logout()
        except OSError:
            time.sleep(0.05)
        else:
            return port
    raise RuntimeError("the IMAP server does not greet")
