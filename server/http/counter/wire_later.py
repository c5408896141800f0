"""What is left to an applicant after the call, on the wire."""

from typing import Annotated

from pydantic import Field

from rooms.counter.terms import Outcome
from server.counter.making import MOST_WORDS
from server.http.counter.wire_notices import NoticeLine
from server.http.counter.wire_queue import Code, Number
from server.http.wire import Id, Time, Wire


class FindBody(Wire):
    """What is on a ticket of an earlier day."""

    hall: Id
    day: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    number: Number
    code: Code


class Found(Wire):
    """The session of a ticket."""

    room: Id


class LaterBody(Wire):
    """The code of the ticket."""

    code: Code


class LaterItem(Wire):
    """An item and what came of it."""

    code: str
    name: str
    name_en: str
    outcome: Outcome | None
    completed: bool


class LaterView(Wire):
    """A session after its call. `until` is when the code opens it no more, null while a result is
    still to come; `answer` is that to a bad rating."""

    room: Id
    number: str
    phase: str
    items: list[LaterItem]
    rating: int | None
    may_rate: bool
    answer: str | None
    until: Time | None
    notices: list[NoticeLine]
    record: bool


class LaterRating(LaterBody):
    """A rating; a bad one is answered."""

    level: Annotated[int, Field(ge=1, le=5)]
    words: Annotated[str, Field(max_length=MOST_WORDS)] = ""
