"""In charge of refusals that several readers give in the same words."""

from tenon.errors import BadRequest, Detail, NotFound
from tenon.model import Model
from tenon.texts import say


def not_found(model: Model, entity: str) -> NotFound:
    """Missing, deleted and not to be seen are one."""
    return NotFound(say("There is no such {entity}.", "没有这条{entity}。", entity=model.entities[entity].label))


def check_limit(limit: int, most: int) -> None:
    if not 1 <= limit <= most:
        message = say("“limit” must be from 1 to {most}.", "“limit”必须在 1 到 {most} 之间。", most=most)
        raise BadRequest(message, details=[Detail(path="limit", code="bad_limit", message=message)])
