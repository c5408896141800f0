"""The content that signatures of the record are over: its facts as JSON, and their digest."""

from typing import Any

from crypto.encoding import digest_hex, jcs
from rooms.codec import encode
from rooms.ids import Digest
from rooms.opening.announcing import row_digest
from rooms.opening.state import Bid, State


def content(state: State) -> dict[str, Any]:
    """What was opened, announced, confirmed, objected and answered, in the order of the roll."""
    return {
        "format": "yunkai/record/v1",
        "opening": state.opening,
        "manifest": state.current.digest,
        "reconvened": state.reconvened,
        "parameter": state.drawing.value,
        "bids": [_bid(state, bid) for bid in state.counted_bids()],
        "objections": [
            {"id": each.id, "by": each.by, "text": each.text, "answer": each.answer}
            for each in state.objections.values()
        ],
    }


def content_digest(state: State) -> Digest:
    """SHA-256 of JCS of the content."""
    return Digest(digest_hex(jcs(content(state))))


def _bid(state: State, bid: Bid) -> dict[str, Any]:
    return {
        "bid": bid.id,
        "bidder": bid.bidder,
        "name": state.counted[bid.id].name,
        "header": bid.digest,
        "received_at": encode(bid.received_at),
        "row": None if bid.row is None else row_digest(bid),
        "over_limit": bid.over_limit,
        "void": None if bid.void is None else bid.void.code,
        "fault": None if bid.fault is None else bid.fault.value,
        "confirmation": bid.confirmation.value,
        "dispute": bid.dispute,
    }
