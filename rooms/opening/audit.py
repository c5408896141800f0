"""The audit of an opening's archive, steps 5 to 12 of `docs/formats/audit.md`.

Everything is computed again from what was signed: the log is asked what it says, never believed.
"""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import BinaryIO

from crypto.checkpoint import Checkpoint, parse_checkpoint
from crypto.encoding import digest_hex, jcs, parse_json, unb64u
from crypto.errors import CryptoError
from crypto.header import Header, outers_of, verify_submission
from crypto.manifest import Manifest
from crypto.opening import open_bid, recover_key
from crypto.receipt import Receipt
from crypto.shares import Share
from crypto.trustee import Release, accepted_shares, verify_release
from rooms.archive import Container
from rooms.audit import Replayed, Report, Site
from rooms.ids import EnvelopeId, PersonId
from rooms.opening import events as e
from rooms.opening.derived import derived
from rooms.opening.events import Event
from rooms.opening.state import Bid, Standing, State

TokenTime = Callable[[bytes, bytes], datetime]
"""Checks an RFC 3161 token over a digest up to the archive's root and answers its time; raises
ValueError."""

TOKEN_LAG = timedelta(seconds=120)
"""How long after the receipt of a header its token may have been made."""

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
        previous = manifest.digest
    report.proved(5, "manifests_signed", versions=len(log.state.published))


def check_copies(log: Log, container: Container, report: Report) -> None:
    """Step 6, first half: files that repeat signed objects of the log have the log's bytes."""
    wanted = derived(log.entries)
    for name, data in wanted.items():
        if name not in container.members:
            report.found(6, "file_missing", name)
        elif container.bytes(name) != data:
            report.found(6, "file_differs_from_log", name)
    folders = ("manifests/", "acceptances/", "headers/", "releases/", "keys/")
    for name in container.members:
        if name.startswith(folders) and name not in wanted:
            report.found(6, "file_not_in_log", name)


def check_submissions(log: Log, report: Report) -> None:
    """Step 6, second half: each header was signed with the key its bidder had enrolled by then,
    names a published manifest and fits its outer layers."""
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
                keys[accepted.bidder] = unb64u(str(accepted.acceptance["key"]))
            case e.BidReceived() as received:
                count += 1
                about = f"headers/{received.bid}.json"
                header = _header(received)
                if header is None or header.manifest not in manifests:
                    report.found(6, "header_unreadable", about)
                    continue
                try:
                    submission = {
                        "header": dict(received.header),
                        "outers": {str(k): v for k, v in received.outers.items()},
                    }
                    outers_of(submission)
                    verify_submission(
                        submission, manifests[header.manifest], keys.get(received.bidder)
                    )
                except CryptoError as error:
                    report.found(6, "header_refused", about, reason=error.code)
                if (header.bidder, header.bid) != (received.bidder, received.bid):
                    report.found(6, "header_of_another", about)
                if header.digest != received.header_digest:
                    report.found(6, "header_digest", about)
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
            report.found(
                7, "token_time", name, stamped=stamped.isoformat(), received=at.isoformat()
            )
        proven += 1
    report.proved(7, "receipts_stamped", receipts=proven)


def check_closing(log: Log, covered: int | None, report: Report) -> None:
    """Step 8: the closing head ends with `BiddingClosed`; the list in it is what the log gives; no
    counted bid came at or after the deadline."""
    for entry in log.entries:
        if not isinstance(entry.event, e.BiddingClosed):
            continue
        if covered != entry.seq:
            report.found(8, "closing_head_elsewhere", "closing.txt", entry=entry.seq)
        if entry.at < entry.event.deadline:
            report.found(8, "closed_early", "log.jsonl", entry=entry.seq)
        live = {bid.id for bid in log.state.bids.values() if bid.standing is Standing.LIVE}
        counted = {each.bid: each for each in entry.event.bids}
        for missing in sorted(live - set(counted)):
            report.found(8, "bid_not_counted", f"headers/{missing}.json")
        for extra in sorted(set(counted) - live):
            report.found(8, "bid_should_not_count", f"headers/{extra}.json")
        for bid, each in counted.items():
            # >= : a deadline means before, so the instant itself is late.
            if each.received_at >= entry.event.deadline:
                report.found(8, "bid_late", f"headers/{bid}.json")
        report.proved(8, "bids_counted", bids=len(counted))
        return
    if log.state.rolled:
        report.found(8, "never_closed", "log.jsonl")


