"""Handing in: what is taken, what is refused and why."""

from dataclasses import replace

import pytest

from crypto import acts
from crypto.agestream import sealed_size
from crypto.tarball import bucket
from rooms.ids import EnvelopeId
from rooms.opening import commands as c
from rooms.opening.events import BidBytesRefused
from rooms.opening.receiving import most_sealed
from rooms.opening.terms import FormItem, ItemKind
from rooms.refusals import (
    AcceptanceMissing,
    AlreadyDone,
    BidOfAnother,
    BidTooLarge,
    BytesAlreadyStored,
    DeadlinePassed,
    LateBytes,
    NotEnrolled,
    OutOfPhase,
    OutOfRange,
    ReplayedBid,
    SeatHolderCannotBid,
    SignInNotOpen,
    TextHasUnknownCharacters,
    TextMissing,
    TextTooLong,
    UnknownBid,
    UnknownEnvelope,
    WrongKey,
    WrongManifest,
    WrongOpening,
    WrongPrevious,
)
from tests.rooms.opening.hall import Hall, signing_key, submission
from tests.rooms.opening.tender import (
    ACME,
    BEFORE,
    BOLT,
    CORA,
    DEADLINE,
    FORM,
    HOST,
    MINUTE,
    MOMENT,
    TERMS,
    A,
)


def acceptance(hall: Hall, **changes: str) -> c.AcceptTender:
    said = {
        "opening": "bridge-7",
        "manifest": hall.state.current.digest,
        "bidder": "acme",
        "name": "甲建设集团",
        **changes,
    }
    return c.AcceptTender(said["name"], acts.accept(key=signing_key(ACME), **said).to_json())


def test_a_bidder_accepts_the_newest_version_under_its_own_name() -> None:
    hall = Hall().publish()
    hall.order(acceptance(hall), ACME)
    assert hall.state.bidders[ACME].key == signing_key(ACME).public
    with pytest.raises(WrongManifest):
        hall.order(acceptance(hall, manifest="ab" * 32), ACME)
    with pytest.raises(WrongOpening):
        hall.order(acceptance(hall, opening="bridge-8"), ACME)
    with pytest.raises(BidOfAnother):
        hall.order(acceptance(hall), BOLT)


def test_nobody_with_a_seat_bids() -> None:
    hall = Hall().publish()
    with pytest.raises(SeatHolderCannotBid):
        hall.order(acceptance(hall), HOST)


@pytest.mark.parametrize(
    "name", ["甲\x00公司", "甲\u202e公司", "甲\ufffe", "甲\ue000", "\ud800甲", "甲\n乙"]
)
def test_a_name_with_unknown_characters_is_refused(name: str) -> None:
    hall = Hall().publish()
    with pytest.raises(TextHasUnknownCharacters):
        hall.order(c.AcceptTender(name, acceptance(hall).acceptance), ACME)


@pytest.mark.parametrize("name", ["𬭎㛃䶮工程", "Ängström & Söhne", "甲·乙（集团）", "𰀀建设"])
def test_a_name_with_rare_characters_is_taken(name: str) -> None:
    hall = Hall().publish()
    hall.order(acceptance(hall, name=name), ACME)
    assert hall.state.bidders[ACME].name == name


def test_a_name_is_neither_empty_nor_endless() -> None:
    hall = Hall().publish()
    with pytest.raises(TextMissing):
        hall.order(c.AcceptTender("  ", acceptance(hall).acceptance), ACME)
    with pytest.raises(TextTooLong) as refused:
        hall.order(c.AcceptTender("甲" * 201, acceptance(hall).acceptance), ACME)
    assert refused.value.params == {"field": "name", "most": 200}


def test_only_who_accepted_the_tender_bids() -> None:
    hall = Hall().publish()
    sealed = hall.seal(ACME)
    with pytest.raises(NotEnrolled):
        hall.submit(ACME, sealed)


