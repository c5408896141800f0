import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from rooms.ids import Digest
from rooms.log import from_bytes
from rooms.opening import commands as c
from rooms.opening.events import Fault
from rooms.opening.machine import due, next_instant
from rooms.opening.minutes import COLUMNS, record
from rooms.opening.wire import EVENTS
from rooms.record import Record, Table
from rooms.refusals import OutOfPhase
from tests.rooms.opening.hall import Hall
from tests.rooms.opening.tender import ACME, BOLT, CORA, DEADLINE, DRAWN, HOST, MINUTE, TERMS, A


def minutes(hall: Hall) -> Record:
    return record(hall.entries, head="head", closing_head="closing", issuer="云开开标平台")


def rows(found: Record) -> dict[str, dict[str, str]]:
    table = found.sections[0]
    assert isinstance(table, Table)
    labels = [column.label.replace("\n", "") for column in COLUMNS]
    return {row[1]: dict(zip(labels, row, strict=True)) for row in table.rows}


def annex(found: Record, title: str) -> Table:
    table = next(each for each in found.sections if title in each.title)
    assert isinstance(table, Table)
    return table


def test_a_row_says_everything_about_one_bidder() -> None:
    found = rows(minutes(Hall().publish().with_bids(ACME, BOLT, CORA).ended()))["甲建设集团"]
    assert found["序号"] == "1"
    assert found["递交时间"] == "2026-11-21 08:30:00"
    assert found["密封核验"] == "与回执一致"
    assert found["开启时间及结果"] == "09:00:00\n已开启（受托人）"
    assert found["投标报价（元）"] == "900,000.00"
    assert found["大写金额"] == "玖拾万元整"
    assert found["工期"] == "180 日历天"
    assert found["项目负责人"] == "王小𬭎"
    assert found["确认时间"] == "2026-11-21 09:00:00"
    assert found["签名"] == "密钥签名确认"


def test_a_price_over_the_limit_is_marked_and_not_judged() -> None:
    found = rows(minutes(Hall().publish().with_bids(ACME, BOLT, CORA).ended()))
    assert found["丙路桥公司"]["备注"] == "超过招标控制价"
    assert found["丙路桥公司"]["投标报价（元）"] == "1,000,000.01"
    assert found["甲建设集团"]["备注"] == ""


def test_the_header_names_the_tender_the_people_and_the_result() -> None:
    header = {field.label: field.value for field in minutes(
        Hall().publish().with_bids(ACME, BOLT, CORA).ended()
    ).header}  # fmt: skip
    assert header["项目编号"] == "GC-2026-0117"
    assert header["开标时间"] == "2026-11-21 09:00:00 北京时间（UTC+8）"
    assert header["招标控制价"] == "1,000,000.00 元（人民币壹佰万元整）"
    assert header["主持人"] == "王主持"
    assert header["监督人"] == "孙监督"
    assert header["开标结果"] == "递交 3 家，成功开启 3 家"
    assert "投标人 3 家，其中签到 3 家" in header["参加人员"]


def test_the_same_log_always_gives_the_same_record_and_carries_that_log() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA).ended()
    found = minutes(hall)
    assert found == minutes(hall)
    lines = found.log.splitlines()
    assert [from_bytes(line, EVENTS) for line in lines] == hall.entries
    assert found.issued_at == hall.entries[-1].at


def test_a_bid_that_did_not_open_shows_its_fault_and_the_ruling() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA).decrypting()
    hall.order(
        c.NoteInterruption(DEADLINE + MINUTE, DEADLINE + 2 * MINUTE), at=DEADLINE + 2 * MINUTE
    )
    hall.tick(DEADLINE + 40 * MINUTE)
    for person, fault in ((ACME, Fault.BIDDER), (BOLT, Fault.PLATFORM)):
        hall.order(c.RuleFault(hall.live(person), fault, "查明原因"), HOST)
    found = rows(minutes(hall))
    assert found["甲建设集团"]["开启时间及结果"].endswith("视为撤销")
    assert found["乙工程公司"]["开启时间及结果"].endswith("视为撤回")
    assert found["丙路桥公司"]["开启时间及结果"].endswith("待裁决")
    assert found["甲建设集团"]["备注"] == "解密时限内无可用密钥\n裁定：查明原因"
    assert len(annex(minutes(hall), "裁定与补救").rows) == 5


