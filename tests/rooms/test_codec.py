"""The codec over everything that openings are made of."""

import contextlib
import typing
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.encoding import jcs, parse_json
from rooms import codec, ids
from rooms.opening import commands as c
from rooms.opening import events as e
from rooms.opening.terms import Terms
from rooms.opening.wire import COMMANDS, EVENTS, EVERY_COMMAND, decode_terms, encode_terms
from rooms.refusals import MalformedCommand
from tests.rooms.opening.tender import TERMS

IDENTIFIERS = st.from_regex(r"[a-z0-9-]{1,64}", fullmatch=True)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)
JSON = st.recursive(
    st.none() | st.booleans() | INTEGERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
MOMENTS = st.datetimes(
    datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)  # noqa: DTZ001  # bounds have no zone
).map(codec.floor)  # fmt: skip

for each in (ids.RoomId, ids.PersonId, ids.BidId, ids.EnvelopeId, ids.ObjectionId, ids.RecordingId):
    st.register_type_strategy(each, IDENTIFIERS)  # type: ignore[arg-type]  # a NewType
st.register_type_strategy(ids.Digest, st.from_regex(r"[0-9a-f]{64}", fullmatch=True))  # type: ignore[arg-type]  # a NewType


def values(form: typing.Any) -> st.SearchStrategy[typing.Any]:
    """Anything of this form, as the codec understands it."""
    if isinstance(form, typing.NewType):
        return st.from_type(form)
    if form is str:
        return TEXT
    if form is int:
        return INTEGERS
    if form is object:
        return JSON
    if form is datetime:
        return MOMENTS
    origin, inside = typing.get_origin(form), typing.get_args(form)
    if origin is tuple:
        return st.lists(values(inside[0]), max_size=3).map(tuple)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return st.dictionaries(values(inside[0]), values(inside[1]), max_size=3)
    if inside:
        return st.one_of(*(values(one) for one in inside))
    if hasattr(form, "__dataclass_fields__"):
        hints = typing.get_type_hints(form)
        return st.builds(form, **{name: values(hint) for name, hint in hints.items()})
    return st.from_type(form)


@pytest.mark.parametrize("kind", EVENTS.members.values(), ids=EVENTS.members.keys())
def test_every_event_comes_back_from_its_canonical_bytes(kind: type) -> None:
    @settings(max_examples=25)
    @given(values(kind))
    def comes_back(event: e.Event) -> None:
        data = jcs(EVENTS.encode(event))
        assert EVENTS.decode(parse_json(data)) == event
        assert jcs(EVENTS.encode(EVENTS.decode(parse_json(data)))) == data

    comes_back()


@pytest.mark.parametrize("kind", EVERY_COMMAND.members.values(), ids=EVERY_COMMAND.members.keys())
def test_every_command_comes_back_from_its_json(kind: type) -> None:
    @settings(max_examples=25)
    @given(values(kind))
    def comes_back(command: c.Command) -> None:
        data = jcs(EVERY_COMMAND.encode(command))
        assert EVERY_COMMAND.decode(parse_json(data)) == command

    comes_back()


@given(JSON)
def test_any_json_is_a_command_or_refused(data: object) -> None:
    with contextlib.suppress(MalformedCommand):
        assert COMMANDS.decode(data)


