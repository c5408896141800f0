"""Files that are brought in: everything that is wrong is told by its line, and what is right comes
back as it went out."""

import csv
import io
import json
import random
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.counter.terms import Condition, Field, FieldKind, Operator, Outcome, Rule
from server.counter.catalogue import csvfile, source
from server.counter.catalogue.csvfile import MOST_UNPACKED, read_csv, read_single
from server.counter.catalogue.csvwriting import write_csv
from server.counter.catalogue.jsonfile import read_json, write_json
from server.counter.catalogue.source import MOST_TOLD, CatalogueRefused, understood
from server.counter.catalogue.tables import Region, Tables, merged
from server.errors import TooLarge, Unreadable
from tests.server.counter.catalogue.conftest import DEMO, demo_tables
from tests.server.counter.catalogue.files import (
    as_source,
    document,
    line_of,
    packed,
    replaced,
    sheets,
    told,
    told_of_sheets,
    with_line,
)

EMPTY = Tables()


def test_the_demonstration_is_written_as_an_export_would_write_it() -> None:
    assert write_json(demo_tables()) == DEMO.read_bytes()


@pytest.mark.parametrize("old", [EMPTY, demo_tables()], ids=["empty", "filled"])
def test_what_was_exported_comes_back_the_same(old: Tables) -> None:
    tables = demo_tables()
    for read in (read_json(write_json(tables)), read_csv(write_csv(tables))):
        assert merged(old, understood(read, old)) == tables


def test_an_export_does_not_depend_on_when_it_is_made() -> None:
    assert write_csv(demo_tables()) == write_csv(demo_tables())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_spreadsheets_may_write_in_their_own_encoding(encoding: str) -> None:
    files = {name: text.encode(encoding) for name, text in sheets(demo_tables()).items()}
    assert merged(EMPTY, understood(read_csv(packed(files)), EMPTY)) == demo_tables()


def test_what_a_spreadsheet_does_to_days_times_and_words_is_understood() -> None:
    files = sheets(demo_tables())
    files = replaced(files, "hours.csv", "09:00", "9:00:00")
    files = replaced(files, "days.csv", "2026-01-01", "2026/1/1")
    files = replaced(files, "items.csv", "异地代收代办", "received")
    files = replaced(files, "materials.csv", ",是,", ",TRUE,")
    files["regions.csv"] = files["regions.csv"].replace("\n", ",,\n") + ",,,,\n\n"
    files = replaced(files, "regions.csv", "区划代码,名称,上级代码", "Code,name,parent")
    assert merged(EMPTY, understood(read_csv(packed(files)), EMPTY)) == demo_tables()


def test_files_may_lie_in_a_folder_beside_what_one_system_adds() -> None:
    files: dict[str, str | bytes] = {
        f"catalogue/{name}": text for name, text in sheets(demo_tables()).items()
    }
    files["__MACOSX/catalogue/._regions.csv"] = b"\x00\x05\x16\x07"
    assert told_of_sheets(files, EMPTY) == []


def test_a_cell_that_looks_like_a_formula_is_marked_and_comes_back() -> None:
    tables = Tables(regions=(Region("530000", "=1+1"), Region("520000", "'=HYPERLINK")))
    written = sheets(tables)["regions.csv"]
    assert "'=1+1" in written
    assert "''=HYPERLINK" in written
    back = understood(read_csv(write_csv(tables)), EMPTY)
    assert merged(EMPTY, back) == merged(EMPTY, tables)


NAMES = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=30
).filter(str.strip)


@given(st.lists(NAMES, min_size=1, max_size=5, unique=True), NAMES, NAMES)
def test_any_text_survives_both_formats(choices: list[str], name: str, note: str) -> None:
    first = demo_tables().items[0]
    fields = (
        Field("choice", name, FieldKind.CHOICE, choices=tuple(choices)),
        Field("count", name, FieldKind.NUMBER),
    )
    conditions = (
        Condition("choice", Operator.EQUAL, choices[0]),
        Condition("count", Operator.AT_LEAST, 7),
    )
    rules = (Rule(name, conditions, Outcome.DONE),)
    materials = (replace(first.item.materials[0], note=f"{note}\n{name}"),)
    item = replace(
        first.item, fields=fields, rules=rules, materials=materials, results=tuple(choices)
    )
    tables = Tables(regions=demo_tables().regions, items=(replace(first, item=item),))
    for read in (read_json(write_json(tables)), read_csv(write_csv(tables))):
        assert understood(read, EMPTY).items == tables.items


