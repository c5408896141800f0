"""The table of one-click links, in both languages, a role a line."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rooms.wording import clock
from server.demo.counter import NEAR_HALL, Counter
from server.demo.stage import Stage
from server.rehearse.site import OwnSite

OBSERVER = "旁听人员"
ROLES = 13
"""How many addresses keep every role's login apart in one browser."""


@dataclass(frozen=True, slots=True)
class Link:
    """Who enters by an address, and what there is to do."""

    role: str
    does: str
    url: str


@dataclass(frozen=True, slots=True)
class Links:
    """A link for every role of an opening, and of a counter session."""

    opening: Sequence[Link]
    counter: Sequence[Link]


async def make_links(site: OwnSite, stage: Stage, counter: Counter) -> Links:
    """A link for every role. Raises ApiRefused."""
    opening, session = await _of_opening(site, stage), await _of_counter(site, counter)
    links = [
        Link(role, does, _at(site, number, url))
        for number, (role, does, url) in enumerate((*opening, *session))
    ]
    return Links(links[: len(opening)], links[len(opening) :])


async def _of_opening(site: OwnSite, stage: Stage) -> tuple[tuple[str, str, str], ...]:
    room, cast = f"/openings/{stage.room}", stage.cast
    observer = await cast.host.api.post(f"/api/openings/{stage.room}/observers", {"name": OBSERVER})
    me = (await site.admin.get("/api/me"))["person"]
    bid, hold, watch, attend, manage = [
        await _link(site, person, path)
        for person, path in (
            (stage.visitor.person, f"{room}/bid"),
            (cast.host.person, f"{room}/room"),
            (cast.supervisor.person, f"{room}/room"),
            (cast.trustees[0].person, f"{room}/trustee"),
            (me, "/people"),
        )
    ]
    return (
        ("投标人 bidder", "投一份标 hand in a bid", bid),
        ("主持人 host", "主持开标 hold the opening", hold),
        ("监督人 supervisor", "监督、核验 watch, verify", watch),
        ("受托人 trustee", "自动值守 attends by itself", attend),
        ("旁听 observer", "只看 look on", str(observer["url"])),
        ("管理员 admin", "账号 accounts", manage),
    )


async def _of_counter(site: OwnSite, counter: Counter) -> tuple[tuple[str, str, str], ...]:
    near, far, applicant, board, manage = [
        await _link(site, person, path)
        for person, path in (
            (counter.near, "/desk"),
            (counter.far, "/desk"),
            (counter.applicant, counter.tickets[0].page),
            (counter.supervisor, "/board"),
            (counter.manager, "/catalogue"),
        )
    ]
    base = site.admin.base  # what hangs in a hall is for everybody: no login
    return (
        ("收件窗口 near", "开窗、叫号 open, call", near),
        ("办理窗口 far", "远程审办 check, decide", far),
        ("办事人 applicant", "手机上办事 on the phone", applicant),
        ("大厅屏 display", "叫号显示 whose turn it is", f"{base}/hall/{NEAR_HALL}/display"),
        ("门牌 guide", "指南、取号 guide, tickets", f"{base}/g/{NEAR_HALL}"),
        ("督办 board", "统计、评价 figures, ratings", board),
        ("大厅管理 manager", "事项目录 catalogue", manage),
    )


def table(site: OwnSite, stage: Stage, links: Links) -> str:
    """What is printed once everything is ready: no more than a screen of 24 lines."""
    every = (*links.opening, *links.counter)
    wide = max(_width(each.role) for each in every)
    does = max(_width(each.does) for each in every)

    def rows(group: Sequence[Link]) -> Iterator[str]:
        for each in group:
            yield f"  {_pad(each.role, wide)}  {_pad(each.does, does)}  {each.url}"

    lines = [
        f"云开演示 Yunkai demo  http://{site.hosts[0]}:{site.port}",
        "",
        f"不见面开标 bid opening · 截标 closes {clock(stage.deadline)} 北京时间 (UTC+8)",
        *rows(links.opening),
        "跨域通办 counter session · 昆明西山 Xishan ⇄ 毕节七星关 Qixingguan",
        *rows(links.counter),
        "",
    ]
    if len(site.hosts) < len(every):
        lines += [
            "同时扮演几个角色时，请为每个角色另开一个浏览器或隐私窗口。",
            "To play several roles at once, open each in a browser or private window of its own.",
        ]
    lines += [
        "窗口两端演一端即可，另一端和办事人自动办理。未来的、已结束的项目与会话稍后出现，附档案。",
        "Play either clerk: the other end and the applicant act by themselves. Soon there are also",
        "a tender ahead, and an opening and sessions that are over, with minutes and archives.",
        "按 Ctrl-C 结束，演示数据随即删除。 Ctrl-C ends it and removes all demo data.",
        "",
    ]
    return "\n".join(lines)


async def _link(site: OwnSite, person: str, path: str) -> str:
    made = await site.admin.post("/api/links", {"person": person, "path": path})
    return str(made["url"])


def _at(site: OwnSite, number: int, url: str) -> str:
    """The same link at another of the site's addresses, where a role keeps its own login."""
    host = site.hosts[number % len(site.hosts)]
    return url.replace(f"//{site.hosts[0]}:", f"//{host}:", 1)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
