"""In charge of meeting a caller at an address: who he is, and whether the entity in the address exists for him."""

from flask import g

from tenon.access import Access
from tenon.errors import Forbidden, NotFound
from tenon.http import Asking, asking
from tenon.suggestions import did_you_mean
from tenon.texts import say


def meet() -> Asking:
    """The caller. Raises Unauthenticated, or Forbidden while a new password is asked of him."""
    known = asking()
    known.actor  # noqa: B018 - raises Unauthenticated
    if known.must_change_password:
        raise Forbidden(
            say("Choose a new password first.", "请先设置新密码。"),
            hint=say("Sign in on the page and follow it.", "请登录页面并按提示操作。"),
        )
    return known


def meet_entity(name: str) -> tuple[Asking, str]:
    """The caller and the entity's present name. Raises NotFound for one on which he may do nothing at all."""
    known = meet()
    if meets(known.access, name):
        return known, name
    present = known.model.entities.present(name)
    if present is not None and present != name and meets(known.access, present):
        g.present_name = present
        return known, present
    raise NotFound(
        say("There is no “{name}” here.", "这里没有“{name}”。", name=name[:60]),
        hint=did_you_mean(name[:60], known.access.readable_entities()),
    )


def meets(access: Access, entity: str) -> bool:
    """Whether the entity exists for him: he may read or create its records."""
    permit = access.shape.permit
    return permit(entity, "read") is not False or permit(entity, "create") is not False