# Errors by line


def test_every_error_of_a_document_is_told_with_its_line() -> None:
    changed = document(demo_tables())
    changed["regions"][1]["name"] = " "
    changed["halls"][1]["latitude"] = "95.0"
    changed["halls"][0]["storeys"] = 3
    del changed["windows"][0]["hall"]
    changed["items"][0]["item"]["materials"][1]["kind"] = "papyrus"
    changed["items"][1]["item"]["fields"][0]["most"] = "fifty"
    changed["hours"] = {}
    text = json.dumps(changed, ensure_ascii=False, indent=1)
    lines = text.split("\n")
    found = told(read_json(text.encode()), EMPTY)
    assert {(field, code) for _, _, field, code in found} == {
        ("regions[1].name", "text_missing"),
        ("halls[1].latitude", "degrees"),
        ("halls[0].storeys", "unknown"),
        ("windows[0].hall", "missing"),
        ("items[0].item.materials[1].kind", "unknown"),
        ("items[1].item.fields[0].most", "type"),
        ("hours", "type"),
    }
    for file, line, field, code in found:
        assert file == "catalogue.json"
        if code != "missing":
            assert f'"{field.rpartition(".")[2]}"' in lines[line - 1]
        else:
            assert lines[line - 1].strip() == "{"


BROKEN_JSON: dict[str, tuple[bytes, int, str]] = {
    "half a document": (b'{\n"format":\n"yunkai/catalogue/v1",\n"regions": [', 4, "json"),
    "not UTF-8": (b'{\n"format": "\xff"}', 2, "json_text"),
    "a member twice": (b'{"format": 1,\n"format": 2}', 1, "json_duplicate"),
    "a fraction": (b'{"regions": [1.5]}', 1, "json_number"),
    "a very deep list": (b"[" * 100_000, 1, "json_depth"),
    "a list": (b"[]", 1, "format"),
    "another format": (b'{"format": "somebody/else/v7"}', 1, "format"),
    "nothing": (b"", 1, "json"),
}


@pytest.mark.parametrize(
    ("data", "line", "code"), BROKEN_JSON.values(), ids=list(BROKEN_JSON.keys())
)
def test_broken_json_is_told(data: bytes, line: int, code: str) -> None:
    assert told(read_json(data), EMPTY) == [("catalogue.json", line, "", code)]


SHEET_ERRORS: dict[str, tuple[str, str, str, str, str]] = {
    "a region without a name": ("regions.csv", "毕节市", "", "name", "missing"),
    "a parent that is not there": ("regions.csv", ",520000", ",990000", "parent", "unknown_region"),
    "a parent that is not above": ("regions.csv", ",520000", ",530000", "parent", "not_above"),
    "a weekday that is none": ("hours.csv", ",6,", ",8,", "weekday", "out_of_range"),
    "a time that is none": ("hours.csv", "09:30", "25:30", "opens", "clock"),
    "a hall that closes before it opens": (
        "hours.csv",
        "09:30,12:00",
        "09:30,09:00",
        "closes",
        "ends_before_it_begins",
    ),
    "a day that is none": ("days.csv", "2026-09-20", "2026-09-31", "day", "date"),
    "a word that is none": ("days.csv", "放假", "放暑假", "kind", "unknown"),
    "a number in words": ("materials.csv", ",2,", ",二,", "most_pages", "number"),
    "yes or no": ("materials.csv", ",是,", ",也许,", "required", "yes_or_no"),
    "an unknown hall": ("windows.csv", ",xishan,", ",nowhere,", "hall", "unknown_hall"),
    "an unknown skill": (
        "windows.csv",
        "530112-pension-transfer",
        "530112-dog-licence",
        "skills",
        "unknown_item",
    ),
    "a list that ends in a stroke": ("windows.csv", "-fund,", "-fund\\,", "skills", "list"),
    "a zone far away": ("halls.csv", "Asia/Shanghai", "Europe/Paris", "zone", "unknown_zone"),
    "money with a point": ("fees.csv", ",1000,", ",10.00,", "amount", "number"),
    "an item that is not there": (
        "fees.csv",
        "520502-driving",
        "520502-flying",
        "item",
        "unknown_item",
    ),
    "a rule over a field that is not there": (
        "rules.csv",
        ",months_paid,",
        ",years_paid,",
        "field",
        "unknown_form_field",
    ),
    "a rule over a number in words": ("rules.csv", ",180", ",many", "value", "type"),
    "an agreement with oneself": (
        "agreements.csv",
        "530112,520502,",
        "520502,520502,",
        "far",
        "same_region",
    ),
    "an agreement about nothing known": (
        "agreements.csv",
        "530112-sole-trader",
        "530112-no-trader",
        "items",
        "unknown_item",
    ),
    "an agreement with a hall elsewhere": (
        "agreements.csv",
        ",qixingguan,",
        ",xishan,",
        "hall",
        "hall_elsewhere",
    ),
    "a last day before the first": (
        "agreements.csv",
        "2030-12-31",
        "2020-12-31",
        "until",
        "ends_before_it_begins",
    ),
}


