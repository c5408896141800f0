"""The table of one-click links, in both languages, a role a line."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rooms.wording import clock
from server.demo.stage import Stage
from server.rehearse.site import OwnSite

OBSERVER = "旁听人员"
ROLES = 6
"""How many addresses keep every role's login apart in one browser."""


@dataclass(frozen=True, slots=True)
class Link:
    """Who enters by an address, and what there is to do."""

    role: str
    does: str
    url: str


async def make_links(site: OwnSite, stage: Stage) -> list[Link]:
    """A link for every role. Raises ApiRefused."""
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
    made = (
        ("投标人 bidder", "投一份标 hand in a bid", bid),
        ("主持人 host", "主持开标 hold the opening", hold),
        ("监督人 supervisor", "监督、核验 watch, verify", watch),
        ("受托人 trustee", "自动值守 attends by itself", attend),
        ("旁听 observer", "只看 look on", str(observer["url"])),
        ("管理员 admin", "账号 accounts", manage),
    )
    return [
        Link(role, does, _at(site, number, url)) for number, (role, does, url) in enumerate(made)
    ]


def table(site: OwnSite, stage: Stage, links: Sequence[Link]) -> str:
    """What is printed once everything is ready."""
    wide = max(_width(each.role) for each in links)
    does = max(_width(each.does) for each in links)
    lines = [
        "",
        f"云开演示 Yunkai demo  http://{site.hosts[0]}:{site.port}",
        f"投标截止 deadline      {clock(stage.deadline)} 北京时间 (UTC+8)",
        "",
        *(f"  {_pad(each.role, wide)}  {_pad(each.does, does)}  {each.url}" for each in links),
        "",
    ]
    if len(site.hosts) < len(links):
        lines += [
            "同时扮演几个角色时，请为每个角色另开一个浏览器或隐私窗口。",
            "To play several roles at once, open each in a browser or private window of its own.",
        ]
    lines += [
        "另有一个未来的项目和一个已结束的项目（稍后出现，可下载开标记录与档案）。",
        "There is also a tender in the future, and in a moment one that is over, with minutes and"
        " archive.",
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
