"""In charge of forms that come back: the names widgets use become the fields' values, or a complaint at the field."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from tenon.errors import Detail
from tenon.fields import InvalidValue
from tenon.fields.address import PARTS
from tenon.model import Field
from tenon.web.cells import result_type


@dataclass(kw_only=True)
class Submitted:
    """`values` are the engine's values of fields that were sent; `raw` is what to show again after a refusal."""

    values: dict[str, Any] = field(default_factory=dict)
    raw: dict[str, Any] = field(default_factory=dict)
    problems: list[Detail] = field(default_factory=list)


def read_form(fields: Iterable[Field], form: MultiDict[str, str], timezone: str, *, prefix: str = "") -> Submitted:
    """Fields without a control in the form stay out; `prefix` stands before every name (`lines.0.`)."""
    found = Submitted()
    for each in fields:
        name = prefix + each.name
        if name not in form or each.type.computed or not each.type.writable:
            continue
        if _is_kept_secret(each, form, name):
            continue
        raw = _raw(each, form, name)
        found.raw[each.name] = raw
        try:
            found.values[each.name] = each.type.parse_local(raw, timezone)
        except InvalidValue as refusal:
            found.problems.append(Detail(path=name, code=refusal.code, message=refusal.message, hint=refusal.hint))
    return found


def _raw(each: Field, form: MultiDict[str, str], name: str) -> Any:
    widget = result_type(each.type).widget
    if widget == "money":
        amount = form[name].strip()
        return {"amount": amount, "currency": form.get(f"{name}.currency")} if amount else None
    if widget in ("multi_choice", "tags", "multi_lookup"):
        return [value for value in form.getlist(name) if value] or None
    if widget == "boolean":
        return form.getlist(name)[-1] or None
    if widget == "address":
        parts = {part: form[f"{name}.{part}"] for part in PARTS if form.get(f"{name}.{part}", "").strip()}
        return parts if set(parts) - {"country"} else None
    if widget in ("file", "image"):
        return next((value for value in form.getlist(name) if value), None)
    return form[name] or None


def _is_kept_secret(each: Field, form: MultiDict[str, str], name: str) -> bool:
    """Forms never hold a stored secret: an empty input means that it stays, unless it is to be removed."""
    return result_type(each.type).widget == "encrypted" and not form[name].strip() and f"{name}.clear" not in form


def uploads(files: MultiDict[str, FileStorage]) -> dict[str, FileStorage]:
    """Field name → file chosen for it; empty inputs are left out."""
    sent = {name: file for name, file in files.items() if name.endswith(".upload") and file.filename}
    return {name.removesuffix(".upload"): file for name, file in sent.items()}
