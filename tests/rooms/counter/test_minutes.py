"""What a session's record and its notices say."""

import hashlib
from collections.abc import Mapping

import pytest

from rooms.counter import commands as c
from rooms.counter.kinds import Priority, Role, Side
from rooms.counter.masking import masked, shown
from rooms.counter.minutes import Beside, record
from rooms.counter.notices import Beside as NoticeBeside
from rooms.counter.notices import Notice, NoticeKind, notices
from rooms.counter.notices import record as paper
from rooms.counter.terms import Field as FormField
from rooms.counter.terms import FieldKind, Value
from rooms.counter.wire import EVENTS
from rooms.ids import Digest, PersonId
from rooms.log import from_bytes
from rooms.record import Fields, Handwriting, Record, Table
from tests.rooms.counter.window import (
    APPLICANT,
    CERTIFICATE,
    FAR,
    NAME,
    NAMES,
    NEAR,
    NUMBER,
    PENSION,
    PHONE,
    ROOM,
    SIGNATURE,
    WATCH,
    Window,
    whole,
)


def minutes(window: Window, kept: bool = True) -> Record:
    strokes = {
        Digest(hashlib.sha256(data).hexdigest()): SIGNATURE
        for name, data in window.files.items()
        if name.startswith("signatures/")
    }
    people = window.people if kept else {}
    beside = Beside(
        room=ROOM,
        head="head",
        issuer="云开政务服务平台",
        masked=shown(window.entries, people),
        strokes=strokes if kept else {},
        names=NAMES,
    )
    return record(window.entries, beside)


def labelled(found: Record, title: str = "") -> Mapping[str, str]:
    if not title:
        return {field.label: field.value for field in found.header}
    section = next(each for each in found.sections if each.title == title)
    assert isinstance(section, Fields)
    return {field.label: field.value for field in section.fields}


def table(found: Record, title: str) -> Table:
    section = next(each for each in found.sections if title in each.title)
    assert isinstance(section, Table)
    return section


@pytest.fixture(scope="module")
def window() -> Window:
    return whole()


@pytest.fixture(scope="module")
def found(window: Window) -> Record:
    return minutes(window)


def test_the_header_names_both_sides_and_the_applicant_masked(found: Record) -> None:
    header = labelled(found)
    assert found.title == "跨域通办办理记录"
    assert found.number == "S-0123456789ABCDEF0123"
    assert header["办事人"] == "王*明　4301**********1234　138****5678"
    assert header["收件地窗口"] == "李春华（3 号窗口）"
    assert header["办理地窗口"] == "周志远（7 号跨域窗口）"
    assert header["办理地"].endswith("长沙市岳麓区政务服务中心")
    assert header["接通时间"] == "2026-11-23 09:11:04"
    assert header["办理结果"].split("\n") == [
        "养老保险个人账户余额一次性支取：受理，已办结",
        "参保缴费证明出具：即办办结",
    ]


def test_no_text_of_the_record_holds_personal_data(found: Record) -> None:
    for text in found.texts():
        for secret in (NAME, NUMBER, PHONE, "6222020200112233445", "不用跑回老家"):
            assert secret not in text


def test_consent_and_identity_are_told_with_their_proofs(found: Record) -> None:
    said = labelled(found, "知情同意与身份核验")
    assert said["同意人"] == "办事人"
    assert said["告知书版本"] == "2026-10"
    assert len(said["告知书摘要"]) == 64
    assert (said["核验方式"], said["核验结果"]) == ("居民身份证", "通过")
    assert said["证件号码"] == "4301**********1234"


def test_materials_have_their_pages_and_what_was_replaced_is_in_the_annex(
    found: Record, window: Window
) -> None:
    names = [(row[0], row[5].split("（")[0]) for row in table(found, "材料").rows]
    assert names == [("居民身份证", "合格"), ("本人银行卡", "合格"), ("单位证明（可选）", "未提交")]
    annex = table(found, "附件一")
    assert [row[3] for row in annex.rows] == ["在卷", "已重拍", "在卷", "在卷", "在卷"]
    assert annex.rows[-1][0] == "截屏：办事人\n核验时"
    assert annex.rows[-1][1].endswith("\n周志远")
    digests = {each.sha256 for each in window.state.pictures()}
    assert {row[4] for row in annex.rows} == digests


def test_every_field_is_masked_and_confirmed_one_by_one(found: Record) -> None:
    rows = {row[0]: row for row in table(found, "同屏填报").rows}
    assert rows["参保人姓名"][1] == "王*明"
    assert rows["收款银行账号"][1] == "***************3445"
    assert rows["支取金额"][1] == "12,345.00 元"
    assert all(row[3].startswith("办事人") for row in rows.values())


def test_the_signature_is_drawn_beside_who_wrote_it(found: Record) -> None:
    (written,) = (each for each in found.sections if isinstance(each, Handwriting))
    assert written.pieces[0].strokes == SIGNATURE
    assert written.pieces[0].label.startswith("办事人\n2026-11-23")


def test_review_fees_course_chat_recordings_and_rating_are_told(found: Record) -> None:
    assert table(found, "联审意见").rows[0][:3] == ("岳麓区税务局", "郑敏", "同意")
    assert table(found, "缴费").rows[0][3].startswith("已缴纳")
    assert [row[1] for row in table(found, "后续办理").rows] == ["核定", "办结"]
    course = [row[1] for row in table(found, "附件二").rows]
    assert course[:3] == ["取号", "叫号（第 1 次）", "办理地接办"]
    assert {"连接中断", "恢复连接", "结束会话"} <= set(course)
    assert [row[2] for row in table(found, "附件三").rows][1] == "正确，谢谢"
    assert [row[0] for row in table(found, "附件四").rows] == [
        "李春华（摄像头）",
        "办事人（摄像头）",
    ]
    assert labelled(found, "附件五　评价")["评价"] == "非常满意"


