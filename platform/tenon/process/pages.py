"""In charge of reading every record of a query, page after page, for processes that deal with all of them."""

from collections.abc import Iterator
from dataclasses import replace

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.query import MOST_RECORDS, Query, Reader, Record


def every_record(reader: Reader, unit: UnitOfWork, access: Access, query: Query) -> Iterator[Record]:
    """In the order of the query; one statement for each 500 of them."""
    after: str | None = None
    while True:
        page = reader.list(unit, access, replace(query, limit=MOST_RECORDS, after=after))
        yield from page.records
        after = page.next
        if after is None:
            return
