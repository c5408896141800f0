"""Whose clerks may open a window."""

from pathlib import Path

import pytest

from server.client.api import ApiRefused
from tests.server.counter.queue.hall import catalogue, halls


async def test_a_window_is_opened_by_clerks_of_its_organisations_only(tmp_path: Path) -> None:
    document = catalogue()
    for each in document["windows"]:
        if each["id"] == "xishan-1":
            each["organisations"] = ["税务局", "社会保险局"]
    async with halls(tmp_path / "data", document=document) as site:
        theirs = await site.server.account("clerk", name="社保", organisation="社会保险局")
        others = await site.server.account("clerk", name="公证", organisation="公证处")
        async with site.server.logged_in(others) as api:
            with pytest.raises(ApiRefused) as refused:
                await api.post("/api/windows/xishan-1/open", {})
            assert (refused.value.status, refused.value.code) == (403, "window_of_others")
            # A window that names nobody is everybody's.
            await api.post("/api/windows/xishan-2/open", {})
        async with site.server.logged_in(theirs) as api:
            await api.post("/api/windows/xishan-1/open", {})
            assert (await api.get("/api/desk"))["window"]["window"] == "xishan-1"
        kept = (await site.server.parts.catalogue.current()).window("xishan-1")
        assert kept.organisations == ("税务局", "社会保险局")
