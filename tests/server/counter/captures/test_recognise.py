"""Text recognition with the real models, on drawn documents."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from rooms.counter.recognised import propose
from rooms.counter.terms import Field, FieldKind
from server.counter.captures.recognise import Reader, RecognitionOff
from server.documents.fonts import BUILT, REGULAR, SHIPPED, find
from server.errors import Unavailable
from tests.server.counter.captures.conftest import ROOM, Table
from tests.server.counter.captures.files import saved
from tests.server.site import until

NUMBER = "11010519491231002X"


def font(size: int) -> ImageFont.FreeTypeFont:
    """The typeface of the product's documents."""
    path = find(SHIPPED, REGULAR) or find(BUILT, REGULAR)
    assert path is not None
    return ImageFont.truetype(path, size)


def drawn(lines: Sequence[tuple[int, str]], size: int = 52) -> bytes:
    """A document with these lines, each so far from the left."""
    paper = Image.new("RGB", (1800, 240 + 2 * size * len(lines)), "white")
    draw = ImageDraw.Draw(paper)
    for at, (left, text) in enumerate(lines):
        draw.text((left, 120 + at * 2 * size), text, font=font(size), fill=(40, 40, 40))
    return saved(paper, "JPEG", quality=85)


@pytest.fixture
async def reader() -> AsyncIterator[Reader]:
    """A reader of texts."""
    made = Reader()
    yield made
    await made.close()


async def preview(table: Table, data: bytes) -> Path:
    """The file of the preview that is read."""
    capture = await table.put(data)
    found = await table.captures.preview(ROOM, capture.sha256)
    return table.blobs.path(found.sha256)


async def test_an_identity_card_prefills_a_form(table: Table, reader: Reader) -> None:
    card = drawn(
        [
            (100, "姓名　王小明"),
            (100, "性别　女　　民族　汉"),
            (100, "出生　1949 年 12 月 31 日"),
            (100, "住址　云南省昆明市五华区翠湖南路"),
            (260, "12号3栋402室"),
            (100, f"公民身份号码　{NUMBER}"),
        ]
    )
    lines = await reader.lines(await preview(table, card))
    assert all(0.5 < each.score <= 1 for each in lines)
    assert all(each.left < each.right and each.top < each.bottom for each in lines)
    form = (
        Field("name", "姓名", FieldKind.TEXT),
        Field("sex", "性别", FieldKind.CHOICE, choices=("男", "女")),
        Field("born", "出生日期", FieldKind.DATE),
        Field("address", "家庭住址", FieldKind.TEXT),
        Field("number", "身份证号码", FieldKind.ID_NUMBER),
    )
    found = {each.field: each for each in propose(form, lines)}
    assert {name: each.value for name, each in found.items()} == {
        "name": "王小明",
        "sex": "女",
        "born": "1949-12-31",
        "address": "云南省昆明市五华区翠湖南路12号3栋402室",
        "number": NUMBER,
    }
    assert found["number"].checked
    assert not found["name"].checked


async def test_a_bank_card_and_a_blank_page_are_read_by_the_same_child(
    table: Table, reader: Reader
) -> None:
    card = drawn([(200, "中国银行"), (200, "4539 1488 0343 6467")], size=80)
    lines = await reader.lines(await preview(table, card))
    first = reader.pid
    form = (Field("account", "收款账号", FieldKind.TEXT),)
    assert [(each.value, each.checked) for each in propose(form, lines)] == [
        ("4539148803436467", True)
    ]
    assert await reader.lines(await preview(table, drawn([]))) == ()
    assert reader.pid == first


async def test_a_reader_that_died_is_told_and_the_next_one_reads(
    table: Table, reader: Reader, tmp_path: Path
) -> None:
    with pytest.raises(Unavailable, match="recognition_failed"):
        await reader.lines(tmp_path / "nothing.webp")
    assert await reader.lines(await preview(table, drawn([(100, "姓名　李四")])))


async def test_a_reader_with_nothing_to_do_goes(table: Table) -> None:
    reader = Reader(idle_seconds=0.2)
    await reader.lines(await preview(table, drawn([])))
    await until(lambda: reader.pid is None, seconds=60)


async def test_without_the_extra_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(RecognitionOff) as off:
        await Reader(installed=False).lines(tmp_path / "any.webp")
    assert (off.value.status, off.value.code) == (501, "recognition_off")
