from pathlib import Path

import pytest

from rooms.opening import events as e
from rooms.opening.evolve import evolve
from rooms.opening.phases import CHINESE, NEXT, IllegalTransition, Phase, diagram
from rooms.opening.state import START
from rooms.opening.wire import EVENTS

PAGE = Path(__file__).parents[3] / "docs" / "opening-phases.md"


def test_the_page_in_the_documentation_is_the_one_the_table_draws() -> None:
    assert PAGE.read_text(encoding="utf-8") == diagram()


def test_every_event_has_a_place_in_the_table() -> None:
    placed = {kind for _, kind in NEXT}
    assert placed == set(EVENTS.members.values())


def test_every_phase_can_be_reached_and_has_a_chinese_name() -> None:
    assert set(NEXT.values()) | {Phase.DRAFT} == set(Phase) == set(CHINESE)


def test_an_event_out_of_its_phase_is_no_log_of_ours() -> None:
    with pytest.raises(IllegalTransition):
        evolve(START, e.OpeningEnded())
