"""In charge of making up well-typed expressions, and records for them to be about."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

ALPHABET = "aAbBzÄßéΣσİﬁ客户Ａ 　\u00a0'\"%_\\0-.😀\uffee"
TEXTS = st.text(ALPHABET, max_size=6)
WORDS = st.sampled_from(["", "a", "AB", "客户", "12.50", "-3", " 7 ", "2024-02-29", "😀", "Σσ"])
ZONES = ("UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin")
DATES = st.one_of(
    st.dates(date(2023, 1, 1), date(2025, 12, 31)),
    st.dates(),
    st.sampled_from([date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29), date(2024, 12, 30)]),
)
_SPAN = int(timedelta(days=46 * 365) / timedelta(microseconds=1))
MOMENTS = st.integers(0, _SPAN).map(lambda micros: datetime(1992, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros))


def _decimals(places: int, most: int = 9999) -> st.SearchStrategy[Decimal]:
    units = st.one_of(st.integers(-most, most), st.sampled_from([0, 1, 5, 25, 50, 100, 125, -5, -15]))
    return units.map(lambda value: Decimal(value).scaleb(-places))


def _or_none(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), values, values)


ACCOUNT = st.fixed_dictionaries(
    {
        "name": _or_none(TEXTS),
        "worth": _or_none(_decimals(2)),
        "region": st.sampled_from([None, "east", "west", "shanghai"]),
    }
)
LINE = st.fixed_dictionaries(
    {
        "name": _or_none(TEXTS),
        "price": _or_none(_decimals(2)),
        "quantity": _or_none(_decimals(0, 99)),
        "done": _or_none(st.booleans()),
        "day": _or_none(DATES),
    }
)
_DEAL = st.fixed_dictionaries(
    {
        "title": _or_none(TEXTS),
        "note": _or_none(WORDS),
        "amount": _or_none(_decimals(2)),
        "rate": _or_none(_decimals(4)),
        "loose": _or_none(_decimals(3)),
        "count_": _or_none(_decimals(0, 50)),
        "open": _or_none(st.booleans()),
        "flag": _or_none(st.booleans()),
        "due": _or_none(DATES),
        "start": _or_none(DATES),
        "met": _or_none(MOMENTS),
        "seen": _or_none(MOMENTS),
        "state": st.sampled_from([None, "new", "won", "lost"]),
        "tags": _or_none(st.lists(st.sampled_from(["a", "b", "客户", '"']), max_size=3)),
        "owner": st.sampled_from([None, "u1", "u2"]),
        "account": _or_none(ACCOUNT),
        "lines": st.lists(LINE, max_size=4),
    }
)
DEALS = st.lists(_DEAL, min_size=1, max_size=4).map(lambda deals: [_named(deal, at) for at, deal in enumerate(deals)])
USERS = st.fixed_dictionaries(
    {"id": st.sampled_from(["u1", "u2"]), "name": _or_none(TEXTS), "region": st.sampled_from([None, "east", "all"])}
)


def _named(deal: dict[str, Any], index: int) -> dict[str, Any]:
    """With ids; what refers to nothing says so."""
    account = deal["account"] and {**deal["account"], "id": f"a{index}"}
    lines = [{**line, "id": f"l{index}-{at}"} for at, line in enumerate(deal["lines"])]
    return {**deal, "id": f"d{index}", "account": account, "lines": lines}


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _apply(pattern: str, **parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.fixed_dictionaries(parts).map(lambda values: pattern.format(**values))


def _literal(value: Decimal) -> str:
    return format(value, "f") if value >= 0 else f"({value:f})"


LITERALS = {
    "number": st.one_of(_decimals(1, 99), _decimals(0, 9)).map(_literal),
    "text": TEXTS.map(quoted),
    "date": DATES.map(lambda day: f'date("{day}")'),
    "boolean": st.sampled_from(["true", "false"]),
}
LEAVES = {
    "number": st.one_of(st.sampled_from(["amount", "rate", "loose", "count_", "account.worth"]), LITERALS["number"]),
    "text": st.one_of(st.sampled_from(["title", "note", "account.name", "user.name", "state"]), LITERALS["text"]),
    "date": st.one_of(st.sampled_from(["due", "start", "today()", "met"]), LITERALS["date"]),
    "datetime": st.sampled_from(["met", "seen", "now()"]),
    "duration": st.one_of(
        _apply("{u}({n})", u=st.sampled_from(["days", "hours", "weeks", "minutes"]), n=LITERALS["number"]),
        st.sampled_from(["(met - seen)", "(start - today())", "(now() - met)", "days(count_)", "hours(rate)"]),
    ),
    "boolean": st.one_of(st.sampled_from(["open", "flag", "null"]), LITERALS["boolean"]),
}
ORDER = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
EQUALITY = st.sampled_from(["==", "!="])
ON_LINES = st.sampled_from(
    [
        "quantity > 1",
        "price != null",
        "done",
        "not done",
        'contains(name, "a")',
        "price * quantity >= 100",
        "day < today()",
    ]
)


def _numbers(self: dict[str, Any]) -> st.SearchStrategy[str]:
    number, text, day = self["number"], self["text"], self["date"]
    return st.one_of(
        _apply("({a} {o} {b})", a=number, o=st.sampled_from("+-"), b=number),
        _apply("({a} * {b})", a=LEAVES["number"], b=LEAVES["number"]),
        _apply("round({a} / {b}, 4)", a=number, b=LEAVES["number"]),
        _apply("({a} % {b})", a=LEAVES["number"], b=LEAVES["number"]),
        _apply("-({a})", a=number),
        _apply("{f}({a})", f=st.sampled_from(["floor", "ceil", "trunc", "abs", "round"]), a=number),
        _apply("round({a}, {n})", a=number, n=st.sampled_from(["0", "1", "2", "-1", "-2"])),
        _apply("{f}({a}, {b})", f=st.sampled_from(["min", "max", "coalesce"]), a=number, b=number),
        _apply("len({t})", t=text),
        _apply("find({t}, {u})", t=text, u=text),
        _apply("number({t})", t=text),
        _apply("{f}({a}, {b})", f=DISTANCES, a=day, b=day),
        _apply("{f}({a})", f=st.sampled_from(["year", "month_of_year", "day", "weekday"]), a=day),
        _apply("hour({m})", m=self["datetime"]),
        _apply("round({a} / days({n}), 3)", a=self["duration"], n=st.sampled_from(["1", "0", "2.5"])),
        _apply(
            "{f}(lines.{g})",
            f=st.sampled_from(["sum", "min", "max", "avg", "count"]),
            g=st.sampled_from(["price", "quantity"]),
        ),
        _apply("{f}(lines.price * lines.quantity, {c})", f=st.sampled_from(["sum", "max"]), c=ON_LINES),
        _apply("count(lines, {c})", c=ON_LINES),
        _apply("first(lines.price, by={b})", b=st.sampled_from(["quantity", "-price", "day", "-name", "name"])),
        _apply("({a} if {c} else {b})", a=number, b=number, c=self["boolean"]),
        st.just("len(tags)"),
        st.just("percent_of(count_, 40)"),
    )


DISTANCES = st.sampled_from(["days_between", "workdays_between", "months_between", "years_between"])
PERIODS = st.sampled_from(
    [f"{edge}_of_{period}" for edge in ("start", "end") for period in ("week", "month", "quarter", "year")]
)


def _texts(self: dict[str, Any]) -> st.SearchStrategy[str]:
    text, number, day = self["text"], LEAVES["number"], self["date"]
    count = st.sampled_from(["0", "1", "2", "9", "-1", "count_"])
    return st.one_of(
        _apply("({a} + {b})", a=text, b=text),
        _apply("{f}({a})", f=st.sampled_from(["lower", "upper", "trim"]), a=text),
        _apply("replace({a}, {b}, {c})", a=text, b=text, c=text),
        _apply("{f}({a}, {n})", f=st.sampled_from(["left", "right"]), a=text, n=count),
        _apply("middle({a}, {n}, {m})", a=text, n=count, m=count),
        _apply("{f}({a}, {b})", f=st.sampled_from(["min", "max", "coalesce"]), a=text, b=text),
        _apply("text({a})", a=st.one_of(number, day, self["datetime"], LEAVES["boolean"])),
        _apply("{f}({a})", f=st.sampled_from(["month", "quarter", "week"]), a=day),
        _apply("({a} if {c} else {b})", a=text, b=text, c=self["boolean"]),
        st.sampled_from(["first(lines.name, by=-quantity)", "min(lines.name)", "max(lines.name, done)"]),
    )


def _dates(self: dict[str, Any]) -> st.SearchStrategy[str]:
    day = self["date"]
    return st.one_of(
        _apply(
            "({a} {o} {b})", a=st.one_of(LITERALS["date"], st.just("due")), o=st.sampled_from("+-"), b=self["duration"]
        ),
        _apply(
            "({a} {o} {u}({n}))",
            a=st.one_of(LITERALS["date"], st.just("due")),
            o=st.sampled_from("+-"),
            u=st.sampled_from(["months", "years"]),
            n=LEAVES["number"],
        ),
        _apply("{f}({a})", f=PERIODS, a=day),
        _apply(
            "date({y}, {m}, {d})", y=st.sampled_from(["2024", "count_", "1"]), m=LEAVES["number"], d=LEAVES["number"]
        ),
        _apply("date({t})", t=self["text"]),
        _apply("date({m})", m=self["datetime"]),
        st.just("max(lines.day)"),
    )


def _moments(self: dict[str, Any]) -> st.SearchStrategy[str]:
    moment = LEAVES["datetime"]
    return st.one_of(
        _apply("({a} {o} {b})", a=moment, o=st.sampled_from("+-"), b=self["duration"]),
        _apply("({a} + months({n}))", a=moment, n=LEAVES["number"]),
        _apply("coalesce({a}, {b})", a=moment, b=moment),
    )


def _durations(self: dict[str, Any]) -> st.SearchStrategy[str]:
    span = self["duration"]
    return st.one_of(
        _apply("({a} {o} {b})", a=span, o=st.sampled_from("+-"), b=span),
        _apply("({a} * {n})", a=span, n=LITERALS["number"]),
        _apply("({a} - {b})", a=self["date"], b=self["date"]),
    )


def _conditions(self: dict[str, Any]) -> st.SearchStrategy[str]:
    condition, text = self["boolean"], self["text"]
    compared = [
        _apply("({a} {o} {b})", a=self[kind], o=ORDER, b=self[kind])
        for kind in ("number", "date", "datetime", "duration")
    ]
    plain_text = text.filter(lambda written: written != "state")
    return st.one_of(
        *compared,
        _apply("({a} {o} {b})", a=plain_text, o=EQUALITY, b=plain_text),
        _apply("({a} + '' {o} {b} + '')", a=text, o=ORDER, b=text),
        _apply("({a} {o} {b})", a=condition, o=EQUALITY, b=condition),
        _apply("({a} {o} null)", a=st.one_of(self["number"], LEAVES["date"], st.just("owner")), o=EQUALITY),
        _apply("({a} {o} {b})", a=condition, o=st.sampled_from(["and", "or"]), b=condition),
        _apply("(not {a})", a=condition),
        _apply("({a} if {c} else {b})", a=condition, b=condition, c=condition),
        _apply("({a} in [{b}, {c}])", a=self["number"], b=LEAVES["number"], c=LEAVES["number"]),
        _apply("{f}({a}, {b})", f=st.sampled_from(["contains", "starts_with", "ends_with"]), a=text, b=text),
        _apply("is_blank({a})", a=st.one_of(text, self["number"], self["date"], st.sampled_from(["tags", "owner"]))),
        _apply("({a} in tags)", a=text),
        _apply("{f}(lines, {c})", f=st.sampled_from(["any", "all"]), c=ON_LINES),
        _apply(
            "(account.region in {r}.subtree)", r=st.sampled_from(['region("EAST")', "user.region", 'region("none")'])
        ),
        st.sampled_from(
            [
                "owner == user",
                "owner != user",
                'owner in ["u1", user]',
                'state in ["won", "lost"]',
                'state in ["won", null]',
                'state not in ["won", "lost"]',
                'state == "won"',
                "account.region == user.region",
                "any(lines)",
                "first(lines) == null",
                "met < today()",
                'met >= "2024-02-29"',
                "1 < count_ <= 9",
            ]
        ).map("({})".format),
    )


_MAKERS = {
    "number": _numbers,
    "text": _texts,
    "date": _dates,
    "datetime": _moments,
    "duration": _durations,
    "boolean": _conditions,
}


def _deepened(shallow: dict[str, Any]) -> dict[str, Any]:
    return {kind: st.one_of(LEAVES[kind], maker(shallow)) for kind, maker in _MAKERS.items()}


DEEP = _deepened(_deepened(LEAVES))
EXPRESSIONS = st.one_of(*(maker(DEEP) for maker in _MAKERS.values()))
