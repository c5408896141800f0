"""What is proposed for a form from the lines of a document."""

import pytest

from rooms.counter.recognised import Line, Proposal, propose
from rooms.counter.terms import Field, FieldKind, Value

NUMBER = "11010519491231002X"

FORM = (
    Field("name", "姓名", FieldKind.TEXT),
    Field("sex", "性别", FieldKind.CHOICE, choices=("男", "女")),
    Field("born", "出生日期", FieldKind.DATE),
    Field("number", "身份证号码", FieldKind.ID_NUMBER),
    Field("address", "家庭住址", FieldKind.TEXT),
    Field("phone", "联系电话", FieldKind.PHONE),
    Field("account", "银行账号", FieldKind.TEXT),
    Field("balance", "账户余额", FieldKind.MONEY),
    Field("months", "缴费月数", FieldKind.NUMBER),
)


def page(*texts: str, score: float = 0.98) -> list[Line]:
    """Lines under each other; blanks in front indent."""
    return [
        Line(
            text.strip(),
            score,
            100 + 40 * (len(text) - len(text.lstrip())),
            100 * at,
            900,
            100 * at + 60,
        )
        for at, text in enumerate(texts)
    ]


def proposed(*texts: str) -> dict[str, Value]:
    """Values by field."""
    return {each.field: each.value for each in propose(FORM, page(*texts))}


def test_an_identity_card_fills_what_it_says() -> None:
    assert proposed(
        "姓名王小明",
        "性别男民族汉",
        "出生1949年12月31日",
        "住址云南省昆明市五华区翠湖南路",
        "   12号3栋402室",
        f"公民身份号码{NUMBER}",
    ) == {
        "name": "王小明",
        "sex": "男",
        "born": "1949-12-31",
        "number": NUMBER,
        "address": "云南省昆明市五华区翠湖南路12号3栋402室",
    }


def test_a_number_alone_tells_birth_and_sex() -> None:
    assert proposed(NUMBER) == {"sex": "女", "born": "1949-12-31", "number": NUMBER}


def test_letters_that_look_like_digits_are_read_as_digits_if_the_check_digit_then_holds() -> None:
    assert proposed("公民身份号码 l1O1O51949123lOO2X")["number"] == NUMBER


def test_a_misread_number_is_not_proposed() -> None:
    assert "number" not in proposed("公民身份号码 110105194912310021")
    assert "number" not in proposed(f"流水号 {NUMBER}5")


def test_only_numbers_with_a_check_digit_are_marked_checked() -> None:
    found = propose(FORM, page(f"公民身份号码 {NUMBER}", "联系电话 138 1234 5678"))
    assert {each.field: each.checked for each in found if each.field in ("number", "phone")} == {
        "number": True,
        "phone": False,
    }


def test_a_label_and_its_value_in_two_boxes_are_one_row() -> None:
    lines = [
        Line("姓 名", 0.99, 100, 100, 200, 150),
        Line("阿依古丽·买买提", 0.9, 300, 105, 700, 152),
        Line("卡号", 0.99, 100, 200, 200, 250),
        Line("6222 0000 0000 0000 004", 0.8, 300, 205, 700, 252),
    ]
    found = propose(FORM, lines)
    assert found[0] == Proposal("name", "阿依古丽·买买提", 0.9, False, (0, 1))
    assert (found[1].field, found[1].value, found[1].lines) == (
        "account",
        "6222000000000000004",
        (2, 3),
    )


def test_an_account_without_a_label_has_to_have_its_check_digit() -> None:
    assert proposed("4539 1488 0343 6467") == {"account": "4539148803436467"}
    assert proposed("4539 1488 0343 6468") == {}
    assert proposed("账号：4539 1488 0343 6468") == {"account": "4539148803436468"}


def test_a_statement_of_an_account() -> None:
    assert proposed(
        "养老保险个人账户对账单",
        "参保人姓名：李四　手机号码：13912345678",
        "个人账户余额：¥12,345.60元",
        "缴费月数：186",
    ) == {"name": "李四", "phone": "13912345678", "balance": 1_234_560, "months": 186}


@pytest.mark.parametrize(
    "text",
    ["出生日期：1988年2月30日", "出生日期：不详", "性别：未说明", "联系电话：123", "姓名："],
)
def test_what_does_not_fit_its_field_is_not_proposed(text: str) -> None:
    assert proposed(text) == {}


@pytest.mark.parametrize(
    "text", ["2001.3.8", "2001-03-08", "２００１年３月８日", "2001 年 3 月 8 日"]
)
def test_days_are_written_in_several_ways(text: str) -> None:
    assert proposed(f"出生日期 {text}") == {"born": "2001-03-08"}


def test_an_address_ends_where_something_else_begins() -> None:
    assert proposed("地址：大理市下关镇", "打印日期 2026年1月5日")["address"] == "大理市下关镇"


def test_an_empty_page_proposes_nothing() -> None:
    assert propose(FORM, []) == ()
    assert propose((), page("姓名王小明")) == ()
