"""A hall for tests: a room with real keys, real seals and a clock that the test turns.

Orders go through `decide` exactly as the desk sends them; every event becomes an entry.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from io import BytesIO

from crypto import acts
from crypto.checkpoint import Checkpoint, LogKey, sign_checkpoint
from crypto.encoding import b64u, unb64u
from crypto.gate import open_outer
from crypto.header import Header
from crypto.manifest import Envelope as ManifestEnvelope
from crypto.manifest import LogIdentity, Manifest, build_manifest, make_card
from crypto.seal import EnvelopeSource, SealedBid, SourceFile, recover_key, seal_bid
from crypto.signing import SigningKey
from crypto.suite import KemKey
from crypto.trustee import Wrapped, build_release
from rooms.ids import SYSTEM, BidId, Digest, EnvelopeId, ObjectionId, PersonId
from rooms.log import Entry, head, to_bytes
from rooms.opening import commands as c
from rooms.opening.commands import Command
from rooms.opening.events import BiddingClosed, Event
from rooms.opening.machine import START, State, decide, evolve
from rooms.opening.terms import (
    Terms,
)
from rooms.opening.wire import EVENTS, encode_terms
from rooms.refusals import Refused
from tests.rooms.opening.tender import (
    BEFORE,
    DEADLINE,
    HOST,
    NAMES,
    TERMS,
    TRUSTEES,
    UNRECORDED,
    WATCH,
    A,
    form_of,
)


@cache
def signing_key(name: str) -> SigningKey:
    return SigningKey.generate(lambda size: hashlib.sha256(name.encode()).digest()[:size])


@cache
def kem_key(name: str) -> KemKey:
    return KemKey.generate(lambda size: hashlib.sha256(f"kem {name}".encode()).digest()[:size])


LOG = LogKey.generate(lambda size: bytes(range(size)))


@dataclass
class Hall:
    """A room whose orders are given one after another; `state` is what its entries fold to."""

    terms: Terms = TERMS
    now: datetime = BEFORE
    state: State = START
    entries: list[Entry[Event]] = field(default_factory=list)
    seals: dict[BidId, SealedBid] = field(default_factory=dict)
    wraps: dict[tuple[BidId, EnvelopeId], tuple[bytes, ...]] = field(default_factory=dict)

    # --- orders ---

    def order(
        self, command: Command, by: PersonId = SYSTEM, at: datetime | None = None
    ) -> list[Event]:
        """Gives an order as the desk does: evidence of a refusal is recorded, then it is raised."""
        self.now = at or self.now
        try:
            events = decide(self.state, command, by=by, now=self.now)
        except Refused as refusal:
            self.record(refusal.evidence, by)  # type: ignore[arg-type]  # evidence is events
            raise
        self.record(events, by)
        return events

    def record(self, events: Sequence[Event], by: PersonId) -> None:
        for event in events:
            seq = len(self.entries) + 1
            salt = hashlib.sha256(str(seq).encode()).digest()[:16]
            self.entries.append(Entry(seq, self.now, by, event, salt))
            self.state = evolve(self.state, event)

    def tick(self, at: datetime) -> list[Event]:
        return self.order(c.Tick(), at=at)

    def happened(self, kind: type[Event]) -> list[Event]:
        return [entry.event for entry in self.entries if isinstance(entry.event, kind)]

    # --- before the deadline ---

    def manifest(self, terms: Terms | None = None) -> Manifest:
        """The manifest that the desk would sign for these terms now."""
        wanted = terms or self.terms
        return build_manifest(
            opening="bridge-7",
            version=len(self.state.published) + 1,
            previous=self.state.current.digest if self.state.published else None,
            terms=encode_terms(wanted),
            deadline=wanted.deadline,
            policy=wanted.policy.value,
            threshold=wanted.threshold,
            cards=[card(seat.person, seat.name) for seat in wanted.trustees()],
            gate=kem_key("gate").public,
            log=LogIdentity("kaibiao.example/openings/bridge-7", LOG.public),
            envelopes=[ManifestEnvelope(each.id, each.title) for each in wanted.envelopes],
            offline_page=None,
            key=signing_key("platform"),
        )

    def publish(self, terms: Terms | None = None) -> "Hall":
        self.terms = terms or self.terms
        self.order(c.DraftTender(self.terms), HOST)
        if not self.state.published:
            for seat in self.terms.trustees():
                sealed = card(seat.person, seat.name).to_json()
                self.order(c.GiveTrusteeCard(sealed), seat.person)
        self.order(c.PublishTender(self.terms, self.manifest().signed.to_json()), HOST)
        return self

    def accept(self, person: PersonId, key: str | None = None) -> None:
        accepted = acts.accept(
            opening="bridge-7",
            manifest=self.state.current.digest,
            bidder=person,
            name=NAMES.get(person, person),
            key=signing_key(key or person),
        )
        self.order(c.AcceptTender(NAMES.get(person, person), accepted.to_json()), person)

    def seal(
        self,
        person: PersonId,
        *,
        previous: str | None = None,
        key: str | None = None,
        form: dict[str, object] | None = None,
        bidder: PersonId | None = None,
        size: int = 0,
    ) -> SealedBid:
        """A real seal under the newest manifest, with a file of `size` bytes if that is not 0."""
        sources = []
        for envelope in self.state.terms.envelopes:
            mine = {item.id for item in self.state.terms.items(envelope.id)}
            wanted = form or form_of(person)
            values = {item: value for item, value in wanted.items() if item in mine}
            files = [SourceFile("a.pdf", size, BytesIO(bytes(size)))] if size else []
            sources.append(EnvelopeSource(envelope.id, values, files, BytesIO()))  # type: ignore[arg-type]  # tests seal unfit forms too
        sealed = seal_bid(
            manifest=self.state.current.manifest,
            bidder=bidder or person,
            key=signing_key(key or person),
            envelopes=sources,
            made_with="command",
            previous=previous,
        )
        self.seals[BidId(sealed.header.bid)] = sealed
        return sealed

    def submit(self, person: PersonId, sealed: SealedBid, at: datetime | None = None) -> BidId:
        self.order(submission(sealed), person, at)
        return BidId(sealed.header.bid)

    def store(self, bid: BidId, at: datetime | None = None) -> None:
        for part in self.seals[bid].header.envelopes:
            self.order(c.NoteBytes(bid, EnvelopeId(part.id), part.size), at=at)

    def bid(self, person: PersonId, *, stored: bool = True, **how: object) -> BidId:
        """Accepts if need be, seals, submits and uploads."""
        if person not in self.state.bidders:
            self.accept(person)
        live = self.state.bidders[person].live
        previous = self.state.bids[live].digest if live else None
        sealed = self.seal(person, previous=previous, **how)  # type: ignore[arg-type]  # passed on
        bid = self.submit(person, sealed)
        if stored:
            self.store(bid)
        return bid

    def withdraw(self, person: PersonId, at: datetime | None = None) -> None:
        bid = self.live(person)
        withdrawal = acts.withdraw(
            opening="bridge-7",
            bidder=person,
            bid=bid,
            previous=self.state.bids[bid].digest,
            key=signing_key(person),
        )
        self.order(c.WithdrawBid(withdrawal.to_json()), person, at)

    def sign_in(self, person: PersonId, at: datetime | None = None) -> None:
        digest = Digest(hashlib.sha256(f"{person}'s representative".encode()).hexdigest())
        self.order(c.SignIn(digest), person, at)

    def live(self, person: PersonId) -> BidId:
        bid = self.state.bidders[person].live
        assert bid is not None
        return bid

    # --- after it ---

    def with_bids(self, *people: PersonId) -> "Hall":
        for person in people:
            self.bid(person)
            self.sign_in(person)
        return self

    def close(self) -> "Hall":
        self.tick(DEADLINE)
        return self

    def roll(self) -> "Hall":
        """Closed, started, the roll published."""
        self.close()
        self.order(c.StartOpening(UNRECORDED), HOST)
        self.order(c.PublishRoll(), HOST)
        return self

    def decrypting(self, envelope: EnvelopeId = A) -> "Hall":
        if self.state.phase == "receiving":
            self.roll()
        self.order(c.StartDecryption(envelope), HOST)
        if self.state.shared:
            self.open_gate(envelope)
        return self

    def open_gate(self, envelope: EnvelopeId = A) -> None:
        digests: dict[BidId, Digest | None] = {}
        for bid in self.state.in_play(envelope):
            wraps = gate_opens(self, bid.id, envelope)
            self.wraps[bid.id, envelope] = wraps
            digests[bid.id] = Digest(hashlib.sha256(b"".join(wraps)).hexdigest())
        self.order(c.NoteGate(envelope, digests))

    def head(self) -> str:
        """The text of the closing head, as the log signs it."""
        return closing_text(self)

    def release(
        self,
        person: PersonId,
        envelope: EnvelopeId = A,
        *,
        clock: datetime | None = None,
        head: str | None = None,
        key: str | None = None,
        kem: str | None = None,
        bids: Sequence[BidId] | None = None,
    ) -> c.ReleaseShares:
        """The order a trustee's client would send."""
        index = (self.state.trustee_index(person) or 1) - 1
        wanted = [bid.id for bid in self.state.pending()] if bids is None else list(bids)
        wrapped = [
            Wrapped(self.seals[bid].header, envelope, self.wraps[bid, envelope][index])
            for bid in wanted
            if (bid, envelope) in self.wraps
        ]
        release = build_release(
            manifest=self.state.current.manifest,
            person=person,
            kem=kem_key(kem or person),
            key=signing_key(key or person),
            checkpoint=head or self.head(),
            clock=clock or self.now,
            wrapped=wrapped,
        )
        return c.ReleaseShares(envelope, release.to_json(), self.head())

    def release_all(self, *people: PersonId, envelope: EnvelopeId = A) -> None:
        for person in people or TRUSTEES[:2]:
            self.order(self.release(person, envelope), person)

    def give_key(
        self, person: PersonId, envelope: EnvelopeId = A, at: datetime | None = None
    ) -> None:
        self.order(self.key_order(person, envelope), person, at)

    def key_order(self, person: PersonId, envelope: EnvelopeId = A) -> c.ReleaseKey:
        bid = self.live(person)
        key = next(each for each in self.seals[bid].keys if each.envelope == envelope)
        return c.ReleaseKey(bid, envelope, b64u(key.secret))

    def open(self, *people: PersonId, envelope: EnvelopeId = A) -> None:
        """What the worker does: the key from shares or from the bidder, then the result."""
        wanted = {self.live(person) for person in people}
        for bid in list(self.state.pending()):
            if not people or bid.id in wanted:
                self.order(self.opened(bid.id, envelope))

    def opened(self, bid: BidId, envelope: EnvelopeId = A) -> c.NoteOpened:
        found = self.state.bids[bid]
        part = found.parts[envelope]
        header = Header.parse(dict(found.header))
        manifest = self.state.version_of(found).manifest
        secret = None
        if part.key is not None:
            secret = next(k.secret for k in self.seals[bid].keys if k.envelope == envelope)
        key = recover_key(
            manifest=manifest,
            header=header,
            envelope=envelope,
            shares=part.shares.values(),
            bidder_secret=secret,
        )
        mine = {item.id for item in self.state.terms.items(envelope)}
        form = {name: value for name, value in form_of(found.bidder).items() if name in mine}
        by = "trustees" if secret is None else "bidder" if manifest.policy != "both" else "both"
        return c.NoteOpened(bid, envelope, by, b64u(key), form, ())  # type: ignore[arg-type]  # str | int

    def imported(self) -> "Hall":
        """Everything opened by two trustees and imported."""
        self.decrypting()
        self.release_all()
        self.open()
        self.order(c.ImportBids(), HOST)
        return self

    def announcing(self) -> "Hall":
        self.imported()
        self.order(c.StartAnnouncing(), HOST)
        return self

    def confirming(self) -> "Hall":
        self.announcing()
        self.order(c.AnnounceBids(), HOST)
        self.order(c.StartConfirmation(), HOST)
        return self

    def confirm(self, person: PersonId, at: datetime | None = None) -> None:
        bid = self.state.bids[self.live(person)]
        signed = acts.confirm(
            opening="bridge-7",
            bidder=person,
            bid=bid.id,
            row=dict(bid.row or {}),
            key=signing_key(person),
        )
        self.order(c.ConfirmBid(bid.id, signed.to_json()), person, at)

    def confirm_all(self) -> "Hall":
        for bid in list(self.state.counted_bids()):
            self.confirm(bid.bidder)
        return self

    def object_to(self, person: PersonId, objection: str = "o-1", text: str = "唱标有误") -> None:
        self.order(c.RaiseObjection(text, ObjectionId(objection)), person)

    def signing(self) -> "Hall":
        self.confirming()
        self.confirm_all()
        self.order(c.StartSigning(), HOST)
        return self

    def sign(self, *people: PersonId) -> None:
        assert self.state.content is not None
        for person in people:
            self.order(c.SignRecord(self.state.content), person)

    def ended(self) -> "Hall":
        self.signing()
        self.sign(HOST, WATCH)
        self.order(c.EndOpening(), HOST)
        return self


@cache
def card(person: PersonId, name: str):  # type: ignore[no-untyped-def]  # a SealedObject
    return make_card(
        person=person,
        name=name,
        kem=kem_key(person).public,
        created=BEFORE,
        key=signing_key(person),
    )


def submission(sealed: SealedBid) -> c.SubmitBid:
    return c.SubmitBid(sealed.header.signed.to_json(), sealed.submission["outers"])  # type: ignore[arg-type]  # b64u texts


def gate_opens(hall: Hall, bid: BidId, envelope: EnvelopeId) -> tuple[bytes, ...]:
    found = hall.state.bids[bid]
    return open_outer(
        key=kem_key("gate"),
        manifest=hall.state.version_of(found).manifest,
        header=Header.parse(dict(found.header)),
        envelope=envelope,
        outer=unb64u(found.outers[envelope]),
    )


def closing_text(hall: Hall) -> str:
    lines = []
    for entry in hall.entries:
        lines.append(to_bytes(entry, EVENTS))
        if isinstance(entry.event, BiddingClosed):
            break
    closing = head(lines)
    checkpoint = Checkpoint("kaibiao.example/openings/bridge-7", closing.size, closing.root)
    return sign_checkpoint(checkpoint, "kaibiao.example", LOG)
