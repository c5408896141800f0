from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.encoding import (
    LARGEST_INTEGER,
    b64u,
    format_time,
    jcs,
    lp,
    parse_json,
    parse_time,
    unb64u,
)
from crypto.errors import EncodingError

INTEGERS = st.integers(-LARGEST_INTEGER, LARGEST_INTEGER)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(st.binary(max_size=100))
def test_base64url_comes_back(data: bytes) -> None:
    assert unb64u(b64u(data)) == data


@given(st.text(alphabet="ABab01-_=+/ ", max_size=8))
def test_a_base64url_text_that_is_taken_is_the_only_spelling(text: str) -> None:
    try:
        data = unb64u(text)
    except EncodingError:
        return
    assert b64u(data) == text


@given(VALUES)
def test_canonical_json_comes_back_and_is_canonical(value: object) -> None:
    assert parse_json(jcs(value)) == value
    assert jcs(parse_json(jcs(value))) == jcs(value)


@given(st.binary(max_size=200))
def test_any_bytes_are_json_or_refused_with_a_code(data: bytes) -> None:
    codes = []
    try:
        parse_json(data)
    except EncodingError as refusal:
        codes.append(refusal.code)
    assert all(code.startswith("json") for code in codes)


def test_nesting_that_would_exhaust_the_stack_is_refused() -> None:
    with pytest.raises(EncodingError, match="json_depth"):
        parse_json(b"[" * 100_000 + b"]" * 100_000)


def test_an_integer_of_a_million_digits_is_refused_at_once() -> None:
    with pytest.raises(EncodingError, match="json_number"):
        parse_json(b"9" * 1_000_000)


def test_json_over_the_stated_size_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(EncodingError, match="json_size"):
        parse_json(b"[" * 100, most=99)


def test_a_fraction_cannot_be_signed() -> None:
    with pytest.raises(EncodingError, match="json_number"):
        jcs({"price": 0.5})


def test_a_value_that_json_does_not_know_cannot_be_signed() -> None:
    with pytest.raises(EncodingError, match="json"):
        jcs({"price": b"1"})


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_comes_back_to_the_millisecond_and_never_later(moment: datetime) -> None:
    back = parse_time(format_time(moment))
    assert timedelta(0) <= moment - back < timedelta(milliseconds=1)


def test_a_time_of_another_zone_is_written_in_utc() -> None:
    beijing = timezone(timedelta(hours=8))
    assert format_time(datetime(2026, 11, 21, 9, tzinfo=beijing)) == "2026-11-21T01:00:00.000Z"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(EncodingError, match="time"):
        format_time(datetime(2026, 11, 21, 9))  # noqa: DTZ001


def test_a_time_that_is_not_text_is_refused() -> None:
    with pytest.raises(EncodingError, match="time"):
        parse_time(1)


def test_length_prefixes_keep_neighbours_apart() -> None:
    assert lp("ab") + lp("c") != lp("a") + lp("bc")
    assert lp("é") == b"\0\0\0\2\xc3\xa9"
