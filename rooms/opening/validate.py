"""What terms can stand: every member that cannot is named by its path."""

import re
from collections.abc import Iterator
from datetime import datetime

from crypto.manifest import MOST_ENVELOPES
from crypto.shares import MOST_TRUSTEES
from rooms.opening.terms import ItemKind, Policy, Role, Terms
from rooms.problems import Problem, attempt, named, repeated
from rooms.refusals import TermsUnacceptable
from rooms.texts import MOST_DISCIPLINE, check_name, check_optional

RANGES = {
    "sign_in": (0, 86_400),
    "decryption": (300, 7_200),
    "confirmation": (120, 3_600),
    "objection": (120, 3_600),
    "upload_grace": (0, 86_400),
}
"""Seconds that each window may have. A rehearsal's windows may be as short as a second."""

LARGEST_BID = 1 << 40
MOST_MONEY = 10**15
_ITEM_ID = re.compile(r"[a-z0-9_-]{1,64}", re.ASCII)
_SEATED = frozenset(Role) - {Role.BIDDER, Role.SYSTEM}


def check_terms(terms: Terms, now: datetime | None = None) -> None:
    """Refuses terms with problems; with `now`, also a deadline that is not in the future."""
    problems = validate_terms(terms, now)
    if problems:
        raise TermsUnacceptable(problems=named(problems))


def validate_terms(terms: Terms, now: datetime | None = None) -> list[Problem]:
    """Every problem of these terms, by path. Pure texts are looked at too."""
    return [
        *_texts(terms),
        *_seats(terms),
        *_sealing(terms),
        *_windows(terms),
        *_form(terms),
        *_rules(terms),
        *_deadline(terms, now),
    ]


def _texts(terms: Terms) -> Iterator[Problem]:
    for name in ("project_number", "project_title", "lot_number", "lot_title"):
        yield from attempt(name, check_name, getattr(terms, name))
    for name in ("tenderer", "agency"):
        yield from attempt(name, check_name, getattr(terms, name))
    for name in ("place", "changes"):
        yield from attempt(name, check_optional, getattr(terms, name))
    if terms.discipline:
        yield from attempt(
            "discipline", lambda text, path: check_optional(text, path, MOST_DISCIPLINE),
            terms.discipline,
        )  # fmt: skip
    for at, document in enumerate(terms.documents):
        yield from attempt(f"documents[{at}].name", check_name, document.name)
    yield from repeated("documents", (document.name for document in terms.documents))


def _seats(terms: Terms) -> Iterator[Problem]:
    for at, seat in enumerate(terms.seats):
        yield from attempt(f"seats[{at}].name", check_name, seat.name)
        if seat.organisation:
            yield from attempt(f"seats[{at}].organisation", check_name, seat.organisation)
        if seat.role not in _SEATED:
            yield Problem(f"seats[{at}].role", "role_has_no_seat", {"role": seat.role.value})
        if seat.person == "system":
            yield Problem(f"seats[{at}].person", "reserved")
    yield from repeated("seats", (f"{seat.person} {seat.role}" for seat in terms.seats))
    hosts = {seat.person for seat in terms.seats if seat.role is Role.HOST}
    if sum(seat.role is Role.HOST for seat in terms.seats) != 1:
        yield Problem("seats", "one_host")
    deputies = {seat.person for seat in terms.seats if seat.role is Role.DEPUTY}
    supervisors = {seat.person for seat in terms.seats if seat.role is Role.SUPERVISOR}
    if supervisors & (hosts | deputies):
        yield Problem("seats", "host_is_supervisor")


def _sealing(terms: Terms) -> Iterator[Problem]:
    count = len(terms.trustees())
    least, most = (0, 0) if terms.policy is Policy.BIDDER else (1, min(count, MOST_TRUSTEES))
    if terms.policy is Policy.BIDDER and count:
        yield Problem("seats", "no_trustees_wanted", {"policy": terms.policy.value})
    if count > MOST_TRUSTEES:
        yield Problem("seats", "too_many_trustees", {"most": MOST_TRUSTEES})
    if not least <= terms.threshold <= max(least, most) or (least and not count):
        yield Problem("threshold", "out_of_range", {"least": least, "most": most})
    if not 1 <= len(terms.envelopes) <= MOST_ENVELOPES:
        yield Problem("envelopes", "out_of_range", {"least": 1, "most": MOST_ENVELOPES})
    yield from repeated("envelopes", (envelope.id for envelope in terms.envelopes))
    for at, envelope in enumerate(terms.envelopes):
        yield from attempt(f"envelopes[{at}].title", check_name, envelope.title)
        if envelope.later != (at > 0):
            yield Problem(f"envelopes[{at}].later", "first_opens_first")
    if not 1 <= terms.max_bytes <= LARGEST_BID:
        yield Problem("max_bytes", "out_of_range", {"least": 1, "most": LARGEST_BID})


def _windows(terms: Terms) -> Iterator[Problem]:
    for name, (least, most) in RANGES.items():
        least = min(least, 1) if terms.rehearsal else least
        if not least <= getattr(terms.windows, name) <= most:
            yield Problem(f"windows.{name}", "out_of_range", {"least": least, "most": most})


def _form(terms: Terms) -> Iterator[Problem]:
    envelopes = {envelope.id for envelope in terms.envelopes}
    yield from repeated("form", (item.id for item in terms.form))
    for at, item in enumerate(terms.form):
        yield from attempt(f"form[{at}].label_zh", check_name, item.label_zh)
        yield from attempt(f"form[{at}].label_en", check_name, item.label_en)
        if item.unit:
            yield from attempt(f"form[{at}].unit", check_name, item.unit)
        if not _ITEM_ID.fullmatch(item.id):
            yield Problem(f"form[{at}].id", "pattern")
        if item.envelope is not None and item.envelope not in envelopes:
            yield Problem(f"form[{at}].envelope", "unknown_envelope")
    prices = [item for item in terms.form if item.id == "price"]
    if not prices or prices[0].kind is not ItemKind.MONEY or not prices[0].required:
        yield Problem("form", "price_missing")


def _rules(terms: Terms) -> Iterator[Problem]:
    if terms.control_price is not None and not 0 < terms.control_price <= MOST_MONEY:
        yield Problem("control_price", "out_of_range", {"least": 1, "most": MOST_MONEY})
    if not 1 <= terms.minimum_bidders <= 100:
        yield Problem("minimum_bidders", "out_of_range", {"least": 1, "most": 100})
    if terms.draw is not None:
        yield from attempt("draw.name", check_name, terms.draw.name)
        draw = terms.draw
        if draw.step < 1 or draw.high < draw.low or (draw.high - draw.low) % draw.step:
            yield Problem("draw", "steps_do_not_fit")
    if terms.unattended and terms.draw is not None:
        yield Problem("draw", "needs_host")
    if terms.unattended and len(terms.envelopes) > 1:
        yield Problem("envelopes", "needs_host")


def _deadline(terms: Terms, now: datetime | None) -> Iterator[Problem]:
    if terms.deadline.tzinfo is None or terms.deadline.microsecond % 1000:
        yield Problem("deadline", "time")
    elif now is not None and terms.deadline <= now:
        yield Problem("deadline", "not_in_future")
