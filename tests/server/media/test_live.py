"""Answers of an engine that died while it was asked."""

import asyncio

import pytest

from rooms.ids import RoomId
from server.media.errors import MediaAway, NoSuchMediaRoom
from server.media.live import Live, in_room


async def test_an_answer_of_an_engine_that_lives_is_believed() -> None:
    live = Live(RoomId("r"), 1)
    assert await in_room(live, asyncio.sleep(0, "answer")) == "answer"


async def test_an_answer_that_came_when_its_engine_was_dead_counts_for_nothing() -> None:
    live = Live(RoomId("r"), 1)
    asked = asyncio.ensure_future(in_room(live, asyncio.sleep(0.01, "answer")))
    await asyncio.sleep(0)
    live.forget()
    with pytest.raises(MediaAway):
        await asked


async def test_an_engine_that_does_not_know_the_room_is_told_of_it_anew() -> None:
    live = Live(RoomId("r"), 1, opened=True)

    async def unknown() -> None:
        raise NoSuchMediaRoom

    with pytest.raises(MediaAway):
        await in_room(live, unknown())
    assert not live.opened
