from datetime import UTC, datetime, timedelta

import pytest

from rooms.ids import PersonId, RoomId
from rooms.opening import commands as c
from server.media.casting import cast, may_send
from server.media.plane import Feed, Kind, Slot
from server.media.tokens import Tokens, WhipTokenExpired
from server.media.turn import Relays, links
from tests.rooms.opening.hall import Hall
from tests.rooms.opening.tender import (
    ACME,
    BOLT,
    CORA,
    DEPUTY,
    DUNE,
    GUEST,
    HOST,
    OWNER,
    TRUSTEES,
    UNRECORDED,
    WATCH,
)

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


@pytest.fixture
def hall() -> Hall:
    return Hall().publish().with_bids(ACME, BOLT, CORA).roll()


def camera(person: PersonId) -> Feed:
    return Feed(person, Kind.CAMERA)


def test_the_hosts_side_supervisors_and_trustees_may_switch_a_camera_on_from_the_entry_on() -> None:
    state = Hall().publish().with_bids(ACME).state
    able = [HOST, DEPUTY, OWNER, WATCH, *TRUSTEES]
    assert all(may_send(state, person, Kind.CAMERA) for person in able)
    assert not any(may_send(state, person, Kind.CAMERA) for person in (ACME, DUNE, GUEST))


def test_a_bidder_sends_from_the_roll_on_while_it_asks_or_speaks(hall: Hall) -> None:
    assert not may_send(hall.state, ACME, Kind.CAMERA)
    hall.order(c.RequestFloor(), ACME)
    assert may_send(hall.state, ACME, Kind.CAMERA)
    assert not may_send(hall.state, ACME, Kind.SCREEN)
    hall.order(c.GrantFloor(ACME), HOST)
    assert may_send(hall.state, ACME, Kind.CAMERA)
    assert may_send(hall.state, ACME, Kind.SCREEN)
    hall.order(c.TakeFloor(), HOST)
    assert not any(may_send(hall.state, ACME, kind) for kind in Kind)


def test_before_the_roll_a_bidder_sends_nothing_whatever_it_asks() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA).close()
    hall.order(c.StartOpening(UNRECORDED), HOST)
    assert not any(may_send(hall.state, ACME, kind) for kind in Kind)


def test_the_screen_is_the_acting_hosts_and_the_halls_cameras_are_the_hosts(hall: Hall) -> None:
    people = (HOST, DEPUTY, WATCH)
    assert [each for each in people if may_send(hall.state, each, Kind.SCREEN)] == [HOST]
    assert [each for each in people if may_send(hall.state, each, Kind.HALL)] == [HOST, DEPUTY]


def test_every_slot_has_its_feed(hall: Hall) -> None:
    hall.order(c.GrantFloor(BOLT), HOST)
    feeds = [
        camera(BOLT),
        camera(WATCH),
        Feed(HOST, Kind.SCREEN),
        camera(HOST),
        Feed(DEPUTY, Kind.HALL),
        Feed(BOLT, Kind.SCREEN),
        camera(ACME),
        Feed(HOST, Kind.HALL),
    ]
    assert cast(hall.state, feeds) == {
        Slot.STAGE: camera(HOST),
        Slot.SUPERVISOR: camera(WATCH),
        Slot.FLOOR: camera(BOLT),
        Slot.SCREEN: Feed(BOLT, Kind.SCREEN),
        Slot.HALL: Feed(DEPUTY, Kind.HALL),
    }
    assert set(cast(hall.state, []).values()) == {None}


def test_a_bidder_who_only_asks_is_seen_by_nobody(hall: Hall) -> None:
    hall.order(c.RequestFloor(), ACME)
    assert camera(ACME) not in cast(hall.state, [camera(ACME)]).values()


def test_who_takes_over_takes_the_stage_and_the_earlier_hosts_screen_goes(hall: Hall) -> None:
    feeds = [camera(HOST), camera(DEPUTY), Feed(HOST, Kind.SCREEN)]
    hall.order(c.TakeOver(), DEPUTY)
    shown = cast(hall.state, feeds)
    assert (shown[Slot.STAGE], shown[Slot.SCREEN]) == (camera(DEPUTY), None)


def test_a_token_says_what_it_is_for_and_nobody_else_can_make_one() -> None:
    tokens, room = Tokens(bytes(32)), RoomId("bridge-7")
    token, grant = tokens.make(room, HOST, Kind.HALL, NOW)
    assert (grant.room, grant.person, grant.kind) == (room, HOST, Kind.HALL)
    assert tokens.read_fresh(token, NOW + timedelta(hours=11, minutes=59)) == grant
    with pytest.raises(WhipTokenExpired):
        tokens.read_fresh(token, NOW + timedelta(hours=12))
    assert tokens.read(token) == grant
    with pytest.raises(WhipTokenExpired):
        Tokens(bytes([1] * 32)).read(token)


def test_credentials_of_relays_are_those_that_coturn_computes() -> None:
    (server,) = Relays(["turn:relay.example:3478"], "north").for_person(HOST, NOW)
    # printf %s 1795266000:host | openssl dgst -sha1 -hmac north -binary | base64
    assert server.username == f"{int(NOW.timestamp()) + 12 * 3600}:host"
    assert server.credential == "pkgkZtMXpfVwH82fViTd471A/EI="
    assert links([server]) == [
        f'<turn:relay.example:3478>; rel="ice-server"; username="{server.username}"; '
        f'credential="{server.credential}"; credential-type="password"'
    ]
    assert Relays([], "north").for_person(HOST, NOW) == ()
