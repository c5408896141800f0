"""Step 7 of the audit on a receipt by itself: the PDF that a bidder kept."""

from collections.abc import Sequence

from crypto import pades
from crypto.encoding import parse_json
from crypto.errors import CryptoError
from crypto.receipt import Receipt
from rooms.audit import Report

ATTACHED = "receipt.json"


def attached(data: bytes) -> bytes | None:
    """The receipt that a PDF carries, or None when it carries none."""
    try:
        return pades.attached(data, ATTACHED)
    except CryptoError:
        return None


def check(text: bytes, roots: Sequence[bytes], report: Report) -> None:
    """The receipt's own signature, and its time stamp where `roots` are given. Which platform
    signed it is told for comparison."""
    try:
        receipt = Receipt.parse(parse_json(text))
    except CryptoError as refusal:
        report.found(7, "receipt_refused", ATTACHED, reason=refusal.code)
        return
    report.proved(
        7, "receipt_good", bid=receipt.bid, opening=receipt.opening, at=receipt.received_at
    )
    if receipt.token is None or not roots:
        return
    try:
        pades.verify_token(receipt.token, bytes.fromhex(receipt.digest), roots)
    except CryptoError as refusal:
        report.found(7, "token_refused", ATTACHED, reason=refusal.code)
        return
    report.proved(7, "receipts_stamped", receipts=1)
