"""In charge of who a visitor is to us: the address he comes from, the site he comes by."""

import re
from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from flask import Request

from tenon.errors import Forbidden
from tenon.settings import Settings
from tenon.texts import say


def address_of(request: Request, settings: Settings) -> str:
    """The address of the visitor's machine; what proxies say is believed of as many as the settings name.

    One household has a whole network of the newer addresses, so of those the network counts.
    """
    route = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",") if each.strip()]
    found = request.remote_addr or ""
    if settings.trusted_proxies > 0 and route:
        found = route[-min(settings.trusted_proxies, len(route))]
    try:
        address = ip_address(found)
    except ValueError:
        return found[:60]
    return str(address) if address.version == 4 else str(ip_network((address, 64), strict=False))


def own_origins(request: Request, settings: Settings) -> frozenset[str]:
    """Scheme, host and port of our own pages."""
    found = {_origin(request.host_url), _origin(settings.public_url)}
    return frozenset(origin for origin in found if origin)


def refuse_strangers(request: Request, settings: Settings, declared: Iterable[str]) -> None:
    """Raises Forbidden unless a page of ours sends this, or one of the sites declared.

    Browsers say where they are; programs need not.
    """
    origin = request.headers.get("Origin", "").lower()
    if origin and origin not in own_origins(request, settings) and not is_declared(origin, declared):
        raise Forbidden(
            say("This site may not send this form.", "该网站不能提交此表单。"),
            hint=say("Its address is not among those of “embed”.", "其地址不在 embed 声明之中。"),
        )


def is_declared(origin: str, declared: Iterable[str]) -> bool:
    """Whether an origin is one of those declared; `*.` stands for sub-domains, `:*` for every port."""
    return any(_pattern(each).fullmatch(origin) for each in declared)


def _pattern(declared: str) -> re.Pattern[str]:
    whole = re.escape(declared.lower()).replace(r"://\*\.", r"://(?:[a-z0-9-]+\.)+")
    return re.compile(whole.removesuffix(r":\*") + r"(?::[0-9]+)?" if whole.endswith(r":\*") else whole)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.scheme and parts.netloc else ""
