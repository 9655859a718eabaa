"""In charge of the application a developer would write by hand: Flask, the SQLAlchemy ORM, marshmallow.

It has no sign-in, no rights, no history and no events: all of that would be on top.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import Flask, Response, abort, jsonify, request
from marshmallow import ValidationError
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from bench.handwritten.models import Account, Opportunity
from bench.handwritten.schemas import OpportunitySchema, RowSchema

ONE, ROWS, CHANGE = OpportunitySchema(), RowSchema(many=True), OpportunitySchema(partial=True)
SORTED_BY = {"amount": Opportunity.amount, "name": Opportunity.name, "close_date": Opportunity.close_date}


def create_app(engine: Engine) -> Flask:
    app = Flask("handwritten")
    sessions = sessionmaker(engine, expire_on_commit=False)
    routes: dict[str, Callable[..., Any]] = {
        "GET /opportunity/<id>": lambda id: read(sessions, id),
        "GET /opportunity": lambda: read_list(sessions),
        "POST /opportunity": lambda: create(sessions),
        "PATCH /opportunity/<id>": lambda id: change(sessions, id),
        "GET /opportunity/aggregate": lambda: aggregate(sessions),
    }
    for rule, view in routes.items():
        method, address = rule.split()
        app.add_url_rule(address, rule, view, methods=[method])
    app.register_error_handler(ValidationError, lambda error: (jsonify(error.messages), 422))
    app.register_error_handler(StaleDataError, lambda _error: (jsonify(error="changed meanwhile"), 409))
    return app


def read(sessions: sessionmaker[Session], id: str) -> Response:
    with sessions() as session:
        return jsonify(ONE.dump(_found(session, id)))


def read_list(sessions: sessionmaker[Session]) -> Response:
    name = request.args.get("sort", "-amount")
    column = SORTED_BY[name.removeprefix("-")]
    order = (column.desc(), Opportunity.id.desc()) if name.startswith("-") else (column, Opportunity.id)
    query = select(Opportunity).where(Opportunity.deleted_at.is_(None)).order_by(*order)
    if "stage" in request.args:
        query = query.where(Opportunity.stage == request.args["stage"])
    with sessions() as session:
        found = session.scalars(query.limit(int(request.args.get("limit", 50)))).all()
        return jsonify(records=ROWS.dump(found))


def create(sessions: sessionmaker[Session]) -> tuple[Response, int]:
    values = _plain(ONE.load(request.get_json()))
    with sessions.begin() as session:
        account = session.get(Account, values.pop("account_id"))
        if account is None:
            abort(422)
        record = Opportunity(account=account, owner=None, currency=values.pop("currency", "CNY"), **values)
        if record.probability is None:
            record.probability = Decimal(10)
        session.add(record)
    return jsonify(ONE.dump(record)), 201


def change(sessions: sessionmaker[Session], id: str) -> Response:
    values = _plain(CHANGE.load(request.get_json()))
    seen = values.pop("version")
    with sessions.begin() as session:
        record = _found(session, id)
        if record.version != seen:
            abort(409)
        for name, value in values.items():
            setattr(record, name, value)
    return jsonify(ONE.dump(record))


def aggregate(sessions: sessionmaker[Session]) -> Response:
    query = (
        select(Opportunity.stage, func.count(), func.sum(Opportunity.amount))
        .where(Opportunity.deleted_at.is_(None))
        .group_by(Opportunity.stage)
        .order_by(Opportunity.stage)
    )
    with sessions() as session:
        rows = session.execute(query).all()
    return jsonify(groups=[{"stage": stage, "count()": n, "sum(amount)": str(total)} for stage, n, total in rows])


def _found(session: Session, id: str) -> Opportunity:
    record = session.get(Opportunity, id)
    if record is None or record.deleted_at is not None:
        abort(404)
    return record


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """marshmallow reads ids as UUID objects; the columns hold text."""
    return {name: str(value) if name.endswith("_id") else value for name, value in values.items()}
