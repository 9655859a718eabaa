"""In charge of what surrounds every page: navigation, quick create, who is signed in, how it is shown."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from flask import request, url_for

from tenon.fields import Display
from tenon.http import Asking
from tenon.http.appearance import chosen_density, chosen_theme
from tenon.jobs import Health
from tenon.model import NavigationGroup, NavigationItem
from tenon.web.approval_count import has_inbox, waiting
from tenon.web.bell import has_bell, unread
from tenon.web.calendar_look import has_calendar
from tenon.web.words import Words
from tenon.workspace import Fallback

WORK = "work"
"""The group of the navigation with what a person has to do."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """An entry of the navigation."""

    label: str
    icon: str
    address: str
    current: bool = False


@dataclass(frozen=True, kw_only=True)
class Group:
    name: str
    label: str
    places: tuple[Place, ...]


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Of one request. `person` is None before sign-in; then there is neither navigation nor quick create."""

    workspace: str
    language: str
    theme: str
    density: str
    colors: str
    person: str | None
    root: str
    """Path below which the workspace lives; "" at the root of its host."""
    at_home: bool = False
    groups: tuple[Group, ...] = ()
    creatable: tuple[Place, ...] = ()
    fallback: Fallback | None = None
    """Told to administrators alone: an older version is in force."""
    troubled: Health | None = None
    """Told to administrators alone: work in the background rests or is late."""
    operates: bool = False
    """Whether the operators' console is open to the person."""
    has_webforms: bool = False
    unread: Callable[[], int] | None = None
    """How many notices wait; asked for only where the bell is shown. None: there is no bell."""
    to_decide: Callable[[], int] | None = None
    """How many approvals wait; None in a workspace without any."""


def frame_of(asking: Asking) -> Frame:
    signed_in = asking.person is not None and not asking.must_change_password
    operates = signed_in and asking.access.administers
    return Frame(
        workspace=asking.model.workspace.label.in_(asking.language),
        language=asking.language,
        theme=chosen_theme(),
        density=chosen_density(),
        colors=asking.model.digest[:12],
        person=asking.person.name if asking.person is not None else None,
        root=request.script_root,
        at_home=request.path == "/",
        groups=tuple(_groups(asking)) if signed_in else (),
        creatable=tuple(_creatable(asking)) if signed_in else (),
        to_decide=partial(waiting, asking) if has_inbox(asking) else None,
        unread=partial(unread, asking) if has_bell(asking) else None,
        fallback=asking.assembled.fallback if operates else None,
        troubled=asking.workspace.background.trouble if operates else None,
        operates=operates,
        has_webforms=bool(asking.model.webforms),
    )


def display_of(asking: Asking) -> Display:
    """How values are shown to whoever asks."""
    zone = asking.person.timezone if asking.person is not None else asking.model.workspace.timezone
    return Display(language=asking.language, timezone=zone)


def _groups(asking: Asking) -> Iterator[Group]:
    current = _current(asking)
    for group in asking.model.navigation.values():
        places = tuple(
            Place(
                label=item.label.in_(asking.language),
                icon=item.icon,
                address=_address(item),
                current=item is current,
            )
            for item in _readable(asking, group)
        )
        places += (*_calendar(asking, group), *_pools(asking, group))
        if places:
            yield Group(name=group.name, label=group.label.in_(asking.language), places=places)


def _readable(asking: Asking, group: NavigationGroup) -> Iterator[NavigationItem]:
    return (item for item in group.items.values() if asking.access.can(item.entity, "read"))


def _calendar(asking: Asking, group: NavigationGroup) -> Iterator[Place]:
    """The person's calendar stands with his work."""
    if group.name == WORK and has_calendar(asking):
        label = Words.of(asking.model, asking.language)("calendar.title")
        yield Place(label=label, icon="calendar", address="/calendar", current=request.path == "/calendar")


def _pools(asking: Asking, group: NavigationGroup) -> Iterator[Place]:
    """The pools of a group's entities, for those who may take records out of them or hand them out."""
    entities = {item.entity for item in _readable(asking, group)}
    for pool in asking.model.pools.values():
        allowed = not pool.claim.roles or not asking.actor.roles.isdisjoint(pool.claim.roles)
        if pool.entity in entities and (allowed or asking.access.can(pool.entity, "update")):
            address = f"/pools/{pool.name}"
            current = request.path == address
            yield Place(label=pool.label.in_(asking.language), icon="inbox", address=address, current=current)


def _address(item: NavigationItem) -> str:
    return f"/{item.entity}" if item.view is None else f"/{item.entity}?view={item.view}"


def _current(asking: Asking) -> NavigationItem | None:
    """The item whose page this is: the one of the same view, else the one that names no view."""
    entity = request.path.split("/")[1]
    items = [item for group in asking.model.navigation.values() for item in group.items.values()]
    same = {item.view: item for item in items if item.entity == entity}
    return same.get(request.args.get("view")) or same.get(None)


def _creatable(asking: Asking) -> Iterator[Place]:
    """Entities of the navigation that may be created, each once, in its order."""
    seen: set[str] = set()
    for group in asking.model.navigation.values():
        for item in _readable(asking, group):
            if item.entity in seen or not asking.access.can(item.entity, "create"):
                continue
            seen.add(item.entity)
            entity = asking.model.entity(item.entity)
            yield Place(label=entity.label.in_(asking.language), icon=entity.icon, address=f"/{item.entity}/new")


def sign_in_address() -> str:
    """With the way back to the page that was asked for."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else ""
    return url_for("web.sign_in", next=wanted if wanted not in ("", "/") else None)
