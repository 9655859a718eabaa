"""In charge of JSON of the hand-written application: marshmallow reads what comes in and writes what goes out."""

from typing import Any

from marshmallow import RAISE, Schema, fields, post_dump, validate

STAGES = ("open", "offer", "won", "lost")
KINDS = ("new", "renewal", "extension")


class TitleSchema(Schema):
    id = fields.String()
    title = fields.String(attribute="name")


class OpportunitySchema(Schema):
    class Meta:
        unknown = RAISE

    id = fields.String(dump_only=True)
    version = fields.Integer()
    created_at = fields.DateTime(dump_only=True)
    changed_at = fields.DateTime(dump_only=True)
    created_by = fields.String(dump_only=True)
    changed_by = fields.String(dump_only=True)
    name = fields.String(required=True, validate=validate.Length(min=1, max=120))
    account = fields.Nested(TitleSchema, dump_only=True)
    account_id = fields.UUID(required=True, load_only=True)
    owner = fields.Nested(TitleSchema, dump_only=True)
    owner_id = fields.UUID(load_only=True)
    kind = fields.String(validate=validate.OneOf(KINDS), load_default="new")
    amount = fields.Decimal(places=2, as_string=True, allow_none=True, validate=validate.Range(min=0))
    currency = fields.String(validate=validate.Length(equal=3))
    close_date = fields.Date(allow_none=True)
    probability = fields.Decimal(places=2, as_string=True, allow_none=True, validate=validate.Range(min=0, max=100))
    next_step = fields.String(allow_none=True, validate=validate.Length(max=200))
    description = fields.String(allow_none=True)
    stage = fields.String(validate=validate.OneOf(STAGES), load_default="open")
    stage_since = fields.DateTime(dump_only=True)


class RowSchema(Schema):
    """What a list shows of an opportunity."""

    id = fields.String()
    version = fields.Integer()
    name = fields.String()
    amount = fields.Decimal(places=2, as_string=True)
    currency = fields.String()
    stage = fields.String()
    close_date = fields.Date()
    account = fields.Pluck(TitleSchema, "title")

    @post_dump
    def under_its_path(self, row: dict[str, Any], **_: Any) -> dict[str, Any]:
        row["account.name"] = row.pop("account")
        return row
