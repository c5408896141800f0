"""The board on the wire."""

from typing import Annotated

from pydantic import Field

from server.http.wire import Digest, Id, Time, Wire

Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]


class BoardSession(Wire):
    """A session in one of the board's lists; members that a list has nothing to say of are null."""

    room: Id
    number: str
    hall: str
    near_region: str
    far_region: str
    items: list[str]
    phase: str
    window: str
    clerk: str
    far_clerk: str
    connected_at: Time | None
    due_at: Time | None = None
    escalated: bool | None = None
    rating: int | None = None
    case_due_at: Time | None = None


class BoardList(Wire):
    """The first rows of a list, and how many there are."""

    rows: list[BoardSession]
    total: int


class BoardQueue(Wire):
    """A hall's queue; `since` is when the one who waits longest took a ticket."""

    hall: str
    waiting: int
    called: int
    live: int
    since: Time | None


class BoardFigures(Wire):
    """Counts of a set of sessions; means in seconds, of those that have the value.

    `first_visit` of `decided` needed no second visit. `day` says of which day, if of one.
    """

    day: Day | None = None
    sessions: int
    served: int
    decided: int
    first_visit: int
    lapsed: int
    cancelled: int
    waited: int | None
    lasted: int | None
    rated: int
    rating: float | None
    visits_saved: int
    kilometres: int


class BoardHall(Wire):
    """What a hall saved its applicants."""

    hall: str
    sessions: int
    visits_saved: int
    kilometres: int


class BoardMinutes(Wire):
    """How many took so many whole minutes; the last counts all that took longer."""

    minutes: int
    sessions: int


class BoardDistribution(Wire):
    """A distribution over minutes, with its median and what nine of ten did not exceed."""

    counts: list[BoardMinutes]
    median: int | None
    ninth: int | None


class BoardCount(Wire):
    """How many of one kind: a level of rating, an outcome."""

    kind: str
    sessions: int


class BoardView(Wire):
    """What the board shows: this moment, and the figures of the days asked for."""

    now: Time
    first: Day
    last: Day
    hall: str | None
    live: BoardList
    queues: list[BoardQueue]
    overdue: BoardList
    cases: BoardList
    totals: BoardFigures
    days: list[BoardFigures]
    halls: list[BoardHall]
    waiting: BoardDistribution
    lasting: BoardDistribution
    ratings: list[BoardCount]
    outcomes: list[BoardCount]


class SampleBody(Wire):
    """How many to draw, from which days and hall."""

    first: Day
    last: Day
    hall: str | None = None
    count: Annotated[int, Field(ge=1, le=200)]


class Inspector(Wire):
    """A supervisor who can be drawn."""

    person: Id
    name: str


class DrawnSession(Wire):
    """A session that was drawn, and who inspects it."""

    room: Id
    inspector: Id
    number: str
    hall: str
    day: Day
    items: list[str]
    outcome: str | None


class SampleRecord(Wire):
    """What a draw was made from, and the seed that makes it again (server/counter/board/sample.py).

    `population_digest` is over the ids of the sessions, `population` of them.
    """

    sample: Id
    made_at: Time
    by: Id
    by_name: str
    first: Day
    last: Day
    hall: str | None
    seed: Digest
    count: int
    population: int
    population_digest: Digest


class Sample(SampleRecord):
    """A draw with its result; `same` says that drawing again gave it again."""

    inspectors: list[Inspector]
    drawn: list[DrawnSession]
    same: bool


class SampleList(Wire):
    """Draws, the newest first."""

    samples: list[SampleRecord]


class SamplePopulation(Wire):
    """The ids a draw was made from, sorted."""

    rooms: list[Id]
