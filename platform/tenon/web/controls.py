"""In charge of form controls: everything a widget's template needs of one field, ready to print.

`ui/templates/widgets/<widget>.html` has three macros that take a `Control`: `show`, `edit` and `filter`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from markupsafe import Markup

from tenon.fields import AnyRecord, Display, FieldType, Money, Reference
from tenon.fields.address import PARTS, Address
from tenon.fields.codes import CountryField
from tenon.fields.encrypted import Secret
from tenon.fields.locales import zone_of
from tenon.fields.rich_text import safe_html
from tenon.fields.signature import Signature
from tenon.ids import is_id
from tenon.model import Field
from tenon.texts import Text
from tenon.web.cells import Showing, Writer, cell_writer, picture_address, result_type
from tenon.web.colors import color_class
from tenon.web.templates import environment
from tenon.web.words import Words

COMMON_CURRENCIES = ("CNY", "USD", "EUR", "HKD", "JPY", "GBP", "SGD")
"""Offered where a field names none of its own."""
FEW = 4
"""Options that are shown side by side rather than in a list."""
MANY = 10
"""From here on a list can be searched."""
SHORT = 36
"""Letters that fit side by side."""
_KINDS: Mapping[str, str] = {
    **dict.fromkeys(("integer", "decimal", "money", "percent"), "number"),
    "boolean": "boolean",
    "multi_choice": "list",
    "tags": "list",
    "multi_lookup": "list",
    "rating": "number",
    "any_record": "record",
    **dict.fromkeys(("address", "checklist", "duration", "encrypted", "image", "json", "signature"), "whole"),
}
"""How `conditions.js` reads the control; of a "whole" one the browser judges nothing."""


_WRITTEN = frozenset({"duration", "geo_point", "checklist"})
"""Widgets whose inputs hold what people read."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One option of a list; `color` is a class."""

    key: str
    label: str
    color: str = ""
    chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class Control:
    """`value` is the engine's value or, after a refusal, what was typed; `text` is how an input holds it.

    `demanding`: it is required, or may become so while the form is being filled in.
    """

    name: str
    id: str
    widget: str
    kind: str
    label: str
    type: FieldType
    word: Words
    help: str = ""
    placeholder: str = ""
    required: bool = False
    demanding: bool = False
    read_only: bool = False
    error: str = ""
    value: Any = None
    text: str = ""
    write: Writer
    bare: bool = False
    """In the cell of a table: without label and help."""
    create_address: str = ""
    items: Sequence[Item] = ()
    kinds: Sequence[Item] = ()
    """Of a look-up of any record: the entities to choose from."""
    options_address: str = ""
    reveal_address: str = ""
    """Of a secret: where its content is asked for."""
    said: str = ""
    """The value as plain text for people."""
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def cell(self) -> str:
        """The value as tables show it."""
        return self.write(self.value)

    @property
    def described(self) -> str:
        """Ids of the texts that explain it: the error first."""
        parts = [f"{self.id}-error" if self.error else "", f"{self.id}-help" if self.help and not self.bare else ""]
        return " ".join(part for part in parts if part)

    @property
    def attributes(self) -> Markup:
        """What every input, list and text area of a control carries; labels are tied by `for`."""
        pairs = {
            "id": self.id,
            "name": self.name,
            "placeholder": self.placeholder,
            "aria-describedby": self.described,
            "aria-invalid": "true" if self.error else "",
            "aria-required": "true" if self.required else "",
            "aria-label": self.label if self.bare else "",
        }
        return Markup(" ").join(Markup('{}="{}"').format(name, value) for name, value in pairs.items() if value)

    @property
    def picker(self) -> Markup:
        """What makes a list one that can be typed into, with the words `picker.js` says."""
        words = {name: self.word(f"picker.{name}") for name in ("nothing", "add", "remove", "clear")}
        words["placeholder"] = self.placeholder or self.word("picker.choose")
        pairs = Markup(" ").join(Markup('data-{}="{}"').format(name, word) for name, word in words.items())
        return Markup("{} {}").format("data-picker" if self.type.entities is None else "", pairs)

    @property
    def finder(self) -> Markup:
        """Of a look-up of any record: what `any_record.js` makes two pickers of."""
        kinds = [[item.key, item.label] for item in self.kinds]
        title = self.value.title if isinstance(self.value, AnyRecord) else None
        pairs = {"kinds": orjson.dumps(kinds).decode(), "title": title or ""}
        pairs |= {"kind-label": self.word("picker.kind", label=self.label), "any-kind": self.word("picker.any_kind")}
        return Markup(" ").join(Markup('data-{}="{}"').format(name, word) for name, word in pairs.items())

    @property
    def invalid(self) -> str:
        return " is-invalid" if self.error else ""

    @property
    def safe(self) -> Markup:
        """Of formatted text: its HTML, cleaned once more on the way out."""
        whole = self.text.encode("utf-8", "replace").decode()  # a lone surrogate is no text
        return Markup(safe_html(whole))  # noqa: S704 - cleaned here

    @property
    def segmented(self) -> bool:
        """Whether the options stand side by side: few, and one of them must be chosen."""
        letters = sum(len(item.label) for item in self.items)
        return self.required and 0 < len(self.items) <= FEW and letters <= SHORT

    @property
    def long(self) -> bool:
        return len(self.items) >= MANY

    @property
    def hidden_record(self) -> bool:
        """Whether it points to a record the reader may not see: then it stays as it is."""
        return isinstance(self.value, Reference | AnyRecord) and self.value.id is None

    @property
    def unseen(self) -> str:
        """Of a list of records: that there are some the reader may not see, which stay in it."""
        values = self.value if isinstance(self.value, (list, tuple)) else ()
        count = sum(isinstance(each, Reference) and each.id is None for each in values)
        return self.word("value.hidden_stay", count=count) if count else ""

    @property
    def unit(self) -> str:
        unit = self.options.get("unit")
        return Text.of(unit).in_(self.word.language) if unit else ""

    @property
    def document(self) -> str:
        """Of JSON: laid out for people; what was refused as it was typed."""
        try:
            return orjson.dumps(orjson.loads(self.text), option=orjson.OPT_INDENT_2).decode() if self.text else ""
        except orjson.JSONDecodeError:
            return self.text

    @property
    def picture(self) -> str:
        """Of a picture: its address."""
        identity = self.value.id if isinstance(self.value, Reference) else self.value
        return picture_address(identity) if identity and is_id(identity) else ""

    @property
    def stored_secret(self) -> bool:
        return isinstance(self.value, Secret)

    @property
    def signed(self) -> str:
        """Of a signature: what its input holds."""
        if not isinstance(self.value, Signature) or not self.value.strokes:
            return self.value.typed if isinstance(self.value, Signature) else self.text
        return orjson.dumps({"strokes": self.value.strokes}).decode()

    @property
    def address_parts(self) -> Sequence[str]:
        """The parts to ask for, in the order of the reader's language."""
        wanted = [part for part in PARTS if part in (self.options.get("parts") or PARTS)]
        if self.word.language.startswith("zh"):
            return wanted
        return [part for part in ("street", "district", "city", "province", "postcode", "country") if part in wanted]

    def part(self, name: str) -> str:
        """Of an address: one part, or what was typed for it."""
        if isinstance(self.value, Address):
            return str(getattr(self.value, name))
        if isinstance(self.value, Mapping):
            return str(self.value.get(name) or "")
        return str(self.value) if name == "street" and isinstance(self.value, str) else ""

    @property
    def countries(self) -> Sequence[Item]:
        usual = self.part("country") or getattr(self.type, "country", "")
        language = self.word.language
        found = [(option.label.in_(language), option.key) for option in CountryField.all_options()]
        first = [pair for pair in found if pair[1] == getattr(self.type, "country", "")]
        return [
            Item(key=key, label=label, chosen=key == usual) for label, key in dict.fromkeys((*first, *sorted(found)))
        ]

    @property
    def currency(self) -> str:
        """Of money: that of the value, else of the field."""
        if isinstance(self.value, Money):
            return self.value.currency
        typed = self.value.get("currency") if isinstance(self.value, Mapping) else None
        return str(typed or getattr(self.type, "currency", ""))

    @property
    def currencies(self) -> tuple[str, ...]:
        """Those to choose from, the present one always among them."""
        offered = self.options.get("currencies") or COMMON_CURRENCIES
        return tuple(dict.fromkeys((self.currency, *offered)))


