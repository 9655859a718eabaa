"""In charge of `make run`: the example workspaces, set up once, served until Ctrl-C."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "tenon-demo-2026"  # noqa: S105 - the sign-in of demonstration data, printed below


@dataclass(frozen=True)
class Example:
    """`people` may sign in beside the administrator, all with the same password, to see other rights."""

    folder: str
    port: int
    administrator: str
    people: tuple[str, ...]
    has_import: bool


EXAMPLES = (
    Example("b2b-sales", 8000, "admin@example.com", ("darcel.schlecht@example.com", "melvin.marxen@example.com"), True),
    Example(
        "ruanjian",
        8001,
        "admin@example.com",
        ("chen.jing@example.com", "xu.lin@example.com", "zhou.hang@example.com"),
        False,
    ),
)


def tenon(example: Example, *arguments: str, given: str = "") -> str:
    """Run the command on an example; its messages go to the terminal, its result is returned."""
    command = [sys.executable, "-m", "tenon.cli", "-w", str(ROOT / "examples" / example.folder), *arguments]
    done = subprocess.run(command, input=given, text=True, stdout=subprocess.PIPE, cwd=ROOT, check=False)
    if done.returncode:
        sys.stdout.write(done.stdout)
        raise SystemExit(done.returncode)
    return done.stdout


def is_new(example: Example) -> bool:
    return not (ROOT / "examples" / example.folder / ".tenon" / "ready").exists()


def prepare(example: Example) -> None:
    """Publish the files; the first time also people and data."""
    folder = ROOT / "examples" / example.folder
    if not is_new(example):
        tenon(example, "apply", "--yes")
        return
    print(f"Setting up examples/{example.folder} …", flush=True)
    tenon(example, "apply", "--yes", "--reason", "first version")
    known = {person["email"] for person in json.loads(tenon(example, "--json", "user", "list") or "[]")}
    if example.administrator not in known:
        options = ("--name", "Admin", "--role", "administrator", "--password-stdin")
        tenon(example, "user", "add", example.administrator, *options, given=PASSWORD)
    if example.has_import:
        sys.stdout.write(tenon(example, "import", str(folder / "import" / "plan.yaml")))
    else:
        sys.stdout.write(tenon(example, "demo", "load"))
    for email in example.people:
        tenon(example, "user", "password", email, "--password-stdin", given=PASSWORD)
    (folder / ".tenon" / "ready").write_text("set up by make run\n")


def free_port(wanted: int) -> int:
    """`wanted`, or the next one nobody listens on."""
    for port in range(wanted, wanted + 50):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise SystemExit(f"No free port from {wanted} on.")


def serve(example: Example, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tenon.cli", "-w", str(ROOT / "examples" / example.folder)]
    return subprocess.Popen([*command, "serve", "--port", str(port)], cwd=ROOT)


def announce(example: Example, port: int) -> None:
    people = ", ".join((example.administrator, *example.people))
    print(
        f"\n  examples/{example.folder}: http://127.0.0.1:{port}/\n    sign in as {people}\n    password   {PASSWORD}"
    )


def main() -> None:
    started = time.monotonic()
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    running: list[subprocess.Popen[bytes]] = []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        for example in EXAMPLES:
            prepare(example)
            port = free_port(example.port)
            running.append(serve(example, port))
            announce(example, port)
        print(f"\n  ready after {time.monotonic() - started:.0f} s; Ctrl-C ends the servers\n", flush=True)
        for server in running:
            server.wait()
    except KeyboardInterrupt:
        pass
    finally:
        for server in running:
            server.terminate()


if __name__ == "__main__":
    main()
