"""What people and the platform signed (audit steps 5 to 7), and what the log names by digest (12).

Everything is computed again from what was signed: the log is asked what it says, never believed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from crypto import acts
from crypto.encoding import digest_hex, jcs, parse_json
from crypto.errors import CryptoError
from crypto.header import Header, outers_of, verify_submission
from crypto.manifest import Manifest
from crypto.receipt import Receipt
from rooms.archive import SUMS, Container
from rooms.audit import Replayed, Report, Site
from rooms.ids import PersonId
from rooms.opening import events as e
from rooms.opening.derived import derived
from rooms.opening.events import Event
from rooms.opening.state import State
from rooms.opening.wire import encode_terms

TokenTime = Callable[[bytes, bytes], datetime]
"""Checks an RFC 3161 token over a digest up to the archive's root and answers its time; raises
ValueError."""

TOKEN_LAG = timedelta(seconds=120)
"""How far from the receipt of a header its token may have been made."""

ALWAYS = (
    SUMS,
    "log.jsonl",
    "head.txt",
    "closing.txt",
    "site.json",
    "people.json",
    "minutes.pdf",
    "root.pem",
)

Log = Replayed[Event, State]


def check_manifests(log: Log, site: Site, report: Report) -> None:
    """Step 5: the platform signed every manifest, each names its predecessor, and the trustees'
    cards are signed by their holders."""
    previous: str | None = None
    for entry in log.entries:
        if not isinstance(entry.event, e.TenderPublished):
            continue
        about = f"manifests/{entry.event.version}.json"
        try:
            manifest = Manifest.parse(dict(entry.event.manifest), site.platform_key)
        except CryptoError as error:
            report.found(5, "manifest_refused", about, reason=error.code)
            continue
        if manifest.digest != entry.event.manifest_digest:
            report.found(5, "manifest_digest", about)
        if manifest.previous != previous or manifest.version != entry.event.version:
            report.found(5, "manifest_order", about)
        if manifest.log.key != site.log_key:
            report.found(5, "manifest_log_key", about)
        if manifest.gate != site.gate:
            report.found(5, "manifest_gate", about)
        if manifest.terms != encode_terms(entry.event.terms):
            report.found(5, "manifest_terms", about)
        previous = manifest.digest
    report.proved(5, "manifests_signed", versions=len(log.state.published))


def check_copies(log: Log, container: Container, report: Report) -> None:
    """Step 6, first half: files that repeat signed objects of the log have the log's bytes, and
    there is no file that the log knows nothing of."""
    wanted = derived(log.entries)
    for name, data in wanted.items():
        if name not in container.members:
            report.found(6, "file_missing", name)
        elif container.bytes(name) != data:
            report.found(6, "file_differs_from_log", name)
    known = {*ALWAYS, *wanted, *_receipts(log), *_bids(log)}
    known |= {f"documents/{document.name}" for document in log.state.terms.documents}
    for name in container.members:
        if name not in known:
            report.found(6, "file_not_in_log", name)


def check_submissions(log: Log, report: Report) -> None:
    """Step 6, second half: acceptances, headers and withdrawals are signed by their bidders, each
    with the key its bidder had enrolled by then; headers name a published manifest and fit their
    outer layers."""
    keys: dict[PersonId, bytes] = {}
    manifests: dict[str, Manifest] = {}
    count = 0
    for entry in log.entries:
        match entry.event:
            case e.TenderPublished() as published:
                try:
                    manifest = Manifest.parse(dict(published.manifest))
                except CryptoError:
                    continue
                manifests[manifest.digest] = manifest
            case e.TenderAccepted() as accepted:
                _check_acceptance(accepted, keys, report)
            case e.BidReceived() as received:
                count += 1
                _check_header(received, keys.get(received.bidder), manifests, report)
            case e.BidWithdrawn() as withdrawn:
                _check_withdrawal(withdrawn, keys.get(withdrawn.bidder), report)
            case _:
                pass
    report.proved(6, "headers_signed", headers=count)


def check_receipts(
    log: Log, container: Container, site: Site, token_time: TokenTime, report: Report
) -> None:
    """Step 7: every header has a receipt by the platform with the same time, and a token of the
    time stamp authority over it that is not late."""
    proven = 0
    for entry in log.entries:
        match entry.event:
            case e.BidReceived() as received:
                name, action = f"receipts/{received.bid}.json", "submit"
                digest, at = received.header_digest, received.received_at
            case e.BidWithdrawn() as withdrawn:
                name, action = f"receipts/{withdrawn.bid}-withdrawal.json", "withdraw"
                digest, at = withdrawn.withdrawal_digest, withdrawn.received_at
            case _:
                continue
        if name not in container.members:
            report.found(7, "receipt_missing", name)
            continue
        try:
            receipt = Receipt.parse(parse_json(container.bytes(name)), site.platform_key)
        except CryptoError as error:
            report.found(7, "receipt_refused", name, reason=error.code)
            continue
        if (receipt.header, receipt.action, receipt.received_at) != (digest, action, at):
            report.found(7, "receipt_differs_from_log", name)
        if receipt.received_at > entry.at:
            report.found(7, "receipt_after_entry", name)
        try:
            stamped = token_time(receipt.token or b"", bytes.fromhex(receipt.digest))
        except ValueError as error:
            report.found(7, "token_refused", name, reason=error)
            continue
        if not at - TOKEN_LAG <= stamped <= at + TOKEN_LAG:
            report.found(7, "token_time", name, stamped=stamped, received=at)
        proven += 1
    report.proved(7, "receipts_stamped", receipts=proven)


def check_people(log: Log, container: Container, report: Report) -> None:
    """Step 12, first part: personal data still kept have the digests that the log names."""
    try:
        people = parse_json(container.bytes("people.json"), most=256 << 20)
    except (KeyError, CryptoError):
        report.found(12, "unreadable", "people.json")
        return
    if not isinstance(people, dict):
        report.found(12, "unreadable", "people.json")
        return
    for digest, payload in people.items():
        if digest_hex(jcs(payload)) != digest:
            report.found(12, "person_differs", "people.json", digest=digest)
    named = {
        entry.event.representative
        for entry in log.entries
        if isinstance(entry.event, e.BidderSignedIn)
    }
    kept = sum(digest in people for digest in named)
    report.proved(12, "people_match", kept=kept, erased=len(named) - kept)


def check_documents(log: Log, container: Container, report: Report) -> None:
    """Step 12, second part: the tender's documents have the digests that bidders accepted."""
    for document in log.state.terms.documents:
        name = f"documents/{document.name}"
        if name not in container.members:
            report.found(12, "file_missing", name)
        elif container.digests[name] != document.sha256:
            report.found(12, "document_differs", name)


