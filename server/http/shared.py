"""The routes that rooms of every kind have, mounted under the place of each."""

from server.http import media, recordings, records, watch, wire_media
from server.http.route import TEXT, Route

RECORDING = "{recording:[a-z0-9-]{1,64}}"
VIEWER = "{viewer:[a-z0-9-]{1,64}}"


def shared(room: str) -> tuple[Route, ...]:
    """What a room leaves behind, live media and recordings. `room` is the path of one room."""
    viewer = f"{room}/media/viewers/{VIEWER}"
    return (
        Route("GET", f"{room}/minutes.pdf", records.minutes, "application/pdf"),
        Route("GET", f"{room}/archive.zip", records.archive, "application/zip"),
        Route("GET", f"{room}/head.txt", records.head, TEXT),
        Route("GET", f"{room}/media", media.state, wire_media.MediaState),
        Route(
            "POST",
            f"{room}/media/tokens",
            media.make_token,
            wire_media.MediaToken,
            wire_media.TokenBody,
            201,
        ),
        Route(
            "POST",
            f"{room}/media/viewers",
            media.subscribe,
            wire_media.ViewerOffer,
            wire_media.ViewerBody,
            201,
        ),
        Route("POST", viewer, media.accept, takes=wire_media.ViewerAnswer, status=204),
        Route("DELETE", viewer, media.leave, status=204),
        Route("GET", f"{room}/media/watch", watch.watch, query=("slot", "track"), status=101),
        Route("GET", f"{room}/recordings", recordings.list_recordings, wire_media.RecordingList),
        Route("GET", f"{room}/recordings/{RECORDING}.webm", recordings.file, recordings.WEBM),
        Route("GET", f"{room}/log.jsonl", records.log, "application/jsonl"),
    )