def check_releases(log: Log, closing: str, report: Report) -> list[Release]:
    """Step 9: every release is signed by its trustee over the closing head, after the deadline by
    the trustee's own clock. Answers those that hold."""
    held: list[Release] = []
    if not closing:
        return held
    try:
        head: Checkpoint = parse_checkpoint(closing)
    except CryptoError:
        return held
    for entry in log.entries:
        if not isinstance(entry.event, e.SharesReleased):
            continue
        about = f"releases/{entry.event.trustee}-{entry.event.envelope}.json"
        manifest = log.state.current.manifest
        try:
            held.append(verify_release(dict(entry.event.release), manifest=manifest, closing=head))
        except CryptoError as error:
            report.found(9, "release_refused", about, reason=error.code)
    if log.state.shared:
        report.proved(9, "head_witnessed", trustees=len({each.trustee for each in held}))
    return held


def check_bids(log: Log, container: Container, releases: list[Release], report: Report) -> None:
    """Steps 10 and 11: each published key is the one that the shares, or the bidder, give; each bid
    opened with it says what the log says; each bid the log calls void does not open."""
    opened = void = 0
    for bid in log.state.counted_bids():
        header = Header.parse(dict(bid.header))
        for envelope, part in bid.parts.items():
            name = f"bids/{bid.id}-{envelope}.age"
            if part.opened is not None:
                opened += 1
                key = unb64u(part.opened.key)
                _check_key(log.state, bid, envelope, header, releases, key, report)
                _check_opened(container, name, bid, envelope, header, key, report)
            elif part.void is not None:
                void += 1
                _check_void(log.state, container, name, bid, envelope, header, releases, report)
    report.proved(11, "bids_opened_again", opened=opened, void=void)


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


def _check_key(
    state: State,
    bid: Bid,
    envelope: EnvelopeId,
    header: Header,
    releases: list[Release],
    key: bytes,
    report: Report,
) -> None:
    about = f"keys/{bid.id}-{envelope}.key"
    part = bid.parts[envelope]
    shares: list[Share] = accepted_shares(releases, header, envelope)[0]
    bidder = None if part.key is None else unb64u(part.key)
    try:
        found = recover_key(
            manifest=state.version_of(bid).manifest,
            header=header,
            envelope=envelope,
            shares=shares,
            bidder_secret=bidder,
        )
    except CryptoError as error:
        report.found(10, "key_not_recovered", about, reason=error.code)
        return
    if found != key:
        report.found(10, "key_differs", about)


def _check_opened(
    container: Container,
    name: str,
    bid: Bid,
    envelope: EnvelopeId,
    header: Header,
    key: bytes,
    report: Report,
) -> None:
    if name not in container.members:
        report.found(11, "file_missing", name)
        return
    part = bid.parts[envelope]
    assert part.opened is not None
    try:
        found = open_bid(header=header, envelope=envelope, key=key, source=member(container, name))
    except CryptoError as error:
        report.found(11, "bid_does_not_open", name, reason=error.code)
        return
    if found.statement.key != bid.key:
        report.found(11, "statement_of_another", name)
    if found.form != dict(part.opened.form):
        report.found(11, "form_differs_from_log", name)
    files = [{"name": f.name, "size": f.size, "sha256": f.sha256} for f in found.files]
    if files != [dict(each) for each in part.opened.files]:
        report.found(11, "files_differ_from_log", name)


def _check_void(
    state: State,
    container: Container,
    name: str,
    bid: Bid,
    envelope: EnvelopeId,
    header: Header,
    releases: list[Release],
    report: Report,
) -> None:
    """A bid that the log calls void, though everything to open it is there, is a finding."""
    part = bid.parts[envelope]
    if not part.stored or name not in container.members:
        return
    shares = accepted_shares(releases, header, envelope)[0]
    try:
        key = recover_key(
            manifest=state.version_of(bid).manifest,
            header=header,
            envelope=envelope,
            shares=shares,
            bidder_secret=None if part.key is None else unb64u(part.key),
        )
        open_bid(header=header, envelope=envelope, key=key, source=member(container, name))
    except CryptoError:
        return
    assert part.void is not None
    if part.void.step < 9:
        report.found(11, "void_bid_opens", name, reason=part.void.code)


def member(container: Container, name: str) -> BinaryIO:
    """A member as a seekable file."""
    return io.BufferedReader(_Member(container, name), 1 << 20)


class _Member(io.RawIOBase):
    def __init__(self, container: Container, name: str) -> None:
        self._file = container.file
        self._start = container.members[name].offset
        self._size = container.members[name].size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]  # any writable buffer
        want = min(len(buffer), max(0, self._size - self._at))
        self._file.seek(self._start + self._at)
        data = self._file.read(want)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def _header(received: e.BidReceived) -> Header | None:
    try:
        return Header.parse(dict(received.header))
    except CryptoError:
        return None