def _receipts(log: Log) -> list[str]:
    names = []
    for entry in log.entries:
        if isinstance(entry.event, e.BidReceived):
            names.append(f"receipts/{entry.event.bid}.json")
        elif isinstance(entry.event, e.BidWithdrawn):
            names.append(f"receipts/{entry.event.bid}-withdrawal.json")
    return names


def _bids(log: Log) -> list[str]:
    return [
        f"bids/{bid.id}-{envelope}.age"
        for bid in log.state.counted_bids()
        for envelope, part in bid.parts.items()
        if part.stored
    ]


def _check_acceptance(
    accepted: e.TenderAccepted, keys: dict[PersonId, bytes], report: Report
) -> None:
    try:
        acceptance = acts.Acceptance.parse(dict(accepted.acceptance))
    except CryptoError as error:
        report.found(6, "acceptance_refused", accepted.bidder, reason=error.code)
        return
    if (acceptance.bidder, acceptance.name) != (accepted.bidder, accepted.name):
        report.found(6, "acceptance_refused", accepted.bidder, reason="bidder")
        return
    keys[accepted.bidder] = acceptance.signed.key


def _check_header(
    received: e.BidReceived,
    enrolled: bytes | None,
    manifests: dict[str, Manifest],
    report: Report,
) -> None:
    about = f"headers/{received.bid}.json"
    submission = {
        "header": dict(received.header),
        "outers": {str(envelope): outer for envelope, outer in received.outers.items()},
    }
    try:
        header = Header.parse(dict(received.header))
        if header.manifest not in manifests:
            report.found(6, "header_refused", about, reason="manifest")
            return
        outers_of(submission)
        verify_submission(submission, manifests[header.manifest], enrolled)
    except CryptoError as error:
        report.found(6, "header_refused", about, reason=error.code)
        return
    if enrolled is None:
        report.found(6, "header_refused", about, reason="signer")
    if (header.bidder, header.bid) != (received.bidder, received.bid):
        report.found(6, "header_of_another", about)
    if header.digest != received.header_digest:
        report.found(6, "header_digest", about)


def _check_withdrawal(withdrawn: e.BidWithdrawn, enrolled: bytes | None, report: Report) -> None:
    """A bid must not vanish by a withdrawal that its bidder never signed."""
    about = f"headers/{withdrawn.bid}.json"
    try:
        signed = acts.Withdrawal.parse(dict(withdrawn.withdrawal), enrolled)
    except CryptoError as error:
        report.found(6, "withdrawal_refused", about, reason=error.code)
        return
    named = (signed.bidder, signed.bid, signed.digest)
    if enrolled is None or named != (
        withdrawn.bidder,
        withdrawn.bid,
        withdrawn.withdrawal_digest,
    ):
        report.found(6, "withdrawal_refused", about, reason="bidder")
