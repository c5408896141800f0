"""Files that were made to hurt: each is told its reason, and nothing of it is kept."""

import asyncio
import io
import os
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from server.counter.captures import child, receiving
from server.counter.captures.refused import CODES, NotTaken
from tests.server.counter.captures.conftest import OTHER, ROOM, Table, pieces
from tests.server.counter.captures.files import (
    changed,
    heic,
    jpeg,
    jpeg_header,
    laughing_pdf,
    pdf,
    png_header,
    quarters,
    saved,
)


async def refused(table: Table, data: bytes) -> str:
    """The code with which a file isn't taken; looks that nothing stays of it."""
    with pytest.raises(NotTaken) as problem:
        await table.put(data)
    assert table.left() == []
    assert await table.files.list(ROOM) == []
    assert problem.value.status == 422
    assert problem.value.code in CODES
    return problem.value.code


async def test_nothing_at_all(table: Table) -> None:
    assert await refused(table, b"") == "material_empty"


@pytest.mark.parametrize(
    "data",
    [
        b"MZ" + bytes(500),
        b"GIF89a" + bytes(500),
        b"PK\x03\x04" + bytes(500),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\x00\x00\x00\x18ftypmp42" + bytes(500),
        b"\n\n%PDF-1.7\n" + bytes(500),
        b"hello",
    ],
    ids=["program", "gif", "zip", "svg", "film", "pdf-after-something", "text"],
)
async def test_kinds_that_are_not_taken(table: Table, data: bytes) -> None:
    assert await refused(table, data) == "material_type"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIC", "PDF"])
async def test_files_cut_off_in_the_middle(table: Table, form: str) -> None:
    whole = {"HEIC": lambda: heic(quarters()), "PDF": pdf}.get(
        form, lambda: saved(quarters(), form)
    )()
    assert await refused(table, whole[: len(whole) // 2]) == "material_broken"


async def test_a_beginning_without_a_rest(table: Table) -> None:
    for beginning in (jpeg()[:20], png_header(10, 10)[:20], b"RIFF\x10\0\0\0WEBPVP8 ", b"%PDF-1.7"):
        assert await refused(table, beginning) == "material_broken"


@pytest.mark.parametrize("size", [(60_000, 60_000), (65_000, 1), (9_000, 9_000)])
async def test_headers_that_promise_too_many_pixels(table: Table, size: tuple[int, int]) -> None:
    assert await refused(table, png_header(*size)) == "material_too_many_pixels"
    assert await refused(table, jpeg_header(*size)) == "material_too_many_pixels"


def _zeros(megabytes: int) -> bytes:
    """So many megabytes of zeros, packed. After a full flush a piece stands for itself, so it can
    be repeated."""
    packed = zlib.compressobj(9)
    first = packed.compress(bytes(2**20)) + packed.flush(zlib.Z_FULL_FLUSH)
    again = packed.compress(bytes(2**20)) + packed.flush(zlib.Z_FULL_FLUSH)
    return first + again * (megabytes - 1) + packed.flush()


async def test_a_png_whose_colour_profile_unpacks_to_a_gigabyte(table: Table) -> None:
    bomb = b"icc\0\0" + _zeros(1024)
    plain = saved(quarters(), "PNG")
    chunk = b"iCCP" + bomb
    bombed = plain[:33] + len(bomb).to_bytes(4, "big") + chunk
    bombed += zlib.crc32(chunk).to_bytes(4, "big") + plain[33:]
    assert await refused(table, bombed) in ("material_broken", "material_too_costly")


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
async def test_pictures_that_move(table: Table, form: str) -> None:
    frames = [quarters(), quarters().transpose(Image.Transpose.ROTATE_180)]
    moving = saved(frames[0], form, save_all=True, append_images=frames[1:], duration=100)
    assert await refused(table, moving) == "material_animated"


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("hello.txt", "hello")
    return out.getvalue()


def _jpeg_with_comment(comment: bytes) -> bytes:
    plain = jpeg()
    return plain[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + plain[2:]


@pytest.mark.parametrize(
    "data",
    [
        jpeg() + _zip(),
        pdf() + _zip(),
        _jpeg_with_comment(b"%PDF-1.4 and more"),
        _jpeg_with_comment(b"<ScRiPt>alert(1)</script>"),
        _jpeg_with_comment(b"<!DOCTYPE html><body>"),
    ],
    ids=["jpeg-zip", "pdf-zip", "jpeg-pdf", "jpeg-script", "jpeg-page"],
)
async def test_files_that_are_two_things(table: Table, data: bytes) -> None:
    assert await refused(table, data) == "material_two_faced"


async def test_the_letters_of_a_zip_inside_a_picture_are_chance(table: Table) -> None:
    await table.put(jpeg() + b"PK\x05\x06" + bytes(40))


async def test_a_pdf_with_too_many_pages(table: Table) -> None:
    assert await refused(table, pdf(pages=51)) == "pdf_too_many_pages"


@pytest.mark.parametrize("user", ["", "secret"])
async def test_a_locked_pdf(table: Table, user: str) -> None:
    key = pikepdf.Encryption(owner="owner", user=user)
    assert await refused(table, changed(pdf(), lambda _: None, encryption=key)) == "pdf_encrypted"


def _script(opened: pikepdf.Pdf) -> None:
    opened.Root.OpenAction = pikepdf.Dictionary(
        S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")
    )


def _launch(opened: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("calc.exe"))
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action
    )
    opened.pages[0].Annots = pikepdf.Array([link])


def _film(opened: pikepdf.Pdf) -> None:
    annotation = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.RichMedia, Rect=[0, 0, 9, 9]
    )
    opened.pages[0].Annots = opened.make_indirect(pikepdf.Array([annotation]))


def _xfa(opened: pikepdf.Pdf) -> None:
    opened.Root.AcroForm = pikepdf.Dictionary(Fields=[], XFA=opened.make_stream(b"<xdp/>"))


def _names(opened: pikepdf.Pdf) -> None:
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=opened.make_stream(b"run()"))
    tree = pikepdf.Dictionary(Names=[pikepdf.String("a"), script])
    opened.Root.Names = pikepdf.Dictionary(JavaScript=tree)


