"""Finding items by what people call them, and where they are served."""

from datetime import date
from unicodedata import normalize

from rooms.counter.terms import Item
from server.counter.catalogue.catalogue import Catalogue

MOST_WORDS = 10


def search(catalogue: Catalogue, text: str, region: str | None, on: date) -> list[Item]:
    """Items offered on a day that have all the words, those with them in their names first.

    `region` narrows them to what its people are served: by its own authorities, those above it, or
    those of other regions by agreement.
    """
    words = _folded(text).split()[:MOST_WORDS]
    found = [
        (not _all_in(words, f"{item.name} {item.name_en}"), item.code, item)
        for item in catalogue.offered(on)
        if _all_in(words, _everything(item))
        and (region is None or _is_for(catalogue, item, region, on))
    ]
    return [item for _, _, item in sorted(found, key=lambda each: each[:2])]


def _everything(item: Item) -> str:
    return " ".join((item.code, item.name, item.name_en, item.authority, item.audience))


def _all_in(words: list[str], text: str) -> bool:
    folded = _folded(text)
    return all(word in folded for word in words)


def _folded(text: str) -> str:
    """Without the difference of case and width: full-width letters come from Chinese keyboards."""
    return normalize("NFKC", text).casefold()


def _is_for(catalogue: Catalogue, item: Item, region: str, on: date) -> bool:
    if catalogue.within(region, item.region) or catalogue.within(item.region, region):
        return True
    return any(
        catalogue.within(region, each.near) or catalogue.within(each.near, region)
        for each in catalogue.agreements(item.code, on)
    )
