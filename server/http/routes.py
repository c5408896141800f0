"""The route table: one line a route, with what it takes and gives."""

from aiohttp import web

from server.errors import NotFound
from server.http import (
    accounts,
    bids,
    documents,
    observers,
    openings,
    pages,
    records,
    signatures,
    site,
    trustees,
    uploads,
    verify,
    whip,
    wire,
    wire_rooms,
    wire_signatures,
)
from server.http.counter.routes import COUNTER
from server.http.route import BYTES, FORM, ROOM, TEXT, Route
from server.http.shared import shared

BID = "{bid:[a-z0-9-]{1,64}}"
ENVELOPE = "{envelope:[a-z0-9-]{1,64}}"
OPENING = "/api/openings/{room:(?!s-)[a-z0-9-]{1,64}}"
WHIP = f"/api/media/whip/{ROOM}" + "/{kind:[a-z]{1,20}}"
SENT = WHIP + "/{resource:[a-z0-9-]{1,64}}"


ROUTES: tuple[Route, ...] = (
    Route("POST", "/api/login", accounts.login, wire.Me, wire.LoginBody),
    Route("POST", "/api/logout", accounts.logout, status=204),
    Route("GET", "/api/me", accounts.me, wire.Me),
    Route("GET", "/api/enter/{token}", accounts.enter, status=302),
    Route("POST", "/api/accounts", accounts.create, wire.Person, wire.NewAccount, 201),
    Route("GET", "/api/accounts", accounts.people, wire_rooms.People, query=("role",)),
    Route("POST", "/api/links", accounts.link, wire.Link, wire.LinkBody, 201),
    Route("GET", "/api/time", site.time, wire.Now),
    Route("GET", "/api/site", site.site, wire.Anchors),
    Route("GET", "/api/root.pem", site.root_pem, "application/x-pem-file"),
    Route(
        "GET",
        "/api/openings",
        openings.list_openings,
        wire_rooms.OpeningList,
        query=("when", "q", "page"),
    ),
    Route("POST", "/api/openings", openings.create, wire.Created, wire_rooms.TermsBody, 201),
    Route("GET", OPENING, openings.detail, wire_rooms.OpeningDetail),
    Route("POST", f"{OPENING}/draft", openings.revise, wire_rooms.Done, wire_rooms.TermsBody),
    Route("POST", f"{OPENING}/publish", openings.publish, wire_rooms.Done, wire_rooms.PublishBody),
    Route("POST", f"{OPENING}/commands", openings.command, wire_rooms.Done, wire_rooms.Command),
    Route("GET", f"{OPENING}/entries", openings.entries, wire_rooms.Page, query=("after", "limit")),
    Route(
        "GET", f"{OPENING}/manifest.json", openings.manifest, wire_rooms.Sealed, query=("version",)
    ),
    Route("POST", f"{OPENING}/documents", documents.add, wire.StoredDocument, FORM, 201),
    Route("GET", OPENING + "/documents/{sha256:[0-9a-f]{64}}", documents.get, BYTES),
    Route("GET", f"{OPENING}/mine", bids.mine, wire_rooms.Mine),
    Route("POST", f"{OPENING}/acceptance", bids.accept, wire_rooms.Done, wire.AcceptanceBody),
    Route("POST", f"{OPENING}/bids", bids.submit, wire.Submitted, wire.SubmissionBody, 201),
    Route("POST", f"{OPENING}/withdrawal", bids.withdraw, wire.Receipted, wire.WithdrawalBody),
    Route("POST", f"{OPENING}/sign-in", bids.sign_in, wire_rooms.Done, wire.SignInBody),
    Route(
        "GET",
        f"{OPENING}/receipt.json",
        bids.receipt_json,
        wire_rooms.Sealed,
        query=("bid", "action"),
    ),
    Route(
        "GET",
        f"{OPENING}/receipt.pdf",
        bids.receipt_pdf,
        "application/pdf",
        query=("bid", "action"),
    ),
    Route("POST", f"{OPENING}/trustee/card", trustees.give_card, wire_rooms.Done, wire.CardBody),
    Route("GET", f"{OPENING}/trustee/rehearsal", trustees.challenge, wire.Challenge),
    Route(
        "POST", f"{OPENING}/trustee/rehearsal", trustees.rehearse, wire_rooms.Done, wire.AnswerBody
    ),
    Route("GET", f"{OPENING}/trustee/wraps", trustees.wraps, wire.Wraps, query=("envelope",)),
    Route(
        "POST", f"{OPENING}/trustee/release", trustees.release, wire_rooms.Done, wire.ReleaseBody
    ),
    Route("POST", f"{OPENING}/observers", observers.invite, wire.Link, wire.ObserverBody, 201),
    Route("GET", f"{OPENING}/evidence/{BID}", records.evidence, wire_rooms.Evidence),
    Route("GET", f"{OPENING}/bids/{BID}/{ENVELOPE}.age", records.sealed_file, BYTES),
    Route("GET", f"{OPENING}/bids/{BID}/{ENVELOPE}/key", records.key, TEXT),
    Route("GET", f"{OPENING}/bids/{BID}/{ENVELOPE}" + "/files/{name}", records.bid_file, BYTES),
    Route(
        "GET",
        f"{OPENING}/minutes/signatures",
        signatures.state,
        wire_signatures.SignaturesState,
    ),
    Route(
        "POST",
        f"{OPENING}/minutes/signatures/prepare",
        signatures.prepare,
        wire_signatures.PreparedSignature,
        wire_signatures.PrepareBody,
    ),
    Route(
        "POST",
        f"{OPENING}/minutes/signatures/finish",
        signatures.finish,
        wire_rooms.Done,
        wire_signatures.FinishBody,
    ),
    Route("GET", f"{OPENING}/closing.txt", records.closing, TEXT),
    *shared(OPENING),
    Route("POST", WHIP, whip.publish, whip.SDP, whip.SDP, 201),
    Route("DELETE", SENT, whip.stop),
    Route("POST", "/api/verify", verify.verify, wire.Report, FORM),
    *COUNTER,
)

UPLOAD = "/api/uploads/{upload:[a-z0-9-]{1,130}}"


def add_routes(app: web.Application) -> None:
    """Puts every route into the application; the pages come last, for they take what is left."""
    for route in ROUTES:
        app.router.add_route(route.method, route.path, route.handler)
    app.router.add_route("OPTIONS", "/api/uploads/", uploads.options)
    for method, handler in (
        ("OPTIONS", uploads.options),
        ("HEAD", uploads.head),
        ("PATCH", uploads.patch),
        ("DELETE", uploads.delete),
    ):
        app.router.add_route(method, UPLOAD, handler)
    for path in (WHIP, SENT):
        app.router.add_route("OPTIONS", path, whip.options)
        app.router.add_route("*", path, whip.not_this_way)
    app.router.add_get("/authority/root.crl", site.revocations)
    app.router.add_get("/api/openapi.json", _describe)
    app.router.add_route("*", "/api/{rest:.*}", _nothing_here)
    app.router.add_get("/offline.html", pages.offline)
    app.router.add_get("/{path:.*}", pages.page)


async def _describe(request: web.Request) -> web.Response:
    # Imported here because the description is made from the table above.
    from server.http.openapi import document

    return web.json_response(document())


async def _nothing_here(request: web.Request) -> web.StreamResponse:
    raise NotFound
