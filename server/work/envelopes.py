"""Opening one envelope of one bid from its blob, once the room holds what it takes."""

from pathlib import Path

from crypto.encoding import b64u, unb64u
from crypto.errors import BidMalformed, NoKey, WrongBytes, WrongKey
from crypto.header import Header
from crypto.opening import open_bid, recover_key
from rooms.ids import EnvelopeId
from rooms.opening.commands import NoteOpened, NoteVoid
from rooms.opening.forms import check_form
from rooms.opening.state import Bid, Part, State
from rooms.opening.terms import Policy
from rooms.refusals import FormUnfit


def open_part(
    state: State, bid: Bid, envelope: EnvelopeId, blob: Path
) -> NoteOpened | NoteVoid | None:
    """What to note of an envelope: opened with form and files, or void with the step that failed.

    None when its key can't be had yet. Reads the whole blob: to be called in a thread.
    """
    part = bid.parts[envelope]
    header = Header.parse(dict(bid.header))
    secret = None if part.key is None else unb64u(part.key)
    try:
        key = recover_key(
            manifest=state.version_of(bid).manifest,
            header=header,
            envelope=envelope,
            shares=part.shares.values(),
            bidder_secret=secret,
        )
        with blob.open("rb") as source:
            opened = open_bid(header=header, envelope=envelope, key=key, source=source)
    except (NoKey, WrongKey):
        return None
    except BidMalformed as flaw:
        return NoteVoid(bid.id, envelope, flaw.code, flaw.step)
    except (WrongBytes, FileNotFoundError):
        # The bytes were whole when they were stored: their loss is the platform's.
        return NoteVoid(bid.id, envelope, "storage_failed", 6)
    try:
        check_form(state.version_of(bid).terms, envelope, opened.form)
    except FormUnfit as unfit:
        return NoteVoid(bid.id, envelope, unfit.code, 9)
    files = tuple({"name": f.name, "size": f.size, "sha256": f.sha256} for f in opened.files)
    return NoteOpened(bid.id, envelope, _way(state, part), b64u(key), opened.form, files)


def _way(state: State, part: Part) -> str:
    if state.terms.policy is Policy.BOTH:
        return "both"
    return "trustees" if len(part.shares) >= state.terms.threshold > 0 else "bidder"
