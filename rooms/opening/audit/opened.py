"""What was counted, released and opened (audit steps 8 to 11)."""

from collections.abc import Sequence
from dataclasses import dataclass

from crypto.checkpoint import Checkpoint, parse_checkpoint
from crypto.encoding import unb64u
from crypto.errors import CryptoError
from crypto.header import Header
from crypto.opening import OpenedBid, open_bid, recover_key
from crypto.trustee import Release, accepted_shares, verify_release
from rooms.archive import Container
from rooms.audit import Report
from rooms.ids import EnvelopeId
from rooms.member import member
from rooms.opening import events as e
from rooms.opening.audit.signed import Log
from rooms.opening.evidence import PLATFORM_CODES
from rooms.opening.forms import check_form
from rooms.opening.state import Bid, Standing, State
from rooms.refusals import Refused


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


def check_bids(log: Log, container: Container, releases: Sequence[Release], report: Report) -> None:
    """Steps 10 and 11: each published key is the one that the shares, or the bidder, give; each bid
    opened with it says what the log says; each bid the log calls void does not open."""
    opened = void = 0
    for bid in log.state.counted_bids():
        try:
            header = Header.parse(dict(bid.header))
        except CryptoError:
            # Step 6 has said so.
            continue
        for envelope, part in bid.parts.items():
            checked = _Part(log.state, container, bid, envelope, header, releases, report)
            if part.opened is not None:
                opened += 1
                checked.check_opened()
            elif part.void is not None:
                void += 1
                checked.check_void()
    report.proved(10, "keys_recovered", keys=opened)
    report.proved(11, "bids_opened_again", opened=opened, void=void)


@dataclass(frozen=True, slots=True)
class _Part:
    """One envelope of one bid, with what was released for it."""

    state: State
    container: Container
    bid: Bid
    envelope: EnvelopeId
    header: Header
    releases: Sequence[Release]
    report: Report

    @property
    def name(self) -> str:
        return f"bids/{self.bid.id}-{self.envelope}.age"

    def check_opened(self) -> None:
        part = self.bid.parts[self.envelope]
        assert part.opened is not None
        key = unb64u(part.opened.key)
        about = f"keys/{self.bid.id}-{self.envelope}.key"
        # audit step 10
        try:
            if self._key() != key:
                self.report.found(10, "key_differs", about)
        except CryptoError as error:
            self.report.found(10, "key_not_recovered", about, reason=error.code)
        # audit step 11
        if self.name not in self.container.members:
            self.report.found(11, "file_missing", self.name)
            return
        try:
            found = self._open(key)
        except CryptoError as error:
            self.report.found(11, "bid_does_not_open", self.name, reason=error.code)
            return
        if found.statement.key != self.bid.key:
            self.report.found(11, "statement_of_another", self.name)
        if found.form != dict(part.opened.form):
            self.report.found(11, "form_differs_from_log", self.name)
        files = [{"name": f.name, "size": f.size, "sha256": f.sha256} for f in found.files]
        if files != [dict(each) for each in part.opened.files]:
            self.report.found(11, "files_differ_from_log", self.name)

    def check_void(self) -> None:
        """A bid that the log calls void, though everything to open it is there, is a finding."""
        part = self.bid.parts[self.envelope]
        assert part.void is not None
        if self.name not in self.container.members:
            if part.stored and part.void.code not in PLATFORM_CODES:
                self.report.found(11, "file_missing", self.name)
            return
        try:
            found = self._open(self._key())
            check_form(self.state.version_of(self.bid).terms, self.envelope, found.form)
        except (CryptoError, Refused):
            return
        self.report.found(11, "void_bid_opens", self.name, reason=part.void.code)

    def _key(self) -> bytes:
        part = self.bid.parts[self.envelope]
        return recover_key(
            manifest=self.state.version_of(self.bid).manifest,
            header=self.header,
            envelope=self.envelope,
            shares=accepted_shares(list(self.releases), self.header, self.envelope)[0],
            bidder_secret=None if part.key is None else unb64u(part.key),
        )

    def _open(self, key: bytes) -> OpenedBid:
        source = member(self.container, self.name)
        return open_bid(header=self.header, envelope=self.envelope, key=key, source=source)
