"""The public draw: commit, reveal, and a value that anyone computes again."""

import hashlib
from collections.abc import Mapping, Sequence

from crypto.encoding import lp, unb64u
from crypto.errors import CryptoError
from rooms.ids import Digest, PersonId
from rooms.opening import commands as c
from rooms.opening import events as e
from rooms.opening.checks import counted, in_phase
from rooms.opening.events import Event
from rooms.opening.phases import Phase
from rooms.opening.rights import roles_of
from rooms.opening.state import State
from rooms.opening.terms import Draw, Role
from rooms.refusals import AlreadyDone, SeedsNotCommitted, WrongPolicy, WrongSeed

SEED = 32


def commitment(person: PersonId, seed: bytes) -> Digest:
    """SHA-256("yunkai/draw/v1" | lp(person) | seed)."""
    return Digest(hashlib.sha256(b"yunkai/draw/v1" + lp(person) + seed).hexdigest())


def drawn_value(draw: Draw, seeds: Sequence[bytes]) -> int:
    """The value that these seeds, in the order of their commitments, lead to.

    One honest seed makes it unpredictable: low + step * (SHA-256("yunkai/draw-value/v1" | seeds)
    mod steps), the digest read as a big-endian number.
    """
    digest = hashlib.sha256(b"yunkai/draw-value/v1" + b"".join(seeds)).digest()
    steps = (draw.high - draw.low) // draw.step + 1
    return draw.low + draw.step * (int.from_bytes(digest, "big") % steps)


def revealed(
    commitments: Mapping[PersonId, Digest], seeds: Mapping[PersonId, str]
) -> list[tuple[PersonId, bytes]]:
    """The revealed seeds in the order of their commitments."""
    return [(person, unb64u(seeds[person])) for person in commitments if person in seeds]


def commit(state: State, command: c.CommitSeed, by: PersonId) -> list[Event]:
    """A promise of a seed. After the first one is revealed, nobody may join any more."""
    in_phase(state, Phase.IMPORTED, Phase.PARAMETERS)
    _check_draw(state)
    if roles_of(state, by) == {Role.BIDDER}:
        counted(state, by)
    if by in state.drawing.commitments:
        raise AlreadyDone(what="commitment")
    if state.drawing.seeds:
        raise AlreadyDone(what="reveal")
    return [e.DrawCommitted(by, command.commitment)]


def reveal(state: State, command: c.RevealSeed, by: PersonId) -> list[Event]:
    """The promised seed."""
    in_phase(state, Phase.PARAMETERS)
    _check_draw(state)
    promised = state.drawing.commitments.get(by)
    if promised is None:
        raise SeedsNotCommitted
    if by in state.drawing.seeds:
        raise AlreadyDone(what="reveal")
    try:
        seed = unb64u(command.seed)
    except CryptoError:
        raise WrongSeed(person=by) from None
    if len(seed) != SEED or commitment(by, seed) != promised:
        raise WrongSeed(person=by)
    return [e.DrawRevealed(by, command.seed)]


def draw(state: State) -> list[Event]:
    """The value, from the seeds that were revealed; who did not reveal is named."""
    in_phase(state, Phase.PARAMETERS)
    wanted = _check_draw(state)
    drawing = state.drawing
    seeds = revealed(drawing.commitments, drawing.seeds)
    if not seeds:
        raise SeedsNotCommitted
    value = drawn_value(wanted, [seed for _, seed in seeds])
    silent = tuple(person for person in drawing.commitments if person not in drawing.seeds)
    return [e.ParameterDrawn(wanted.name, value, tuple(person for person, _ in seeds), silent)]


def _check_draw(state: State) -> Draw:
    if state.terms.draw is None:
        raise WrongPolicy(policy="no_draw")
    if state.drawing.value is not None:
        raise AlreadyDone(what="draw")
    return state.terms.draw