@pytest.mark.parametrize(
    ("file", "right", "wrong", "field", "code"), SHEET_ERRORS.values(), ids=list(SHEET_ERRORS)
)
def test_an_error_in_a_sheet_is_told_with_its_file_line_and_column(
    file: str, right: str, wrong: str, field: str, code: str
) -> None:
    files = sheets(demo_tables())
    line = line_of(files, file, right)
    found = told_of_sheets(replaced(files, file, right, wrong), EMPTY)
    assert (file, line, field, code) in found
    assert {each[0] for each in found} <= {file, "windows.csv"}


def test_a_row_that_cannot_be_read_is_no_reason_to_blame_those_that_speak_of_it() -> None:
    files = replaced(sheets(demo_tables()), "halls.csv", ",西山区碧鸡", ",")
    files = replaced(files, "items.csv", "2026-01-01", "")
    files = replaced(files, "items.csv", "异地代收代办", "飞鸽传书")
    lines = [line_of(files, "items.csv", "520500-housing-fund")]
    found = told_of_sheets(files, EMPTY)
    assert ("items.csv", lines[0], "valid_from", "missing") in found
    assert {each[3] for each in found} == {"missing", "unknown"}


def test_errors_in_several_files_are_told_together() -> None:
    files = replaced(sheets(demo_tables()), "hours.csv", "09:30", "soon")
    files = replaced(files, "halls.csv", "102.664380", "102,5")
    files = replaced(files, "fees.csv", ",1000,", ",-1,")
    found = {(each[0], each[3]) for each in told_of_sheets(files, EMPTY)}
    assert {("hours.csv", "clock"), ("fees.csv", "out_of_range")} <= found
    assert any(file == "halls.csv" for file, _ in found)


def test_lines_are_counted_through_cells_of_several_lines() -> None:
    files = sheets(demo_tables())
    files = replaced(files, "regions.csv", "贵州省", '"贵州\n省"')
    files = replaced(files, "regions.csv", "昆明市", "")
    assert ("regions.csv", 7, "name", "missing") in told_of_sheets(files, EMPTY)


HEADS: dict[str, tuple[str, str, list[tuple[str, str]]]] = {
    "an unknown column": (",上级代码", ",上级代码,人口", [("人口", "unknown_column")]),
    "a column twice": (",上级代码", ",名称", [("name", "repeated")]),
    "a column less": ("名称,", "", [("name", "missing_column")]),
    "another separator": (
        "区划代码,名称,上级代码",
        "区划代码;名称;上级代码",
        [
            ("code", "missing_column"),
            ("name", "missing_column"),
            ("区划代码;名称;上级代码", "unknown_column"),
        ],
    ),
}


@pytest.mark.parametrize(("right", "wrong", "errors"), HEADS.values(), ids=list(HEADS))
def test_a_head_that_does_not_fit_is_told(
    right: str, wrong: str, errors: list[tuple[str, str]]
) -> None:
    files = replaced(sheets(Tables(regions=demo_tables().regions)), "regions.csv", right, wrong)
    found = told(read_single("regions.csv", files["regions.csv"].encode()), EMPTY)
    assert [(field, code) for _, line, field, code in found if line == 1] == errors