BAD = {
    "not an object": (["Tick"], "", "type"),
    "no type": ({}, "type", "unknown"),
    "an unknown type": ({"type": "OpenEverything"}, "type", "unknown"),
    "a type that is no text": ({"type": 7}, "type", "unknown"),
    "a command of the system": ({"type": "Tick"}, "type", "unknown"),
    "a missing member": ({"type": "ContinueOpening"}, "reason", "missing"),
    "an unknown member": ({"type": "PublishRoll", "now": 1}, "now", "unknown"),
    "a number for a text": ({"type": "ContinueOpening", "reason": 7}, "reason", "type"),
    "endless text": ({"type": "ContinueOpening", "reason": "长" * 20_001}, "reason", "too_long"),
    "half a surrogate pair": ({"type": "ContinueOpening", "reason": "\ud800"}, "reason", "text"),
    "a capital letter in an id": ({"type": "ConfirmBid", "bid": "B-1"}, "bid", "pattern"),
    "half a digest": ({"type": "SignRecord", "content": "ab"}, "content", "pattern"),
    "a fault of nobody": (
        {"type": "RuleFault", "bid": "b", "fault": "fate", "reason": "…"},
        "fault",
        "unknown",
    ),
    "a truth for a number": (
        {"type": "GrantRemedy", "bid": "b", "minutes": True, "reason": "…"},
        "minutes",
        "type",
    ),
    "a fraction": (
        {"type": "GrantRemedy", "bid": "b", "minutes": 1.5, "reason": "…"},
        "minutes",
        "type",
    ),
    "a number too large": (
        {"type": "GrantRemedy", "bid": "b", "minutes": 2**53, "reason": "…"},
        "minutes",
        "range",
    ),
    "a wrong item": ({"type": "AnnounceBids", "bids": ["b", 5]}, "bids[1]", "type"),
    "an object for a list": ({"type": "AnnounceBids", "bids": {}}, "bids", "type"),
    "a fraction deep inside": (
        {"type": "SubmitBid", "header": {"body": {"x": [0.5]}}, "outers": {}},
        "header.body.x[0]",
        "type",
    ),
    "a wrong key of a mapping": (
        {"type": "SubmitBid", "header": {}, "outers": {"A": "x"}},
        "outers.*",
        "pattern",
    ),
    "something in place of nothing": (
        {"type": "ConfirmBid", "bid": "b", "confirmation": 5},
        "confirmation",
        "type",
    ),
}


@pytest.mark.parametrize(("data", "path", "problem"), BAD.values(), ids=BAD.keys())
def test_a_malformed_command_names_the_culprit(data: object, path: str, problem: str) -> None:
    with pytest.raises(MalformedCommand) as refused:
        COMMANDS.decode(data)
    assert refused.value.params == {"path": path, "problem": problem}


def test_members_with_a_default_may_be_absent() -> None:
    assert COMMANDS.decode({"type": "PostChat", "text": "好"}) == c.PostChat("好", None)
    assert COMMANDS.decode({"type": "AnnounceBids"}) == c.AnnounceBids(())


def test_nesting_has_an_end() -> None:
    deep: object = 1
    for _ in range(40):
        deep = [deep]
    with pytest.raises(MalformedCommand) as refused:
        COMMANDS.decode({"type": "GiveTrusteeCard", "card": {"body": deep}})
    assert refused.value.params["problem"] == "depth"


def test_terms_come_back_and_name_their_culprit() -> None:
    data = encode_terms(TERMS)
    assert decode_terms(data) == TERMS
    data["seats"][1]["name"] = None
    with pytest.raises(MalformedCommand) as refused:
        decode_terms(data)
    assert refused.value.params["path"] == "terms.seats[1].name"


@pytest.mark.parametrize(
    "text", ["2026-11-21T01:00:00Z", "2026-11-21T01:00:00.000+00:00", "2026-02-30T01:00:00.000Z", 5]
)
def test_a_time_has_one_spelling(text: object) -> None:
    with pytest.raises(MalformedCommand):
        codec.decode(Terms, {**encode_terms(TERMS), "deadline": text})


def test_only_instants_of_whole_milliseconds_are_written() -> None:
    noon = datetime(2026, 11, 21, 12, tzinfo=timezone(timedelta(hours=8)))
    assert codec.encode(noon) == "2026-11-21T04:00:00.000Z"
    for wrong in (noon.replace(microsecond=1), noon.replace(tzinfo=None)):
        with pytest.raises(ValueError, match="whole milliseconds"):
            codec.encode(wrong)


def test_what_is_not_data_is_not_encoded() -> None:
    with pytest.raises(TypeError):
        codec.encode(object())
    with pytest.raises(TypeError):
        EVENTS.encode(c.Tick())  # type: ignore[arg-type]  # on purpose
