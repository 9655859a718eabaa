"""In charge of JSON documents: settings of another system, answers of a form; checked against a schema if there is one.

The engine's value is the document's text in one way of writing it, so equal values are equal texts and `1` is not
`true`.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

import orjson
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, best_match
from referencing import Registry
from referencing.exceptions import Unresolvable

from tenon.expressions import OPAQUE, Type
from tenon.fields.base import FIELD_TYPES, Display, FieldType, InvalidValue, OptionSchema, StoredColumn, documented
from tenon.fields.documents import read_json, written
from tenon.fields.operators import IS_BLANK
from tenon.fields.storage import LongText
from tenon.fields.wording import INVISIBLE
from tenon.texts import Text, say


@FIELD_TYPES.register("json")
class JsonField(FieldType):
    key = "json"
    label = say("JSON", "JSON")
    help = say("A document of another program: an object or a list.", "其他程序的数据：一个对象或列表。")
    icon = "file-code"
    widget = "json"
    operators = IS_BLANK
    sortable = False
    groupable = False
    option_schema: ClassVar[OptionSchema] = {
        "schema": documented(
            "JSON Schema (2020-12) that a document must meet.", "文档须符合的 JSON Schema（2020-12）。", type="object"
        ),
        "max_size": documented(
            "Greatest size in kilobytes.", "最大大小（KB）。", type="integer", minimum=1, maximum=1024, default=64
        ),
    }

    @property
    def most(self) -> int:
        return int(self.options["max_size"]) * 1000

    @cached_property
    def _validator(self) -> Draft202012Validator | None:
        schema = self.options.get("schema")
        return None if schema is None else Draft202012Validator(schema, registry=Registry())

    def problems(self) -> Sequence[Text]:
        schema = self.options.get("schema")
        try:
            Draft202012Validator.check_schema(schema if schema is not None else {})
            if self._validator is not None:
                list(self._validator.iter_errors({}))
        except SchemaError as error:
            return (
                say(
                    "“schema” is not a JSON Schema: {reason}",
                    "“schema”不是 JSON Schema：{reason}",
                    reason=error.message[:200],
                ),
            )
        except Unresolvable as error:
            return (
                say(
                    "“schema” names what is not in it: {name}",
                    "“schema”引用了不存在的内容：{name}",
                    name=error.ref[:200],
                ),
            )
        return ()

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=LongText()),)

    def expression_type(self) -> Type:
        return OPAQUE

    def parse(self, raw: Any) -> str | None:
        """Text is JSON text; anything else the document itself."""
        if raw is None or (isinstance(raw, str) and not raw.translate(INVISIBLE).strip()):
            return None
        document = read_json(raw, self.most)
        if not isinstance(document, dict | list):
            raise InvalidValue(
                "not_a_document",
                say("This must be a JSON object or list.", "这里必须是 JSON 对象或列表。"),
                say("Begin with { or [.", "请以 { 或 [ 开头。"),
            )
        text = written(document, self.most)
        self._refuse_misfit(document)
        return text

    def _refuse_misfit(self, document: Any) -> None:
        error = None if self._validator is None else best_match(self._validator.iter_errors(document))
        if error is not None:
            place = "/".join(str(step) for step in error.absolute_path) or "/"
            raise InvalidValue(
                "schema_mismatch",
                say("The document does not fit at “{place}”.", "文档在“{place}”处不符合要求。", place=place[:100]),
                say("{reason}.", "{reason}。", reason=error.message[:200]),
            )

    def to_json(self, value: Any) -> Any:
        return None if value is None else orjson.loads(value)

    def exported(self, sent: Any) -> Any:
        return orjson.dumps(sent).decode()

    def show(self, value: Any, display: Display) -> str:
        return "" if value is None else str(value)

    def openapi(self) -> dict[str, Any]:
        schema = self.options.get("schema")
        return {"type": ["object", "array"], **({"x-tenon-schema": schema} if isinstance(schema, Mapping) else {})}

    def examples(self) -> Sequence[Any]:
        if self.options.get("schema") is not None:
            return ({"size": 3}, '{"size": 4}')
        return (
            {"size": 3, "tags": ["a", "重点"], "none": None},
            ' {"b": 1, "a": 1.50, "on": true} ',
            [],
            {},
            [1, 1.0, True, 2**53 - 1, -(2**53) + 1, 1e300, 5e-324],
            {"text": 'quote " \\ \u2028 <script>'},
        )

    def bad_examples(self) -> Sequence[Any]:
        wrong: tuple[Any, ...] = ({"size": "x"}, [], {}) if self.options.get("schema") is not None else ()
        deep: Any = 1
        for _ in range(40):
            deep = [deep]
        return (
            "{",
            "3",
            3,
            True,
            "text",
            {"n": 2**53},
            {"n": float("nan")},
            deep,
            {1: 2},
            {"x": object()},
            {"x": "\u0000"},
            {"\u0000": 1},
            *wrong,
        )
