"""What lets somebody in: ticket numbers, six-digit codes, and the digests that are kept of them."""

import hmac
import re
from datetime import UTC, datetime, timedelta, tzinfo

from rooms.counter.values import id_number_problem
from rooms.ids import PersonId, RoomId
from server.errors import Invalid

DIGITS = 6
_RESIDENT = re.compile(r"^[0-9]{17}[0-9X]$")
_OTHER = re.compile(r"^[0-9A-Z()-]{5,20}$")


class Codes:
    """Digests under a key of the site: whoever reads the database alone can't try all the codes,
    nor all the identity numbers."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def code_of(self, room: RoomId) -> str:
        """The six digits of a session. Made from its id, so that an answer that got lost can be
        given again; nobody foretells them without the key."""
        drawn = int(self._digest(b"yunkai/ticket-digits/v1", room)[:24], 16)
        return f"{drawn % 10**DIGITS:0{DIGITS}}"

    def of_ticket(self, room: RoomId, code: str) -> str:
        """The digest of a session's code."""
        return self._digest(b"yunkai/ticket-code/v1", f"{room} {code}")

    def matches(self, room: RoomId, code: str, digest: str) -> bool:
        """Whether this is the session's code, in the same time for any code."""
        return hmac.compare_digest(self.of_ticket(room, code), digest)

    def of_person(self, number: str) -> str:
        """What stands for somebody's identity number, to see that the same person comes twice."""
        return self._digest(b"yunkai/applicant/v1", number)

    def _digest(self, domain: bytes, value: str) -> str:
        return hmac.new(self._key, domain + b"\0" + value.encode(), "sha256").hexdigest()


def ticket_number(letter: str, running: int) -> str:
    """How a ticket is called: "A012"."""
    return f"{letter}{running:03}"


def applicant_of(room: RoomId) -> PersonId:
    """The person id of a session's applicant."""
    return PersonId("a-" + room.removeprefix("s-"))


def agent_of(room: RoomId) -> PersonId:
    """The person id of whoever comes in for the applicant."""
    return PersonId("g-" + room.removeprefix("s-"))


def day_of(at: datetime, zone: tzinfo) -> str:
    """The day of an instant on the wall of a hall, as `2026-11-22`."""
    return at.astimezone(zone).date().isoformat()


def end_of_day(at: datetime, zone: tzinfo) -> datetime:
    """The midnight that ends the day of this instant, as the wall of a hall shows it."""
    local = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return (local + timedelta(days=1)).astimezone(UTC)


def identity_number(given: str) -> str:
    """An identity number in the form in which it is compared. Raises Invalid.

    A resident's number has to have the right check digit (GB 11643); of other documents only the
    characters can be checked.
    """
    number = given.strip().upper().replace(" ", "")
    if _RESIDENT.match(number):
        problem = id_number_problem(number)
    elif not _OTHER.match(number) or (number.isdigit() and len(number) in (15, 18)):
        problem = "id_number_form"
    else:
        problem = None
    if problem is not None:
        raise Invalid("identity_number_wrong", {"problem": problem})
    return number
