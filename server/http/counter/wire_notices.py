"""Notices on the wire."""

from server.http.wire import Wire


class NoticeLine(Wire):
    """A notice that the session's log gives: `entry` is what it tells of, `href` its sealed PDF."""

    name: str
    kind: str
    item: str
    entry: int
    href: str


class NoticeList(Wire):
    """A session's notices in the order of the log."""

    items: list[NoticeLine]