def test_more_cells_than_columns_are_told() -> None:
    files = with_line(sheets(EMPTY), "regions.csv", "530000,云南省,,云岭")
    assert told_of_sheets(files, EMPTY) == [("regions.csv", 2, "", "too_many_cells")]


def test_a_file_that_no_table_has_and_one_that_comes_twice_are_told() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a/regions.csv", "code,name\n")
        archive.writestr("b/regions.csv", "code,name\n")
        archive.writestr("readme.txt", "hello")
    assert told(read_csv(made.getvalue()), EMPTY) == [
        ("readme.txt", 1, "", "unknown_file"),
        ("regions.csv", 1, "", "repeated"),
    ]


BROKEN_SHEETS: dict[str, tuple[bytes, int, str]] = {
    "bytes of no encoding": (b"code,name\n530000,\xff\xff\n", 2, "encoding"),
    "UTF-16": ("code,name\n530000,云".encode("utf-16"), 1, "encoding"),
    "a quote that never ends": (b'code,name\n530000,"Yunnan\n\n', 2, "csv"),
    "a cell of a million characters": (b"code,name\n530000," + b"x" * 1_000_000, 2, "csv"),
}


@pytest.mark.parametrize(
    ("content", "line", "code"), BROKEN_SHEETS.values(), ids=list(BROKEN_SHEETS)
)
def test_a_broken_sheet_is_told(content: bytes, line: int, code: str) -> None:
    found = told(read_single("regions.csv", content), EMPTY)
    assert ("regions.csv", line, "", code) in found


BROKEN_ZIPS = {
    "no archive": b"regions.csv",
    "nothing": b"",
    "half an archive": write_csv(demo_tables())[:2000],
    "an archive with damage": write_csv(demo_tables())[:100]
    + b"\x00" * 400
    + write_csv(demo_tables())[500:],
}


@pytest.mark.parametrize("data", BROKEN_ZIPS.values(), ids=list(BROKEN_ZIPS))
def test_a_broken_archive_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        read_csv(data)
    assert refused.value.code == "broken_zip"


def test_an_archive_that_swells_is_stopped() -> None:
    bomb = packed({"regions.csv": b"0" * (MOST_UNPACKED + 1)})
    assert len(bomb) < 1 << 20
    with pytest.raises(TooLarge):
        read_csv(bomb)


def test_an_archive_of_very_many_files_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        read_csv(packed({f"{number}.csv": "" for number in range(51)}))


def test_two_hundred_errors_are_told_and_all_are_counted() -> None:
    rows = [{"code": f"{number}", "name": ""} for number in range(100, 600)]
    changed = {"format": "yunkai/catalogue/v1", "regions": rows}
    with pytest.raises(CatalogueRefused) as refused:
        understood(as_source(changed), EMPTY)
    errors: Any = refused.value.params["errors"]
    assert len(errors) == MOST_TOLD
    # Each has a code that is none, no name and no parent.
    assert refused.value.params["total"] == 1500
    assert [each["line"] for each in errors] == sorted(each["line"] for each in errors)


def test_more_rows_than_a_table_may_have_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvfile, "MOST_ROWS", 5)
    monkeypatch.setattr(source, "MOST_ROWS", 5)
    found = told(read_single("regions.csv", sheets(demo_tables())["regions.csv"].encode()), EMPTY)
    assert ("regions.csv", 7, "", "too_many_rows") in found
    assert told(read_json(write_json(demo_tables())), EMPTY)[0][2:] == ("regions", "too_many_rows")


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_file_is_refused_or_understood_and_nothing_else(seed: int) -> None:
    chance = random.Random(seed)
    name, text = chance.choice(sorted(sheets(demo_tables()).items()))
    rows = list(csv.reader(io.StringIO(text)))
    for _ in range(chance.randint(1, 4)):
        row = chance.choice(rows)
        row[chance.randrange(len(row))] = chance.choice(
            ["", "\x00", "'", "|||", "9" * 40, "-1", "=1", "是", "\\", "530112", "2026-13-45"]
        )
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    told(read_single(name, written.getvalue().encode()), demo_tables())
    data = bytearray(write_json(demo_tables()))
    for _ in range(3):
        data[chance.randrange(len(data))] = chance.randrange(256)
    told(read_json(bytes(data)), demo_tables())
