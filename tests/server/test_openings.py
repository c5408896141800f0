"""Tenders over HTTP: drafting, publishing, revising, lists, documents, evidence, the
description."""

import hashlib
import json
from typing import Any

import pytest
from aiohttp import FormData

from crypto.encoding import unb64u
from crypto.manifest import Manifest
from server.client.api import Api, ApiRefused
from server.http.openapi import document
from server.http.wire_rooms import Mine, OpeningDetail, OpeningList, Page
from tests.server.tender import FORM, Tender, terms


async def test_the_published_manifest_says_what_the_terms_say(tender: Tender) -> None:
    site = await tender.host.get("/api/site")
    detail = await tender.detail()
    manifest = Manifest.parse(detail["manifest"], unb64u(site["platform_key"]))
    assert (detail["phase"], detail["version"]) == ("receiving", 1)
    assert manifest.digest == detail["manifest_digest"]
    assert manifest.terms == detail["terms"]
    assert [each.person for each in manifest.trustees] == [
        each.keys.person for each in tender.trustees
    ]


async def test_a_revision_has_to_be_accepted_anew(tender: Tender) -> None:
    early = await tender.submitted()
    revised = {**(await tender.detail())["terms"], "control_price": 9_000_000_00}
    await tender.host.post(f"{tender.path}/publish", {"terms": revised})
    assert (await tender.detail())["version"] == 2
    first = early.sealed
    early.seal({"a": dict(FORM)}, [])
    with pytest.raises(ApiRefused, match="wrong_manifest"):
        await early.submit()
    early.sealed = first
    await early.accept()
    early.seal({"a": dict(FORM)}, [])
    await early.submit()


async def test_a_postponed_deadline_keeps_uploads_open(tender: Tender) -> None:
    bidder = await tender.sealed()
    answer = await bidder.api.post(f"{tender.path}/bids", bidder.sealed.submission)
    later = tender.deadline.replace(year=tender.deadline.year + 1)
    revised = terms(later, (await tender.detail())["terms"]["seats"])
    await tender.host.post(f"{tender.path}/publish", {"terms": revised})
    tender.server.clock.to(tender.deadline)
    tender.server.clock.on(3600)
    token = await tender.server.parts.accounts.open_session(bidder.person)  # type: ignore[arg-type]  # an id
    bidder.api.token = token
    await bidder.api.upload(answer["uploads"]["a"], bidder.age("a"))
    assert (await bidder.api.get(f"{tender.path}/mine"))["stored"] == {"a": True}


async def test_terms_that_cannot_stand_say_where(tender: Tender) -> None:
    revised = {**(await tender.detail())["terms"], "tenderer": ""}
    with pytest.raises(ApiRefused) as refused:
        await tender.host.post(f"{tender.path}/draft", {"terms": revised})
    assert refused.value.code == "terms_unacceptable"
    assert refused.value.params["problems"][0]["path"] == "tenderer"  # type: ignore[index]  # JSON


async def test_a_draft_is_made_once_however_often_it_is_sent(tender: Tender) -> None:
    person = (await tender.detail())["my"]["person"]
    seats: list[dict[str, Any]] = [
        {"person": person, "name": "王", "organisation": "", "role": "host"}
    ]
    body = {"terms": terms(tender.deadline, seats, "bidder")}
    key = {"Idempotency-Key": "draft"}
    made = [await tender.host._send("POST", "/api/openings", body, key) for _ in range(2)]
    assert made[0] == made[1]
    assert (await tender.host.get("/api/openings?when=upcoming"))["total"] == 2


async def test_lists_find_openings_by_words_and_time(tender: Tender) -> None:
    async def total(query: str) -> int:
        found = await tender.supervisor.get(f"/api/openings?{query}")
        OpeningList.model_validate_json(json.dumps(found))
        return int(found["total"])

    assert await total("when=upcoming") == 1
    assert await total("when=upcoming&q=滇池 YK-1") == 1
    assert await total("when=upcoming&q=100%") == 0
    assert await total("when=past") == 0
    await tender.close()
    assert await total("when=past") == 1
    with pytest.raises(ApiRefused, match="bad_query"):
        await total("when=tomorrow")


