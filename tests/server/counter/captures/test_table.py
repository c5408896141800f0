"""What is put on the table over HTTP: who may put it there, who may look, and when."""

import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientSession, FormData

from rooms.counter.forms import form_digest
from rooms.counter.kinds import Source
from rooms.counter.terms import Field, FieldKind, Material, MaterialKind
from rooms.strokes import from_svg
from server.client.api import Api, ApiRefused
from server.counter.captures.recognise import Reader
from tests.server.counter.captures.files import jpeg, pdf, quarters, saved
from tests.server.counter.captures.test_recognise import drawn
from tests.server.counter.visit import APPLICANT, PENSION, Visit, visiting
from tests.server.live import Client
from tests.server.site import RunningServer, until

PATIENCE = 60.0
ITEM = replace(
    PENSION,
    materials=(
        Material("id-card", "居民身份证", MaterialKind.ORIGINAL, most_pages=3),
        Material("statement", "对账单", MaterialKind.COPY, most_pages=5, required=False),
    ),
    fields=(
        Field("name", "姓名", FieldKind.TEXT),
        Field("number", "公民身份号码", FieldKind.ID_NUMBER),
    ),
    rules=(),
)


@pytest.fixture
async def visit(running_server: RunningServer) -> AsyncIterator[Visit]:
    """A session in which materials are put on the table."""
    async with visiting(running_server, ITEM) as made:
        await made.call()
        await made.consent()
        await made.identify()
        yield made


async def put(
    visit: Visit, api: Api, data: bytes, material: str = "id-card", **query: str
) -> dict[str, Any]:
    """Uploads a page: the entry it led to."""
    return await handed_in(visit, api, data, "pages", item=ITEM.code, material=material, **query)


async def handed_in(
    visit: Visit, api: Api, data: bytes, where: str, **asked: str
) -> dict[str, Any]:
    """Uploads a picture: the entry it led to."""
    form = FormData()
    form.add_field("file", data, filename="photo.exe", content_type="text/html")
    status, answer = await _sent(visit, api, form, asked, where)
    if status != 201:
        raise ApiRefused(status, answer["error"]["code"], answer["error"]["params"])
    assert isinstance(answer["entries"][-1], dict)
    return answer["entries"][-1]


async def _sent(
    visit: Visit, api: Api, form: Any, asked: dict[str, str], where: str = "pages", **headers: str
) -> tuple[int, Any]:
    async with ClientSession(visit.server.url) as session:
        sent = {"Authorization": f"Bearer {api.token}", **headers}
        async with session.post(
            f"{visit.path}/{where}", params=asked, data=form, headers=sent
        ) as answer:
            return answer.status, await answer.json()


async def refused(awaitable: Any) -> tuple[int, str]:
    """Status and code of a refusal."""
    with pytest.raises(ApiRefused) as problem:
        await awaitable
    return problem.value.status, problem.value.code


async def test_a_page_is_on_the_far_screen_with_its_preview(visit: Visit) -> None:
    data = jpeg(3000, 2000)
    async with Client(visit.server, visit.as_far) as far:
        await far.join(visit.room)
        entry = await put(visit, visit.as_near, data, source="camera")
        heard = await until(
            lambda: [each for each in far.entries() if each["event"]["type"] == "MaterialCaptured"],
            PATIENCE,
        )
        assert heard[0]["event"] == entry["event"]
        picture = heard[0]["event"]["picture"]
        assert picture == {
            "sha256": hashlib.sha256(data).hexdigest(),
            "size": len(data),
            "media_type": "image/jpeg",
            "pages": 1,
            "width": 3000,
            "height": 2000,
        }
    assert heard[0]["event"]["source"] == "camera"
    at = f"{visit.path}/pages/{picture['sha256']}"
    assert await visit.as_far.fetch(at) == data
    shown = await visit.as_far.fetch(f"{at}/preview")
    small = await visit.as_far.fetch(f"{at}/preview?size=small")
    assert shown[8:12] == small[8:12] == b"WEBP"
    assert len(small) < len(shown)


