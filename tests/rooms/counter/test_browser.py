"""The logs that the browser's fold is held against are those of this machine."""

from tests.rooms.counter.browser import PLACE, text


def test_the_browser_is_tested_with_what_the_machine_says_today() -> None:
    assert PLACE.read_text(encoding="utf-8") == text()
