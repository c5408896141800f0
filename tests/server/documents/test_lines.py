"""Where lines of Chinese text may end."""

from hypothesis import given
from hypothesis import strategies as st

from server.documents.lines import NOT_FIRST, NOT_LAST, clean, phrases, wrap


def squares(text: str) -> float:
    return sum(1.0 if character >= "\u2e80" else 0.5 for character in text)


def test_ideographs_break_anywhere() -> None:
    assert wrap("一二三四五", 2, squares) == ["一二", "三四", "五"]


def test_a_full_stop_never_begins_a_line() -> None:
    assert wrap("一二三四。五", 4, squares) == ["一二三", "四。五"]


def test_an_opening_bracket_never_ends_a_line() -> None:
    assert wrap("一二三（四）", 4, squares) == ["一二三", "（四）"]


def test_words_and_figures_stay_whole() -> None:
    assert wrap("合计 12,345.60 元", 6, squares) == ["合计", "12,345.60 元"]


def test_a_digest_wider_than_the_line_breaks_anyway() -> None:
    assert wrap("ab" * 6, 3, squares) == ["ababab", "ababab"]


def test_a_digest_is_cut_into_equal_parts() -> None:
    assert wrap("0123456789abcdef", 5, squares) == ["01234567", "89abcdef"]


def test_line_feeds_stay() -> None:
    assert wrap("一\n二", 9, squares) == ["一", "二"]


def test_phrases_end_before_brackets() -> None:
    assert phrases("已开启（受托人）") == ["已开启", "（受托人）"]
    assert phrases("（甲）\n（乙）") == ["（甲）", "（乙）"]


@given(st.text(alphabet="一二三，。（）、ab1. ", max_size=60), st.integers(2, 12))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, width: int) -> None:
    lines = wrap(clean(text), width, squares)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(squares(line) <= width or len(line) == 1 for line in lines)


@given(st.lists(st.sampled_from(["一", "二三，", "四。", "（五）"])).map("".join))
def test_no_mark_stands_where_it_may_not(text: str) -> None:
    lines = wrap(text, 8, squares)
    assert all(line[:1] not in NOT_FIRST for line in lines)
    assert all(line[-1:] not in NOT_LAST for line in lines)
