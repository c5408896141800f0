"""Every refusal is provoked by some test, has its own code and belongs to one group."""

import json
from pathlib import Path

import pytest

from rooms import refusals
from rooms.refusals import Refused, codes

GROUPS = (
    refusals.Unreadable,
    refusals.Forbidden,
    refusals.Missing,
    refusals.OutOfStep,
    refusals.TooLarge,
    refusals.Unacceptable,
)
TESTS = Path(__file__).parents[1]
EVERY = sorted(set(codes()), key=lambda pair: pair[0])


@pytest.mark.parametrize(("code", "refusal"), EVERY, ids=[code for code, _ in EVERY])
def test_a_refusal_is_provoked_by_a_test_and_has_one_group(
    code: str, refusal: type[Refused]
) -> None:
    sources = [path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py")]
    assert any(refusal.__name__ in source for source in sources if "EVERY = sorted" not in source)
    assert sum(issubclass(refusal, group) for group in GROUPS) == 1
    assert code == code.lower()


def test_no_two_refusals_share_a_code() -> None:
    assert len({code for code, _ in EVERY}) == len(EVERY)


def test_a_refusal_is_told_with_its_parameters() -> None:
    refusal = refusals.FewerThanMinimum(count=2, minimum=3)
    assert str(refusal) == "fewer_than_minimum (count=2, minimum=3)"
    assert json.loads(json.dumps(refusal.params)) == {"count": 2, "minimum": 3}
