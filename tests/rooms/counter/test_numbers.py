"""Numbers of documents, by the rules of those who issue them."""

from datetime import date

import pytest

from rooms.counter.numbers import (
    DocumentKind,
    Sex,
    check,
    is_chinese_passport,
    mrz_digit,
    normal,
    region_known,
)

EXAMPLE = "11010519491231002X"
"""The worked example of GB 11643-1999."""


def test_the_example_of_the_standard_holds_and_speaks() -> None:
    said = check(DocumentKind.CARD, EXAMPLE)
    assert said.problem is None
    assert (said.birth, said.sex, said.region_known) == (date(1949, 12, 31), Sex.FEMALE, True)
    assert said.masked == "1101**********002X"


def test_blanks_and_small_letters_are_how_people_write() -> None:
    assert check(DocumentKind.CARD, "110105 19491231 002x").problem is None
    assert normal(" e1234 5678 ") == "E12345678"


def test_every_single_wrong_digit_is_noticed() -> None:
    for place in range(17):
        for digit in "0123456789":
            wrong = EXAMPLE[:place] + digit + EXAMPLE[place + 1 :]
            said = check(DocumentKind.CARD, wrong)
            assert (said.problem is None) == (wrong == EXAMPLE)


def test_every_two_swapped_neighbours_are_noticed() -> None:
    for place in range(16):
        one, other = EXAMPLE[place], EXAMPLE[place + 1]
        swapped = EXAMPLE[:place] + other + one + EXAMPLE[place + 2 :]
        assert (check(DocumentKind.CARD, swapped).problem is None) == (one == other)


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("", "id_number_form"),
        ("110105491231002", "id_number_form"),
        ("110105194912310021", "id_number_check_digit"),
        ("11010519490231002X", "id_number_check_digit"),
        ("１１０１０５１９４９１２３１００２X", "id_number_form"),
    ],
)
def test_numbers_that_do_not_hold_say_why(number: str, problem: str) -> None:
    assert check(DocumentKind.CARD, number).problem == problem


def test_a_number_of_no_region_is_only_remarked() -> None:
    assert not region_known("000000194912310028")
    assert not region_known("530199195203170004")  # a province without such a county
    assert region_known(EXAMPLE)


@pytest.mark.parametrize("permit", ["810000", "820000", "830000", "931840"])
def test_residence_permits_have_regions_of_their_own(permit: str) -> None:
    assert region_known(permit + "199001010010")


@pytest.mark.parametrize(
    ("kind", "number", "holds"),
    [
        (DocumentKind.PASSPORT, "E12345678", True),
        (DocumentKind.PASSPORT, "EA1234567", True),
        (DocumentKind.PASSPORT, "L898902C3", True),
        (DocumentKind.PASSPORT, "E1234", False),
        (DocumentKind.PASSPORT, "ABCDEFGH", False),
        (DocumentKind.PASSPORT, "E1234567890", False),
        (DocumentKind.HONG_KONG_MACAO, "H12345678", True),
        (DocumentKind.HONG_KONG_MACAO, "M1234567801", True),
        (DocumentKind.HONG_KONG_MACAO, "K12345678", False),
        (DocumentKind.HONG_KONG_MACAO, "H1234567", False),
        (DocumentKind.TAIWAN, "12345678", True),
        (DocumentKind.TAIWAN, "1234567", False),
        (DocumentKind.OTHER, "军字第1号", False),
        (DocumentKind.OTHER, "A-123456", True),
    ],
)
def test_other_documents_are_checked_by_their_form(
    kind: DocumentKind, number: str, holds: bool
) -> None:
    assert check(kind, number).problem == (None if holds else "document_number_form")


def test_passports_of_china_are_told_from_others() -> None:
    assert is_chinese_passport("E12345678")
    assert is_chinese_passport("G12345678")
    assert not is_chinese_passport("EI1234567")
    assert not is_chinese_passport("L898902C3")


def test_the_check_digits_of_the_passport_in_the_standard_hold() -> None:
    # ICAO 9303-4, appendix B: L898902C3 6, 740812 2, 120415 9.
    assert mrz_digit("L898902C3") == 6
    assert mrz_digit("740812") == 2
    assert mrz_digit("120415") == 9
    assert mrz_digit("ZE184226B<<<<<") == 1
