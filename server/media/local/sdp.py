"""SDP (RFC 8866) as rooms use it: offers of publishers read with suspicion and answered, slots
offered to viewers. Everything goes over one transport, and of codecs only Opus and VP8."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from server.media.errors import BadOffer, CodecNotOffered
from server.media.plane import Slot, Track

LARGEST = 64 * 1024
SECTIONS = 40
CANDIDATES = 24
CODECS: dict[Track, str] = {"audio": "opus", "video": "VP8"}
_RTPMAPS: dict[Track, str] = {"audio": "opus/48000/2", "video": "VP8/90000"}
_FEEDBACK: dict[Track, tuple[str, ...]] = {
    "audio": ("nack",),
    "video": ("nack", "nack pli", "goog-remb"),
}
_OPUS = "minptime=10;useinbandfec=1"
PAYLOAD_TYPES: dict[Track, int] = {"audio": 96, "video": 97}
"""What every offer to viewers says."""
_SETUPS = ("active", "passive", "actpass")


@dataclass(frozen=True, slots=True)
class Peer:
    """How the other side is reached and known: ICE (RFC 8839) and DTLS (RFC 8122, RFC 8842)."""

    user: str
    password: str
    is_lite: bool
    fingerprints: tuple[tuple[str, str], ...]
    setup: str
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ourselves:
    """The same of this side."""

    user: str
    password: str
    fingerprint: str
    candidates: tuple[str, ...]
    address: str
    port: int

    def lines(self, setup: str) -> list[str]:
        """What each section says of it."""
        return [
            f"a=ice-ufrag:{self.user}",
            f"a=ice-pwd:{self.password}",
            f"a=fingerprint:sha-256 {self.fingerprint}",
            f"a=setup:{setup}",
            *(f"a=candidate:{candidate}" for candidate in self.candidates),
            "a=end-of-candidates",
        ]

    def media(self, kind: str, numbers: Iterable[int]) -> list[str]:
        """The first lines of a section."""
        formats = " ".join(str(number) for number in numbers)
        family = "IP6" if ":" in self.address else "IP4"
        return [
            f"m={kind} {self.port} UDP/TLS/RTP/SAVPF {formats}",
            f"c=IN {family} {self.address}",
            "a=rtcp-mux",
        ]


@dataclass(frozen=True, slots=True)
class Sent:
    """A track as a publisher will send it: by what numbers, and what may be asked for."""

    track: Track
    mid: str
    number: int
    repairs: int | None
    """The payload type of packets that are sent again (RTX, RFC 4588)."""
    feedback: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer that can be answered."""

    peer: Peer
    tracks: tuple[Sent, ...]
    _sections: tuple["_Section", ...] = field(repr=False)

    @property
    def setup(self) -> str:
        """Our part in DTLS."""
        return "passive" if self.peer.setup == "active" else "active"

    def answer(self, ourselves: Ourselves) -> str:
        """The answer: sections that are not carried are refused in their places (RFC 3264, 6)."""
        taken = {sent.mid: sent for sent in self.tracks}
        lines = _head(sent.mid for sent in self.tracks)
        for section in self._sections:
            sent = taken.get(section.mid)
            if sent is None:
                lines += section.refusal()
                continue
            numbers = [sent.number] if sent.repairs is None else [sent.number, sent.repairs]
            lines += ourselves.media(sent.track, numbers)
            lines += [f"a=mid:{sent.mid}", "a=recvonly"]
            lines += _codec(sent.track, sent.number, sent.feedback)
            if sent.repairs is not None:
                lines.append(f"a=rtpmap:{sent.repairs} rtx/90000")
                lines.append(f"a=fmtp:{sent.repairs} apt={sent.number}")
            lines += ourselves.lines(self.setup)
        return _text(lines)


