"""In charge of web forms: what visitors send is judged, kept, and becomes a record.

Pages and API hand in what was sent and show what came of it; nothing of HTTP is known here.
"""

from tenon.exchange.webforms.answers import Answers, judge, read_answers
from tenon.exchange.webforms.protecting import Pass
from tenon.exchange.webforms.service import Kept, Sent, Settled, WebForms

__all__ = ["Answers", "Kept", "Pass", "Sent", "Settled", "WebForms", "judge", "read_answers"]
