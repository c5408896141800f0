"""What the tests' sessions are about: people, items and places, and variations of them."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rooms.counter.kinds import Agent, Matter, Picture
from rooms.counter.terms import (
    Condition,
    Fee,
    Field,
    FieldKind,
    Item,
    Material,
    MaterialKind,
    Mode,
    Operator,
    Outcome,
    Rule,
)
from rooms.ids import Digest, PersonId

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MOMENT = timedelta(milliseconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

APPLICANT = PersonId("a-1")
AGENT = PersonId("helper")
NEAR, OTHER_NEAR = PersonId("near"), PersonId("near-2")
FAR, OTHER_FAR = PersonId("far"), PersonId("far-2")
TAX, LAND = PersonId("tax"), PersonId("land")
WATCH, MANAGER = PersonId("watch"), PersonId("manager")
STRANGER = PersonId("stranger")

NAMES = {
    NEAR: "周窗口",
    OTHER_NEAR: "吴窗口",
    FAR: "郑办理",
    OTHER_FAR: "王办理",
    TAX: "冯税务",
    LAND: "陈国土",
    WATCH: "孙监督",
    MANAGER: "褚主任",
}

PENSION = Item(
    code="pension-balance",
    version=3,
    name="养老保险个人账户余额一次性领取",
    mode=Mode.RECEIVED,
    region="340123",
    authority="肥西县人力资源和社会保障局",
    audience="参保人或继承人",
    promised_days=5,
    materials=(
        Material("card", "居民身份证", MaterialKind.ORIGINAL, most_pages=2),
        Material("bank", "银行卡", MaterialKind.ORIGINAL),
        Material("form", "领取申请表", MaterialKind.FORM),
        Material("proof", "其他证明", MaterialKind.COPY, required=False, most_pages=3),
    ),
    fields=(
        Field("name", "姓名", FieldKind.TEXT),
        Field("amount", "余额", FieldKind.MONEY),
        Field("remark", "备注", FieldKind.TEXT, required=False),
    ),
    fees=(Fee("copy", "工本费", 500),),
    rules=(
        Rule("小额即办", (Condition("amount", Operator.AT_MOST, 100_000),), Outcome.DONE),
        Rule("巨额不予", (Condition("amount", Operator.ABOVE, 10_000_000),), Outcome.REJECTED),
    ),
)
ADDRESS = Item(
    code="address-change",
    version=1,
    name="联系地址变更",
    mode=Mode.ONLINE,
    region="340123",
    authority="肥西县公安局",
    audience="居民",
)
"""Without checklist and form: decided as soon as one knows who asks."""


def digest(text: str) -> Digest:
    return Digest(hashlib.sha256(text.encode()).hexdigest())


MATTER = Matter(
    items=(PENSION,),
    near_hall="上海浦东便民服务中心",
    far_hall="肥西县政务服务中心",
    near_region="310115",
    far_region="340123",
    mode=Mode.RECEIVED,
    person=APPLICANT,
    applicant=digest("the applicant"),
)
BUNDLE = replace(MATTER, items=(PENSION, ADDRESS))
SECOND_VISIT = replace(MATTER, supplemented=(PENSION.code,))
BY_AGENT = replace(MATTER, agent=Agent(AGENT, "何代办", "红旗村代办点", digest("authority")))
BARE = replace(MATTER, items=(ADDRESS,))


def picture(name: str, pages: int = 1) -> Picture:
    return Picture(digest(name), 4_000_000, "image/jpeg", pages, 5000, 4000)
