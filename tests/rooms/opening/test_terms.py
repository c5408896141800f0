from dataclasses import replace

import pytest

from rooms.opening.forms import check_form
from rooms.opening.terms import (
    Document,
    Draw,
    Envelope,
    FormItem,
    ItemKind,
    Policy,
    Role,
    Seat,
    Terms,
    Windows,
)
from rooms.opening.validate import validate_terms
from rooms.refusals import FormUnfit
from tests.rooms.opening.tender import (
    BEFORE,
    BIDDER_ALONE,
    DEADLINE,
    DRAWN,
    FORM,
    HOST,
    QUICK,
    SEATS,
    TERMS,
    TWO_ENVELOPES,
    UNATTENDED,
    A,
    B,
)

GOOD = [TERMS, BIDDER_ALONE, DRAWN, QUICK, TWO_ENVELOPES, UNATTENDED]
DOCUMENT = Document("招标文件.pdf", 1, "ab" * 32)  # type: ignore[arg-type]  # a Digest

BAD: dict[str, tuple[Terms, tuple[str, str]]] = {
    "more shares than trustees": (replace(TERMS, threshold=4), ("threshold", "out_of_range")),
    "no threshold": (replace(TERMS, threshold=0), ("threshold", "out_of_range")),
    "a threshold for nobody": (
        replace(BIDDER_ALONE, threshold=1),
        ("threshold", "out_of_range"),
    ),
    "trustees who hold nothing": (
        replace(TERMS, policy=Policy.BIDDER, threshold=0),
        ("seats", "no_trustees_wanted"),
    ),
    "no trustees at all": (
        replace(BIDDER_ALONE, policy=Policy.TRUSTEES, threshold=1),
        ("threshold", "out_of_range"),
    ),
    "no host": (replace(TERMS, seats=SEATS[1:]), ("seats", "one_host")),
    "two hosts": (
        replace(TERMS, seats=(*SEATS, replace(SEATS[1], role=Role.HOST))),
        ("seats", "one_host"),
    ),
    "a seat twice": (replace(TERMS, seats=(*SEATS, SEATS[1])), ("seats", "repeated")),
    "a bidder's seat": (
        replace(TERMS, seats=(*SEATS, replace(SEATS[1], role=Role.BIDDER))),
        ("seats[7].role", "role_has_no_seat"),
    ),
    "a host who watches itself": (
        replace(TERMS, seats=(*SEATS, replace(SEATS[0], role=Role.SUPERVISOR))),
        ("seats", "host_is_supervisor"),
    ),
    "a name with control characters": (
        replace(TERMS, seats=(replace(SEATS[0], name="王\x07"), *SEATS[1:])),
        ("seats[0].name", "text_has_unknown_characters"),
    ),
    "the system as a person": (
        replace(TERMS, seats=(*SEATS, Seat("system", "机", "", Role.OBSERVER))),  # type: ignore[arg-type]  # an id
        ("seats[7].person", "reserved"),
    ),
    "a short window": (
        replace(TERMS, windows=Windows(decryption=299)),
        ("windows.decryption", "out_of_range"),
    ),
    "a long window": (
        replace(TERMS, windows=Windows(confirmation=3601)),
        ("windows.confirmation", "out_of_range"),
    ),
    "an endless rehearsal": (
        replace(QUICK, windows=Windows(objection=0)),
        ("windows.objection", "out_of_range"),
    ),
    "a form without a price": (replace(TERMS, form=FORM[1:]), ("form", "price_missing")),
    "a price in words": (
        replace(TERMS, form=(replace(FORM[0], kind=ItemKind.TEXT),)),
        ("form", "price_missing"),
    ),
    "an item twice": (replace(TERMS, form=(*FORM, FORM[1])), ("form", "repeated")),
    "an item of no envelope": (
        replace(TERMS, form=(*FORM, replace(FORM[1], id="x", envelope=B))),
        ("form[4].envelope", "unknown_envelope"),
    ),
    "an item without a name": (
        replace(TERMS, form=(*FORM, FormItem("x", ItemKind.TEXT, "", "X"))),
        ("form[4].label_zh", "text_missing"),
    ),
    "an item with a strange id": (
        replace(TERMS, form=(*FORM, FormItem("价", ItemKind.TEXT, "价", "X"))),
        ("form[4].id", "pattern"),
    ),
    "no envelope": (replace(TERMS, envelopes=()), ("envelopes", "out_of_range")),
    "an envelope twice": (
        replace(TERMS, envelopes=(TERMS.envelopes[0], Envelope(A, "又一个", later=True))),
        ("envelopes", "repeated"),
    ),
    "a first envelope that comes later": (
        replace(TERMS, envelopes=(Envelope(A, "文件", later=True),)),
        ("envelopes[0].later", "first_opens_first"),
    ),
    "nothing may be uploaded": (replace(TERMS, max_bytes=0), ("max_bytes", "out_of_range")),
    "a limit of nothing": (replace(TERMS, control_price=0), ("control_price", "out_of_range")),
    "a minimum of nobody": (
        replace(TERMS, minimum_bidders=0),
        ("minimum_bidders", "out_of_range"),
    ),
    "steps that do not fit": (
        replace(TERMS, draw=Draw("系数", 0, 10, 3)),
        ("draw", "steps_do_not_fit"),
    ),
    "a draw without a host": (replace(DRAWN, unattended=True), ("draw", "needs_host")),
    "a later envelope without a host": (
        replace(TWO_ENVELOPES, unattended=True),
        ("envelopes", "needs_host"),
    ),
    "a document twice": (replace(TERMS, documents=(DOCUMENT, DOCUMENT)), ("documents", "repeated")),
    "no title": (replace(TERMS, project_title=" "), ("project_title", "text_missing")),
    "an endless discipline": (
        replace(TERMS, discipline="静" * 20_001),
        ("discipline", "text_too_long"),
    ),
    "a deadline in microseconds": (
        replace(TERMS, deadline=DEADLINE.replace(microsecond=1)),
        ("deadline", "time"),
    ),
    "a deadline without a zone": (
        replace(TERMS, deadline=DEADLINE.replace(tzinfo=None)),
        ("deadline", "time"),
    ),
}


