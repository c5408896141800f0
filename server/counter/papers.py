"""What stands beside a session's log on its papers: names of places, masked texts, strokes."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from rooms.counter import events as e
from rooms.counter import notices
from rooms.counter.events import Event
from rooms.counter.masking import shown
from rooms.counter.state import State
from rooms.ids import Digest, RoomId
from rooms.log import Entry
from server.counter.catalogue.catalogue import Catalogue
from server.counter.catalogue.store import CatalogueStore
from server.counter.minutes import SessionInputs
from server.store.blobs import Blobs
from server.store.people import People
from server.work.sealing import Sealer

HINT = "yunkai verify minutes.pdf；或用 pdfsig 与站点根证书核验"


class Papers:
    """Gathers what is drawn besides the log."""

    def __init__(
        self,
        catalogue: CatalogueStore,
        people: People,
        blobs: Blobs,
        sealer: Sealer,
        retention: timedelta,
    ) -> None:
        """`retention` is for how long recordings and personal data are kept."""
        self._retained = _retained(retention)
        self._catalogue = catalogue
        self._people = people
        self._blobs = blobs
        self._sealer = sealer

    async def inputs(
        self, room: RoomId, state: State, entries: Sequence[Entry[Event]], head: str
    ) -> SessionInputs:
        """For the minutes. `head` is the signed head over these entries."""
        return SessionInputs(
            room=room,
            head=head,
            issuer=self._sealer.issuer,
            verify_url=self._sealer.verify_url,
            verify_hint=HINT,
            masked=shown(entries, await self._people.of_room(room)),
            names=_names(await self._catalogue.current(), state),
            certificates=self._sealer.certificates,
            retained=self._retained,
            strokes=await self._strokes(entries),
        )

    async def beside(
        self, room: RoomId, state: State, entries: Sequence[Entry[Event]]
    ) -> notices.Beside:
        """For notices."""
        masked = shown(entries, await self._people.of_room(room))
        return notices.Beside(
            session=room,
            issuer=self._sealer.issuer,
            verify_url=self._sealer.verify_url,
            applicant=masked.get(state.matter.applicant, ""),
            names=_names(await self._catalogue.current(), state),
        )

    async def _strokes(self, entries: Sequence[Entry[Event]]) -> dict[Digest, str]:
        found: dict[Digest, str] = {}
        for entry in entries:
            event = entry.event
            if isinstance(event, e.FormSigned) and self._blobs.has(event.strokes):
                found[event.strokes] = (await self._blobs.read(event.strokes)).decode()
        return found


def _retained(time: timedelta) -> str:
    years, days = divmod(time.days, 365)
    long = f"{time.days} 天" if days else f"{years} 年"
    return f"自归档之日起 {long}，期满与个人信息一并删除，摘要留存"


def _names(catalogue: Catalogue, state: State) -> Mapping[str, str]:
    """Both halls with their windows and regions, as far as the catalogue knows them."""
    matter = state.matter
    halls = (matter.near_hall, matter.far_hall)
    found = catalogue.window_names(halls)
    for hall in halls:
        if hall in catalogue.halls:
            found[hall] = catalogue.halls[hall].name
    for code in (matter.near_region, matter.far_region):
        whole = "".join(catalogue.regions[each].name for each in reversed([*catalogue.chain(code)]))
        if whole:
            found[code] = whole
    return found
