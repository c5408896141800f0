"""The tender that the tests open: its people, its terms and variations of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rooms.ids import EnvelopeId, PersonId
from rooms.opening.terms import (
    Draw,
    Envelope,
    FormItem,
    ItemKind,
    Policy,
    Regime,
    Role,
    Seat,
    Terms,
    Windows,
)

DEADLINE = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
MOMENT = timedelta(milliseconds=1)
MINUTE = timedelta(minutes=1)
BEFORE = DEADLINE - 30 * MINUTE

HOST = PersonId("host")
DEPUTY = PersonId("deputy")
OWNER = PersonId("owner")
WATCH = PersonId("watch")
GUEST = PersonId("guest")
ACME, BOLT, CORA, DUNE = (PersonId(each) for each in ("acme", "bolt", "cora", "dune"))
TRUSTEES = tuple(PersonId(f"trustee-{index}") for index in (1, 2, 3))
NAMES = {ACME: "甲建设集团", BOLT: "乙工程公司", CORA: "丙路桥公司", DUNE: "丁𬭎建筑"}
A, B = EnvelopeId("a"), EnvelopeId("b")
UNRECORDED = "本次开标不录音录像"

SEATS = (
    Seat(HOST, "王主持", "鸿业招标代理", Role.HOST),
    Seat(DEPUTY, "李副手", "鸿业招标代理", Role.DEPUTY),
    Seat(OWNER, "赵业主", "市交通局", Role.TENDERER),
    Seat(WATCH, "孙监督", "公共资源交易监督办", Role.SUPERVISOR),
    *(Seat(each, f"受托人{each[-1]}", "公证处", Role.TRUSTEE) for each in TRUSTEES),
)
FORM = (
    FormItem("price", ItemKind.MONEY, "投标报价", "Price"),
    FormItem("duration", ItemKind.DAYS, "工期", "Duration", unit="日历天"),
    FormItem("lead", ItemKind.TEXT, "项目负责人", "Project lead", required=False),
    FormItem("quality", ItemKind.TEXT, "质量目标", "Quality", required=False, announced=False),
)
TERMS = Terms(
    project_number="GC-2026-0117",
    project_title="七里河大桥工程",
    lot_number="01",
    lot_title="主桥施工",
    regime=Regime.TENDERING,
    deadline=DEADLINE,
    policy=Policy.TRUSTEES,
    threshold=2,
    seats=SEATS,
    form=FORM,
    tenderer="市交通局",
    agency="鸿业招标代理有限公司",
    place="第一开标室",
    control_price=1_000_000_00,
)
BIDDER_ALONE = replace(
    TERMS,
    policy=Policy.BIDDER,
    threshold=0,
    seats=tuple(seat for seat in SEATS if seat.role is not Role.TRUSTEE),
)
TWO_ENVELOPES = replace(
    TERMS, envelopes=(Envelope(A, "商务文件"), Envelope(B, "技术文件", later=True))
)
DRAWN = replace(TERMS, draw=Draw("下浮系数", 100, 500, 50, "‰"))
UNATTENDED = replace(TERMS, unattended=True)
QUICK = replace(TERMS, rehearsal=True, windows=Windows(3600, 30, 10, 10, 20))

PRICE = {ACME: 900_000_00, BOLT: 950_000_00, CORA: 1_000_000_01, DUNE: 880_000_00}


def form_of(person: PersonId) -> dict[str, object]:
    return {"price": PRICE.get(person, 900_000_00), "duration": 180, "lead": "王小𬭎"}