async def test_answers_are_private_and_asked_for_again(visit: Visit) -> None:
    picture = (await put(visit, visit.as_applicant, jpeg(), source="phone"))["event"]["picture"]
    for path, kind in (("", "image/jpeg"), ("/preview", "image/webp")):
        url = f"{visit.path}/pages/{picture['sha256']}{path}"
        async with ClientSession(visit.server.url) as session:
            login = {"Authorization": f"Bearer {visit.as_far.token}"}
            async with session.get(url, headers=login) as answer:
                assert answer.status == 200
                assert answer.headers["Cache-Control"] == "private, no-cache"
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.content_type == kind
                attached = answer.headers.get("Content-Disposition", "")
                assert attached.startswith("attachment") == (path == "")
                tag = answer.headers["ETag"]
            again = {**login, "If-None-Match": tag}
            async with session.get(url, headers=again) as answer:
                assert (answer.status, await answer.read()) == (304, b"")
            async with session.get(url, headers={"If-None-Match": tag}) as answer:
                assert answer.status == 401


async def test_pictures_are_for_those_who_have_to_do_with_them(visit: Visit) -> None:
    picture = (await put(visit, visit.as_near, jpeg()))["event"]["picture"]
    preview = f"{visit.path}/pages/{picture['sha256']}/preview"
    department = await visit.server.account("clerk", name="孙丽", organisation="公安局")
    await visit.order(visit.as_far, "InviteDepartment", person=department, item=ITEM.code)
    async with AsyncExitStack() as stack:
        people = {
            name: await stack.enter_async_context(visit.server.logged_in(person))
            for name, person in (
                ("department", department),
                ("supervisor", await visit.server.account("supervisor")),
                ("manager", await visit.server.account("manager")),
                ("stranger", await visit.server.account("clerk")),
            )
        }
        people |= {
            "applicant": visit.as_applicant,
            "near": visit.as_near,
            "far": visit.as_far,
        }

        async def who() -> set[str]:
            return {name for name, api in people.items() if await _may(api, preview)}

        assert await who() == {"applicant", "near", "far", "department", "supervisor"}
        await visit.order(visit.as_near, "EndSession", reason="申请人改日再来")
        assert await who() == {"applicant", "supervisor"}


async def _may(api: Api, path: str) -> bool:
    try:
        await api.fetch(path)
    except ApiRefused as refusal:
        if refusal.status not in (403, 404):
            raise
        return False
    return True


async def test_a_screenshot_of_either_clerk_is_kept_and_seen(visit: Visit) -> None:
    face, desk = jpeg(640, 360), jpeg(1280, 720)
    of_face = await handed_in(visit, visit.as_far, face, "screenshots", of="applicant", note="核验")
    await handed_in(visit, visit.as_near, desk, "screenshots", of="screen")
    assert of_face["event"]["of"] == "applicant"
    assert of_face["event"]["note"] == "核验"
    for data in (face, desk):
        at = f"{visit.path}/pages/{hashlib.sha256(data).hexdigest()}"
        assert await visit.as_applicant.fetch(at) == data
        assert (await visit.as_far.fetch(f"{at}/preview?size=small"))[8:12] == b"WEBP"


async def test_a_screenshot_that_is_refused_leaves_no_file(visit: Visit) -> None:
    data = jpeg(640, 360)
    shot = handed_in(visit, visit.as_applicant, data, "screenshots", of="near")
    assert await refused(shot) == (403, "wrong_role")
    paper = pdf(1)
    shot = handed_in(visit, visit.as_near, paper, "screenshots", of="near")
    assert (await refused(shot))[1] == "picture_unfit"
    for sent in (data, paper):
        at = f"{visit.path}/pages/{hashlib.sha256(sent).hexdigest()}"
        assert (await refused(visit.as_near.fetch(at)))[0] == 404


async def test_only_the_near_side_puts_something_on_the_table(visit: Visit) -> None:
    assert await refused(put(visit, visit.as_far, jpeg())) == (403, "wrong_role")
    stranger = await visit.server.account("clerk")
    async with visit.server.logged_in(stranger) as api:
        assert (await refused(put(visit, api, jpeg())))[0] == 404


