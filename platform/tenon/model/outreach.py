"""In charge of what passes between the company and the outside: templates, web forms and connectors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from tenon.expressions import Expression, Path
from tenon.locations import Location
from tenon.model.analysis import Cron, Zone
from tenon.model.names import Names
from tenon.model.references import Refers, Unnamed
from tenon.model.wording import WordFile, Wording
from tenon.texts import Text

Channel = Literal["email", "sms", "chat", "notification", "document"]
Direction = Literal["in", "out", "both"]
Theirs = Annotated[str, Unnamed("a name in the other system")]


@dataclass(frozen=True, kw_only=True)
class Given:
    """A value that whoever uses the template hands over; expressions read it as `given.<name>`."""

    name: str
    label: Text
    type: Literal["text", "number", "boolean", "date", "datetime", "record"]
    to: Annotated[str | None, Refers("entity")] = None
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A document made for the record, a file of the record, or all of its files."""

    name: str
    template: Annotated[str | None, Refers("template")] = None
    field: Annotated[Path | None, Refers("path")] = None
    all: bool = False
    when: Expression | None = None


@dataclass(frozen=True, kw_only=True)
class Paper:
    """The page of a document; `margin` is in millimetres."""

    size: Literal["A4", "A5", "A3", "letter", "label_100x150"] = "A4"
    landscape: bool = False
    margin: int = 20
    header: Wording | None = None
    footer: Wording | None = None
    watermark: Wording | None = None


@dataclass(frozen=True, kw_only=True)
class Provider:
    """What a provider of text messages asks for: its template code, the signature, its variables."""

    template: Annotated[str, Unnamed("a code of the provider")] = ""
    sign: Text | None = None
    values: Annotated[Mapping[str, Expression], Unnamed("variables of the provider")] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Template:
    """Words of one channel with places for values of a record of `entity` and for what is `given`."""

    name: str
    label: Text
    help: Text | None = None
    roles: Annotated[tuple[str, ...], Refers("role")] = ()
    channel: Channel
    entity: Annotated[str | None, Refers("entity", about=True)] = None
    given: Names[Given] = field(default_factory=Names)
    language: Expression | None = None
    format: Literal["text", "markdown", "html"] = "text"
    subject: Wording | None = None
    preheader: Wording | None = None
    body: Wording
    word: WordFile | None = None
    """Of a document made from a file of a word processor; then `body` has no words."""
    sender: Expression | None = None
    reply_to: Expression | None = None
    cc: Expression | None = None
    bcc: Expression | None = None
    thread: Literal["new", "record", "conversation"] = "new"
    attachments: Names[Attachment] = field(default_factory=Names)
    topic: Annotated[str, Unnamed("what people can unsubscribe from")] = ""
    provider: Provider | None = None
    paper: Paper | None = None
    file_name: Wording | None = None
    output: Literal["pdf", "docx", "html"] = "pdf"
    save_to: Annotated[str | None, Refers("field")] = None
    origin: Location | None = None


@dataclass(frozen=True, kw_only=True)
class WebFormField:
    """One question. `required` holds also what the field itself demands; `query` is a parameter of the address."""

    name: str
    field: Annotated[str, Refers("field")]
    label: Text
    help: Text | None = None
    placeholder: Text | None = None
    required: bool = False
    hidden: bool = False
    query: Annotated[str, Unnamed("a parameter of the address")] = ""
    options: Annotated[tuple[str, ...], Unnamed("options of the field")] = ()
    visible_when: Expression | None = None
    width: Literal["full", "half", "third"] = "full"


@dataclass(frozen=True, kw_only=True)
class WebFormSection:
    """Questions under one heading; `fields` are names of questions."""

    name: str
    label: Text
    help: Text | None = None
    fields: Annotated[tuple[str, ...], Unnamed("questions of the form")] = ()
    visible_when: Expression | None = None


@dataclass(frozen=True, kw_only=True)
class Consent:
    """What the visitor agrees to, and the field that keeps it."""

    text: Text
    link: Annotated[str, Unnamed("an address")] = ""
    field: Annotated[str | None, Refers("field")] = None
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class Protection:
    """Against spam. `links` None: not counted."""

    trap: bool = True
    least_seconds: int = 3
    per_hour: int = 20
    puzzle: Literal["none", "work", "question"] = "none"
    links: int | None = None