def read_offer(text: str) -> Offer:
    """Reads a publisher's offer. Raises BadOffer, CodecNotOffered."""
    head, sections = _read(text)
    tracks: dict[Track, Sent] = {}
    offered: list[str] = []
    for section in sections:
        track = section.track
        if track is None or not section.sends:
            continue
        offered += section.codecs.values()
        if track not in tracks and (number := section.number(CODECS[track])) is not None:
            tracks[track] = Sent(
                track,
                section.mid,
                number,
                section.repairs(number),
                tuple(f for f in _FEEDBACK[track] if f in section.feedback(number)),
            )
    if not tracks:
        if offered:
            raise CodecNotOffered(sorted(set(offered)))
        raise BadOffer("no section sends sound or a picture")
    mids = {sent.mid for sent in tracks.values()}
    taken = [section for section in sections if section.mid in mids]
    numbers = [n for sent in tracks.values() for n in (sent.number, sent.repairs) if n is not None]
    if not len(mids) == len(taken) == len(tracks) or len(set(numbers)) != len(numbers):
        raise BadOffer("sections are not told apart by their mids and payload types")
    if len(taken) > 1 and not _are_bundled(head, taken):
        raise BadOffer("sections are not bundled")
    if not all("a=rtcp-mux" in section.lines for section in taken):
        raise BadOffer("RTP and RTCP need one port")
    return Offer(_peer(head, taken[0].lines), tuple(tracks.values()), tuple(sections))


@dataclass(frozen=True, slots=True)
class Offered:
    """A section for viewers: a slot's sound or picture."""

    slot: Slot
    track: Track
    ssrc: int


def write_offer(offered: Iterable[Offered], ourselves: Ourselves, cname: str) -> str:
    """Offers slots; each section's `mid` is its place."""
    sections = list(offered)
    lines = _head(str(mid) for mid in range(len(sections)))
    for mid, each in enumerate(sections):
        number = PAYLOAD_TYPES[each.track]
        lines += ourselves.media(each.track, [number])
        lines += [f"a=mid:{mid}", "a=sendonly", f"a=msid:{each.slot} {each.slot}-{each.track}"]
        lines += _codec(each.track, number, _FEEDBACK[each.track])
        lines.append(f"a=ssrc:{each.ssrc} cname:{cname}")
        lines += ourselves.lines("actpass")
    return _text(lines)


def read_answer(text: str, count: int) -> tuple[Peer, set[int]]:
    """Reads a viewer's answer to `count` sections: who it is, and the places of the sections it
    takes. Raises BadOffer, for the caller to translate."""
    head, sections = _read(text)
    if [section.mid for section in sections] != [str(mid) for mid in range(count)]:
        raise BadOffer("the sections are not those that were offered")
    taken = set()
    for place, section in enumerate(sections):
        if section.is_refused or (section.sends and "a=sendonly" in section.lines):
            continue
        if "a=inactive" in section.lines:
            continue
        track = section.track
        if track is None or section.number(CODECS[track]) != PAYLOAD_TYPES[track]:
            raise BadOffer("payload types must stay as they were offered")
        taken.add(place)
    if not taken:
        raise BadOffer("nothing is taken")
    peer = _peer(head, sections[min(taken)].lines)
    if peer.setup == "actpass":
        raise BadOffer("an answer has to decide who begins DTLS")
    return peer, taken


