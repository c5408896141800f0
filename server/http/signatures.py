"""Signing the sealed minutes: who may, who has, and the two steps of a signature."""

from aiohttp import web

from crypto.encoding import Json, b64u, format_time, unb64u
from rooms.opening import signing
from rooms.opening.events import MinutesSigned
from rooms.opening.terms import Role
from server.errors import Forbidden
from server.http import answers, reading, wire_signatures
from server.http.orders import by, in_opening, once
from server.http.parts import of
from server.openings import Opening
from server.signatures import Lease


async def state(request: web.Request) -> web.Response:
    """The minutes' signature fields, and who is signing now."""
    _, room, viewer = await in_opening(request)
    if viewer.role is None or viewer.role is Role.OBSERVER:
        raise Forbidden
    record = signing.record(room.state)
    fields = _fields(room)
    still = any(each["signed"] is None for each in fields)
    return answers.data(
        {
            "sha256": record,
            "size": room.state.revisions[-1].size,
            "open": still and not (room.state.archived or room.state.preserved),
            "preserved": room.state.preserved,
            "fields": list(fields),
            "signing": _signing(of(request).signatures.lease(room.id)),
        }
    )


async def prepare(request: web.Request) -> web.Response:
    """Takes the next revision for a minute, and answers what is to be signed."""
    asker, room, _ = await in_opening(request)
    asked = await reading.model(request, wire_signatures.PrepareBody)
    lease = await of(request).signatures.prepare(room, asker.person, asked.field, asked.request)
    return answers.data(
        {
            "lease": lease.id,
            "attributes": b64u(lease.prepared.attributes),
            "certificate": b64u(lease.chain[0]),
            "expires_at": format_time(lease.expires_at),
        }
    )


async def finish(request: web.Request) -> web.Response:
    """Embeds the signature made in the browser."""
    asker, room, viewer = await in_opening(request)
    asked, body = await reading.model_and_body(request, wire_signatures.FinishBody)
    outcome = await of(request).signatures.finish(
        room, asked.lease, unb64u(asked.signature), by(request, asker), once(request, body)
    )
    return answers.text(of(request).views.outcome(outcome, viewer))


def _fields(room: Opening) -> list[dict[str, Json]]:
    valid = {each.sha256 for each in room.state.revisions}
    signed: dict[str, Json] = {}
    for entry in room.entries:
        event = entry.event
        # Those of a record before a reconvening are no longer valid.
        if isinstance(event, MinutesSigned) and event.sha256 in valid:
            signed[event.field] = {
                "at": format_time(entry.at),
                "certificate": event.certificate,
                "sha256": event.sha256,
                "size": event.size,
            }
    return [
        {
            "field": each.field,
            "role": each.role,
            "person": each.person,
            "name": each.name,
            "signed": signed.get(each.field),
        }
        for each in signing.places(room.state)
    ]


def _signing(lease: Lease | None) -> Json:
    if lease is None:
        return None
    return {
        "field": lease.place.field,
        "person": lease.place.person,
        "name": lease.place.name,
        "until": format_time(lease.expires_at),
    }
