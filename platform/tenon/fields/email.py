"""In charge of e-mail addresses."""

from collections.abc import Sequence
from typing import Any

from email_validator import EmailNotValidError, validate_email

from tenon.expressions import TEXT, Type
from tenon.fields.base import FIELD_TYPES, FieldType, InvalidValue, StoredColumn
from tenon.fields.operators import WORDS
from tenon.fields.storage import ShortText
from tenon.fields.wording import line
from tenon.texts import say

MOST = 254


@FIELD_TYPES.register("email")
class EmailField(FieldType):
    key = "email"
    label = say("E-mail", "电子邮箱")
    help = say("An e-mail address; kept in lower case.", "电子邮箱地址；以小写保存。")
    icon = "mail"
    widget = "email"
    operators = WORDS

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=ShortText()),)

    def expression_type(self) -> Type:
        return TEXT

    def parse(self, raw: Any) -> str | None:
        """No network is asked whether the domain exists."""
        text = "" if raw is None else line(raw, most=MOST).removeprefix("mailto:")
        if not text:
            return None
        try:
            found = validate_email(text, check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            raise InvalidValue(
                "not_an_email",
                say("This is not a valid e-mail address.", "这不是有效的电子邮箱地址。"),
                say("Write it like name@example.com.", "请写成 name@example.com。"),
            ) from None
        return found.normalized.lower()

    def openapi(self) -> dict[str, Any]:
        return {"type": "string", "format": "email", "maxLength": MOST}

    def examples(self) -> Sequence[Any]:
        return ("li.wei@example.com", " Li.Wei@Example.COM ", "王@例子.公司", "a+b@mail.example.cn")

    def bad_examples(self) -> Sequence[Any]:
        return ("x", "a@", "@b.cn", "a b@c.cn", "a@b..cn", 5, ["a@b.cn"], "a@b.cn\x00", "<a@example.com>")