@dataclass(frozen=True, kw_only=True)
class FormResult:
    """What follows a submission: words or another address for the visitor, an answer, people to tell."""

    message: Text | None = None
    redirect: Annotated[str, Unnamed("an address")] = ""
    template: Annotated[str | None, Refers("template")] = None
    to: Annotated[Path | None, Refers("path")] = None
    notify: Annotated[tuple[str, ...], Refers("role")] = ()


@dataclass(frozen=True, kw_only=True)
class LandingPage:
    """The page around a form; `address` is the last part of its URL."""

    title: Text | None = None
    text: Text | None = None
    button: Text | None = None
    address: Annotated[str, Unnamed("part of a URL")] = ""
    color: str = ""
    description: Text | None = None
    indexed: bool = False


@dataclass(frozen=True, kw_only=True)
class WebForm:
    """A form for visitors; what they send becomes a record of `entity`. Days are ISO dates, "" without limit."""

    name: str
    label: Text
    help: Text | None = None
    entity: Annotated[str, Refers("entity", about=True)]
    fields: Names[WebFormField]
    sections: Names[WebFormSection] = field(default_factory=Names)
    defaults: Annotated[Mapping[str, Expression], Refers("field")] = field(default_factory=dict)
    duplicate_rule: Annotated[str | None, Unnamed("a duplicate rule of the entity")] = None
    duplicates: Literal["create", "update", "overwrite", "note", "ignore"] = "create"
    assign: Annotated[str | None, Refers("assignment")] = None
    consent: Consent | None = None
    protection: Protection = field(default_factory=Protection)
    result: FormResult = field(default_factory=FormResult)
    page: LandingPage | None = None
    embed: Annotated[tuple[str, ...], Unnamed("origins of web sites")] = ()
    paused: bool = False
    opens: Annotated[str, Unnamed("a day")] = ""
    closes: Annotated[str, Unnamed("a day")] = ""
    origin: Location | None = None


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """How another system knows us; `secret` is the name of an environment variable, never the secret."""

    kind: Literal["none", "token", "basic", "oauth2", "hmac"] = "none"
    secret: Annotated[str, Unnamed("an environment variable")] = ""
    user: Annotated[str, Unnamed("a user name there")] = ""
    header: Annotated[str, Unnamed("an HTTP header")] = ""
    token_url: Annotated[str, Unnamed("an address")] = ""


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """One field of ours and theirs. `values` are theirs → our option; `match` is a field of a look-up's target."""

    field: Annotated[str, Refers("field")]
    theirs: Theirs
    direction: Direction
    value: Expression | None = None
    values: Annotated[Mapping[str, str], Unnamed("their values and our options")]
    target: Annotated[str | None, Refers("entity")] = None
    match: Annotated[str | None, Refers("field", of="target")] = None
    format: Annotated[str, Unnamed("how they write dates")] = ""
    clears: bool = True


@dataclass(frozen=True, kw_only=True)
class Paging:
    """How their lists come in pages."""

    by: Literal["number", "offset", "cursor", "link"]
    size: int = 100
    parameter: Theirs = ""
    next: Theirs = ""


@dataclass(frozen=True, kw_only=True)
class Stream:
    """One kind of record exchanged; `key_field` holds the external id, by which records know each other."""

    name: str
    label: Text
    help: Text | None = None
    entity: Annotated[str, Refers("entity", about=True)]
    direction: Direction
    source: Theirs = ""
    items: Theirs = ""
    key_field: Annotated[str, Refers("field")]
    key_theirs: Theirs
    mapped: tuple[Mapped, ...]
    defaults: Annotated[Mapping[str, Expression], Refers("field")] = field(default_factory=dict)
    where: Expression | None = None
    conflict: Literal["ours", "theirs", "newest", "ask"] = "ask"
    deleted: Literal["ignore", "recycle", "mark"] = "ignore"
    mark: Annotated[str | None, Refers("field")] = None
    changed: Theirs = ""
    pages: Paging | None = None
    schedule: Cron = ""
    stops_on_error: bool = False
    assign: Annotated[str | None, Refers("assignment")] = None


@dataclass(frozen=True, kw_only=True)
class Connector:
    """Another system and what is exchanged with it."""

    name: str
    label: Text
    help: Text | None = None
    system: Literal["rest", "files", "webhook", "mail", "chat"]
    url: Annotated[str, Unnamed("an address")] = ""
    credentials: Credentials = field(default_factory=Credentials)
    timezone: Zone = ""
    per_minute: int | None = None
    streams: Names[Stream]
    origin: Location | None = None
