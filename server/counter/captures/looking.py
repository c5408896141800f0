"""The child that looks at one file: `looking CPU MEMORY WRITTEN FILE FOLDER [PAGE]`.

Without a page it decides what the file is and draws the previews of its first page; with one it
draws that page of a PDF which was looked at before.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from server.counter.captures.confined import answer
from server.counter.captures.kinds import PDF, kind_of


def look(words: list[str]) -> Mapping[str, Any]:
    """Media type, pages, width and height (not of a PDF); previews are in the folder then."""
    path, folder = Path(words[0]), Path(words[1])
    number = int(words[2]) if words[2:] else None
    kind = kind_of(path) if number is None else PDF
    # Parsers are loaded after the limits are set, and only those that are needed: loading all of
    # them would take longer than looking.
    if kind is PDF:
        from server.counter.captures import papers

        if number is not None:
            papers.draw(path, number, folder)
            return {}
        pages, width, height = papers.look(path, folder), 0, 0
    else:
        from server.counter.captures import pictures

        pages, (width, height) = 1, pictures.look(path, kind, folder)
    return {"media_type": kind.media_type, "pages": pages, "width": width, "height": height}


if __name__ == "__main__":
    answer(look)
