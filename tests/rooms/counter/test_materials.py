"""The checklist: pages come, go, change places and are judged."""

from dataclasses import replace

import pytest

from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.kinds import Picture, Source, Verdict
from rooms.counter.terms import Outcome
from rooms.ids import PageId
from rooms.refusals import (
    AlreadyDone,
    ItemDecided,
    NothingCaptured,
    OutOfPhase,
    PageGone,
    PageRepeated,
    PictureUnfit,
    TextMissing,
    TooManyPages,
    UnknownItem,
    UnknownMaterial,
    UnknownPage,
    WrongPages,
    WrongRole,
)
from tests.rooms.counter.matter import (
    ADDRESS,
    APPLICANT,
    BUNDLE,
    FAR,
    NEAR,
    PENSION,
    picture,
)
from tests.rooms.counter.visit import Visit

P1, P2, P3 = (PageId(f"p-{number}") for number in (1, 2, 3))


def captured(*pages: str, material: str = "bank") -> Visit:
    visit = Visit().identified()
    for page in pages:
        visit.capture(page, material)
    return visit


def retake(page: str, previous: PageId, shot: str = "", **how: Picture) -> c.RetakePage:
    taken = how.get("picture", picture(shot or page))
    return c.RetakePage(PageId(page), previous, taken, Source.PHONE)


def test_pages_are_captured_in_order_from_both_sides_of_the_counter() -> None:
    visit = captured("p-1")
    visit.capture("p-2", "bank", by=APPLICANT, source=Source.PHONE)
    assert visit.case().pages["bank"] == (P1, P2)
    assert visit.phase == "materials"
    assert [page.source for page in visit.state.present(PENSION.code, "bank")] == [
        Source.CAMERA,
        Source.PHONE,
    ]


def test_the_far_clerk_judges_and_captures_nothing() -> None:
    with pytest.raises(WrongRole):
        Visit().identified().capture("p-1", by=FAR)
    with pytest.raises(WrongRole):
        captured("p-1").order(c.JudgeMaterial(PENSION.code, "bank", Verdict.ACCEPTED), NEAR)


def test_what_is_not_on_the_checklist_is_refused() -> None:
    visit = Visit().identified()
    with pytest.raises(UnknownMaterial):
        visit.capture("p-1", "passport")
    with pytest.raises(UnknownItem):
        visit.capture("p-1", item="marriage")
    with pytest.raises(UnknownMaterial):
        visit.judge("passport")


def test_the_same_id_or_the_same_picture_comes_once() -> None:
    visit = captured("p-1")
    with pytest.raises(AlreadyDone):
        visit.capture("p-1", "card")
    again = c.CaptureMaterial(P2, PENSION.code, "bank", picture("p-1"), Source.CAMERA)
    with pytest.raises(PageRepeated) as refusal:
        visit.order(again, NEAR)
    assert refusal.value.params == {"page": P1}


def test_a_material_has_no_more_pages_than_the_checklist_says() -> None:
    visit = captured("p-1", "p-2", material="card")
    with pytest.raises(TooManyPages) as refusal:
        visit.capture("p-3", "card")
    assert refusal.value.params == {"most": 2}
    with pytest.raises(TooManyPages):
        visit.capture("p-3", "proof", pages=4)
    with pytest.raises(TooManyPages):
        visit.order(retake("p-3", P1, picture=picture("long", pages=2)), NEAR)


def test_a_session_does_not_capture_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rooms.counter.materials.MOST_PAGES", 2)
    visit = captured("p-1", "p-2")
    visit.order(c.RemovePage(P1), NEAR)
    with pytest.raises(TooManyPages):
        visit.capture("p-3", "bank")


@pytest.mark.parametrize(
    ("field", "value"),
    [("size", 0), ("pages", 0), ("media_type", "text/html"), ("width", -1), ("height", 10**9)],
)
def test_a_picture_that_cannot_be_is_refused(field: str, value: object) -> None:
    broken = replace(picture("p-1"), **{field: value})  # type: ignore[arg-type]  # parametrised
    with pytest.raises(PictureUnfit, match=field):
        Visit().identified().order(
            c.CaptureMaterial(P1, PENSION.code, "card", broken, Source.FILE), NEAR
        )


