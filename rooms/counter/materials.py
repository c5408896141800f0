"""The checklist: capturing pages, putting them in order, judging them."""

import re

from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.checks import open_case, working
from rooms.counter.events import Event
from rooms.counter.kinds import Picture, Source, Verdict
from rooms.counter.state import Page, State
from rooms.ids import PageId
from rooms.refusals import (
    AlreadyDone,
    NothingCaptured,
    PageGone,
    PageRepeated,
    PictureUnfit,
    ReuseNotAllowed,
    TooManyPages,
    UnknownPage,
    WrongPages,
)
from rooms.texts import check_optional, check_text

MOST_PAGES = 500
"""Captures of one session, those that were removed included."""
MOST_SIZE = 1 << 30
MOST_SIDE = 100_000
_MEDIA_TYPE = re.compile(r"(image|application)/[a-z0-9.+-]{1,60}", re.ASCII)


def capture(state: State, command: c.CaptureMaterial) -> list[Event]:
    working(state)
    case = open_case(state, command.item)
    material = case.item.material(command.material)
    _check_new(state, command.page)
    check_picture(command.picture)
    if command.source is Source.REUSE and command.earlier is None:
        raise PictureUnfit(field="earlier")
    if command.source is Source.REUSE and not state.reuse:
        raise ReuseNotAllowed
    present = state.present(command.item, command.material)
    _check_repeated(present, command.picture)
    if _count(present) + command.picture.pages > material.most_pages:
        raise TooManyPages(most=material.most_pages)
    earlier = command.earlier if command.source is Source.REUSE else None
    at = (command.page, command.item, command.material)
    return [e.MaterialCaptured(*at, command.picture, command.source, earlier)]


def retake(state: State, command: c.RetakePage) -> list[Event]:
    """A better picture of the same page, in its place."""
    working(state)
    page = _page(state, command.previous)
    _check_new(state, command.page)
    check_picture(command.picture)
    if command.source is Source.REUSE:
        raise PictureUnfit(field="source")
    present = state.present(page.item, page.material)
    _check_repeated(present, command.picture)
    most = state.cases[page.item].item.material(page.material).most_pages
    if _count(present) - page.picture.pages + command.picture.pages > most:
        raise TooManyPages(most=most)
    return [e.PageReplaced(command.page, page.id, command.picture, command.source)]


def order(state: State, command: c.OrderPages) -> list[Event]:
    working(state)
    case = open_case(state, command.item)
    case.item.material(command.material)
    present = case.pages.get(command.material, ())
    if sorted(present) != sorted(command.pages):
        raise WrongPages
    if present == command.pages:
        return []
    return [e.PagesOrdered(command.item, command.material, command.pages)]


def remove(state: State, command: c.RemovePage) -> list[Event]:
    working(state)
    page = _page(state, command.page)
    return [e.PageRemoved(page.id, check_optional(command.reason, "reason"))]


def judge(state: State, command: c.JudgeMaterial) -> list[Event]:
    """Accepted and returned are said of pages; returned and waived say why."""
    working(state)
    case = open_case(state, command.item)
    case.item.material(command.material)
    if command.verdict is not Verdict.WAIVED and not case.pages.get(command.material):
        raise NothingCaptured(item=command.item, material=command.material)
    if command.verdict is Verdict.ACCEPTED:
        remark = check_optional(command.remark, "remark")
    else:
        remark = check_text(command.remark, "remark")
    return [e.MaterialJudged(command.item, command.material, command.verdict, remark)]


def _page(state: State, page: PageId) -> Page:
    found = state.pages.get(page)
    if found is None:
        raise UnknownPage(page=page)
    open_case(state, found.item)
    if found.removed:
        raise PageGone(page=page)
    return found


def _check_new(state: State, page: PageId) -> None:
    if page in state.pages:
        raise AlreadyDone(what="page")
    if len(state.pages) >= MOST_PAGES:
        raise TooManyPages(most=MOST_PAGES)


def check_picture(picture: Picture) -> None:
    """Refuses what no picture can be: PictureUnfit."""
    if not 0 < picture.size <= MOST_SIZE:
        raise PictureUnfit(field="size")
    if picture.pages < 1:
        raise PictureUnfit(field="pages")
    if not _MEDIA_TYPE.fullmatch(picture.media_type):
        raise PictureUnfit(field="media_type")
    for name, side in (("width", picture.width), ("height", picture.height)):
        if not 0 <= side <= MOST_SIDE:
            raise PictureUnfit(field=name)


def _check_repeated(present: tuple[Page, ...], picture: Picture) -> None:
    for page in present:
        if page.picture.sha256 == picture.sha256:
            raise PageRepeated(page=page.id)


def _count(present: tuple[Page, ...]) -> int:
    return sum(page.picture.pages for page in present)