async def test_a_document_named_in_the_terms_can_be_downloaded(tender: Tender) -> None:
    data = "招标文件 𬭎".encode() * 1000
    form = FormData()
    form.add_field("file", data, filename="招标文件 (1).pdf")
    sent = tender.host._headers()
    async with tender.host._open.post(
        tender.server.url + f"{tender.path}/documents", data=form, headers=sent
    ) as answer:
        assert answer.status == 201
        stored = await answer.json()
    assert stored["sha256"] == hashlib.sha256(data).hexdigest()
    bidder = await tender.bidder()
    path = f"{tender.path}/documents/{stored['sha256']}"
    with pytest.raises(ApiRefused):
        await bidder.api.fetch(path)
    revised = {**(await tender.detail())["terms"], "documents": [stored]}
    await tender.host.post(f"{tender.path}/publish", {"terms": revised})
    assert await bidder.api.fetch(path) == data


async def test_only_the_hosts_side_adds_documents(tender: Tender) -> None:
    form = FormData()
    form.add_field("file", b"x", filename="x.pdf")
    async with tender.supervisor._open.post(
        tender.server.url + f"{tender.path}/documents",
        data=form,
        headers=tender.supervisor._headers(),
    ) as answer:
        assert answer.status == 403


async def test_answers_are_what_the_description_says(tender: Tender) -> None:
    bidder = await tender.submitted()
    OpeningDetail.model_validate_json(await tender.host.fetch(tender.path))
    Page.model_validate_json(await tender.host.fetch(f"{tender.path}/entries"))
    Mine.model_validate_json(await bidder.api.fetch(f"{tender.path}/mine"))


async def test_every_entry_of_a_whole_opening_is_described(tender: Tender) -> None:
    bidders = [await tender.submitted() for _ in range(3)]
    await tender.open()
    for trustee in tender.trustees[:2]:
        await trustee.release_when_open("a")
    await bidders[0].api.command(tender.room, "RaiseObjection", text="请说明", objection="q-1")
    for api in (tender.host, bidders[0].api, tender.trustees[0].api):
        Page.model_validate_json(await api.fetch(f"{tender.path}/entries"))


def test_every_route_is_described_with_what_it_does() -> None:
    described = document()
    operations = [each for path in described["paths"].values() for each in path.values()]
    assert len({each["operationId"] for each in operations}) == len(operations)
    assert all(each["summary"].endswith((".", "?")) for each in operations)
    names = set(described["components"]["schemas"])
    assert {"SignIn", "BidReceived"} & names == set()
    assert {"PostChat", "RollPublished", "Terms", "Error"} <= names


async def test_evidence_is_for_the_hosts_side_and_the_bids_own_bidder(tender: Tender) -> None:
    mine, other, _ = [await tender.submitted() for _ in range(3)]
    path = f"{tender.path}/evidence/{mine.sealed.header.bid}"
    with pytest.raises(ApiRefused):
        await tender.host.get(path)
    await tender.open()
    for api in (tender.host, tender.supervisor, mine.api):
        moments = [each["what"] for each in (await api.get(path))["timeline"]]
        assert moments[:3] == ["TenderAccepted", "BidReceived", "BidStored"]
    with pytest.raises(ApiRefused) as refused:
        await other.api.get(path)
    assert refused.value.status == 403


async def test_every_order_leaves_an_address_behind_a_digest(tender: Tender) -> None:
    await tender.submitted()
    room = await tender.server.parts.desk.room(tender.room)  # type: ignore[arg-type]  # an id
    ordered = [each for each in room.entries if each.by != "system"]
    kept = await tender.server.parts.people.traces_of(room.id)
    assert all(each.trace in kept for each in ordered)
    assert {each["address"] for each in kept.values()} == {"127.0.0.1"}


async def test_a_stranger_with_a_wrong_room_learns_nothing(tender: Tender) -> None:
    async with Api(tender.server.url, tender.host.token) as api:
        for room in ("o-0", "x" * 64):
            with pytest.raises(ApiRefused) as refused:
                await api.get(f"/api/openings/{room}")
            assert (refused.value.status, refused.value.code) == (404, "no_such_room")
