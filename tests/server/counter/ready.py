"""A session that is ready to be decided, and the papers that follow."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import ClientSession, FormData

from rooms.counter import commands as c
from rooms.counter.forms import form_digest
from rooms.strokes import to_svg
from server.client.api import Api, ApiRefused
from tests.rooms.counter.window import SIGNATURE
from tests.server.counter.captures.files import jpeg
from tests.server.counter.visit import PENSION, Visit, visiting
from tests.server.site import RunningServer, until

PATIENCE = 90.0


@asynccontextmanager
async def signed(server: RunningServer) -> AsyncIterator[Visit]:
    """A session whose form is signed and whose material is accepted."""
    async with visiting(server) as made:
        await made.call()
        await made.consent()
        await made.identify()
        await _page(made)
        await made.order(
            made.as_far,
            "JudgeMaterial",
            item=PENSION.code,
            material="id-card",
            verdict="accepted",
            remark="清晰",
        )
        for name, value in (("account", "6222020200012345678"), ("amount", 880_000)):
            order = {"item": PENSION.code, "field": name, "value": value}
            await made.order(made.as_near, "FillField", **order)
        case = (await made.state()).cases[PENSION.code]
        fields = [{"field": name, "value": each.value} for name, each in case.fields.items()]
        await made.order(made.as_applicant, "ConfirmFields", item=PENSION.code, fields=fields)
        await _sign(made)
        yield made


async def _page(visit: Visit) -> None:
    form = FormData()
    form.add_field("file", jpeg(1200, 800), filename="a.jpg", content_type="image/jpeg")
    asked = {"item": PENSION.code, "material": "id-card", "source": "camera"}
    sent = {"Authorization": f"Bearer {visit.as_near.token}"}
    async with (
        ClientSession(visit.server.url) as http,
        http.post(f"{visit.path}/pages", params=asked, data=form, headers=sent) as answer,
    ):
        assert answer.status == 201


async def _sign(visit: Visit) -> None:
    svg = to_svg(SIGNATURE)
    parts = visit.server.parts
    digest = await parts.blobs.put(svg)
    await parts.files.put(visit.room, f"signatures/{digest}.svg", svg, "image/svg+xml")
    form = form_digest((await visit.state()).cases[PENSION.code])
    await visit.by_desk(c.SignForm(PENSION.code, form, digest), visit.applicant)


async def accept(visit: Visit) -> None:
    """The far clerk accepts the item: a notice follows."""
    await visit.order(visit.as_far, "Decide", item=PENSION.code, outcome="accepted")


async def made(api: Api, path: str, target: Path) -> None:
    """Downloads a paper as soon as it is there."""

    async def done() -> bool:
        try:
            await api.download(path, target)
        except ApiRefused as refusal:
            if refusal.code not in ("being_made", "out_of_phase"):
                raise
            return False
        return True

    await until(done, PATIENCE)