def test_objections_pauses_and_public_words_are_in_the_annexes_and_private_ones_are_not() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA).roll()
    hall.order(c.PostChat("各位好"), HOST)
    hall.order(c.PostChat("私下说明", ACME), HOST)
    hall.order(c.PauseOpening("设备故障"), HOST)
    hall.order(c.ResumeOpening(), HOST, DEADLINE + MINUTE)
    hall.object_to(ACME)
    found = minutes(hall)
    assert [row[2] for row in annex(found, "公开发言").rows] == ["各位好"]
    assert [row[1] for row in annex(found, "暂停").rows] == ["暂停", "恢复"]
    assert annex(found, "异议").rows[0][4] == "待答复"


def test_a_revision_is_in_the_annex_with_its_deadline_and_its_reason() -> None:
    hall = Hall().publish()
    later = TERMS.deadline + timedelta(hours=1)
    hall.publish(replace(TERMS, deadline=later, changes="答疑文件补充，延长一小时"))
    hall.order(c.TerminateOpening("招标人撤回项目"), HOST)
    hall.tick(later)
    (row,) = annex(minutes(hall), "延时").rows[:1]
    assert row[1].startswith("招标文件第 2 版，投标截止时间 ")
    assert row[2] == "答疑文件补充，延长一小时"


def test_earlier_submissions_of_a_bidder_are_listed_with_what_became_of_them() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA)
    hall.bid(ACME)
    table = annex(minutes(hall.roll()), "递交时间表")
    assert [(row[1], row[3]) for row in table.rows] == [
        ("甲建设集团", "已被替换"),
        ("乙工程公司", "有效"),
        ("丙路桥公司", "有效"),
        ("甲建设集团", "有效"),
    ]
    assert table.rows[0][2] == "2026-11-21 08:30:00.000"


def test_a_failed_opening_has_a_record_too() -> None:
    hall = Hall().publish().with_bids(ACME).roll()
    hall.order(c.FailOpening("不足三家"), HOST)
    header = {field.label: field.value for field in minutes(hall).header}
    assert header["开标结果"] == "流标：不足三家"


def test_a_tender_terminated_before_its_deadline_has_its_record_from_then_on() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA)
    hall.order(c.TerminateOpening("项目取消"), HOST)
    assert not any("甲建设集团" in text for text in minutes(hall).texts())
    assert due(hall.state, hall.now) == []
    with pytest.raises(OutOfPhase):
        hall.order(c.NoteRecord(Digest("ab" * 32), 1, 1))
    assert next_instant(hall.state) == DEADLINE
    hall.tick(DEADLINE)
    assert [str(each) for each in due(hall.state, hall.now)] == ["minutes"]
    assert rows(minutes(hall))["甲建设集团"]["开启时间及结果"] == "未开启"


def test_a_representative_is_named_only_where_the_payload_is_still_kept() -> None:
    hall = Hall().publish().with_bids(ACME, BOLT, CORA).roll()
    digest = hashlib.sha256(b"acme's representative").hexdigest()
    found = record(hall.entries, head="", issuer="云开", people={digest: "周代表"})  # type: ignore[dict-item]  # a Digest
    assert rows(found)["甲建设集团"]["签到代表及时间"] == "周代表\n08:30:00"
    assert rows(found)["乙工程公司"]["签到代表及时间"] == "08:30:00"


def test_the_draw_is_proven_in_an_annex() -> None:
    hall = Hall(DRAWN).publish().with_bids(ACME, BOLT, CORA).imported()
    found = annex(minutes(hall), "参数抽取证明")
    assert "未抽取" in found.note


def test_a_rehearsal_says_that_it_counts_for_nothing() -> None:
    from dataclasses import replace

    hall = Hall(replace(TERMS, rehearsal=True)).publish().with_bids(ACME, BOLT, CORA).roll()
    assert minutes(hall).subtitle.endswith("演练，不具效力")
    assert A in hall.state.bids[hall.live(ACME)].parts