class Controls:
    """Makes controls of one entity's fields for one reader. `prefix` keeps ids apart when a page has several forms."""

    def __init__(
        self,
        entity: str,
        display: Display,
        word: Words,
        *,
        prefix: str = "field",
        identity: str = "",
        kinds: Callable[[FieldType], Sequence[Item]] = lambda _type: (),
    ) -> None:
        """`identity`: the record whose values are shown, "" for a new one. `kinds`: of a look-up of any record, the
        entities of whose records this reader may choose."""
        self._kinds = kinds
        self._entity = entity
        self._identity = identity
        self._display = display
        self._word = word
        self._prefix = prefix
        self._showing = Showing(display=display, word=word)

    def edit(
        self,
        field: Field,
        value: Any = None,
        *,
        error: Text | None = None,
        read_only: bool = False,
        name: str = "",
        bare: bool = False,
        creates: bool = False,
    ) -> Markup:
        """The control with label, help and error. `value`: the engine's (look-ups as Reference), or the text refused.

        `bare`: for the cell of a table. `creates`: the reader may make the record a look-up shall point to.
        """
        control = self._control(field, value, name=name or field.name, error=error, read_only=read_only)
        address = f"/{control.type.target}/new" if creates and control.type.target else ""
        return self._macro(replace(control, bare=bare, create_address=address), "edit")

    def show(self, field: Field, value: Any) -> Markup:
        """The value at its full length, for the record page; no label."""
        return self._macro(self._control(field, value, name=field.name), "show")

    def filter(self, field: Field, value: Any = None, *, name: str) -> Markup:
        """An input for one operand of a filter, labelled for screen readers alone."""
        return self._macro(self._control(field, value, name=name), "filter")

    def _reveal_address(self, field: Field) -> str:
        if field.type.widget != "encrypted" or not self._identity:
            return ""
        return f"/{self._entity}/{self._identity}/-/reveal/{field.name}"

    def _macro(self, control: Control, macro: str) -> Markup:
        module = environment().get_template(f"widgets/{control.widget}.html").module
        return Markup(getattr(module, macro)(control))  # noqa: S704 - the template has escaped it

    def _control(
        self, field: Field, value: Any, *, name: str, error: Text | None = None, read_only: bool = False
    ) -> Control:
        language, type_ = self._display.language, result_type(field.type)
        leads = field.leads_to is not None or field.entities is not None
        return Control(
            name=name,
            id=f"{self._prefix}-{name.replace('.', '-')}",
            widget=type_.widget,
            kind=_KINDS.get(type_.widget, "text"),
            label=field.label.in_(language),
            type=type_,
            word=self._word,
            help=field.help.in_(language) if field.help is not None else "",
            placeholder=field.placeholder.in_(language) if field.placeholder is not None else "",
            required=field.required,
            demanding=field.required or field.required_when is not None,
            read_only=read_only or field.type.computed or not field.type.writable,
            error=error.in_(language) if error is not None else "",
            value=value,
            text=control_text(type_, value, self._display),
            reveal_address=self._reveal_address(field),
            said="" if value is None or isinstance(value, (str, Mapping)) else type_.show(value, self._display),
            write=cell_writer(field, self._showing),
            items=_items(type_, value, language),
            kinds=self._kinds(type_) if type_.entities is not None else (),
            options_address=f"/{self._entity}/-/options?field={field.name}" if leads else "",
            options=type_.options,
        )


