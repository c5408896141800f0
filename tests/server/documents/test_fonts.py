"""Finding the typeface and mapping its glyphs back to characters."""

from pathlib import Path

import pytest

from server.documents.fonts import REGULAR, Fonts, FontsNotFound, to_unicode


def test_a_folder_without_fonts_is_named(tmp_path: Path) -> None:
    with pytest.raises(FontsNotFound, match=str(tmp_path)):
        Fonts.load(tmp_path)


def test_a_broken_font_file_is_named(tmp_path: Path) -> None:
    for name in (REGULAR, "NotoSansSC_700Bold.ttf"):
        (tmp_path / name).write_bytes(b"not a font")
    with pytest.raises(FontsNotFound, match=REGULAR):
        Fonts.load(tmp_path)


def test_a_character_outside_the_bmp_maps_to_its_surrogates() -> None:
    assert "<01> <D872DF4E>" in to_unicode("F", [0, 0x2CB4E])


def test_a_block_of_mappings_has_at_most_a_hundred() -> None:
    blocks = to_unicode("F", list(range(0x4E00, 0x4E00 + 256)))
    assert blocks.count("100 beginbfchar") == 2
    assert "56 beginbfchar" in blocks
