"""How far two places are apart."""

import pytest

from rooms.counter.places import Place, kilometres, parse_degrees

KUNMING = Place(102.664380, 25.038052)
BIJIE = Place(105.305038, 27.298494)


def test_kunming_and_bijie_are_364_kilometres_apart() -> None:
    assert kilometres(KUNMING, BIJIE) == kilometres(BIJIE, KUNMING) == 364


def test_a_place_is_no_way_from_itself_and_half_an_equator_from_its_antipode() -> None:
    assert kilometres(BIJIE, BIJIE) == 0
    assert kilometres(Place(0, 0), Place(180, 0)) == 20015


@pytest.mark.parametrize("text", ["", "102", "1e2", "102.1234567", "１０２.5", "nan", "180.5"])
def test_what_are_no_degrees_is_told(text: str) -> None:
    assert parse_degrees(text, 180) is None


def test_degrees_are_read() -> None:
    assert parse_degrees("-102.5", 180) == -102.5