class _Section:
    """A media section of somebody else's."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        words = lines[0][2:].split()
        if len(words) < 4:
            raise BadOffer("a media line is incomplete")
        self._words = words
        self.mid = next((line[6:] for line in lines if line.startswith("a=mid:")), "")
        self.codecs: dict[int, str] = {}
        for number, value in self._numbered("a=rtpmap:"):
            self.codecs[number] = value.partition("/")[0]

    @property
    def track(self) -> Track | None:
        """What kind of track it is."""
        match self._words[0]:
            case "audio":
                return "audio"
            case "video":
                return "video"
            case _:
                return None

    @property
    def is_refused(self) -> bool:
        """Whether it was refused by its port."""
        return self._words[1] == "0"

    @property
    def sends(self) -> bool:
        """Whether something would come."""
        quiet = "a=recvonly" in self.lines or "a=inactive" in self.lines
        return not quiet and not self.is_refused

    def number(self, codec: str) -> int | None:
        """The first payload type of a codec."""
        for number, name in self.codecs.items():
            if name.lower() == codec.lower() and str(number) in self._words[3:]:
                return number
        return None

    def repairs(self, number: int) -> int | None:
        """The payload type in which packets of another are sent again."""
        for each, value in self._numbered("a=fmtp:"):
            if value == f"apt={number}" and self.codecs.get(each, "").lower() == "rtx":
                return each
        return None

    def feedback(self, number: int) -> list[str]:
        """What feedback its sender takes (RFC 4585)."""
        specific = [value for each, value in self._numbered("a=rtcp-fb:") if each == number]
        general = [line[12:] for line in self.lines if line.startswith("a=rtcp-fb:* ")]
        return specific + general

    def refusal(self) -> list[str]:
        """How it is refused."""
        media = " ".join([self._words[0], "0", *self._words[2:]])
        lines = [f"m={media}", "c=IN IP4 0.0.0.0", "a=inactive"]
        return [*lines, f"a=mid:{self.mid}"] if self.mid else lines

    def _numbered(self, name: str) -> list[tuple[int, str]]:
        found = []
        for line in self.lines:
            if line.startswith(name):
                number, _, value = line[len(name) :].partition(" ")
                if number.isascii() and number.isdecimal() and int(number) < 128:
                    found.append((int(number), value))
        return found


def _read(text: str) -> tuple[list[str], list[_Section]]:
    if len(text) > LARGEST:
        raise BadOffer(f"more than {LARGEST} characters")
    if not text.startswith("v=0"):
        raise BadOffer("not SDP")
    head: list[str] = []
    sections: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith("m="):
            sections.append([line])
        elif sections:
            sections[-1].append(line)
        else:
            head.append(line)
    if not sections:
        raise BadOffer("no media section")
    if len(sections) > SECTIONS:
        raise BadOffer(f"more than {SECTIONS} media sections")
    return head, [_Section(lines) for lines in sections]


def _are_bundled(head: list[str], sections: list[_Section]) -> bool:
    groups = [line.split()[1:] for line in head if line.startswith("a=group:BUNDLE")]
    return any(all(section.mid in group for section in sections) for group in groups)


def _peer(head: list[str], lines: list[str]) -> Peer:
    def one(name: str) -> str:
        for line in [*lines, *head]:
            if line.startswith(name):
                return line[len(name) :].strip()
        raise BadOffer(f"no {name[2:-1]}")

    user, password = one("a=ice-ufrag:"), one("a=ice-pwd:")
    if not re.fullmatch(r"[A-Za-z0-9+/]{4,256}", user):
        raise BadOffer("a strange ICE user name")
    if not re.fullmatch(r"[A-Za-z0-9+/]{22,256}", password):
        raise BadOffer("a strange ICE password")
    setup = one("a=setup:")
    if setup not in _SETUPS:
        raise BadOffer("a strange DTLS role")
    one("a=fingerprint:")
    fingerprints = []
    for line in [*lines, *head]:
        if line.startswith("a=fingerprint:"):
            algorithm, _, value = line[14:].strip().partition(" ")
            fingerprints.append((algorithm, value))
    if not any(algorithm.lower() == "sha-256" for algorithm, _ in fingerprints):
        raise BadOffer("no SHA-256 fingerprint")
    named = [line[12:] for line in lines if line.startswith("a=candidate:")]
    return Peer(
        user,
        password,
        is_lite="a=ice-lite" in head,
        fingerprints=tuple(fingerprints),
        setup=setup,
        candidates=tuple(c for c in named[:CANDIDATES] if _is_usable(c)),
    )


def _is_usable(candidate: str) -> bool:
    """Whether it is of UDP and has an address in figures: names would have to be asked for."""
    words = candidate.split()
    if len(words) < 8 or words[2].lower() != "udp" or words[1] != "1":
        return False
    try:
        ipaddress.ip_address(words[4])
    except ValueError:
        return False
    return all(word.isascii() and word.isdecimal() for word in (words[3], words[5]))


def _head(mids: Iterable[str]) -> list[str]:
    bundle = " ".join(["a=group:BUNDLE", *mids])
    return ["v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0", bundle, "a=msid-semantic:WMS *"]


def _codec(track: Track, number: int, feedback: Iterable[str]) -> list[str]:
    lines = [f"a=rtpmap:{number} {_RTPMAPS[track]}"]
    lines += [f"a=rtcp-fb:{number} {each}" for each in feedback]
    return [*lines, f"a=fmtp:{number} {_OPUS}"] if track == "audio" else lines


def _text(lines: Iterable[str]) -> str:
    return "\r\n".join(lines) + "\r\n"
