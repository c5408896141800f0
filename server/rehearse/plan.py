"""What a rehearsal is made of: names, prices, files and the tender's terms."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crypto.encoding import Json, format_time

_PLACES = ("云岭", "滇中", "澜沧江", "华东", "北方", "苍山", "长江", "珠江", "西南", "海河")
_TRADES = ("建设工程", "市政工程", "机电安装", "路桥", "水利水电", "园林绿化", "建筑装饰")
_FORMS = ("有限公司", "集团有限公司", "股份有限公司", "有限责任公司")
_GIVEN = ("𬭎", "㛃", "䶮", "建国", "晓雯", "志远", "雅琴", "子墨", "海燕", "永昌")
_FAMILY = ("王", "李", "张", "刘", "陈", "杨", "赵", "欧阳", "司马", "黄")

FORM: tuple[dict[str, Json], ...] = (
    {"id": "price", "kind": "money", "label_zh": "投标报价", "label_en": "Price"},
    {"id": "duration", "kind": "days", "label_zh": "工期", "label_en": "Duration", "unit": "天"},
    {"id": "quality", "kind": "text", "label_zh": "质量标准", "label_en": "Quality"},
    {"id": "lead", "kind": "text", "label_zh": "项目负责人", "label_en": "Project lead"},
)
CONTROL_PRICE = 1_286_000_000
"""In fen."""
DRAW: dict[str, Json] = {"name": "下浮系数 K", "low": 92, "high": 98, "step": 1, "unit": "%"}


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who takes part, by login."""

    login: str
    name: str
    organisation: str
    roles: tuple[str, ...]


HOST = Party("host", "开标主持人", "云南诚信招标代理有限公司", ("agency",))
SUPERVISOR = Party("supervisor", "监督人员", "市公共资源交易监督管理局", ("supervisor",))


def trustee(number: int) -> Party:
    """The trustee with this number, from 1."""
    return Party(f"trustee-{number}", f"受托人{number}", f"第{number}受托机构", ("trustee",))


def bidder(number: int) -> Party:
    """The bidder with this number, from 1."""
    place = _PLACES[number % len(_PLACES)]
    trade = _TRADES[number // len(_PLACES) % len(_TRADES)]
    form = _FORMS[number // 3 % len(_FORMS)]
    more = f"第{number}" if number > len(_PLACES) * len(_TRADES) else ""
    name = f"{place}{more}{trade}{form}"
    return Party(f"bidder-{number}", name, name, ("bidder",))


def person(number: int) -> str:
    """A person's name, rare characters among them."""
    return _FAMILY[number * 3 % len(_FAMILY)] + _GIVEN[(number - 1) % len(_GIVEN)]


def form_of(number: int) -> dict[str, Json]:
    """What the bidder with this number offers."""
    spread = int.from_bytes(hashlib.sha256(b"price %d" % number).digest()[:4], "big")
    return {
        "price": CONTROL_PRICE * 9 // 10 + spread % (CONTROL_PRICE * 11 // 100),
        "duration": 240 + number % 60,
        "quality": "合格",
        "lead": person(number),
    }


def files_of(number: int, folder: Path, given: Sequence[Path]) -> list[Path]:
    """The bidder's files: the given ones, or a made letter and a made calculation of its own."""
    if given:
        return list(given)
    folder.mkdir(parents=True, exist_ok=True)
    letter = folder / f"投标函-{number}.txt"
    letter.write_text(
        f"{bidder(number).name}\n愿按招标文件要求承担本项目。\n项目负责人：{person(number)}\n",
        encoding="utf-8",
    )
    sheet = folder / f"工程量清单-{number}.csv"
    rows = (
        f"{line},{hashlib.sha256(b'%d %d' % (number, line)).hexdigest()}" for line in range(400)
    )
    sheet.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return [letter, sheet]


def terms(
    *,
    deadline: datetime,
    threshold: int,
    seats: Sequence[dict[str, Json]],
    more: Mapping[str, Json] | None = None,
) -> dict[str, Json]:
    """The terms of a tender as JSON, with `more` in place of what they would be."""
    shared = any(seat["role"] == "trustee" for seat in seats)
    return {
        "project_number": "YK-2026-0117",
        "project_title": "滇池东岸污水处理厂扩建工程",
        "lot_number": "01",
        "lot_title": "土建及设备安装",
        "regime": "tendering",
        "deadline": format_time(deadline),
        "policy": "trustees" if shared else "bidder",
        "threshold": threshold if shared else 0,
        "seats": list(seats),
        "form": [dict(item) for item in FORM],
        "tenderer": "昆明滇池水务股份有限公司",
        "agency": HOST.organisation,
        "place": "昆明市公共资源交易中心 网上开标大厅",
        "control_price": CONTROL_PRICE,
        "draw": dict(DRAW),
        "discipline": "服从主持人安排；不得泄露他人信息；异议应当当场提出。",
        **(more or {}),
    }
