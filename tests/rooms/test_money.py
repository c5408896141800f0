import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.money import capital, figures

# The examples of the People's Bank's rules, then the traps around 零, 万 and 亿.
AMOUNTS = {
    0: "零元整",
    1: "壹分",
    10: "壹角整",
    15: "壹角伍分",
    100: "壹元整",
    101: "壹元零壹分",
    1_000: "壹拾元整",
    140_950: "壹仟肆佰零玖元伍角整",
    600_714: "陆仟零柒元壹角肆分",
    168_032: "壹仟陆佰捌拾元叁角贰分",
    1_640_902: "壹万陆仟肆佰零玖元零贰分",
    32_504: "叁佰贰拾伍元零肆分",
    1_000_000: "壹万元整",
    1_000_100: "壹万零壹元整",
    10_050_000: "壹拾万零伍佰元整",
    10_100_000: "壹拾万壹仟元整",
    12_000_000_00: "壹仟贰佰万元整",
    123_456_789: "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分",
    100_000_000_00: "壹亿元整",
    100_000_001_00: "壹亿零壹元整",
    100_100_000_00: "壹亿零壹拾万元整",
    110_000_000_00: "壹亿壹仟万元整",
    1_000_000_000_000_00: "壹万亿元整",
    1_000_000_010_000_00: "壹万亿零壹万元整",
    -150: "负壹元伍角整",
}


@pytest.mark.parametrize(("fen", "text"), AMOUNTS.items(), ids=str)
def test_an_amount_in_capital_numerals(fen: int, text: str) -> None:
    assert capital(fen) == text


def test_an_amount_in_figures_has_separators_and_two_places() -> None:
    assert [figures(fen) for fen in (0, 5, 123_456_789, -150)] == [
        "0.00",
        "0.05",
        "1,234,567.89",
        "-1.50",
    ]


@given(st.integers(0, 10**17))
def test_capital_numerals_read_back_to_the_amount(fen: int) -> None:
    assert read_back(capital(fen)) == fen


@given(st.integers(0, 10**17))
def test_no_amount_has_two_zeros_in_a_row_or_one_before_a_unit(fen: int) -> None:
    text = capital(fen)
    assert "零零" not in text
    assert not any(f"零{unit}" in text.replace("零元整", "") for unit in "拾佰仟万亿")


def read_back(text: str) -> int:
    """A reader of its own: sums digits by their units, sections by 万 and 亿."""
    digits = {each: value for value, each in enumerate("零壹贰叁肆伍陆柒捌玖")}
    units = {"拾": 10, "佰": 100, "仟": 1000}
    yuan = high = section = digit = cents = 0
    for each in text:
        if each in digits:
            digit = digits[each]
        elif each in units:
            section, digit = section + digit * units[each], 0
        elif each == "万":
            section, digit = (section + digit) * 10**4, 0
            high, section = high + section, 0
        elif each == "亿":
            yuan, high, section, digit = (yuan + high + section + digit) * 10**8, 0, 0, 0
        elif each == "元":
            cents, high, section, digit = (yuan + high + section + digit) * 100, 0, 0, 0
        elif each == "角":
            cents, digit = cents + digit * 10, 0
        elif each == "分":
            cents, digit = cents + digit, 0
    return cents
