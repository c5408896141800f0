from pathlib import Path

import pytest

from rooms.counter import events as e
from rooms.counter.evolve import evolve
from rooms.counter.phases import CHINESE, NEXT, IllegalTransition, Phase, diagram
from rooms.counter.state import START
from rooms.counter.wire import EVENTS

PAGE = Path(__file__).parents[3] / "docs" / "counter-phases.md"


def test_the_page_in_the_documentation_is_the_one_the_table_draws() -> None:
    assert PAGE.read_text(encoding="utf-8") == diagram()


def test_every_event_has_a_place_in_the_table() -> None:
    placed = {kind for _, kind in NEXT}
    assert placed == set(EVENTS.members.values())


def test_every_phase_can_be_reached_and_has_a_chinese_name() -> None:
    reached = {phase for targets in NEXT.values() for phase in targets}
    assert reached | {Phase.NEW} == set(Phase) == set(CHINESE)


def test_an_event_out_of_its_phase_is_no_log_of_ours() -> None:
    with pytest.raises(IllegalTransition):
        evolve(START, e.SessionEnded(""))
