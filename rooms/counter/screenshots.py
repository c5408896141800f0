"""Screenshots: single pictures of the call that a clerk keeps, with consent as recordings."""

from rooms.counter import commands as c
from rooms.counter import events as e
from rooms.counter.checks import in_phase, on_call
from rooms.counter.events import Event
from rooms.counter.materials import check_picture
from rooms.counter.phases import RECORDED, Phase
from rooms.counter.state import State
from rooms.refusals import AlreadyDone, ConsentMissing, PictureUnfit, TooManyPages
from rooms.texts import check_optional

MOST = 50
"""Screenshots of one session."""


def take(state: State, command: c.TakeScreenshot) -> list[Event]:
    if state.phase is Phase.CONNECTING:
        raise ConsentMissing
    in_phase(state, *RECORDED)
    on_call(state)
    check_picture(command.picture)
    if not command.picture.media_type.startswith("image/"):
        raise PictureUnfit(field="media_type")
    if len(state.screenshots) >= MOST:
        raise TooManyPages(most=MOST)
    if any(each.picture.sha256 == command.picture.sha256 for each in state.screenshots):
        raise AlreadyDone(what="screenshot")
    note = check_optional(command.note, "note")
    return [e.ScreenshotTaken(command.picture, command.of, note)]
