"""What a receipt says on paper."""

import hashlib

from crypto.encoding import jcs
from crypto.receipt import Action, Receipt, build_receipt
from crypto.signing import SigningKey
from rooms.opening.slip import slip
from rooms.record import Record, Table
from tests.rooms.opening.hall import Hall
from tests.rooms.opening.tender import BEFORE, DUNE

PLATFORM = SigningKey.generate()


def drawn(hall: Hall, action: Action = "submit") -> Record:
    (bid,) = hall.state.bids.values()
    signed = build_receipt(
        opening=hall.state.opening,
        manifest=bid.manifest,
        bidder=bid.bidder,
        bid=bid.id,
        header=bid.digest,
        action=action,
        received_at=BEFORE,
        key=PLATFORM,
    )
    receipt = Receipt.parse(signed.to_json())
    return slip(hall.state, bid, receipt, jcs(receipt.to_json()), issuer="云开平台")


def test_a_slip_names_the_bidder_the_instant_and_every_digest() -> None:
    hall = Hall().publish().with_bids(DUNE)
    (bid,) = hall.state.bids.values()
    found = drawn(hall)
    header = {field.label: field.value for field in found.header}
    assert header["投标人"] == "丁𬭎建筑"
    assert header["收到时间"] == "2026-11-21 08:30:00.000 北京时间（UTC+8）"
    assert header["签名密钥指纹"] == hashlib.sha256(bid.key).hexdigest()
    files = found.sections[0]
    assert isinstance(files, Table)
    assert [row[1] for row in files.rows] == [
        bid.digest,
        *(part.header.sha256 for part in bid.parts.values()),
    ]


def test_a_slip_of_a_withdrawal_promises_no_opening() -> None:
    found = drawn(Hall().publish().with_bids(DUNE), "withdraw")
    assert found.title == "撤回投标回执"
    assert not any("承诺" in text for text in found.texts())


def test_a_slip_carries_the_signed_receipt_and_asks_nobody_to_sign() -> None:
    found = drawn(Hall().publish().with_bids(DUNE))
    assert b'"received_at"' in found.log
    assert found.log_name == "receipt.json"
    assert found.signatures == ()
