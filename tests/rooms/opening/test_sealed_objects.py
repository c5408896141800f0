"""Signed objects out of the wild: whatever JSON comes, it is taken or refused, never a failure."""

import copy
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import acts
from crypto.signing import sign
from rooms.ids import Digest
from rooms.opening import commands as c
from rooms.opening.machine import decide
from rooms.refusals import Refused
from tests.rooms.opening.hall import Hall, card, signing_key, submission
from tests.rooms.opening.tender import ACME, BOLT, CORA, HOST, TERMS, TRUSTEES

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**53 - 1) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=5,
)


def orders() -> dict[str, tuple[Hall, Any, str, Any]]:
    """A valid order of each kind that carries a signed object, with the member it is in."""
    draft = Hall()
    draft.order(c.DraftTender(TERMS), HOST)
    receiving = Hall().publish().with_bids(ACME)
    receiving.accept(BOLT)
    live = receiving.state.bids[receiving.live(ACME)]
    withdrawal = acts.withdraw(
        opening="bridge-7",
        bidder=ACME,
        bid=live.id,
        previous=live.digest,
        key=signing_key(ACME),
    ).to_json()
    acceptance = acts.accept(
        opening="bridge-7",
        manifest=receiving.state.current.digest,
        bidder=CORA,
        name="丙",
        key=signing_key(CORA),
    ).to_json()
    opening = Hall().publish().with_bids(ACME, BOLT, CORA).decrypting()
    confirming = Hall().publish().with_bids(ACME, BOLT, CORA).confirming()
    row = dict(confirming.state.bids[confirming.live(ACME)].row or {})
    confirmation = acts.confirm(
        opening="bridge-7",
        bidder=ACME,
        bid=confirming.live(ACME),
        row=row,  # type: ignore[arg-type]  # JSON
        key=signing_key(ACME),
    ).to_json()
    manifest = receiving.manifest().signed.to_json()
    return {
        "card": (
            draft,
            c.GiveTrusteeCard(card(TRUSTEES[0], "受托人1").to_json()),
            "card",
            TRUSTEES[0],
        ),
        "manifest": (receiving, c.PublishTender(TERMS, manifest), "manifest", HOST),
        "acceptance": (receiving, c.AcceptTender("丙", acceptance), "acceptance", CORA),
        "header": (receiving, submission(receiving.seal(BOLT)), "header", BOLT),
        "outers": (receiving, submission(receiving.seal(BOLT)), "outers", BOLT),
        "withdrawal": (receiving, c.WithdrawBid(withdrawal), "withdrawal", ACME),
        "release": (opening, opening.release(TRUSTEES[0]), "release", TRUSTEES[0]),
        "confirmation": (
            confirming,
            c.ConfirmBid(confirming.live(ACME), confirmation),
            "confirmation",
            ACME,
        ),
        "rehearsal": (
            receiving,
            c.AnswerRehearsal(
                sign("rehearsal", {"opening": "bridge-7"}, signing_key(TRUSTEES[0])).to_json(),
                Digest("0" * 64),
            ),
            "answer",
            TRUSTEES[0],
        ),
    }


ORDERS = orders()


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    found = [path]
    for key, item in inside if isinstance(value, dict | list) else ():
        found += places(item, (*path, key)) if isinstance(item, dict | list) else [(*path, key)]
    return found


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new if isinstance(new, dict) else {"x": new}
    changed = copy.deepcopy(value)
    at = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = new
    return changed


@pytest.mark.parametrize("name", ORDERS)
def test_a_signed_object_with_any_member_replaced_is_refused(name: str) -> None:
    hall, command, member, by = ORDERS[name]
    sealed = dict(getattr(command, member))

    @settings(max_examples=60)
    @given(st.sampled_from(places(sealed)), JSON)
    def is_refused(path: tuple[Any, ...], new: object) -> None:
        changed = put(sealed, path, new)
        if changed == sealed:
            return
        with pytest.raises(Refused):
            decide(hall.state, replace(command, **{member: changed}), by=by, now=hall.now)

    is_refused()


@pytest.mark.parametrize("name", sorted(set(ORDERS) - {"rehearsal", "outers"}))
def test_a_signed_object_signed_anew_over_any_content_is_taken_or_refused(name: str) -> None:
    hall, command, member, by = ORDERS[name]
    sealed = dict(getattr(command, member))
    signer = "platform" if name == "manifest" else by

    @settings(max_examples=60)
    @given(st.sampled_from(places(sealed["body"])), JSON)
    def holds(path: tuple[Any, ...], new: object) -> None:
        body = put(sealed["body"], path, new)
        kind = str(sealed["body"]["format"]).split("/")[1]
        with suppress(Refused):
            anew = sign(
                kind, {**body, "format": f"yunkai/{kind}/v1"}, signing_key(signer)
            ).to_json()
            events = decide(hall.state, replace(command, **{member: anew}), by=by, now=hall.now)
            hall_after = Hall(state=hall.state, now=hall.now)
            hall_after.record(events, by)

    holds()


def test_the_orders_themselves_are_taken() -> None:
    for name, (hall, command, _, by) in ORDERS.items():
        if name not in ("rehearsal", "manifest"):
            assert decide(hall.state, command, by=by, now=hall.now)