async def test_nothing_is_taken_before_consent(running_server: RunningServer) -> None:
    async with visiting(running_server, ITEM) as visit:
        await visit.call()
        assert (await refused(put(visit, visit.as_near, jpeg())))[1] == "consent_missing"
        await visit.consent()
        assert (await refused(put(visit, visit.as_near, jpeg())))[1] == "identity_missing"


async def test_what_is_refused_leaves_no_file_in_the_session(visit: Visit) -> None:
    files = visit.server.parts.files
    assert (await refused(put(visit, visit.as_near, b"GIF89a")))[1] == "material_type"
    assert (await refused(put(visit, visit.as_near, jpeg(), "nothing")))[1] == "unknown_material"
    assert (await refused(put(visit, visit.as_near, pdf(4))))[1] == "too_many_pages"
    assert await files.list(visit.room) == []
    await put(visit, visit.as_near, jpeg())
    assert (await refused(put(visit, visit.as_near, jpeg())))[1] == "page_repeated"
    assert len(await files.list(visit.room, "materials/")) == 1


async def test_a_page_taken_again_stands_in_the_place_of_the_first(visit: Visit) -> None:
    first = await put(visit, visit.as_near, jpeg())
    better = await put(visit, visit.as_near, jpeg(1600, 1200), replaces=first["event"]["page"])
    assert better["event"]["type"] == "PageReplaced"
    assert better["event"]["previous"] == first["event"]["page"]
    # What was replaced is still evidence.
    assert await visit.as_far.fetch(f"{visit.path}/pages/{first['event']['picture']['sha256']}")


async def test_an_upload_whose_answer_was_lost_is_one_page(visit: Visit) -> None:
    asked = {"item": ITEM.code, "material": "id-card"}
    answers = []
    for _ in range(2):
        form = FormData()
        form.add_field("file", jpeg(), filename="a.jpg")
        sent = await _sent(visit, visit.as_near, form, asked, **{"Idempotency-Key": "once"})
        answers.append(sent)
    assert answers[0] == answers[1]
    assert answers[0][0] == 201
    assert len((await visit.state()).pages) == 1


async def test_each_page_of_a_pdf_is_shown(visit: Visit) -> None:
    entry = await put(visit, visit.as_near, pdf(3), "statement", source="file")
    assert entry["event"]["picture"]["pages"] == 3
    at = f"{visit.path}/pages/{entry['event']['picture']['sha256']}/preview"
    assert (await visit.as_far.fetch(f"{at}?number=3"))[8:12] == b"WEBP"
    assert await refused(visit.as_far.fetch(f"{at}?number=4")) == (400, "bad_query")


async def test_a_page_of_an_earlier_session_is_used_again_with_consent(
    visit: Visit, running_server: RunningServer
) -> None:
    page = (await put(visit, visit.as_near, jpeg()))["event"]
    other = saved(quarters(700, 500), "PNG")
    removed = (await put(visit, visit.as_near, other))["event"]
    await visit.order(visit.as_near, "RemovePage", page=removed["page"])
    await visit.order(visit.as_near, "EndSession", reason="材料不全")
    async with visiting(running_server, ITEM, continues=visit.room) as second:
        await second.call()
        await second.consent()
        await second.identify()
        body = {
            "item": ITEM.code,
            "material": "id-card",
            "earlier": visit.room,
            "page": page["page"],
        }
        again = second.as_near.post(f"{second.path}/pages/reuse", body)
        assert (await refused(again))[1] == "reuse_not_allowed"
        listed = second.as_near.get(f"{second.path}/pages/earlier")
        assert (await refused(listed))[1] == "reuse_not_allowed"
        await second.order(second.as_applicant, "AllowReuse")
        found = (await second.as_near.get(f"{second.path}/pages/earlier"))["pages"]
        assert [(each["page"], each["name"]) for each in found] == [(page["page"], "居民身份证")]
        done = await second.as_near.post(f"{second.path}/pages/reuse", body)
        event = done["entries"][-1]["event"]
        assert (event["source"], event["earlier"]) == (Source.REUSE, visit.room)
        assert event["picture"] == page["picture"]
        sha256 = page["picture"]["sha256"]
        assert await second.as_far.fetch(f"{second.path}/pages/{sha256}") == jpeg()
        assert await second.as_far.fetch(f"{second.path}/pages/{sha256}/preview")


