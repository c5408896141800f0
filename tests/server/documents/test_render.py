"""A record on paper: what a person, a search and a program find in it."""

import hashlib
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from rooms.record import Column, Field, Paragraphs, Record, SignatureSlot, Table
from server.documents.fonts import MISSING, Fonts
from server.documents.render import render
from tests.server.documents.samples import HEAD, LONG, RARE, opening, receipt


def text(pdf: bytes, tmp_path: Path, *options: str) -> str:
    (tmp_path / "it.pdf").write_bytes(pdf)
    asked = ["pdftotext", *options, tmp_path / "it.pdf", "-"]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout


def pages(pdf: bytes) -> int:
    with pikepdf.open(BytesIO(pdf)) as opened:
        return len(opened.pages)


def test_the_same_record_gives_the_same_bytes(fonts: Fonts) -> None:
    assert render(opening(20), fonts) == render(opening(20), Fonts.load())


def test_records_drawn_at_the_same_time_do_not_mix(fonts: Fonts) -> None:
    records = [opening(count) for count in (3, 4, 5, 6)] * 2
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda record: render(record, fonts), records))
    assert together == [render(record, fonts) for record in records]


def test_rare_characters_come_back_as_text(unsealed: bytes, tmp_path: Path) -> None:
    found = text(unsealed, tmp_path)
    assert RARE in found
    assert "王𬭎" in found
    assert "䶮城㛃衡市政工程有限公司" in found


def test_a_company_name_that_wraps_is_found_as_one_piece(unsealed: bytes, tmp_path: Path) -> None:
    assert LONG in text(unsealed, tmp_path)


def test_a_character_without_a_glyph_is_marked_on_paper_and_kept_in_the_text(
    fonts: Fonts, tmp_path: Path
) -> None:
    assert fonts.missing(["吉祥", "𠮷祥"]) == ["𠮷"]
    record = replace(opening(1), header=(Field("招标人", "𠮷祥有限公司"),))
    found = text(render(record, fonts), tmp_path)
    assert "𠮷祥有限公司" in found
    assert f"{MISSING} 代表字库未收录的字" in found


def test_the_header_and_the_page_number_are_on_every_page(fonts: Fonts, tmp_path: Path) -> None:
    pdf = render(opening(200), fonts)
    count = pages(pdf)
    assert count > 15
    found = text(pdf, tmp_path).split("\f")
    for number, page in enumerate(found[:count], start=1):
        assert f"第 {number} 页 / 共 {count} 页" in page
    with_rows = [page for page in found if "建设工程有限公司" in page]
    assert len(with_rows) > 15
    assert all("投标报价（元）" in page for page in with_rows)
    assert all(f"第{place}建设工程有限公司" in "".join(found) for place in range(6, 201))


def test_a_cell_longer_than_a_page_goes_on_over_the_next(fonts: Fonts, tmp_path: Path) -> None:
    words = "\n".join(f"第{number}句。" for number in range(900))
    section = Table("异议", (Column("异议内容"), Column("答复")), ((words, "已答复"),))
    pdf = render(replace(opening(1), sections=(section,)), fonts)
    found = re.sub(r"\s", "", text(pdf, tmp_path))
    assert all(f"第{number}句。" in found for number in range(900))


def test_an_empty_cell_holds_a_dash_and_an_empty_table_says_so(
    fonts: Fonts, tmp_path: Path
) -> None:
    section = Table("暂停", (Column("开始"), Column("原因")), (), empty="本次开标无暂停。")
    gap = Table("备注", (Column("甲"), Column("乙")), (("", "有"),))
    record = replace(opening(1), sections=(section, gap))
    found = text(render(record, fonts), tmp_path)
    assert "本次开标无暂停。" in found
    assert "—" in found


def test_a_figure_is_set_smaller_rather_than_broken(fonts: Fonts, tmp_path: Path) -> None:
    columns = (Column("报价", 1, numeric=True), Column("说明", 30))
    section = Table("报价", columns, (("12,345,678.90", "无"),))
    found = text(render(replace(opening(1), sections=(section,)), fonts), tmp_path, "-layout")
    assert "12,345,678.90" in found


def test_short_words_stay_whole_where_another_column_has_room(fonts: Fonts, tmp_path: Path) -> None:
    columns = (Column("保证金", 1), Column("说明", 9), *(Column("列", 1) for _ in range(12)))
    section = Table("表", columns, (("未缴纳", "无", *("甲" for _ in range(12))),))
    found = text(render(replace(opening(1), sections=(section,)), fonts), tmp_path, "-bbox-layout")
    assert re.search(r">未缴纳</word>", found)


def test_control_characters_draw_nothing(fonts: Fonts, tmp_path: Path) -> None:
    record = replace(opening(1), sections=(Paragraphs("说明", ("甲\x00\x07乙\u202e丙",)),))
    assert "甲乙丙" in text(render(record, fonts), tmp_path)