def test_a_retaken_page_stands_where_the_old_one_stood_and_the_old_one_stays_listed() -> None:
    visit = captured("p-1", "p-2")
    visit.order(retake("p-3", P1), NEAR)
    assert visit.case().pages["bank"] == (P3, P2)
    assert visit.state.pages[P1].removed
    assert visit.state.pages[P1].replaced_by == P3


def test_a_removed_page_stays_listed_as_removed() -> None:
    visit = captured("p-1", "p-2")
    visit.order(c.RemovePage(P1, "拍错了"), APPLICANT)
    assert visit.case().pages["bank"] == (P2,)
    assert visit.state.pages[P1].removed
    for order in (c.RemovePage(P1), retake("p-3", P1)):
        with pytest.raises(PageGone):
            visit.order(order, NEAR)
    with pytest.raises(UnknownPage):
        visit.order(c.RemovePage(PageId("p-9")), NEAR)


def test_a_page_is_not_retaken_from_an_earlier_session() -> None:
    visit = captured("p-1")
    with pytest.raises(PictureUnfit, match="source"):
        visit.order(c.RetakePage(P2, P1, picture("p-2"), Source.REUSE), NEAR)


def test_a_new_order_has_the_same_pages() -> None:
    visit = captured("p-1", "p-2")
    visit.judge("bank")
    for wrong in ((P1,), (P1, P1), (P1, P2, P3)):
        with pytest.raises(WrongPages):
            visit.order(c.OrderPages(PENSION.code, "bank", wrong), NEAR)
    visit.order(c.OrderPages(PENSION.code, "bank", (P2, P1)), NEAR)
    assert visit.case().pages["bank"] == (P2, P1)
    assert visit.order(c.OrderPages(PENSION.code, "bank", (P2, P1)), NEAR) == []
    assert visit.case().judged["bank"].verdict is Verdict.ACCEPTED


def test_a_verdict_holds_until_a_page_changes() -> None:
    visit = captured("p-1")
    visit.judge("bank")
    assert visit.case().lacking() == ("card",)
    visit.capture("p-2", "bank")
    assert visit.case().lacking() == ("card", "bank")
    visit.judge("bank")
    visit.order(retake("p-3", P2), NEAR)
    assert "bank" not in visit.case().judged
    visit.judge("bank")
    visit.order(c.RemovePage(P1), NEAR)
    assert "bank" not in visit.case().judged


def test_what_nobody_captured_is_waived_with_a_reason_but_not_judged() -> None:
    visit = Visit().identified()
    for verdict in (Verdict.ACCEPTED, Verdict.RETURNED):
        with pytest.raises(NothingCaptured):
            visit.judge("bank", verdict, "看不清")
    with pytest.raises(TextMissing):
        visit.judge("bank", Verdict.WAIVED)
    visit.judge("bank", Verdict.WAIVED, "数据共享可查")
    assert visit.phase == "materials"
    assert "bank" not in visit.case().lacking()


def test_what_was_returned_leads_back_from_form_and_signature() -> None:
    for reached in ("filling", "signing"):
        visit: Visit = getattr(Visit(), reached)()
        with pytest.raises(TextMissing):
            visit.judge("bank", Verdict.RETURNED)
        visit.judge("bank", Verdict.ACCEPTED)
        assert visit.phase == reached
        visit.judge("bank", Verdict.RETURNED, "反光")
        assert visit.phase == "materials"
        visit.capture("p-9", "bank")
        visit.judge("bank")
        visit.fill("remark", "请尽快")
        assert visit.phase == "filling"


def test_an_item_that_is_decided_takes_no_more_pages() -> None:
    visit = Visit(matter=BUNDLE).identified()
    visit.capture("p-1")
    visit.decide(Outcome.REJECTED, reason="无权办理", remedy="六十日内复议")
    with pytest.raises(ItemDecided):
        visit.capture("p-2")
    with pytest.raises(ItemDecided):
        visit.order(c.RemovePage(P1), NEAR)
    with pytest.raises(ItemDecided):
        visit.judge("card")
    visit.decide(Outcome.DONE, ADDRESS.code)
    with pytest.raises(OutOfPhase):
        visit.capture("p-2")


def test_a_session_keeps_its_items_as_they_were() -> None:
    visit = captured("p-1")
    newer = replace(PENSION, version=4, materials=())
    assert newer.materials != visit.case().item.materials
    assert visit.case().item == PENSION
    assert visit.happened(e.TicketIssued)[0].matter.items == (PENSION,)  # type: ignore[union-attr]  # its own kind
