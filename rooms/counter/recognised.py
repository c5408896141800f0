"""From lines of recognised text to values proposed for a form.

A proposal is a guess with the place it was read at. It is marked as such wherever it is shown, and
it counts for nothing before the applicant has confirmed it like anything typed.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from stdnum import luhn

from rooms.counter.numbers import DocumentKind, Sex, check
from rooms.counter.terms import Field, FieldKind, Value
from rooms.counter.values import check_value
from rooms.refusals import Refused


@dataclass(frozen=True, slots=True)
class Line:
    """A recognised line: `score` from 0 to 1, its box in pixels of the preview."""

    text: str
    score: float
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value proposed for a field, read from these lines. `checked`: check digits in it hold,
    which makes a misreading unlikely and proves nothing else."""

    field: str
    value: Value
    score: float
    checked: bool
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """Lines beside each other, from left to right."""

    text: str
    score: float
    left: int
    top: int
    bottom: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """What stands behind a label."""

    label: str
    text: str
    row: _Row


_GROUPS: tuple[frozenset[str], ...] = (
    frozenset({"姓名", "户名", "申请人", "申请人姓名", "参保人", "参保人姓名", "持卡人", "Name"}),
    frozenset({"住址", "地址", "家庭住址", "户籍地址", "通讯地址", "联系地址", "Address"}),
    frozenset({"账号", "卡号", "银行账号", "银行卡号", "银行账户", "收款账号", "账户"}),
    frozenset({"出生", "出生日期", "出生年月", "Date of birth"}),
    frozenset({"电话", "联系电话", "手机", "手机号", "手机号码", "电话号码"}),
    frozenset({"金额", "余额", "账户余额", "合计", "个人账户余额"}),
    frozenset({"单位", "单位名称", "工作单位"}),
    frozenset({"开户行", "开户银行"}),
    frozenset({"性别", "Sex"}),
)
"""Labels that mean the same on documents and on forms."""
_OTHERS = {
    "民族", "公民身份号码", "身份证号码", "身份证号", "证件号码", "社会保障号码", "签发机关",
    "有效期限", "有效期",
}  # fmt: skip

_ADDRESS = _GROUPS[1]
_BIRTH = _GROUPS[3]
_SEX = _GROUPS[8]
_SEXES = {Sex.MALE: "男", Sex.FEMALE: "女"}

_CITIZEN = re.compile(r"(?<![\dA-Za-z])\d(?: ?\d){16} ?[\dXx](?![\dA-Za-z])", re.ASCII)
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)", re.ASCII)
_CARD = re.compile(r"(?<!\d)\d(?: ?\d){14,18}(?!\d)", re.ASCII)
_DAY = re.compile(r"(\d{4}) ?[年./-] ?(\d{1,2}) ?[月./-] ?(\d{1,2})(?!\d)", re.ASCII)
_MONEY = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.(\d{1,2}))?(?![\d.])", re.ASCII)
_NUMBER = re.compile(r"\d{1,12}", re.ASCII)
_LOOKALIKES = str.maketrans("OoIl|", "00111")
_ROW_OVERLAP = 0.5
_MOST_ADDRESS_ROWS = 3


def propose(fields: Sequence[Field], lines: Sequence[Line]) -> tuple[Proposal, ...]:
    """Values for the fields that something was found for, in the form's order; each fits its
    field."""
    rows = _rows(lines)
    labels = _labels(fields)
    read = tuple(each for at, row in enumerate(rows) for each in _labelled(rows, at, row, labels))
    found = (_for_field(field, rows, read) for field in fields)
    return tuple(each for each in found if each is not None)


def _for_field(field: Field, rows: Sequence[_Row], read: Sequence[_Read]) -> Proposal | None:
    for value, score, checked, lines in _candidates(field, rows, read):
        try:
            check_value(field, value)
        except Refused:
            continue
        if value != "":
            return Proposal(field.name, value, round(score, 3), checked, lines)
    return None


_Candidate = tuple[Value, float, bool, tuple[int, ...]]


def _candidates(field: Field, rows: Sequence[_Row], read: Sequence[_Read]) -> Iterator[_Candidate]:
    same = _same(field.label)
    own = [each for each in read if each.label in same]
    match field.kind:
        case FieldKind.ID_NUMBER:
            for number, row in _citizens(rows):
                yield number, row.score, True, row.lines
        case FieldKind.PHONE:
            for row in (*(each.row for each in own), *rows):
                for found in _MOBILE.finditer(row.text):
                    yield re.sub(r"[ -]", "", found[0]), row.score, False, row.lines
        case FieldKind.DATE:
            for each in own:
                for day in _days(each.text):
                    yield day, each.row.score, False, each.row.lines
            if same & _BIRTH:
                for number, row in _citizens(rows):
                    born = check(DocumentKind.CARD, number).birth
                    if born is not None:
                        yield born.isoformat(), row.score, True, row.lines
        case FieldKind.CHOICE:
            for each in own:
                for choice in field.choices:
                    if each.text.startswith(choice):
                        yield choice, each.row.score, False, each.row.lines
            if same & _SEX:
                for number, row in _citizens(rows):
                    sex = check(DocumentKind.CARD, number).sex
                    if sex is not None:
                        yield _SEXES[sex], row.score, True, row.lines
        case FieldKind.MONEY:
            for each in own:
                for found in _MONEY.finditer(each.text):
                    yield _fen(found), each.row.score, False, each.row.lines
        case FieldKind.NUMBER:
            for each in own:
                for found in _NUMBER.finditer(each.text):
                    yield int(found[0]), each.row.score, False, each.row.lines
        case FieldKind.TEXT:
            yield from _texts(same, own, rows)