def test_the_footer_names_the_digest_of_the_attached_log(unsealed: bytes, tmp_path: Path) -> None:
    found = text(unsealed, tmp_path)
    subprocess.run(["pdfdetach", "-saveall", "-o", tmp_path, tmp_path / "it.pdf"], check=True)
    log = (tmp_path / "log.jsonl").read_bytes()
    assert log == opening(3).log
    assert f"日志摘要 SHA-256 {hashlib.sha256(log).hexdigest()}" in re.sub(" +", " ", found)
    assert (tmp_path / "head.txt").read_text() == HEAD


def test_the_log_is_data_associated_with_the_document(unsealed: bytes) -> None:
    with pikepdf.open(BytesIO(unsealed)) as opened:
        first = opened.Root.AF[0]
        assert first.AFRelationship == pikepdf.Name.Data
        assert first.EF.F.read_bytes() == opening(3).log


def test_the_bidders_table_is_a_table_with_headings_to_a_screen_reader(unsealed: bytes) -> None:
    def walk(element: pikepdf.Object) -> list[pikepdf.Object]:
        kids = element.get("/K", [])
        if not isinstance(kids, pikepdf.Array):
            kids = [kids]
        below = [kid for kid in kids if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]
        return [element, *(each for kid in below for each in walk(kid))]

    with pikepdf.open(BytesIO(unsealed)) as opened:
        assert str(opened.Root.Lang) == "zh-CN"
        elements = walk(opened.Root.StructTreeRoot.K)
        kinds = [str(element.S) for element in elements]
        assert kinds.count("/H1") == 1
        columns = [each for each in elements if "/A" in each and each.A.get("/Scope") == "/Column"]
        assert len(columns) >= 14
        assert kinds.count("/Form") == 4
        (code,) = [each for each in elements if each.S == "/Figure"]
        assert f"{opening(3).verify_url}#sha256={opening(3).log_digest}" in str(code.Alt)


def test_twenty_people_have_a_place_to_sign_on_the_page(fonts: Fonts) -> None:
    slots = tuple(SignatureSlot(f"person-{n}", "投标人代表", f"代表{n}") for n in range(20))
    for record in (opening(1), receipt()):
        pdf = render(replace(record, signatures=slots), fonts)
        with pikepdf.open(BytesIO(pdf)) as opened:
            height = float(opened.pages[0].mediabox[3])
            found = list(opened.Root.AcroForm.Fields)
            assert len(found) == 21
            assert all(40 < float(each.Rect[1]) < float(each.Rect[3]) < height for each in found)


def test_a_receipt_is_one_upright_page(fonts: Fonts, tmp_path: Path) -> None:
    pdf = render(receipt(), fonts)
    assert pages(pdf) == 1
    with pikepdf.open(BytesIO(pdf)) as opened:
        _, _, width, height = (float(edge) for edge in opened.pages[0].mediabox)
        assert width < height
    found = text(pdf, tmp_path)
    assert "投标回执" in found
    assert hashlib.sha256(b"header").hexdigest() in found
    assert "回执摘要 SHA-256" in found


def test_the_code_names_the_log_even_where_the_site_has_no_address(fonts: Fonts) -> None:
    record = replace(receipt(), verify_url="")
    with pikepdf.open(BytesIO(render(record, fonts))) as opened:
        alts = [str(each.Alt) for each in opened.objects if _is_figure(each)]
    assert alts == [f"核验二维码：sha256={record.log_digest}"]


def _is_figure(thing: pikepdf.Object) -> bool:
    return isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == pikepdf.Name.Figure


def test_an_english_record_has_english_surroundings(fonts: Fonts, tmp_path: Path) -> None:
    record = replace(receipt(), language="en", title="Receipt of a bid")
    found = text(render(record, fonts), tmp_path)
    assert "Page 1 of 1" in found
    assert "2026-11-20" in found


def test_a_row_must_have_a_cell_for_every_column() -> None:
    with pytest.raises(ValueError, match="1 cells under 2 columns"):
        Table("表", (Column("甲"), Column("乙")), (("一",),))


def test_a_record_needs_distinct_fields_to_sign_and_a_zoned_date() -> None:
    record = opening(1)
    with pytest.raises(ValueError, match="signature fields"):
        replace(record, signatures=(record.signatures[0], record.signatures[0]))
    with pytest.raises(ValueError, match="time zone"):
        replace(record, issued_at=record.issued_at.replace(tzinfo=None))


def test_a_record_tells_all_its_texts() -> None:
    shown: Record = opening(4)
    texts = shown.texts()
    assert {shown.title, RARE, "赵敏", "附件二　暂停与延时", "本次开标无暂停、无延时。"} <= set(
        texts
    )
