"""A bid from its header to its receipt, and everything that may be wrong with it."""

import hashlib
from datetime import timedelta

import pytest
from cryptography.x509 import load_der_x509_crl

from crypto import acts
from crypto.encoding import parse_json, unb64u
from crypto.pades import attached_log, check_pdf, verify_token
from crypto.receipt import Receipt
from server.client.api import ApiRefused
from tests.server.tender import FORM, Tender


async def test_a_bid_is_answered_with_a_receipt_that_anyone_can_check(tender: Tender) -> None:
    bidder = await tender.submitted()
    site = await tender.host.get("/api/site")
    receipt = Receipt.parse(bidder.receipt, unb64u(site["platform_key"]))
    assert bidder.sealed is not None
    assert receipt.header == bidder.sealed.header.digest
    assert receipt.received_at < tender.deadline
    assert receipt.token is not None
    verify_token(receipt.token, bytes.fromhex(receipt.digest), [site["root"].encode()])


async def test_a_receipt_on_paper_is_sealed_and_carries_the_receipt(tender: Tender) -> None:
    bidder = await tender.submitted()
    site = await tender.host.get("/api/site")
    pdf = await bidder.api.fetch(f"{tender.path}/receipt.pdf")
    (found,) = check_pdf(pdf, [site["root"].encode()])
    assert found.good
    assert found.covers_file
    assert parse_json(attached_log(pdf)) == bidder.receipt


async def test_the_revocation_list_is_where_certificates_may_name_it(tender: Tender) -> None:
    listed = load_der_x509_crl(await tender.host.fetch("/authority/root.crl"))
    root = tender.server.parts.site.authority.root.certificate
    assert listed.is_signature_valid(root.public_key())
    assert len(list(listed)) == 0


async def test_the_bytes_of_a_bid_are_stored_whole(tender: Tender) -> None:
    bidder = await tender.submitted()
    mine = await bidder.api.get(f"{tender.path}/mine")
    assert mine["stored"] == {"a": True}
    sealed = bidder.age("a").read_bytes()
    blob = tender.server.parts.blobs.path(hashlib.sha256(sealed).hexdigest())
    assert blob.read_bytes() == sealed


async def test_a_header_at_the_deadline_is_refused(tender: Tender) -> None:
    bidder = await tender.sealed()
    tender.server.clock.to(tender.deadline + timedelta(milliseconds=1))
    with pytest.raises(ApiRefused) as refused:
        await bidder.submit()
    assert (refused.value.status, refused.value.code) == (409, "deadline_passed")


async def test_an_amendment_replaces_the_bid_and_has_its_own_receipt(tender: Tender) -> None:
    bidder = await tender.submitted()
    first = bidder.receipt
    bidder.seal({"a": {**FORM, "price": 1}}, [])
    await bidder.submit()
    mine = await bidder.api.get(f"{tender.path}/mine")
    assert mine["bid"] == bidder.sealed.header.bid
    assert [each["standing"] for each in mine["history"]] == ["replaced", "live"]
    assert mine["history"][0]["receipt"] == first


async def test_a_withdrawn_bid_leaves_a_receipt_and_nothing_else(tender: Tender) -> None:
    bidder = await tender.submitted()
    header = bidder.sealed.header
    withdrawal = acts.withdraw(
        opening=tender.room,
        bidder=bidder.person,
        bid=header.bid,
        previous=header.digest,
        key=bidder.key,
    )
    answer = await bidder.api.post(
        f"{tender.path}/withdrawal", {"withdrawal": withdrawal.to_json()}
    )
    assert Receipt.parse(answer["receipt"]).action == "withdraw"
    mine = await bidder.api.get(f"{tender.path}/mine")
    assert (mine["bid"], mine["stored"]) == (None, {})


async def test_a_copied_bid_is_refused(tender: Tender) -> None:
    victim = await tender.sealed()
    rival = await tender.sealed()
    with pytest.raises(ApiRefused) as refused:
        await rival.api.post(f"{tender.path}/bids", victim.sealed.submission)
    assert (refused.value.status, refused.value.code) == (403, "bid_of_another")


async def test_a_header_signed_with_another_key_is_refused(tender: Tender) -> None:
    bidder = await tender.sealed()
    await bidder.accept()  # enrols the same key anew
    other = await tender.bidder()
    other.person, other.manifest = bidder.person, bidder.manifest
    other.seal({"a": dict(FORM)}, [])
    with pytest.raises(ApiRefused) as refused:
        await bidder.api.post(f"{tender.path}/bids", other.sealed.submission)
    assert (refused.value.status, refused.value.code) == (422, "wrong_key")


async def test_the_same_order_sent_twice_is_carried_out_once(tender: Tender) -> None:
    bidder = await tender.sealed()
    key = {"Idempotency-Key": "once"}
    answers = [
        await bidder.api._send("POST", f"{tender.path}/bids", bidder.sealed.submission, key)
        for _ in range(2)
    ]
    assert answers[0] == answers[1]


async def test_a_key_is_not_taken_for_another_order(tender: Tender) -> None:
    key = {"Idempotency-Key": "once"}
    path = f"{tender.path}/commands"
    await tender.host._send("POST", path, {"type": "PostChat", "text": "一"}, key)
    with pytest.raises(ApiRefused, match="key_used_for_another_order"):
        await tender.host._send("POST", path, {"type": "PostChat", "text": "二"}, key)


async def test_a_bid_handed_in_twice_under_different_keys_is_a_replay(tender: Tender) -> None:
    bidder = await tender.submitted()
    with pytest.raises(ApiRefused, match="replayed_bid"):
        await bidder.api.post(f"{tender.path}/bids", bidder.sealed.submission)


async def test_trustees_open_the_bids_after_the_deadline(tender: Tender) -> None:
    for _ in range(3):
        await tender.submitted()
    await tender.open()
    for trustee in tender.trustees[:2]:
        assert await trustee.release_when_open("a") == 3
