"""What journeys at a counter are about: two halls that are always open, one item, one applicant."""

from pathlib import Path
from typing import Any

from server.rehearse import visit
from tests.journeys.site import Site

NEAR, FAR = visit.NEAR, visit.FAR
ITEM = visit.ITEM
ITEM_NAME = "企业职工基本养老保险个人账户一次性支取"
NAME, NUMBER, PHONE = "李秀兰", "11010519491231002X", "13800138000"
ID_CARD = "居民身份证"
BANK_CARD = "申请人本人社会保障卡或银行卡"
REASON = "已达退休年龄，累计缴费不足十五年，自愿终止"
FIELDS = {
    "申请人姓名": NAME,
    "公民身份号码": NUMBER,
    "支取原因": REASON,
    "达到退休年龄、定居或死亡日期": "2026-10-31",
    "累计缴费月数": "96",
    "个人账户储存额": "12345.67",
}
"""What the near clerk writes, by the label of the field."""
_NAMES = ("applicant_name", "id_number", "reason", "event_date", "months_paid", "balance")
_MATERIALS = ("id-card", "bank-card", "application")


def catalogue() -> dict[str, Any]:
    """Two halls with a window each; the item asks for two pages and six fields."""
    made: dict[str, Any] = visit.catalogue()
    (guide,) = made["items"]
    item = guide["item"]
    item["materials"] = [each for each in item["materials"] if each["id"] in _MATERIALS]
    item["fields"] = [each for each in item["fields"] if each["name"] in _NAMES]
    return made


async def offer(site: Site) -> None:
    """Puts the catalogue into a site."""
    await site.admin.post("/api/catalogue/import", catalogue())


def scan(folder: Path, number: int) -> Path:
    """A scanned page as a file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"page-{number}.jpg"
    file.write_bytes(visit.picture(number))
    return file
