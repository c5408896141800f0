"""Signatures as a hand writes them, and what no hand writes."""

import pytest

from rooms.strokes import from_svg, to_svg
from server.counter.captures.pen import SignatureRefused, Touch, written


def line(*places: tuple[int, int], t: int = 0, every: int = 20) -> list[Touch]:
    """One touch of the pad."""
    return [Touch(x, y, t + every * at) for at, (x, y) in enumerate(places)]


NAME = [
    line((100, 100), (180, 90), (260, 110), (260, 110), (300, 180)),
    line((120, 200), (200, 220), (340, 190), t=400),
    line((220, 150), t=700),
]


def test_what_was_written_is_drawn_the_same_way_every_time() -> None:
    strokes = written(600, 300, NAME)
    assert [len(each) for each in strokes.lines] == [4, 3, 1]
    assert to_svg(strokes) == to_svg(written(600, 300, NAME))
    assert from_svg(to_svg(strokes)) == strokes


def test_how_fast_somebody_wrote_is_not_kept() -> None:
    slowly = [[Touch(each.x, each.y, each.t * 3) for each in touch] for touch in NAME]
    assert to_svg(written(600, 300, slowly)) == to_svg(written(600, 300, NAME))


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [line((10, 10))],
        [line((10, 10), (11, 10), (12, 10), (12, 11), (12, 12), (13, 12))],
        [line((10, 10), (500, 290))],
    ],
    ids=["nothing", "a dot", "a slip", "two points"],
)
def test_nothing_written_is_no_signature(lines: list[list[Touch]]) -> None:
    with pytest.raises(SignatureRefused, match="signature_empty"):
        written(600, 300, lines)


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([*NAME, line((601, 10), t=900)], "place"),
        ([*NAME, line((10, 301), t=900)], "place"),
        ([*NAME, []], "lines"),
        ([NAME[1], NAME[0]], "time"),
        ([*NAME, line((10, 10), t=6 * 60 * 1000)], "time"),
        ([line(*[(x % 600, x % 300) for x in range(20_001)])], "points"),
        ([line(*[(0, 0), (600, 300)] * 500, every=1)], "speed"),
    ],
)
def test_what_no_hand_writes_is_refused(lines: list[list[Touch]], problem: str) -> None:
    with pytest.raises(SignatureRefused, match="signature_absurd") as refused:
        written(600, 300, lines)
    assert refused.value.params == {"problem": problem}
