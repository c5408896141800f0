"""A signature's file is the one that its strokes give, and no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.refusals import MalformedCommand
from rooms.strokes import Point, Strokes, from_svg, to_svg


@st.composite
def strokes(draw: st.DrawFn) -> Strokes:
    width, height = draw(st.integers(1, 10_000)), draw(st.integers(1, 10_000))
    point: st.SearchStrategy[Point] = st.tuples(st.integers(0, width), st.integers(0, height))
    # Two points at one place are a dot, which is written as one.
    line = st.lists(point, min_size=1, max_size=8).map(tuple)
    lines = draw(st.lists(line.filter(lambda each: len(each) != 2), min_size=1, max_size=6))
    return Strokes(width, height, tuple(lines))


@given(strokes())
def test_strokes_are_read_back_from_their_file_as_they_were(written: Strokes) -> None:
    assert from_svg(to_svg(written)) == written


SVG = to_svg(Strokes(400, 200, (((10, 10), (20, 30)), ((50, 60),))))


@pytest.mark.parametrize(
    "forged",
    [
        b"",
        b"<svg/>",
        SVG[:-1],
        SVG + b"<script/>",
        SVG.replace(b"M10 10", b"M010 10"),
        SVG.replace(b'"M10 10', b'"M10 9999'),
        SVG.replace(b"<path", b"<path onclick='x'", 1),
        SVG.replace(b'stroke="#000"', b'stroke="url(http://example.org)"'),
        SVG.replace(b"L20 30", b"L20 30M40 40"),
    ],
)
def test_any_other_file_is_refused(forged: bytes) -> None:
    with pytest.raises(MalformedCommand):
        from_svg(forged)


@pytest.mark.parametrize(
    "impossible",
    [
        Strokes(0, 100, (((0, 0),),)),
        Strokes(100, 10_001, (((0, 0),),)),
        Strokes(100, 100, ()),
        Strokes(100, 100, ((),)),
        Strokes(100, 100, (((101, 0),),)),
        Strokes(100, 100, (((0, 0),),) * 501),
        Strokes(100, 100, (((0, 0),) * 20_001,)),
    ],
)
def test_what_no_pad_gives_is_refused(impossible: Strokes) -> None:
    with pytest.raises(MalformedCommand):
        to_svg(impossible)