async def test_pages_of_somebody_else_are_not_found(
    visit: Visit, running_server: RunningServer
) -> None:
    page = (await put(visit, visit.as_near, jpeg()))["event"]
    somebody = {**APPLICANT, "name": "张三", "number": "530102197001010014"}
    async with visiting(running_server, ITEM, applicant=somebody) as other:
        await other.call()
        await other.order(
            other.as_applicant, "GiveConsent", text="c" * 64, version="2026-11", reuse=True
        )
        await other.identify()
        body = {
            "item": ITEM.code,
            "material": "id-card",
            "earlier": visit.room,
            "page": page["page"],
        }
        again = other.as_near.post(f"{other.path}/pages/reuse", body)
        assert await refused(again) == (404, "no_such_room")


PEN = [
    {"x": 20 * at, "y": 100 + 40 * (at % 3), "t": 15 * at, "pressure": 400} for at in range(1, 20)
]


async def test_a_form_is_signed_by_hand(visit: Visit) -> None:
    for field, value in (("name", "李秀兰"), ("number", APPLICANT["number"])):
        await visit.order(visit.as_near, "FillField", item=ITEM.code, field=field, value=value)
    case = (await visit.state()).cases[ITEM.code]
    fields = [{"field": name, "value": each.value} for name, each in case.fields.items()]
    await visit.order(visit.as_applicant, "ConfirmFields", item=ITEM.code, fields=fields)
    digest = form_digest((await visit.state()).cases[ITEM.code])
    body = {"item": ITEM.code, "form": digest, "width": 600, "height": 300, "strokes": [PEN]}
    path = f"{visit.path}/signature"
    assert (await refused(visit.as_near.post(path, body)))[1] == "wrong_role"
    empty = visit.as_applicant.post(path, {**body, "strokes": []})
    assert await refused(empty) == (422, "signature_empty")
    other = visit.as_applicant.post(path, {**body, "form": "0" * 64})
    assert (await refused(other))[1] == "form_changed"
    done = await visit.as_applicant.post(path, body)
    event = done["entries"][-1]["event"]
    assert event["type"] == "FormSigned"
    drawing = await visit.as_far.fetch(f"{visit.path}/signatures/{event['strokes']}.svg")
    assert hashlib.sha256(drawing).hexdigest() == event["strokes"]
    assert len(from_svg(drawing).lines[0]) == len(PEN)
    assert re.search(rb"pressure|400", drawing) is None


async def test_a_captured_card_prefills_the_form(visit: Visit) -> None:
    card = drawn([(100, "姓名　李秀兰"), (100, f"公民身份号码　{APPLICANT['number']}")])
    page = (await put(visit, visit.as_near, card))["event"]["page"]
    found = await visit.as_near.post(f"{visit.path}/recognise", {"page": page})
    assert found["item"] == ITEM.code
    assert [(each["field"], each["value"], each["checked"]) for each in found["proposals"]] == [
        ("name", "李秀兰", False),
        ("number", APPLICANT["number"], True),
    ]
    # A proposal is nothing: the form is as empty as before.
    assert (await visit.state()).cases[ITEM.code].fields == {}
    asked = visit.as_applicant.post(f"{visit.path}/recognise", {"page": page})
    assert (await refused(asked))[1] == "wrong_role"
    unknown = visit.as_near.post(f"{visit.path}/recognise", {"page": "p-0"})
    assert (await refused(unknown))[1] == "unknown_page"


async def test_a_server_without_recognition_says_so(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (await put(visit, visit.as_near, jpeg()))["event"]["page"]
    monkeypatch.setattr(Reader, "is_on", False)
    asked = visit.as_near.post(f"{visit.path}/recognise", {"page": page})
    assert await refused(asked) == (501, "recognition_off")
