import hashlib
from dataclasses import replace

import pytest

from crypto.encoding import jcs, parse_json
from crypto.merkle import leaf_hash, tree_hash
from rooms.log import Entry, fold, from_bytes, head, lines, personal_digest, to_bytes, trace_digest
from rooms.opening.events import Event
from rooms.opening.machine import START, evolve
from rooms.opening.wire import EVENTS
from rooms.refusals import MalformedCommand
from tests.rooms.opening.hall import Hall
from tests.rooms.opening.tender import ACME


@pytest.fixture(scope="module")
def entries() -> list[Entry[Event]]:
    return Hall().publish().with_bids(ACME).entries


def test_an_entry_is_one_string_of_bytes(entries: list[Entry[Event]]) -> None:
    for entry in entries:
        data = to_bytes(entry, EVENTS)
        assert from_bytes(data, EVENTS) == entry
        assert data == jcs(parse_json(data))


def test_no_other_bytes_are_that_entry(entries: list[Entry[Event]]) -> None:
    data = to_bytes(entries[-1], EVENTS)
    members = parse_json(data)
    assert isinstance(members, dict)
    for wrong in (
        data + b" ",
        data.replace(b'"seq"', b' "seq"'),
        jcs({**members, "more": 1}),
        jcs({**members, "salt": "AAAA"}),
        jcs({**members, "seq": "1"}),
        jcs({**members, "at": 5}),
        jcs({name: each for name, each in members.items() if name != "trace"}),
        b"[]",
        b"\xff",
    ):
        with pytest.raises(MalformedCommand):
            from_bytes(wrong, EVENTS)


def test_a_member_left_to_its_default_is_not_the_canonical_entry() -> None:
    line = to_bytes(Hall().publish().with_bids(ACME).entries[-1], EVENTS)
    assert b'"emergency":false,' in line
    with pytest.raises(MalformedCommand) as refused:
        from_bytes(line.replace(b'"emergency":false,', b""), EVENTS)
    assert refused.value.params["problem"] == "not_canonical"


def test_the_head_is_the_root_over_the_entries_leaves(entries: list[Entry[Event]]) -> None:
    data = [to_bytes(entry, EVENTS) for entry in entries]
    found = head(data)
    assert (found.size, found.root) == (len(data), tree_hash([leaf_hash(each) for each in data]))
    assert head(data[:-1]).root != found.root
    assert lines(data).splitlines() == data


def test_a_log_with_a_gap_or_a_change_of_order_is_not_folded(entries: list[Entry[Event]]) -> None:
    for wrong in (entries[1:], entries[::-1], [*entries, replace(entries[-1], seq=99)]):
        with pytest.raises(ValueError, match="is due"):
            fold(evolve, START, wrong)


def test_equal_data_under_different_salts_have_different_digests() -> None:
    assert personal_digest({"name": "周"}, bytes(16)) != personal_digest({"name": "周"}, b"1" * 16)
    assert trace_digest("::1", "x", bytes(16)) == personal_trace()


def personal_trace() -> str:
    text = b'{"address":"::1","device":"x","salt":"AAAAAAAAAAAAAAAAAAAAAA"}'
    return hashlib.sha256(text).hexdigest()
