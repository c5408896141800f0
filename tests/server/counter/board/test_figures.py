"""The board's figures equal those counted by hand on a small set (sessions.py)."""

from datetime import date, timedelta

import pytest

from server.counter.board.board import Board
from server.counter.board.figures import Span
from server.store.database import Database
from tests.server.counter.board.sessions import MORNING, WEEK, keep, session

ALL = Span(date(2026, 11, 16), date(2026, 11, 22))
NOW = MORNING + timedelta(days=3, hours=1)


def board(database: Database) -> Board:
    return Board(database, lambda: NOW)


async def test_totals_are_those_counted_by_hand(week: Database) -> None:
    totals = (await board(week).overview(ALL)).totals
    assert (totals.sessions, totals.served, totals.decided) == (11, 5, 5)
    assert (totals.lapsed, totals.cancelled) == (1, 1)
    assert (totals.visits_saved, totals.kilometres) == (4, 1430)


async def test_a_second_visit_and_a_supplement_are_no_first_visit_completions(
    week: Database,
) -> None:
    # Of five decided: done and accepted at the first visit count, accepted at the second does not.
    assert (await board(week).overview(ALL)).totals.first_visit == 2


async def test_means_leave_out_those_without_the_value(week: Database) -> None:
    totals = (await board(week).overview(ALL)).totals
    assert totals.waited == round((4 + 6 + 20 + 10 + 2 + 3 + 1) * 60 / 7)
    assert totals.lasted == (10 + 30 + 20 + 12 + 8) * 60 // 5
    assert (totals.rated, totals.rating) == (4, 3.0)


async def test_each_day_and_each_hall_has_its_own_figures(week: Database) -> None:
    found = await board(week).overview(ALL)
    assert {day: each.sessions for day, each in found.days.items()} == {
        "2026-11-16": 5,
        "2026-11-17": 2,
        "2026-11-19": 4,
    }
    assert {hall: each.sessions for hall, each in found.halls.items()} == {
        "hall-a": 8,
        "hall-b": 3,
    }


async def test_days_and_hall_narrow_every_figure(week: Database) -> None:
    span = Span(date(2026, 11, 17), date(2026, 11, 17), "hall-b")
    found = await board(week).overview(span)
    assert (found.totals.sessions, found.totals.waited, found.totals.lasted) == (2, 360, 600)
    assert found.outcomes == {"done": 0, "accepted": 1, "supplement": 0, "rejected": 1}
    assert found.live.total == 0


async def test_waiting_is_spread_over_minutes_with_its_median(week: Database) -> None:
    waiting = (await board(week).overview(ALL)).waiting
    assert waiting.minutes == ((1, 1), (2, 1), (3, 1), (4, 1), (6, 1), (10, 1), (20, 1))
    assert (waiting.median, waiting.ninth) == (4, 20)


async def test_ratings_are_counted_by_level(week: Database) -> None:
    assert (await board(week).overview(ALL)).ratings == {5: 1, 4: 1, 3: 0, 2: 1, 1: 1}


async def test_running_sessions_and_queues_are_those_of_this_moment(week: Database) -> None:
    found = await board(week).overview(Span(date(2026, 1, 1), date(2026, 1, 2)))
    assert [row["clerk"] for row in found.live.rows] == ["李敏"]
    queues = {each.hall: (each.waiting, each.called, each.live) for each in found.queues}
    assert queues == {"hall-a": (2, 0, 1), "hall-b": (0, 1, 0)}
    assert found.queues[0].since == "2026-11-19T01:06:00.000Z"
    assert found.queues[1].since is None


async def test_what_was_promised_and_is_not_done_is_overdue_from_its_instant(
    week: Database,
) -> None:
    found = await board(week).overview(ALL)
    assert [row["due_at"] for row in found.overdue.rows] == ["2026-11-18T01:00:00.000Z"]


async def test_answered_ratings_are_no_open_cases(week: Database) -> None:
    cases = (await board(week).overview(ALL)).cases
    assert [(row["rating"], row["hall"]) for row in cases.rows] == [(2, "hall-a")]


async def test_a_span_without_sessions_has_no_means(week: Database) -> None:
    found = await board(week).overview(Span(date(2025, 1, 1), date(2025, 1, 2)))
    assert (found.totals.sessions, found.totals.waited, found.totals.rating) == (0, None, None)
    assert (found.waiting.minutes, found.waiting.median) == ((), None)


async def test_a_ticket_late_in_the_evening_belongs_to_the_day_on_the_wall(
    database: Database,
) -> None:
    await keep(database, session(15 * 60 + 30))  # half past midnight of Tuesday in China
    assert list((await board(database).overview(ALL)).days) == ["2026-11-17"]


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_table_has_a_line_a_session_in_what_spreadsheets_read(
    week: Database, language: str
) -> None:
    written = b"".join([piece async for piece in board(week).csv(ALL, language)])
    assert written.startswith(b"\xef\xbb\xbf")
    lines = written.decode("utf-8-sig").split("\r\n")
    assert len(lines) == 1 + len(WEEK) + 1
    assert "2026-11-16 09:00:00" in lines[1]


async def test_the_table_holds_no_formula(database: Database) -> None:
    await keep(database, session(0, clerk='=HYPERLINK("http://example.org")'))
    written = b"".join([piece async for piece in board(database).csv(ALL, "zh")])
    assert b"\"'=HYPERLINK" in written


async def test_the_table_goes_on_where_a_page_of_it_ends(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.counter.board.table.PAGE", 3)
    await keep(database, *WEEK)
    written = b"".join([piece async for piece in board(database).csv(ALL, "zh")])
    rooms = [line.split(",")[1] for line in written.decode("utf-8-sig").splitlines()[1:]]
    assert sorted(rooms) == sorted(each.room for each in WEEK)
