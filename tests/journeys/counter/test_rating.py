"""A bad rating becomes a case: the supervisor sees it, the hall's manager answers it in time."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.journeys.conftest import Arrives
from tests.journeys.counter.conftest import Comes
from tests.journeys.counter.people import Party
from tests.journeys.counter.visit import Counter

WORDS = "排队等了四十分钟，没有人说明原因。"
ANSWER = "当日系统检修未提前公告，已向您电话致歉，并增开了一个窗口。"
SHANGHAI = ZoneInfo("Asia/Shanghai")


async def test_a_bad_rating_is_answered(
    counter: Counter, arrives: Arrives, comes: Comes, pictures: Path
) -> None:
    session = await counter.ticket()
    await session.is_identified()
    await session.is_decided()
    applicant = await comes()
    await applicant.goes(session.door)
    await applicant.goes_in()
    await session.ends()

    await applicant.rates("不满意", WORDS)
    await applicant.sees("答复您")
    await applicant.picture(pictures, "counter-complaint")
    supervisor = await arrives(
        Party, await counter.site.account("supervisor", "陈监督", "政务服务监督处")
    )
    await supervisor.goes("/board")
    await supervisor.sees("待答复的差评（1）")
    await supervisor.picture(pictures, "counter-board-case")
    manager = await arrives(Party, await counter.site.account("manager", "孙经理", "政务服务大厅"))
    await manager.goes("/board")
    await manager.follows(re.compile("^查看$"))
    await manager.sees(WORDS)
    await manager.writes("答复", ANSWER)
    await manager.picture(pictures, "counter-answer")
    await manager.presses("提交答复")
    await applicant.sees(ANSWER)
    await supervisor.goes("/board")
    await supervisor.sees("没有待答复的差评")

    (rated,) = [each for each in await session.events() if each["type"] == "SessionRated"]
    until = datetime.fromisoformat(rated["answer_by"]).astimezone(SHANGHAI)
    assert (until - timedelta(seconds=1)).date() == three_weeks_of_work(datetime.now(SHANGHAI))
    assert await session.count("RatingAnswered") == 1


def three_weeks_of_work(today: datetime) -> date:
    """The fifteenth working day from now, where no holidays are known."""
    last = today - timedelta(days=max(0, today.weekday() - 4))
    return last.date() + timedelta(weeks=3)
