"""Recordings of a room, as the log has them, and their files."""

from base64 import b64encode

from aiohttp import web

from crypto.encoding import Json
from rooms import recording as e
from rooms.codec import encode
from rooms.ids import RecordingId
from rooms.recording import RecordingStop
from server.errors import Forbidden, NotFound
from server.http import answers
from server.http.orders import in_room
from server.http.parts import of
from server.room import AnyRoom

WEBM = "video/webm"


async def list_recordings(request: web.Request) -> web.Response:
    """Every recording, for the host's side and supervisors."""
    room = await _staff_in_room(request)
    return answers.data({"recordings": list(_listed(room).values())})


async def file(request: web.Request) -> web.StreamResponse:
    """A recording's file, or parts of it; what there is so far while it runs."""
    room = await _staff_in_room(request)
    recording = room.state.recordings.get(RecordingId(request.match_info["recording"]))
    if recording is None:
        raise NotFound("unknown_recording")
    path = of(request).ledger.file(room.id, recording.id)
    if not path.is_file():
        raise NotFound("unknown_recording")
    name = f"{room.id}-{recording.id}.webm"
    headers = {"Content-Type": WEBM, "Content-Disposition": answers.disposition(name)}
    if recording.ended is not None:
        digest = b64encode(bytes.fromhex(recording.sha256)).decode()
        headers["Repr-Digest"] = f"sha-256=:{digest}:"
    return web.FileResponse(path, headers=headers)


async def _staff_in_room(request: web.Request) -> AnyRoom:
    _, room, viewer = await in_room(request)
    if not room.machine.sees_records(viewer):
        raise Forbidden
    return room


def _listed(room: AnyRoom) -> dict[RecordingId, Json]:
    listed: dict[RecordingId, dict[str, Json]] = {}
    marks: dict[RecordingId, list[Json]] = {}
    for entry in room.entries:
        at = encode(entry.at)
        match entry.event:
            case e.RecordingStarted(recording=name):
                found = room.state.recordings[name]
                marks[name] = []
                listed[name] = {
                    "recording": name,
                    "person": found.person,
                    "name": found.name,
                    "kind": found.kind.value,
                    "started_at": at,
                    "ended_at": None,
                    "size": found.size,
                    "sha256": found.sha256,
                    "state": _state(found.ended),
                    "reason": found.ended and found.ended.value,
                    "marks": marks[name],
                }
            case e.RecordingsMarked(marks=made):
                for each in made:
                    mark: Json = {"at": at, "size": each.size, "sha256": each.sha256}
                    marks[each.recording].append(mark)
            case e.RecordingEnded(recording=name):
                listed[name]["ended_at"] = at
            case _:
                pass
    return dict(listed)


def _state(ended: RecordingStop | None) -> str:
    if ended is None:
        return "running"
    return "failed" if ended is RecordingStop.FAILED else "ended"