def test_the_same_log_always_gives_the_same_record_and_carries_that_log(
    found: Record, window: Window
) -> None:
    assert found == minutes(window)
    assert [from_bytes(line, EVENTS) for line in found.log.splitlines()] == window.entries
    assert found.issued_at == window.entries[-1].at


def test_after_erasure_the_record_says_that_data_were_erased(window: Window) -> None:
    found = minutes(window, kept=False)
    assert labelled(found)["办事人"] == "（已按保存期限删除）"
    assert {row[1] for row in table(found, "同屏填报").rows} == {"（已按保存期限删除）"}
    assert not any(isinstance(each, Handwriting) for each in found.sections)


def test_a_session_that_was_given_up_has_a_record_too() -> None:
    window = Window().connected()
    window.order(c.EndSession("网络中断，改日再来"), NEAR)
    found = minutes(window)
    assert labelled(found)["办理结果"].endswith("提前结束：网络中断，改日再来")
    assert labelled(found, "办理事项与决定")["决定"] == "未作决定"


def test_hand_over_warning_and_an_agent_are_in_the_record() -> None:
    window = Window(by_agent=True, priority=Priority.ELDERLY).connected()
    window.order(c.AdmitPerson(WATCH, "孙监督", Role.SUPERVISOR))
    window.order(c.IssueWarning("请核对授权"), WATCH)
    other = PersonId("p-other")
    window.order(c.OfferHandOver(Side.FAR, other, "钱进", "c-7", "换班"), FAR)
    window.order(c.EndHandOverOffer(Side.FAR), other)
    window.order(c.OfferHandOver(Side.FAR, other, "钱进", "c-7", "换班"), FAR)
    window.order(c.TakeOver(Side.FAR, "c-7"), other)
    found = minutes(window)
    assert labelled(found)["代办"].startswith("赵村（柳树村便民点）\n代办依据：帮办代办服务")
    assert labelled(found)["取号号码"] == "A012 老年人优先"
    course = {row[1]: row[2] for row in table(found, "附件二").rows}
    assert course["办理地提出移交"] == "移交7 号跨域窗口　钱进：换班"
    assert course["办理地移交未成"] == "对方未接手"
    assert course["办理地移交"] == "周志远移交钱进：换班"
    assert course["监督人提醒"] == "请核对授权"


FIELDS: tuple[tuple[str, FieldKind, Value, str], ...] = (
    ("姓名", FieldKind.TEXT, "欧阳小明", "欧**明"),
    ("联系电话", FieldKind.PHONE, "13812345678", "138****5678"),
    ("身份证号码", FieldKind.ID_NUMBER, NUMBER, "4301**********1234"),
    ("收款账户", FieldKind.TEXT, "6222020200112233445", "***************3445"),
    ("家庭住址", FieldKind.TEXT, "五华区翠湖路", "五华****"),
    ("出生日期", FieldKind.DATE, "1990-01-01", "1990-**-**"),
    ("退休日期", FieldKind.DATE, "2026-01-01", "2026-01-01"),
    ("缴费年限", FieldKind.NUMBER, 17, "17"),
    ("金额", FieldKind.MONEY, 123, "1.23 元"),
    ("护照号", FieldKind.TEXT, "E12345678", "E****5678"),
)


@pytest.mark.parametrize(("label", "kind", "value", "expected"), FIELDS)
def test_what_belongs_to_a_person_is_masked(
    label: str, kind: FieldKind, value: Value, expected: str
) -> None:
    assert masked(FormField("f", label, kind), value) == expected


def told(window: Window) -> list[Notice]:
    applicant = shown(window.entries, window.people)[window.state.matter.applicant]
    return list(notices(window.entries, NoticeBeside(ROOM, "云开", "", applicant, NAMES)))


def test_each_outcome_completion_and_fee_has_its_notice_in_order(window: Window) -> None:
    assert [(each.name, each.kind) for each in told(window)] == [
        (f"{PENSION.code}-1", NoticeKind.FEE),
        (f"{PENSION.code}-2", NoticeKind.ACCEPTED),
        (f"{CERTIFICATE.code}-1", NoticeKind.DONE),
        (f"{PENSION.code}-3", NoticeKind.COMPLETED),
    ]


def test_a_supplement_tells_everything_that_is_missing_at_once_with_its_deadline() -> None:
    window = Window().connected().told_what_is_missing()
    (notice,) = told(window)
    found = paper(notice)
    assert found.title == "一次性补正告知书"
    assert [row[1] for row in table(found, "需补正").rows] == ["本人银行卡", "其他材料"]
    assert any("请于 2026年11月30日 09:11 前补正" in text for text in found.texts())


def test_a_rejection_tells_its_reason_and_the_remedy() -> None:
    (notice,) = told(Window().connected().rejected())
    said = labelled(paper(notice), "理由与救济")
    assert said["理由"].startswith("参保关系已转出")
    assert "行政复议" in said["救济途径"]


def test_a_notice_is_read_back_from_its_file_as_it_was(window: Window) -> None:
    for notice in told(window):
        assert Notice.parse(notice.to_bytes()) == notice
        assert APPLICANT not in notice.to_bytes().decode()
