"""In charge of the functions whose value every target takes from its context, and of the calendar units."""

from collections.abc import Sequence

from tenon.expressions.catalogue import Example, Function, Parameter, function
from tenon.expressions.nodes import Node
from tenon.expressions.types import DATE, DATETIME, Type
from tenon.texts import say


@function
class Today(Function):
    name = "today"
    returns = DATE
    help = say("The date today, where you are.", "今天的日期（按您的时区）。")
    examples = (Example(text="today() + days(1) > today()", shows="true"),)


@function
class Now(Function):
    name = "now"
    returns = DATETIME
    help = say("This instant.", "当前时间。")
    examples = (Example(text="now() - hours(1) < now()", shows="true"),)


class _CalendarUnit(Function):
    """Its length differs, so it can only be added to a date; the checker sees to that."""

    parameters = (Parameter(name="count", kinds=("number",)),)

    def result(self, arguments: Sequence[Node]) -> Type | None:
        return None


@function
class Months(_CalendarUnit):
    name = "months"
    help = say("So many calendar months, added to or taken from a date.", "若干个月，只能与日期相加或相减。")
    examples = (Example(text='date("2017-01-31") + months(1)', shows="2017-02-28"),)


@function
class Years(_CalendarUnit):
    name = "years"
    help = say("So many years, added to or taken from a date.", "若干年，只能与日期相加或相减。")
    examples = (Example(text='date("2016-02-29") - years(1)', shows="2015-02-28"),)
