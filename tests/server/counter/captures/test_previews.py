"""What both sides see of a picture, looked at by its pixels; and that the original stays as it
came."""

import hashlib

import pytest
from PIL import Image, ImageCms

from server.counter.captures.receiving import Size
from server.errors import NotFound, TooLarge
from tests.server.counter.captures.conftest import ROOM, Corners, Table
from tests.server.counter.captures.files import (
    as_stored,
    exif,
    heic,
    jpeg,
    pdf,
    quarters,
    saved,
)

UPRIGHT = ["red", "green", "blue", "yellow"]


async def test_a_picture_is_kept_as_it_came_under_its_digest(table: Table) -> None:
    data = jpeg(3000, 2000)
    capture = await table.put(data)
    assert capture.sha256 == hashlib.sha256(data).hexdigest()
    assert (capture.size, capture.media_type) == (len(data), "image/jpeg")
    assert (capture.pages, capture.width, capture.height) == (1, 3000, 2000)
    kept = await table.captures.original(ROOM, capture.sha256)
    assert kept.name == f"materials/{capture.sha256}"
    assert await table.blobs.read(kept.sha256) == data
    assert table.left() == []


async def test_a_preview_has_1600_pixels_on_its_long_side_and_a_small_one_240(
    table: Table, corners: Corners
) -> None:
    capture = await table.put(jpeg(3000, 2000))
    preview = await table.preview(capture)
    small = await table.preview(capture, size=Size.SMALL)
    assert (preview.size, small.size) == ((1600, 1067), (240, 160))
    assert corners(preview) == corners(small) == UPRIGHT


async def test_a_small_picture_is_not_blown_up(table: Table) -> None:
    assert (await table.preview(await table.put(jpeg(320, 200)))).size == (320, 200)


@pytest.mark.parametrize("orientation", range(1, 9))
async def test_every_orientation_of_a_camera_is_shown_upright(
    table: Table, corners: Corners, orientation: int
) -> None:
    stored = as_stored(quarters(), orientation)
    data = saved(stored, "JPEG", quality=90, exif=exif(orientation))
    capture = await table.put(data)
    assert (capture.width, capture.height) == (800, 600)
    preview = await table.preview(capture)
    assert preview.size == (800, 600)
    assert corners(preview) == UPRIGHT


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
async def test_a_preview_does_not_tell_where_the_picture_was_taken(table: Table, form: str) -> None:
    data = saved(quarters(), form, exif=exif(1, place=True))
    assert b"Camera of Kunming" in data
    capture = await table.put(data)
    for size in Size:
        preview = await table.preview(capture, size=size)
        assert not preview.getexif()
        found = await table.captures.preview(ROOM, capture.sha256, 1, size)
        assert b"Kunming" not in await table.blobs.read(found.sha256)
    assert await table.blobs.read(capture.sha256) == data


async def test_pictures_of_phones_are_seen_too(table: Table, corners: Corners) -> None:
    capture = await table.put(heic(quarters(1200, 900)))
    assert (capture.media_type, capture.width, capture.height) == ("image/heic", 1200, 900)
    assert corners(await table.preview(capture)) == UPRIGHT


async def test_a_phone_held_upright_gives_an_upright_picture(
    table: Table, corners: Corners
) -> None:
    stored = as_stored(quarters(900, 1200), 6)
    capture = await table.put(heic(stored, exif=exif(6, place=True).tobytes()))
    assert (capture.width, capture.height) == (900, 1200)
    preview = await table.preview(capture)
    assert preview.size == (900, 1200)
    assert corners(preview) == UPRIGHT


async def test_a_clear_background_is_white(table: Table, corners: Corners) -> None:
    picture = quarters().convert("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 400, 300))
    capture = await table.put(saved(picture, "PNG"))
    assert corners(await table.preview(capture))[0] == "white"


async def test_grey_of_16_bits_stays_grey(table: Table) -> None:
    picture = Image.new("I;16", (400, 300), 0x8000)
    preview = await table.preview(await table.put(saved(picture, "PNG")))
    pixel = preview.getpixel((200, 150))
    assert isinstance(pixel, tuple)
    assert all(abs(each - 0x80) < 6 for each in pixel)


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK"])
async def test_other_kinds_of_pixels_are_shown(table: Table, mode: str) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"
    capture = await table.put(saved(quarters().convert(mode), form))
    assert (await table.preview(capture)).mode == "RGB"


async def test_colours_of_a_wide_screen_are_shown_as_they_are_meant(table: Table) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    plain = saved(Image.new("RGB", (64, 64), "teal"), "PNG")
    broken = saved(Image.new("RGB", (64, 64), "teal"), "PNG", icc_profile=b"no profile at all")
    unfit = saved(Image.new("RGB", (64, 64), "teal"), "PNG", icc_profile=profile.tobytes())
    seen = [
        (await table.preview(await table.put(data))).getpixel((30, 30))
        for data in (plain, broken, unfit)
    ]
    assert seen[0] == seen[1] == seen[2]


async def test_a_pdf_shows_its_first_page_at_once_and_the_others_when_asked(
    table: Table, corners: Corners
) -> None:
    capture = await table.put(pdf(pages=3))
    assert (capture.media_type, capture.pages) == ("application/pdf", 3)
    assert (capture.width, capture.height) == (0, 0)
    first = await table.preview(capture)
    assert first.size == (1131, 1600)
    assert corners(first) == ["red", "white", "white", "black"]
    third = await table.preview(capture, page=3)
    assert corners(third) == ["red", "white", "white", "blue"]
    assert len(await table.files.list(ROOM, "previews/")) == 4


async def test_a_page_that_is_not_there_is_not_found(table: Table) -> None:
    capture = await table.put(jpeg())
    with pytest.raises(NotFound):
        await table.captures.preview(ROOM, capture.sha256, 2)


async def test_the_same_picture_twice_is_one_file(table: Table) -> None:
    data = jpeg()
    assert await table.put(data) == await table.put(data)
    assert len(await table.files.list(ROOM, "materials/")) == 1


async def test_nothing_stays_of_a_picture_that_is_too_large(table: Table) -> None:
    table.captures.most_bytes = 10_000
    with pytest.raises(TooLarge):
        await table.put(jpeg(3000, 2000))
    assert table.left() == []
    assert await table.files.list(ROOM) == []
