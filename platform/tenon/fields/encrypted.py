"""In charge of secrets: text that lies in the database encrypted and is shown only when somebody asks for it.

A value is a `Secret`. One that was sent holds the clear text until it is stored; one that was read holds the sealed
text. Neither tells its content to a log, a list, an export, the history or an event; `query.Reader.reveal` opens it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from tenon.expressions import OPAQUE, Type
from tenon.fields.base import (
    FIELD_TYPES,
    Display,
    FieldType,
    InvalidValue,
    Occasion,
    OptionSchema,
    StoredColumn,
    documented,
)
from tenon.fields.operators import IS_BLANK
from tenon.fields.sealing import Vault, no_vault
from tenon.fields.storage import LongText
from tenon.fields.wording import clean
from tenon.texts import say

DOTS = "••••••"


class Secret:
    """Either `clear` or `sealed` is there. Not a dataclass: nothing may walk into it and write down what it finds."""

    __slots__ = ("_clear", "_sealed")

    def __init__(self, *, clear: str | None = None, sealed: str | None = None) -> None:
        self._clear = clear
        self._sealed = sealed

    @property
    def sealed(self) -> str | None:
        return self._sealed

    def seal(self, vault: Vault, record_id: str) -> "Secret":
        return self if self._clear is None else Secret(sealed=vault.seal(self._clear, record_id))

    def open(self, vault: Vault, record_id: str) -> str:
        return self._clear or vault.open(self._sealed or "", record_id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and (self._clear, self._sealed) == (other._clear, other._sealed)

    def __hash__(self) -> int:
        return hash((self._clear, self._sealed))

    def __repr__(self) -> str:
        return DOTS

    def __reduce__(self) -> Any:
        raise TypeError("a secret is not copied out of the process")


@FIELD_TYPES.register("encrypted")
class EncryptedField(FieldType):
    key = "encrypted"
    label = say("Encrypted text", "加密文本")
    help = say(
        "A secret such as a bank account; encrypted in the database, shown on request.",
        "银行账号等机密内容；在数据库中加密保存，按需显示。",
    )
    icon = "lock"
    widget = "encrypted"
    operators = IS_BLANK
    sortable = False
    groupable = False
    settles = True
    option_schema: ClassVar[OptionSchema] = {
        "max": documented(
            "Greatest number of characters.", "最多字符数。", type="integer", minimum=1, maximum=10000, default=500
        ),
        "rows": documented(
            "Lines shown in forms; more than 1 makes line breaks possible.",
            "表单中显示的行数；大于 1 时可换行。",
            type="integer",
            minimum=1,
            maximum=20,
            default=1,
        ),
    }

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=LongText()),)

    def expression_type(self) -> Type:
        return OPAQUE

    def parse(self, raw: Any) -> Secret | None:
        if raw is None or isinstance(raw, Secret):
            return raw
        if isinstance(raw, Mapping):
            raise InvalidValue(
                "hidden_value",
                say("This stands for a secret and cannot be sent back.", "这只是机密内容的占位，不能提交。"),
                say("Leave the field out to keep it as it is.", "请不要提交该字段，以保持原值。"),
            )
        text = clean(raw, most=int(self.options["max"]), lines=int(self.options["rows"]) > 1)
        if text is not None and not text.strip(DOTS[0]):
            raise InvalidValue(
                "hidden_value",
                say("These are only dots.", "这里只有圆点。"),
                say("Enter the text itself.", "请输入实际内容。"),
            )
        return None if text is None else Secret(clear=text)

    def settled(self, value: Any, before: Any, occasion: Occasion) -> Any:
        """Sealed for its record. One that is sealed for another record cannot be taken over."""
        if value is None or value == before:
            return value
        if occasion.vault is None:
            raise no_vault()
        if value.sealed is not None:
            raise InvalidValue(
                "sealed_elsewhere",
                say("A secret of another record cannot be copied.", "不能复制其他记录的机密内容。"),
                say("Enter it again.", "请重新输入。"),
            )
        return value.seal(occasion.vault, occasion.record_id)

    def to_columns(self, value: Any) -> tuple[Any, ...]:
        if value is not None and value.sealed is None:
            raise TypeError("a secret is sealed before it is stored")
        return (None if value is None else value.sealed,)

    def from_columns(self, stored: Sequence[Any]) -> Any:
        return None if stored[0] is None else Secret(sealed=stored[0])

    def to_json(self, value: Any) -> Any:
        """That there is one, and nothing else."""
        return None if value is None else {"set": True}

    def exported(self, sent: Any) -> Any:
        return ""

    def show(self, value: Any, display: Display) -> str:
        return "" if value is None else DOTS

    def openapi(self) -> dict[str, Any]:
        written = {"type": "string", "maxLength": self.options["max"], "writeOnly": True}
        return {"anyOf": [written, {"type": "object", "properties": {"set": {"const": True}}, "readOnly": True}]}

    def examples(self) -> Sequence[Any]:
        return ("6222 0212 3456 7890", "密码 🔑", "x")[: 3 if self.options["max"] > 20 else 0] or ("x",)

    def bad_examples(self) -> Sequence[Any]:
        return (5, True, ["x"], {"set": True}, DOTS, "x" * (self.options["max"] + 1), "\x00")
