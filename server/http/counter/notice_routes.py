"""The routes of notices, and of what is left after the call."""

from server.http.counter import later, notices, wire_later, wire_notices
from server.http.route import Route

_SESSION = "/api/sessions/{room:s-[0-9a-f]{20}}"
_NAME = "{name:[a-z0-9-]{1,80}}"

NOTICES: tuple[Route, ...] = (
    Route(
        "GET", f"{_SESSION}/notices", notices.list_notices, wire_notices.NoticeList, query=("code",)
    ),
    Route(
        "GET", f"{_SESSION}/notices/{_NAME}.pdf", notices.file, "application/pdf", query=("code",)
    ),
    Route("POST", "/api/tickets/later", later.find, wire_later.Found, wire_later.FindBody),
    Route("POST", f"{_SESSION}/later", later.view, wire_later.LaterView, wire_later.LaterBody),
    Route(
        "POST",
        f"{_SESSION}/later/rating",
        later.rate,
        wire_later.LaterView,
        wire_later.LaterRating,
    ),
    Route(
        "GET", f"{_SESSION}/later/minutes.pdf", later.minutes, "application/pdf", query=("code",)
    ),
)
