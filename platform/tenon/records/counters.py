"""In charge of auto-numbers: drawn inside the transaction, so that none is drawn twice and none is lost."""

from tenon.fields.auto_number import AutoNumberField
from tenon.model import Field
from tenon.records.drafts import Work
from tenon.records.statements import DRAW


def draw(work: Work, field: Field, numbering: AutoNumberField, count: int) -> list[str]:
    """The next `count` numbers of a field, in order; the counter stays locked until the transaction ends."""
    day = work.unit.today
    name = f"{field.entity}.{field.name}:{numbering.series(day)}"
    connection = work.unit.connection
    last = int(connection.run(DRAW[connection.dialect], {"name": name, "count": count})[0][0])
    return [numbering.write(number, day) for number in range(last - count + 1, last + 1)]
