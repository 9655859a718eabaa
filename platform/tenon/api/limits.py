"""In charge of how much one person may ask in a minute, and of saying so in every answer.

Counted in fixed minutes and per process: a guard against programs that run wild, not an invoice.
"""

import threading

from flask import Response, g

from tenon.api.batches import MOST_OPERATIONS
from tenon.api.bodies import MOST_BYTES
from tenon.api.meeting import meet
from tenon.api.outcomes import answer
from tenon.api.parameters import NOTHING, read_parameters
from tenon.errors import TooManyRequests
from tenon.http import Asking
from tenon.query import COUNT_CAP, MOST_GROUPS, MOST_RECORDS
from tenon.texts import say

WINDOW = 60


class Meter:
    """Calls of each person in the present window of time."""

    def __init__(self, most: int) -> None:
        """`most` calls in a window; 0: no limit, and nothing is counted."""
        self.most = most
        self._window = 0
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()

    def count(self, known: Asking) -> None:
        """Raises TooManyRequests."""
        if not self.most or known.person is None:
            return
        now = known.workspace.clock.now().timestamp()
        window = int(now // WINDOW)
        with self._lock:
            if window != self._window:
                self._window, self._counts = window, {}
            used = self._counts[known.person.id or ""] = self._counts.get(known.person.id or "", 0) + 1
        reset = WINDOW - int(now % WINDOW)
        g.limits = (max(0, self.most - used), reset)
        if used > self.most:
            raise TooManyRequests(
                say("More than {most} requests in a minute.", "一分钟内请求超过 {most} 次。", most=self.most),
                hint=say("Wait {seconds} seconds.", "请等待 {seconds} 秒。", seconds=reset),
                extra={"retry_after": reset},
            )

    def tell(self, response: Response) -> Response:
        """The headers of every answer that was counted."""
        counted = g.get("limits")
        if counted is not None:
            headers = response.headers
            headers.add("RateLimit-Limit", str(self.most))
            headers.add("RateLimit-Remaining", str(counted[0]))
            headers.add("RateLimit-Reset", str(counted[1]))
        return response


def limits(meter: Meter) -> Response:
    known = meet()
    read_parameters(NOTHING)
    counted = g.get("limits", (None, None))
    return answer(
        {
            "requests_per_minute": meter.most or None,
            "remaining": counted[0],
            "reset_seconds": counted[1],
            "records_per_page": MOST_RECORDS,
            "groups": MOST_GROUPS,
            "count_cap": COUNT_CAP,
            "batch_operations": MOST_OPERATIONS,
            "body_bytes": MOST_BYTES,
            "upload_bytes": known.workspace.settings.upload_limit,
        }
    )