@pytest.mark.parametrize("terms", GOOD)
def test_good_terms_have_no_problems(terms: Terms) -> None:
    assert validate_terms(terms, BEFORE) == []


@pytest.mark.parametrize(("terms", "problem"), BAD.values(), ids=BAD.keys())
def test_bad_terms_name_their_problem(terms: Terms, problem: tuple[str, str]) -> None:
    assert problem in [(each.path, each.code) for each in validate_terms(terms)]


def test_a_deadline_that_is_not_in_the_future_is_a_problem_when_publishing() -> None:
    assert validate_terms(TERMS) == []
    assert [each.code for each in validate_terms(TERMS, DEADLINE)] == ["not_in_future"]


ITEMS = (
    FORM[0],
    FormItem("rate", ItemKind.PERCENT, "费率", "Rate"),
    FormItem("count", ItemKind.INTEGER, "数量", "Count"),
    FormItem("start", ItemKind.DATE, "开工", "Start"),
    FormItem("note", ItemKind.TEXT, "说明", "Note", required=False),
)
FULL = {"price": 1, "rate": -250, "count": 0, "start": "2026-12-01", "note": "无"}
UNFIT: dict[str, tuple[dict[str, object], str]] = {
    "unknown": ({"extra": 1}, "unknown"),
    "missing": ({"price": None}, "missing"),
    "money in words": ({"price": "壹"}, "type"),
    "money that is true": ({"price": True}, "type"),
    "money owed": ({"price": -1}, "range"),
    "another spelling of a day": ({"start": "20261201"}, "date"),
    "no day": ({"start": "2026-02-30"}, "date"),
    "a day as a number": ({"start": 5}, "type"),
    "text as a number": ({"note": 5}, "type"),
    "text of control characters": ({"note": "\x00"}, "text_has_unknown_characters"),
}


def test_a_full_form_fits() -> None:
    check_form(replace(TERMS, form=ITEMS), A, FULL)
    check_form(replace(TERMS, form=ITEMS), A, {**FULL, "note": "两行\n文字"})


@pytest.mark.parametrize(("change", "problem"), UNFIT.values(), ids=UNFIT.keys())
def test_an_unfit_form_names_its_item(change: dict[str, object], problem: str) -> None:
    form = {name: each for name, each in {**FULL, **change}.items() if each is not None}
    with pytest.raises(FormUnfit) as refused:
        check_form(replace(TERMS, form=ITEMS), A, form)  # type: ignore[arg-type]  # unfit on purpose
    assert refused.value.params["problem"] == problem
    assert refused.value.params["item"] in {**FULL, **change}


def test_items_of_a_later_envelope_belong_to_that_envelope() -> None:
    terms = replace(TWO_ENVELOPES, form=(replace(FORM[0], envelope=B), FORM[1]))
    check_form(terms, A, {"duration": 5})
    check_form(terms, B, {"price": 5})
    assert HOST in {seat.person for seat in terms.seats}