def test_a_copied_bid_is_refused_whoever_signed_it() -> None:
    hall = Hall().publish().with_bids(ACME)
    hall.accept(BOLT)
    copied = hall.seals[hall.live(ACME)]
    with pytest.raises(BidOfAnother):
        hall.submit(BOLT, copied)
    resigned = hall.seal(ACME, bidder=ACME, key=BOLT)
    with pytest.raises(BidOfAnother):
        hall.submit(BOLT, resigned)


def test_a_header_under_a_key_that_is_not_enrolled_is_refused() -> None:
    hall = Hall().publish()
    hall.accept(ACME)
    with pytest.raises(WrongKey):
        hall.submit(ACME, hall.seal(ACME, key="stolen"))


def test_a_renewed_key_signs_the_next_bid_and_keeps_the_earlier_one() -> None:
    hall = Hall().publish().with_bids(ACME)
    hall.accept(ACME, key="renewed")
    first = hall.live(ACME)
    assert hall.state.bids[first].key == signing_key(ACME).public
    sealed = hall.seal(ACME, previous=hall.state.bids[first].digest, key="renewed")
    hall.submit(ACME, sealed)


def test_a_bid_handed_in_twice_is_refused() -> None:
    hall = Hall().publish().with_bids(ACME)
    with pytest.raises(ReplayedBid):
        hall.submit(ACME, hall.seals[hall.live(ACME)])


def test_a_withdrawn_bid_cannot_be_handed_in_again() -> None:
    hall = Hall().publish().with_bids(ACME)
    sealed = hall.seals[hall.live(ACME)]
    hall.withdraw(ACME)
    with pytest.raises(ReplayedBid):
        hall.submit(ACME, sealed)
    hall.bid(ACME)


def test_an_amendment_names_the_header_it_replaces() -> None:
    hall = Hall().publish().with_bids(ACME)
    with pytest.raises(WrongPrevious):
        hall.submit(ACME, hall.seal(ACME))
    with pytest.raises(WrongPrevious):
        hall.submit(ACME, hall.seal(ACME, previous="ab" * 32))


def test_a_withdrawal_names_the_bid_that_counts_and_its_header() -> None:
    hall = Hall().publish().with_bids(ACME)
    said = {"opening": "bridge-7", "bidder": ACME, "bid": hall.live(ACME), "previous": "ab" * 32}
    with pytest.raises(WrongPrevious):
        hall.order(c.WithdrawBid(acts.withdraw(key=signing_key(ACME), **said).to_json()), ACME)
    said["bid"] = "b-aaaaaaaaaaaaaaaaaaaa"
    with pytest.raises(UnknownBid):
        hall.order(c.WithdrawBid(acts.withdraw(key=signing_key(ACME), **said).to_json()), ACME)


def test_a_bid_over_the_tenders_size_is_refused() -> None:
    hall = Hall(replace(TERMS, max_bytes=1000)).publish()
    hall.accept(ACME)
    with pytest.raises(BidTooLarge) as refused:
        hall.submit(ACME, hall.seal(ACME, size=200_000))
    assert refused.value.params["most"] == 1000
    hall.submit(ACME, hall.seal(ACME, size=1000))
    assert hall.live(ACME)


@pytest.mark.parametrize("files", [1, 65_536, 500_000_000, 500 << 20, (500 << 20) - 1])
def test_whatever_the_terms_allow_fits_once_it_is_sealed(files: int) -> None:
    sealed = sealed_size(bucket(files + 60_000)) + 300
    assert sealed <= most_sealed(replace(TERMS, max_bytes=files))


def revised(hall: Hall) -> Hall:
    form = (*FORM, FormItem("warranty", ItemKind.DAYS, "保修期", "Warranty", required=False))
    return hall.publish(replace(TERMS, form=form))