@pytest.mark.parametrize("change", [_script, _launch, _film, _xfa, _names])
async def test_a_pdf_that_does_something(table: Table, change: Any) -> None:
    assert await refused(table, changed(pdf(), change)) == "pdf_active"


async def test_a_pdf_that_opens_at_a_page_and_carries_a_file_is_only_paper(table: Table) -> None:
    def go_and_attach(opened: pikepdf.Pdf) -> None:
        opened.Root.OpenAction = pikepdf.Array([opened.pages[0].obj, pikepdf.Name.Fit])
        # Electronic invoices carry their data so.
        opened.attachments["invoice.xml"] = pikepdf.AttachedFileSpec(opened, b"<x/>")

    assert (await table.put(changed(pdf(), go_and_attach))).pages == 1


async def test_a_pdf_that_would_be_drawn_for_ever(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = child.Limits(seconds=60, processor=3, memory=2**30, written=2**24)
    monkeypatch.setattr(receiving, "LIMITS", short)
    assert await refused(table, laughing_pdf()) == "material_too_costly"


async def test_one_session_full_of_bombs_does_not_hold_up_another(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = child.Limits(seconds=120, processor=2, memory=2**30, written=2**24)
    monkeypatch.setattr(receiving, "LIMITS", short)
    bombs = [asyncio.create_task(table.put(laughing_pdf(12 + extra))) for extra in range(3)]
    await asyncio.sleep(0)
    await table.captures.receive(OTHER, pieces(jpeg()))
    assert not all(bomb.done() for bomb in bombs)
    ends = await asyncio.gather(*bombs, return_exceptions=True)
    assert {getattr(end, "code", None) for end in ends} == {"material_too_costly"}


async def test_a_pdf_of_countless_objects(table: Table) -> None:
    def fill(opened: pikepdf.Pdf) -> None:
        many = [opened.make_indirect(pikepdf.Dictionary(N=number)) for number in range(60_000)]
        opened.Root.Many = pikepdf.Array(many)

    mode = pikepdf.ObjectStreamMode.generate
    data = changed(pdf(), fill, object_stream_mode=mode)
    assert await refused(table, data) == "material_too_costly"


async def test_a_pdf_whose_object_stream_unpacks_to_gigabytes(table: Table) -> None:
    zeros = _zeros(4096)
    bomb = (
        b"%PDF-1.7\n1 0 obj\n<</Type/XRef/Size 9/W[1 2 1]/Root 2 0 R/Filter/FlateDecode/Length "
        + str(len(zeros)).encode()
        + b">>stream\n"
        + zeros
        + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"
    )
    assert await refused(table, bomb) in ("material_too_costly", "material_broken")


async def test_a_look_that_takes_too_long_is_given_up(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty = child.Limits(seconds=0.01, processor=9, memory=2**30, written=2**24)
    monkeypatch.setattr(receiving, "LIMITS", hasty)
    assert await refused(table, jpeg()) == "material_too_costly"


async def test_a_large_picture_is_decoded_outside_of_the_server(table: Table) -> None:
    # 77 megapixels of RGBA are 310 MB when decoded.
    data = saved(Image.new("RGBA", (11_000, 7_000), (0, 90, 0, 128)), "PNG", compress_level=1)
    before = _resident()
    most = 0

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, _resident())
            await asyncio.sleep(0.01)

    watching = asyncio.create_task(watch())
    capture = await table.put(data)
    watching.cancel()
    assert (capture.width, capture.height) == (11_000, 7_000)
    assert most - before < 40 * 2**20


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


async def test_a_child_knows_no_secret_of_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUNKAI_PASSPHRASE", "correct horse")
    assert not any(name.startswith("YUNKAI") for name in child.environment())
