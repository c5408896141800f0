"""A department is asked, says no, and the authority decides otherwise with its reason."""

from pathlib import Path

from tests.journeys.conftest import Arrives
from tests.journeys.counter.matter import ITEM
from tests.journeys.counter.people import FarClerk, Party
from tests.journeys.counter.visit import Counter
from tests.journeys.records import verifies, words_of

DOUBT = "参保人在两地有重复缴费，应先清算。"
REASON = "重复缴费已由参保地清算完毕，回执编号二〇二六第七号。"


async def test_an_invited_department_gives_its_opinion(
    counter: Counter, arrives: Arrives, tmp_path: Path, pictures: Path
) -> None:
    session = await counter.ticket()
    await session.is_identified()
    await session.has_materials()
    await session.is_signed()
    account = await counter.site.account("clerk", "吴审", "医疗保障局")
    far = await arrives(FarClerk, counter.far)
    department = await arrives(Party, account)
    await department.goes("/desk")
    await department.sees("请选择您今天的窗口")
    await far.enters(session.room)

    await far.also("邀请部门联审")
    await far.picks("邀请", "吴审 · 医疗保障局")
    await far.picture(pictures, "counter-invite")
    await far.answers("确定")
    await far.is_told("等待联审部门意见")
    await department.sees(session.number)
    await department.follows("进入")
    await department.is_told("请给出联审意见")
    await department.ticks("不同意")
    await department.writes("理由或条件", DOUBT)
    await department.picture(pictures, "counter-opinion")
    await department.presses("提交意见")
    await department.does_not_see("提交意见")

    await far.sees(DOUBT)
    await far.writes("理由", REASON)
    await far.picture(pictures, "counter-override")
    await far.gives_decision("即办")
    await department.sees(REASON)
    decision = (await session.case()).decision
    assert decision is not None
    assert decision.overrides
    await session.ends()
    minutes = await session.minutes(tmp_path)
    words = words_of(minutes)
    for word in ("医疗保障局", DOUBT, REASON):
        assert word in words
    verifies(minutes)
    assert (await session.state()).cases[ITEM].opinions
