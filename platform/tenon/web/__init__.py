"""In charge of the pages: what people see in the browser, whole pages and the parts that htmx swaps.

What is shown was read through `tenon.query`, what is changed goes through `tenon.records`; a page decides nothing.
"""

from tenon.web.blueprint import part

__all__ = ["part"]
