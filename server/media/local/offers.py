"""SDP of strangers (RFC 8866): read before aiortc sees it, and cut to what rooms carry."""

import ipaddress
from dataclasses import dataclass

from server.media.errors import BadOffer, CodecNotOffered
from server.media.plane import Track

LARGEST = 64 * 1024
SECTIONS = 40
CANDIDATES = 24
CARRIED: dict[str, str] = {"audio": "opus", "video": "VP8"}


@dataclass(frozen=True, slots=True)
class Screened:
    """An offer that can be answered. `text` has only the sections that are carried; `refused` says
    which others there were: their place, and how each has to be refused in the answer."""

    text: str
    tracks: tuple[Track, ...]
    refused: tuple[tuple[int, tuple[str, ...]], ...]

    def answer(self, text: str) -> str:
        """The whole answer: refused sections are put where they were offered (RFC 3264, 6)."""
        head, sections = _split(text)
        for place, section in self.refused:
            sections.insert(place, list(section))
        return _join(head, sections)


def screen(offer: str) -> Screened:
    """Reads a publisher's offer. Raises BadOffer, CodecNotOffered."""
    head, sections = _read(offer)
    kept: list[list[str]] = []
    tracks: list[Track] = []
    refused: list[tuple[int, tuple[str, ...]]] = []
    offered: list[str] = []
    for place, section in enumerate(sections):
        track = _track(section)
        codecs = _codecs(section) if track else []
        offered += codecs
        if track and track not in tracks and _carries(track, codecs):
            tracks.append(track)
            kept.append(_without_strange_candidates(section))
        else:
            refused.append((place, _refusal(section)))
    if not tracks:
        if offered:
            raise CodecNotOffered(sorted(set(offered)))
        raise BadOffer("no section sends sound or a picture")
    lines = [line for section in kept for line in section]
    if not any(line.startswith("a=fingerprint:") for line in head + lines):
        raise BadOffer("no fingerprint")
    if not any(line.startswith("a=ice-ufrag:") for line in head + lines):
        raise BadOffer("no ICE user name")
    mids = {line[6:] for line in lines if line.startswith("a=mid:")}
    if len(mids) != len(kept):
        raise BadOffer("sections need a mid each")
    head = [_regrouped(line, mids) for line in head if line != "a=ice-lite"]
    return Screened(_join(head, kept), tuple(tracks), tuple(refused))


def screen_answer(answer: str) -> str:
    """Reads a viewer's answer; what is wrong with it in detail is found by aiortc. Raises
    ValueError."""
    try:
        head, sections = _read(answer)
    except BadOffer as bad:
        raise ValueError(str(bad.params.get("reason"))) from None
    return _join(head, [_without_strange_candidates(section) for section in sections])


def _read(text: str) -> tuple[list[str], list[list[str]]]:
    if len(text) > LARGEST:
        raise BadOffer(f"more than {LARGEST} characters")
    if not text.startswith("v=0"):
        raise BadOffer("not SDP")
    head, sections = _split(text)
    if not sections:
        raise BadOffer("no media section")
    if len(sections) > SECTIONS:
        raise BadOffer(f"more than {SECTIONS} media sections")
    return head, sections


def _split(text: str) -> tuple[list[str], list[list[str]]]:
    head: list[str] = []
    sections: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith("m="):
            sections.append([line])
        elif sections:
            sections[-1].append(line)
        else:
            head.append(line)
    return head, sections


def _join(head: list[str], sections: list[list[str]]) -> str:
    lines = head + [line for section in sections for line in section]
    return "\r\n".join(line for line in lines if line) + "\r\n"


def _track(section: list[str]) -> Track | None:
    """The track that a section would send; None when it sends none."""
    if "a=recvonly" in section or "a=inactive" in section:
        return None
    words = section[0][2:].split()
    if len(words) < 4 or words[1] == "0":
        return None
    if words[0] == "audio":
        return "audio"
    return "video" if words[0] == "video" else None


def _codecs(section: list[str]) -> list[str]:
    names = (
        line.partition(" ")[2].partition("/")[0] for line in section if line.startswith("a=rtpmap:")
    )
    return [name for name in names if name]


def _carries(track: Track, codecs: list[str]) -> bool:
    return CARRIED[track].lower() in (codec.lower() for codec in codecs)


def _refusal(section: list[str]) -> tuple[str, ...]:
    words = section[0].split(" ")
    if len(words) < 4:
        raise BadOffer("a media line is incomplete")
    mid = next((line for line in section if line.startswith("a=mid:")), "")
    line = " ".join([words[0], "0", *words[2:]])
    return line, "c=IN IP4 0.0.0.0", "a=inactive", mid


def _regrouped(line: str, mids: set[str]) -> str:
    if not line.startswith("a=group:BUNDLE"):
        return line
    return " ".join(word for word in line.split() if word == "a=group:BUNDLE" or word in mids)


def _without_strange_candidates(section: list[str]) -> list[str]:
    """Leaves UDP candidates with addresses in figures. Their end is not told: a peer behind NAT is
    known only when it speaks, so no list is ever complete."""
    kept: list[str] = []
    candidates = 0
    for line in section:
        if line == "a=end-of-candidates":
            continue
        if line.startswith("a=candidate:"):
            candidates += 1
            if candidates > CANDIDATES or not _is_usable(line):
                continue
        kept.append(line)
    return kept


def _is_usable(candidate: str) -> bool:
    words = candidate.split()
    if len(words) < 8 or words[2].lower() != "udp" or words[1] != "1":
        return False
    try:
        ipaddress.ip_address(words[4])
    except ValueError:
        return False
    return True
