"""What is missing is told once, and the second visit goes on with what was there."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from rooms.counter.kinds import Source
from rooms.counter.terms import Outcome
from tests.journeys.conftest import Arrives
from tests.journeys.counter.conftest import Comes
from tests.journeys.counter.matter import BANK_CARD, ID_CARD, ITEM
from tests.journeys.counter.people import FarClerk
from tests.journeys.counter.visit import Counter
from tests.journeys.records import verifies, words_of

WHAT = "请带上本人的社会保障卡"


async def test_a_supplement_leads_to_a_second_visit_that_uses_the_first(
    counter: Counter, arrives: Arrives, comes: Comes, tmp_path: Path, pictures: Path
) -> None:
    first = await counter.ticket()
    await first.is_identified()
    await first.has_page("id-card", 1)
    far = await arrives(FarClerk, counter.far)
    await far.enters(first.room)
    applicant = await comes()
    await applicant.goes(first.door)
    await applicant.goes_in()

    await far.accepts(ID_CARD)
    await far.opens("决定")
    await far.picks_outcome("补正")
    await far.writes(BANK_CARD, WHAT)
    await far.writes("补正期限", f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}")
    await far.picture(pictures, "counter-supplement")
    await far.gives_decision("补正")
    await applicant.sees(WHAT)
    await applicant.picture(pictures, "counter-missing")
    notice = await applicant.downloads("下载通知书", tmp_path)
    assert WHAT in words_of(notice)
    verifies(notice)
    await first.ends()

    second = await counter.of(*await applicant.comes_again())
    await applicant.follows("查看我的票号")
    await second.is_identified()
    await applicant.goes_in()
    await applicant.uses_again(ID_CARD)
    await applicant.sees_material(ID_CARD, "待审核")
    await applicant.picture(pictures, "counter-reused")
    await applicant.photographs(BANK_CARD)
    await far.enters(second.room)
    for material in (ID_CARD, BANK_CARD):
        await far.accepts(material)
    await far.is_told("窗口人员正在填写表单")
    await second.is_signed()
    await far.gives_decision("即办")
    await applicant.sees("即办")

    state = await second.state()
    assert state.matter.continues == first.room
    assert state.matter.supplemented == (ITEM,)
    reused = [page for page in state.pages.values() if page.source is Source.REUSE]
    assert [page.material for page in reused] == ["id-card"]
    decision = state.cases[ITEM].decision
    assert decision is not None
    assert decision.outcome is Outcome.DONE
