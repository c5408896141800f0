"""What the applicant thinks of it, and the answer to a bad rating."""

from datetime import datetime

from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.checks import ahead, in_phase, within
from rooms.counter.events import Event
from rooms.counter.phases import OVER
from rooms.counter.state import State
from rooms.refusals import AlreadyDone, NotRated
from rooms.texts import check_text

BEST = 5
BAD = 2
"""From this level down a rating is a case to be answered."""
ANSWER_DAYS = 15
"""Working days in which a bad rating is answered."""


def rate(state: State, command: c.RateSession, now: datetime) -> list[Event]:
    """Once, from the decision on; it never stops anything."""
    in_phase(state, *OVER)
    if state.rating is not None:
        raise AlreadyDone(what="rating")
    within(command.level, "level", 1, BEST)
    answer_by = ahead(command.answer_by, "answer_by", now) if command.level <= BAD else None
    return [e.SessionRated(command.level, command.words, answer_by)]


def answer(state: State, command: c.AnswerRating) -> list[Event]:
    in_phase(state, *OVER)
    if not waits(state):
        raise NotRated
    return [e.RatingAnswered(check_text(command.text, "text"))]


def waits(state: State) -> bool:
    """Whether a bad rating waits for its answer."""
    rating = state.rating
    return rating is not None and rating.answer_by is not None and rating.answer is None
