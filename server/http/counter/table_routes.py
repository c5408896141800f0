"""The routes of what is put on a session's table."""

from server.http.counter import pages, recognition, signing, wire_captures, wire_sessions
from server.http.route import BYTES, FORM, Route

SESSION = "/api/sessions/{room:s-[0-9a-f]{20}}"
PAGE = SESSION + "/pages/{sha256:[0-9a-f]{64}}"

TABLE: tuple[Route, ...] = (
    Route(
        "POST",
        f"{SESSION}/pages",
        pages.add,
        wire_sessions.SessionDone,
        FORM,
        201,
        query=("item", "material", "source", "replaces"),
    ),
    Route(
        "POST",
        f"{SESSION}/screenshots",
        pages.add_screenshot,
        wire_sessions.SessionDone,
        FORM,
        201,
        query=("of", "note"),
    ),
    Route("GET", f"{SESSION}/pages/earlier", pages.earlier, wire_captures.EarlierPages),
    Route(
        "POST",
        f"{SESSION}/pages/reuse",
        pages.reuse,
        wire_sessions.SessionDone,
        wire_captures.ReuseBody,
        201,
    ),
    Route("GET", PAGE, pages.original, BYTES),
    Route("GET", f"{PAGE}/preview", pages.preview, "image/webp", query=("number", "size")),
    Route(
        "POST",
        f"{SESSION}/recognise",
        recognition.recognise,
        wire_captures.Recognised,
        wire_captures.RecogniseBody,
    ),
    Route(
        "POST",
        f"{SESSION}/signature",
        signing.sign,
        wire_sessions.SessionDone,
        wire_captures.SignatureBody,
        201,
    ),
    Route("GET", SESSION + "/signatures/{sha256:[0-9a-f]{64}}.svg", signing.drawing, signing.SVG),
)
