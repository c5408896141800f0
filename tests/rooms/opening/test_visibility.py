from dataclasses import replace
from typing import Any

import pytest

from crypto.encoding import jcs
from rooms.opening import commands as c
from rooms.opening.evolve import evolve
from rooms.opening.state import START
from rooms.opening.visibility import audience_of, bidder_audience, project
from tests.rooms.opening.hall import Hall
from tests.rooms.opening.tender import (
    ACME,
    BOLT,
    CORA,
    DRAWN,
    DUNE,
    HOST,
    NAMES,
    OWNER,
    TERMS,
    TRUSTEES,
    UNRECORDED,
    WATCH,
)


def stream(hall: Hall, audience: str) -> list[dict[str, Any]]:
    state, seen = START, []
    for entry in hall.entries:
        shown = project(state, entry, audience)
        if shown is not None:
            seen.append(shown)
        state = evolve(state, entry.event)
    return seen


def kinds(hall: Hall, audience: str) -> list[str]:
    return [each["event"]["type"] for each in stream(hall, audience)]


def last(hall: Hall, kind: str, audience: str) -> dict[str, Any]:
    return [each for each in stream(hall, audience) if each["event"]["type"] == kind][-1]


@pytest.fixture(scope="module")
def ended() -> Hall:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA)
    return hall.ended()


def test_a_stream_only_grows_whatever_comes_later() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA)
    before = stream(hall, "staff")
    hall.roll()
    assert stream(hall, "staff")[: len(before)] == before


def test_a_draft_is_for_the_hosts_side_alone(ended: Hall) -> None:
    assert kinds(ended, "staff")[0] == "TenderDrafted"
    assert all("TenderDrafted" not in kinds(ended, each) for each in ("trustee", "bidder:acme"))


def test_no_stream_carries_headers_shares_keys_or_wraps(ended: Hall) -> None:
    keys = [
        part.opened.key
        for b in ended.state.counted_bids()
        for part in b.parts.values()
        if part.opened
    ]
    for audience in ("staff", "trustee:trustee-1", "bidder:acme", "observer"):
        text = jcs(stream(ended, audience)).decode()
        assert not any(key in text for key in keys)
        for bid in ended.state.counted_bids():
            assert not any(outer in text for outer in bid.outers.values())
            assert str(bid.header["signature"]) not in text
        assert last(ended, "SharesReleased", audience)["event"]["shares"] == 3


def test_what_is_in_an_opened_bid_is_not_shown_to_rivals_before_it_is_read_out(ended: Hall) -> None:
    opened = [each for each in stream(ended, "bidder:acme") if each["event"]["type"] == "BidOpened"]
    assert ["form" in each["event"] for each in opened] == [True, False, False]
    assert "form" in last(ended, "BidOpened", "staff")["event"]
    assert "form" not in last(ended, "BidOpened", "trustee")["event"]


def test_private_words_are_seen_by_both_ends_and_the_hosts_side() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA).roll()
    hall.order(c.PostChat("请核对授权书", ACME), HOST)
    seen = {each: "ChatPosted" in kinds(hall, each) for each in (
        "staff", "bidder:acme", "bidder:bolt", "observer", "trustee:trustee-1",
    )}  # fmt: skip
    assert [each for each, saw in seen.items() if saw] == ["staff", "bidder:acme"]
    hall.order(c.PostChat("请到场", TRUSTEES[0]), HOST)
    assert "ChatPosted" in kinds(hall, "trustee:trustee-1")
    assert "ChatPosted" not in kinds(hall, "trustee:trustee-2")


def test_evidence_against_a_bidder_is_for_the_hosts_side_and_that_bidder() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT)
    bid = hall.bid(CORA, stored=False)
    hall.roll()
    part = hall.state.bids[bid].header["body"]["envelopes"][0]["id"]  # type: ignore[index]  # JSON
    hall.order(c.NoteBytes(bid, part, 0, "digest_mismatch"))
    saw = [each for each in ("staff", "bidder:cora", "bidder:acme", "observer")
           if "BidBytesRefused" in kinds(hall, each)]  # fmt: skip
    assert saw == ["staff", "bidder:cora"]


def test_a_bidder_who_signs_in_after_the_close_and_before_the_roll_stays_hidden() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT)
    hall.bid(CORA)
    hall.close()
    hall.sign_in(CORA)
    hall.order(c.StartOpening(UNRECORDED), HOST)
    assert "BidderSignedIn" not in kinds(hall, "staff")
    hall.order(c.PublishRoll(), HOST)
    assert "BidderSignedIn" not in kinds(hall, "staff")


def test_observers_get_masked_names_where_the_terms_ask_for_it() -> None:
    terms = replace(DRAWN, masked_from_observers=True)
    hall = Hall(terms).publish().with_bids(ACME, BOLT, CORA).roll()
    hall.object_to(BOLT, text="请核对")
    hall.order(c.NoteDeposit(CORA, "paid"), HOST)
    hall.order(c.PostChat("大家好"), ACME)
    text = jcs(stream(hall, "observer")).decode()
    assert not any(name in text for name in NAMES.values())
    assert not any(f'"{person}"' in text for person in (ACME, BOLT, CORA))
    roll = last(hall, "RollPublished", "observer")["event"]
    assert [(each["bidder"], each["name"]) for each in roll["bids"]] == [
        ("bidder-1", "投标人1"),
        ("bidder-2", "投标人2"),
        ("bidder-3", "投标人3"),
    ]
    by = last(hall, "ObjectionRaised", "observer")["by"]
    assert by == {"person": "bidder-2", "name": "投标人2", "role": "bidder"}
    assert last(hall, "ObjectionRaised", "staff")["by"]["name"] == NAMES[BOLT]
    assert last(hall, "DepositNoted", "observer")["event"]["bidder"] == "bidder-3"


def test_where_the_terms_do_not_ask_observers_get_the_names(ended: Hall) -> None:
    roll = last(ended, "RollPublished", "observer")["event"]
    assert [each["name"] for each in roll["bids"]] == [NAMES[each] for each in (ACME, BOLT, CORA)]


def test_every_entry_says_who_in_which_role(ended: Hall) -> None:
    first = stream(ended, "staff")[0]
    assert first["by"] == {"person": "host", "name": "王主持", "role": "host"}
    assert last(ended, "BiddingClosed", "staff")["by"] == {
        "person": "system",
        "name": "",
        "role": "system",
    }
    assert last(ended, "BidConfirmed", "staff")["by"]["name"] == NAMES[CORA]
    assert last(ended, "BidConfirmed", "staff")["event"]["signed"] is True


def test_the_audience_follows_from_the_seats_and_else_one_is_a_bidder() -> None:
    state = Hall(TERMS).publish().with_bids(ACME).state
    audiences = [audience_of(state, each) for each in (HOST, OWNER, WATCH, TRUSTEES[0], ACME, DUNE)]
    assert audiences == ["staff", "staff", "staff", "trustee:trustee-1", *(
        bidder_audience(each) for each in (ACME, DUNE)
    )]  # fmt: skip
