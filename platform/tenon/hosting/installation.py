"""In charge of many workspaces behind one address: `installation.yaml` says which host name or path is whose."""

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from tenon.clock import Clock, SystemClock
from tenon.compiler import read_document
from tenon.errors import Detail, InvalidInput, NotFound, TenonError
from tenon.hosting.repair import refusal_answer
from tenon.hosting.site import Site
from tenon.settings import Settings
from tenon.texts import say

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LOG = logging.getLogger("tenon.hosting")
FILE = "installation.yaml"
SWEEP = timedelta(seconds=60)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a workspace answers. `hosts` are in small letters without port; a prefix is "" or begins with "/"."""

    name: str
    folder: Path
    hosts: tuple[str, ...]
    prefix: str


class Installation:
    """A WSGI application that hands each request to the workspace it is for."""

    def __init__(self, places: Iterable[Place], *, idle: timedelta | None, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._idle = idle
        self._sweeping = threading.Lock()
        self._swept = self._clock.now()
        self._caring = threading.Event()
        self._carer: threading.Thread | None = None
        self.places = tuple(places)
        self.sites = {place.name: Site(place.folder, prefix=place.prefix, clock=self._clock) for place in self.places}
        self._by_host = {host: place.name for place in self.places for host in place.hosts}
        self._by_prefix = {place.prefix: place.name for place in self.places if place.prefix}

    @classmethod
    def read(cls, folder: Path, *, idle: timedelta | None, clock: Clock | None = None) -> "Installation":
        """Raises MetadataError, or InvalidInput when two workspaces would meet somewhere."""
        places = _places(folder)
        _refuse_collisions(places)
        return cls(places, idle=idle, clock=clock)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        self._sweep()
        site = self._site(environ)
        if site is None:
            return refusal_answer(_nobody(), environ, start_response)
        return site(environ, start_response)

    def care(self) -> None:
        """Let go of idle workspaces, and bring back those whose work is due. One's fault is its own."""
        self._sweep()
        for name, site in self.sites.items():
            try:
                site.open_if_due()
            except TenonError as error:
                LOG.warning("the work of workspace %s cannot be begun: %s", name, error)
            except Exception:
                LOG.exception("the work of workspace %s cannot be begun", name)

    def start(self) -> None:
        """Care every minute, in a thread of its own."""
        self._caring.clear()
        self._carer = threading.Thread(target=self._care_on, name="tenon-installation", daemon=True)
        self._carer.start()

    def _care_on(self) -> None:
        self.care()
        while not self._caring.wait(SWEEP.total_seconds()):
            self.care()

    def close(self) -> None:
        self._caring.set()
        if self._carer is not None:
            self._carer.join()
        for site in self.sites.values():
            site.close()

    def _site(self, environ: "WSGIEnvironment") -> Site | None:
        """By host name first; a prefix is for hosts that are nobody's."""
        name = self._by_host.get(Request(environ).host.partition(":")[0].lower())
        if name is None:
            first = "/" + environ.get("PATH_INFO", "").lstrip("/").partition("/")[0]
            name = self._by_prefix.get(first) or self._by_host.get("*")
        return self.sites.get(name) if name is not None else None

    def _sweep(self) -> None:
        """Idle workspaces leave the memory; whoever comes first after a while looks after it."""
        now = self._clock.now()
        if self._idle is None or now < self._swept + SWEEP or not self._sweeping.acquire(blocking=False):
            return
        try:
            self._swept = now
            for site in self.sites.values():
                site.close_if_unused(now - self._idle)
        finally:
            self._sweeping.release()


def _places(folder: Path) -> tuple[Place, ...]:
    content: dict[str, Any] = read_document("installation", folder / FILE)
    places = []
    for name, said in content["workspaces"].items():
        hosts = said.get("host", [])
        hosts = (hosts,) if isinstance(hosts, str) else tuple(hosts)
        places.append(
            Place(
                name=name,
                folder=folder / said.get("folder", name),
                hosts=tuple(host.lower() for host in hosts),
                prefix=said.get("prefix", ""),
            )
        )
    return tuple(places)


def _refuse_collisions(places: tuple[Place, ...]) -> None:
    problems = [*_twice(places), *_shared_databases(places)]
    if problems:
        message = say("The workspaces of this installation would meet.", "此安装中的工作区会互相冲突。")
        raise InvalidInput(message, details=problems)


def _twice(places: tuple[Place, ...]) -> list[Detail]:
    """Two workspaces at one address, or one that nobody can reach."""
    problems = []
    owners: dict[str, str] = {}
    for place in places:
        for address in (*place.hosts, *([place.prefix] if place.prefix else [])):
            if address in owners:
                message = say(
                    "“{address}” belongs to “{other}” already.", "“{address}”已属于“{other}”。",
                    address=address, other=owners[address],
                )  # fmt: skip
                problems.append(Detail(path=f"workspaces.{place.name}", code="duplicate_address", message=message))
            owners.setdefault(address, place.name)
        if not place.hosts and not place.prefix:
            message = say(
                "“{name}” has neither host nor prefix, so nobody can reach it.",
                "“{name}”既没有 host 也没有 prefix，无法访问。", name=place.name,
            )  # fmt: skip
            problems.append(Detail(path=f"workspaces.{place.name}", code="unreachable", message=message))
    return problems


def _shared_databases(places: tuple[Place, ...]) -> list[Detail]:
    """Two workspaces in one database (and schema) would overwrite each other. Broken settings are told on opening."""
    owners: dict[tuple[str, str], str] = {}
    problems = []
    for place in places:
        home = _database_of(place)
        if home is None:
            continue
        if home in owners:
            message = say(
                "“{name}” and “{other}” would use the same database.", "“{name}”与“{other}”会使用同一个数据库。",
                name=place.name, other=owners[home],
            )  # fmt: skip
            hint = say(
                "Write “settings: {schema}” into its workspace.yaml.",
                "请在其 workspace.yaml 中写入“settings: {schema}”。",
                schema=f"{{database_schema: {place.name}}}",
            )
            problem = Detail(path=f"workspaces.{place.name}", code="shared_database", message=message, hint=hint)
            problems.append(problem)
        owners.setdefault(home, place.name)
    return problems


def _database_of(place: Place) -> tuple[str, str] | None:
    try:
        settings = Settings.of(place.folder)
    except TenonError:
        return None
    return settings.database_url, settings.database_schema


def _nobody() -> NotFound:
    return NotFound(say("No workspace answers at this address.", "此地址没有工作区。"))