def test_after_a_revision_bidders_accept_anew_and_earlier_bids_are_marked_and_kept() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA)
    old = hall.seal(BOLT, previous=hall.state.bids[hall.live(BOLT)].digest)
    revised(hall)
    with pytest.raises(WrongManifest):
        hall.submit(BOLT, old)
    with pytest.raises(AcceptanceMissing):
        hall.submit(BOLT, hall.seal(BOLT, previous=hall.state.bids[hall.live(BOLT)].digest))
    hall.accept(BOLT)
    hall.bid(BOLT)
    hall.accept(CORA)
    hall.close()
    counted = {each.bidder: each for each in hall.state.counted.values()}
    assert [
        (counted[each].manifest_version, counted[each].stale) for each in (ACME, BOLT, CORA)
    ] == [
        (1, True),
        (2, False),
        (1, False),
    ]


def test_a_bid_sealed_under_an_earlier_version_still_opens() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA)
    revised(hall).confirming()
    assert all(bid.row for bid in hall.state.counted_bids())


def test_bytes_may_come_within_the_grace_and_not_after_it() -> None:
    hall = Hall().publish()
    punctual, late = hall.bid(ACME, stored=False), hall.bid(BOLT, stored=False)
    hall.close()
    hall.store(punctual, DEADLINE + 10 * MINUTE - MOMENT)
    assert hall.state.bids[punctual].stored
    with pytest.raises(LateBytes):
        hall.store(late, DEADLINE + 10 * MINUTE)
    assert hall.state.bids[late].parts[A].bytes_refused == ("late_bytes",)


def test_refused_bytes_are_kept_as_evidence_but_not_without_end() -> None:
    hall = Hall().publish()
    bid = hall.bid(ACME, stored=False)
    for _ in range(30):
        hall.order(c.NoteBytes(bid, A, 0, "digest_mismatch"))
    assert len(hall.happened(BidBytesRefused)) == 20
    hall.store(bid)
    with pytest.raises(BytesAlreadyStored):
        hall.store(bid)


def test_bytes_belong_to_a_bid_an_envelope_and_a_size() -> None:
    hall = Hall().publish()
    bid = hall.bid(ACME, stored=False)
    with pytest.raises(UnknownBid):
        hall.order(c.NoteBytes("b-aaaaaaaaaaaaaaaaaaaa", A, 1))  # type: ignore[arg-type]  # any id
    with pytest.raises(UnknownEnvelope):
        hall.order(c.NoteBytes(bid, EnvelopeId("z"), 1))
    with pytest.raises(OutOfRange):
        hall.order(c.NoteBytes(bid, A, 1))


def test_signing_in_opens_before_the_deadline_and_is_late_after_it() -> None:
    hall = Hall(now=BEFORE - 60 * MINUTE).publish()
    for person in (ACME, BOLT):
        hall.bid(person)
    with pytest.raises(SignInNotOpen) as refused:
        hall.sign_in(ACME)
    assert refused.value.params == {"opens": "2026-11-21T00:00:00.000Z"}
    hall.sign_in(ACME, BEFORE)
    with pytest.raises(AlreadyDone):
        hall.sign_in(ACME)
    hall.close()
    hall.sign_in(BOLT)
    signed_in = hall.state.bidders[BOLT].signed_in
    assert signed_in is not None
    assert signed_in.late


def test_after_the_close_nobody_signs_in_who_did_not_bid() -> None:
    hall = Hall().publish()
    hall.accept(ACME)
    hall.close()
    with pytest.raises(NotEnrolled):
        hall.sign_in(ACME)


def test_after_the_deadline_a_bidder_hears_that_and_not_a_phase() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA).decrypting()
    with pytest.raises(DeadlinePassed):
        hall.accept(ACME)


def test_a_terminated_tender_takes_no_bids_and_is_not_late() -> None:
    hall = Hall().publish()
    hall.accept(ACME)
    sealed = hall.seal(ACME)
    hall.order(c.TerminateOpening("项目取消"), HOST)
    with pytest.raises(OutOfPhase):
        hall.order(submission(sealed), ACME)
