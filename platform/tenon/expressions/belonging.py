"""In charge of one condition nobody writes: that a record about another one is read by those alone who may read that.

`Readable` depends on who asks; each target leaves the answer to whoever plans the query or makes the context.
"""

from tenon.expressions.expression import Expression
from tenon.expressions.nodes import Compare, Constant, Logic, Read, Readable
from tenon.expressions.types import BOOLEAN, NULL, TEXT


def belonging(entity: str, identity: str) -> Expression:
    """True of records that belong to none, and of those whose record, named by these two fields, may be read."""
    named = Read(type=TEXT, base="record", path=(entity,))
    found = Read(type=TEXT, base="record", path=(identity,))
    alone = Compare(type=BOOLEAN, operator="==", left=found, right=Constant(type=NULL, value=None, fixed=True))
    return Expression(
        text=f"readable({entity}, {identity})",
        type=BOOLEAN,
        tree=Logic(type=BOOLEAN, operator="or", operands=(alone, Readable(type=BOOLEAN, entity=named, identity=found))),
        dependencies=frozenset({(entity,), (identity,)}),
        user_dependencies=frozenset(),
        root_dependencies=frozenset(),
        entities=frozenset(),
    )
