"""How long sessions are kept, on the wire."""

from server.http.wire import Id, Time, Wire


class KeptSession(Wire):
    """An archived session whose personal data are kept until then."""

    room: Id
    number: str
    hall: str
    served: bool
    archived_at: Time
    until: Time


class RetentionView(Wire):
    """The site's rules in days, and the sessions whose personal data become due in the days asked
    for, the first one first: at most 500."""

    now: Time
    archive_days: int
    retention_days: int
    unserved_days: int
    sessions: list[KeptSession]


class EraseBody(Wire):
    """One session, or without `room` all that are due."""

    room: Id | None = None


class Erased(Wire):
    """The sessions whose personal data are being erased."""

    rooms: list[Id]
