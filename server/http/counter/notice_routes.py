"""The routes of notices."""

from server.http.counter import notices, wire_notices
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
)
