"""In charge of `tenon worker`: the work in the background of a workspace, or of all those of an installation."""

import signal
import threading
from contextlib import ExitStack
from pathlib import Path

import click

from tenon.cli.call import Call
from tenon.errors import TenonError
from tenon.hosting import FILE, Installation
from tenon.texts import say
from tenon.workspace import Workspace

AGAIN = 30.0
"""Seconds after which a workspace that could not be opened is tried again."""


@click.command()
@click.option("--threads", type=click.IntRange(1, 64), help="Jobs done at the same time, for each workspace.")
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@click.pass_context
def command(ctx: click.Context, threads: int | None, once: bool) -> None:
    """Hand on events, keep schedules and do jobs; in a folder with installation.yaml, for all the workspaces it names.

    Any number of workers may run, on any machine that has the workspace's folder. With TENON_REDIS_URL they are told
    by Redis what to do; without it they ask the database. End one with Ctrl-C or SIGTERM: it finishes what it has in
    hand. One that is killed loses nothing: another takes its jobs over after a minute.

    \b
    Example:
      tenon -w acme worker --threads 4
    """
    call = ctx.ensure_object(Call)
    with ExitStack() as stack:
        crew = _Crew(call, stack, threads)
        if once:
            crew.do_what_is_due()
            return
        stopping = threading.Event()
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, lambda *_signal: stopping.set())
        call.say(say("Working; Ctrl-C ends it.", "正在执行后台任务；按 Ctrl-C 结束。"))
        while not stopping.is_set():
            crew.start()
            stopping.wait(AGAIN)


class _Crew:
    """The workspaces of one call; one that cannot be opened does not keep the others from their work."""

    def __init__(self, call: Call, stack: ExitStack, threads: int | None) -> None:
        self._call = call
        self._stack = stack
        self._threads = threads
        self._alone = not (call.folder / FILE).is_file()
        self._closed = [call.folder] if self._alone else _folders(call)

    def do_what_is_due(self) -> None:
        for workspace in self._opened():
            done = workspace.background.run_due()
            self._call.say(
                say(
                    "{name}: {count} done", "{name}：已完成 {count} 项",
                    name=workspace.model.workspace.label, count=done,
                )
            )  # fmt: skip

    def start(self) -> None:
        for workspace in self._opened():
            workspace.background.start("worker", self._threads)

    def _opened(self) -> list[Workspace]:
        """Those that were not open yet. Raises when the only one cannot be opened."""
        found = []
        for folder in tuple(self._closed):
            try:
                workspace = self._stack.enter_context(Workspace.open(folder))
            except TenonError as error:
                if self._alone:
                    raise
                self._call.refuse(error)
                continue
            self._closed.remove(folder)
            found.append(workspace)
        return found


def _folders(call: Call) -> list[Path]:
    return [place.folder for place in Installation.read(call.folder, idle=None).places]
