"""In charge of HTTP as such: the application, who asks, one unit of work per request, errors to statuses.

Pages and API are parts handed to `create_app`; nothing here knows them.
"""

from tenon.http.app import Part, create_app
from tenon.http.context import Asking, asking
from tenon.http.plain_page import plain_page
from tenon.http.refusals import PROBLEM_JSON, show_errors_with, wants_json
from tenon.http.signing import sign_in, sign_out
from tenon.http.statuses import problem_document, status_for, status_of

__all__ = [
    "PROBLEM_JSON",
    "Asking",
    "Part",
    "asking",
    "create_app",
    "plain_page",
    "problem_document",
    "show_errors_with",
    "sign_in",
    "sign_out",
    "status_for",
    "status_of",
    "wants_json",
]