def _texts(
    same: frozenset[str], own: Sequence[_Read], rows: Sequence[_Row]
) -> Iterator[_Candidate]:
    if same & _GROUPS[2]:
        for row in (*(each.row for each in own), *rows):
            for found in _CARD.finditer(row.text):
                number = found[0].replace(" ", "")
                if check(DocumentKind.CARD, number).problem is not None:
                    checked = luhn.is_valid(number)
                    # A number without its label is an account only if its digits say so.
                    if checked or any(each.row is row for each in own):
                        yield number, row.score, checked, row.lines
        return
    for each in own:
        yield each.text, each.row.score, False, each.row.lines


def _citizens(rows: Iterable[_Row]) -> Iterator[tuple[str, _Row]]:
    """Numbers whose check digit holds; a misread one is no proposal."""
    for row in rows:
        for text in (row.text, row.text.translate(_LOOKALIKES)):
            for found in _CITIZEN.finditer(text):
                number = found[0].replace(" ", "").upper()
                if check(DocumentKind.CARD, number).problem is None:
                    yield number, row


def _days(text: str) -> Iterator[str]:
    for found in _DAY.finditer(text):
        try:
            yield date(*(int(each) for each in found.groups())).isoformat()
        except ValueError:
            continue


def _fen(found: re.Match[str]) -> int:
    whole = int(found[1].replace(",", ""))
    return whole * 100 + int((found[2] or "").ljust(2, "0"))


def _same(label: str) -> frozenset[str]:
    """The labels that mean what this one means."""
    mine = _clean(label)
    return frozenset({mine}).union(*(group for group in _GROUPS if mine in group))


def _labels(fields: Sequence[Field]) -> re.Pattern[str]:
    words = {_clean(field.label) for field in fields}.union(_OTHERS, *_GROUPS) - {""}
    # The longest first: 出生日期 is not 出生 with a value of 日期. Documents spread a label's two
    # characters over the width of the longest one.
    return re.compile("|".join(map(_spread, sorted(words, key=len, reverse=True))))


def _spread(word: str) -> str:
    return re.escape(word) if word.isascii() else r"\s?".join(map(re.escape, word))


def _labelled(rows: Sequence[_Row], at: int, row: _Row, labels: re.Pattern[str]) -> Iterator[_Read]:
    found = list(labels.finditer(row.text))
    ends = [] if not found else [*(each.start() for each in found[1:]), len(row.text)]
    for each, end in zip(found, ends, strict=True):
        label = re.sub(r"\s", "", each[0]) if not each[0].isascii() else each[0]
        text = row.text[each.end() : end].strip(" :：;；,，。")
        lines = row.lines
        if label in _ADDRESS and end == len(row.text):
            more = list(_below(rows, at, labels))
            text = "".join([text, *(each.text for each in more)])
            lines = (*lines, *(number for each in more for number in each.lines))
        if text:
            yield _Read(
                label, text, _Row(row.text, row.score, row.left, row.top, row.bottom, lines)
            )


def _below(rows: Sequence[_Row], at: int, labels: re.Pattern[str]) -> Iterator[_Row]:
    """The rows that go on with an address: indented under it, close, without a label."""
    first = last = rows[at]
    for row in rows[at + 1 : at + _MOST_ADDRESS_ROWS]:
        height = last.bottom - last.top
        if row.left <= first.left + height or row.top - last.bottom > 2 * height:
            return
        if labels.search(row.text) or _CITIZEN.search(row.text):
            return
        yield row
        last = row


def _rows(lines: Sequence[Line]) -> tuple[_Row, ...]:
    """Lines from top to bottom; what stands beside each other is one row."""
    groups: list[list[int]] = []
    for number in sorted(range(len(lines)), key=lambda each: lines[each].top):
        if groups and _beside(lines[groups[-1][0]], lines[number]):
            groups[-1].append(number)
        else:
            groups.append([number])
    return tuple(_row(lines, group) for group in groups)


def _beside(one: Line, other: Line) -> bool:
    common = min(one.bottom, other.bottom) - max(one.top, other.top)
    least = min(one.bottom - one.top, other.bottom - other.top)
    return common > _ROW_OVERLAP * least


def _row(lines: Sequence[Line], group: list[int]) -> _Row:
    ordered = sorted(group, key=lambda each: lines[each].left)
    members = [lines[each] for each in ordered]
    return _Row(
        " ".join(_clean(each.text) for each in members),
        min(each.score for each in members),
        members[0].left,
        min(each.top for each in members),
        max(each.bottom for each in members),
        tuple(ordered),
    )


def _clean(text: str) -> str:
    """One line of half-width letters and digits, however the camera saw them."""
    return " ".join(unicodedata.normalize("NFKC", text).split())
