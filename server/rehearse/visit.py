"""What a scripted session is about: halls that are always open, one item, one applicant."""

import hashlib
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from typing import Any

from PIL import Image, ImageDraw

from crypto.encoding import Json

NEAR, FAR = "rehearsal-near", "rehearsal-far"
NEAR_WINDOW, FAR_WINDOW = "rehearsal-near-1", "rehearsal-far-1"
NEAR_REGION, FAR_REGION = "530112", "520502"
ITEM = "520502-pension-refund"
APPLICANT: dict[str, Json] = {
    "name": "李秀兰",
    "number": "11010519491231002X",
    "phone": "13800138000",
}
"""The number is the worked example of GB 11643-1999: nobody's."""
CONSENT = "彩排：同意对本次跨域通办全程录音录像。"
CONSENT_VERSION = "rehearsal"
FIELDS: dict[str, str | int] = {
    "applicant_name": "李秀兰",
    "id_number": "11010519491231002X",
    "phone": "13800138000",
    "reason": "已达退休年龄，累计缴费不足十五年，自愿终止",
    "event_date": "2026-10-31",
    "months_paid": 96,
    "balance": 1_234_567,
    "bank": "中国农业银行毕节七星关支行",
    "account": "6228480000000000000",
}
MATERIALS = {"id-card": "居民身份证", "bank-card": "社会保障卡"}
STROKES = (((120, 200), (180, 160), (260, 220)), ((300, 120), (310, 260)), ((360, 150), (480, 240)))
"""A signature, on a pad of 800 by 400."""
_ALWAYS = {"opens": "00:00", "closes": "24:00"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session is played: the window at either end, the near one's hall, the far region."""

    near_hall: str
    near_window: str
    far_window: str
    far_region: str


REHEARSAL = Place(NEAR, NEAR_WINDOW, FAR_WINDOW, FAR_REGION)


def consent() -> str:
    """The digest of the text that the applicant is shown."""
    return hashlib.sha256(CONSENT.encode()).hexdigest()


def demonstrated() -> dict[str, Any]:
    """The catalogue of the demonstration, with its halls open at any hour of any day: no script
    may depend on when it is run, so weekly hours are replaced and there are no special days."""
    file = resources.files("server.demo").joinpath("catalogue.json")
    made: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    made["hours"] = _always(hall["id"] for hall in made["halls"])
    made["days"] = []
    return made


def catalogue() -> dict[str, Json]:
    """The regions and the item of the demonstration, with halls for the rehearsal alone."""
    made = demonstrated()
    halls = {each["region"]: each for each in made["halls"]}
    named = ((NEAR, NEAR_REGION, "彩排收件大厅"), (FAR, FAR_REGION, "彩排办理大厅"))
    made["halls"] = [{**halls[region], "id": hall, "name": name} for hall, region, name in named]
    made["windows"] = [
        {"id": window, "hall": hall, "name": "一号窗口", "skills": ["*"], "active": True}
        for window, hall in ((NEAR_WINDOW, NEAR), (FAR_WINDOW, FAR))
    ]
    made["hours"] = _always((NEAR, FAR))
    made["items"] = [each for each in made["items"] if each["item"]["code"] == ITEM]
    made["agreements"] = [
        {
            "id": "rehearsal",
            "near": NEAR_REGION,
            "far": FAR_REGION,
            "hall": FAR,
            "items": [ITEM],
            "since": "2026-01-01",
            "until": None,
        }
    ]
    return made


def _always(halls: Iterable[str]) -> list[dict[str, Any]]:
    return [
        {"hall": hall, "weekday": weekday, **_ALWAYS} for hall in halls for weekday in range(1, 8)
    ]


def picture(number: int) -> bytes:
    """A page as a document camera would see it: paper with lines on a table, as JPEG."""
    page = Image.new("RGB", (2480, 1754), (92, 84, 76))
    draw = ImageDraw.Draw(page)
    draw.rectangle((160, 140, 2320, 1614), fill=(247, 246, 240))
    for line in range(12):
        end = 2100 - (line * 157 + number * 389) % 900
        draw.rectangle((320, 300 + line * 100, end, 330 + line * 100), fill=(60, 60, 70))
    out = io.BytesIO()
    page.save(out, "JPEG", quality=85)
    return out.getvalue()


def touches() -> list[Json]:
    """The signature as a pad tells it."""
    found: list[Json] = []
    at = 0
    for stroke in STROKES:
        line: list[Json] = []
        for x, y in stroke:
            at += 40
            line.append({"x": x, "y": y, "t": at})
        found.append(line)
    return found