def control_text(type_: FieldType, value: Any, display: Display) -> str:
    """What the input of a type holds: nothing of a secret, what its own parser reads of some, else plain text."""
    if type_.widget == "encrypted" or isinstance(value, (Address, Signature)):
        return ""
    if type_.widget in _WRITTEN and value is not None and not isinstance(value, (str, Mapping)):
        return type_.show(value, display)
    return input_text(value, display)


def input_text(value: Any, display: Display) -> str:
    """What an input holds: numbers plainly, days and moments as browsers want them, moments in the reader's zone."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, Mapping):
        return str(value.get("amount") or "")
    if isinstance(value, AnyRecord):
        return value.key
    if isinstance(value, Money):
        return _number(value.amount)
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, datetime):
        return value.astimezone(zone_of(display.timezone)).strftime("%Y-%m-%dT%H:%M")
    return str(value)


def _number(value: Decimal) -> str:
    """Without needless zeros: 1200, 1200.5."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _items(type_: FieldType, value: Any, language: str) -> tuple[Item, ...]:
    """Options to choose from: the active ones and those already chosen; of a look-up the record it points to."""
    if type_.target:
        return _record(value)
    if type_.members:
        entries = value if isinstance(value, (list, tuple)) and not isinstance(value, Reference) else [value]
        return tuple(item for each in entries for item in _record(each))
    if type_.widget == "tags":
        return tuple(Item(key=each, label=each, chosen=True) for each in value or ())
    chosen = {value} if isinstance(value, str) else set(value) if isinstance(value, (list, tuple)) else set()
    return tuple(
        Item(
            key=option.key,
            label=option.label.in_(language),
            color="" if type_.widget == "code" else color_class(option.color or "gray"),
            chosen=option.key in chosen,
        )
        for option in type_.settings.options
        if option.active or option.key in chosen
    )


def _record(value: Any) -> tuple[Item, ...]:
    reference = value if isinstance(value, Reference) else Reference(value or None, None)
    if reference.id is None:
        return ()
    return (Item(key=reference.id, label=reference.title or reference.id[:8], chosen=True),)
