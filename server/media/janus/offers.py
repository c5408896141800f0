"""Offers and answers before Janus sees them (SDP, RFC 8866): read with suspicion, and cut down to
one sound and one picture in the codecs that rooms carry."""

import ipaddress
from dataclasses import dataclass

from aiortc.sdp import SessionDescription

from server.media.errors import BadAnswer, BadOffer, CodecNotOffered
from server.media.plane import Track

LARGEST = 64 * 1024
SECTIONS = 40
CANDIDATES = 24
_CARRIED: dict[Track, str] = {"audio": "opus", "video": "vp8"}
_DROPPED = ("a=simulcast:", "a=rid:", "a=ssrc-group:SIM", "a=end-of-candidates", "a=ice-lite")
"""Several qualities of one picture: viewers' sections are for one. The end of candidates is not
believed: a sender behind NAT is known only when it speaks."""

Section = list[str]


@dataclass(frozen=True, slots=True)
class Screened:
    """An offer that Janus can answer. `text` has only the sections that are carried, `mids` their
    names; `refused` are the others: their places, and how each is refused."""

    text: str
    mids: dict[Track, str]
    refused: tuple[tuple[int, tuple[str, ...]], ...]

    def answer(self, text: str) -> str:
        """The whole answer: refused sections are put where they were offered (RFC 3264, 6)."""
        head, sections = _split(text)
        for place, section in self.refused:
            sections.insert(place, list(section))
        return _join(head, sections)


def publishers_offer(offer: str) -> Screened:
    """Reads an offer. Raises BadOffer, CodecNotOffered."""
    try:
        head, sections = _read(offer)
        kept: dict[Track, Section] = {}
        refused: list[tuple[int, tuple[str, ...]]] = []
        offered: set[str] = set()
        for place, section in enumerate(sections):
            track = _sent(section)
            codecs = _codecs(section) if track is not None else []
            offered.update(codecs)
            if track is None or track in kept or _CARRIED[track] not in map(str.lower, codecs):
                refused.append((place, _refusal(section)))
            else:
                kept[track] = _cleaned(section)
        if not kept:
            if offered:
                raise CodecNotOffered(sorted(offered))
            raise ValueError("no section sends sound or a picture")
        mids = {line[6:] for section in kept.values() for line in section if line[:6] == "a=mid:"}
        head = [_regrouped(line, mids) for line in head if not line.startswith(_DROPPED)]
        text = _join(head, list(kept.values()))
        named = _checked(text)
        if len(set(named)) != len(kept) or not all(named):
            raise ValueError("sections need a mid each")
    except ValueError as bad:
        raise BadOffer(str(bad)) from bad
    return Screened(text, dict(zip(kept, named, strict=True)), tuple(refused))


def viewers_answer(answer: str, mids: list[str]) -> str:
    """Reads the answer to an offer with these sections. Raises BadAnswer."""
    try:
        head, sections = _read(answer)
        text = _join(head, [_cleaned(section) for section in sections])
        if _checked(text) != mids:
            raise ValueError("the sections are not those of the offer")
    except ValueError as bad:
        raise BadAnswer(str(bad)) from bad
    return text


def _read(text: str) -> tuple[Section, list[Section]]:
    if len(text) > LARGEST:
        raise ValueError(f"more than {LARGEST} characters")
    if not text.startswith("v=0"):
        raise ValueError("not SDP")
    head, sections = _split(text)
    if not 0 < len(sections) <= SECTIONS:
        raise ValueError(f"{len(sections)} media sections")
    return head, sections


def _split(text: str) -> tuple[Section, list[Section]]:
    head: Section = []
    sections: list[Section] = []
    for line in text.splitlines():
        if line.startswith("m="):
            sections.append([line])
        elif sections:
            sections[-1].append(line)
        else:
            head.append(line)
    return head, sections


def _join(head: Section, sections: list[Section]) -> str:
    lines = head + [line for section in sections for line in section]
    return "".join(f"{line}\r\n" for line in lines if line)


def _sent(section: Section) -> Track | None:
    """The track that a section would send."""
    words = section[0][2:].split()
    if "a=recvonly" in section or "a=inactive" in section or len(words) < 4 or words[1] == "0":
        return None
    match words[0]:
        case "audio":
            return "audio"
        case "video":
            return "video"
        case _:
            return None


def _codecs(section: Section) -> list[str]:
    names = (
        line.partition(" ")[2].partition("/")[0] for line in section if line.startswith("a=rtpmap:")
    )
    return [name for name in names if name]


def _refusal(section: Section) -> tuple[str, ...]:
    words = section[0].split()
    if len(words) < 4:
        raise ValueError("a media line is incomplete")
    mid = next((line for line in section if line.startswith("a=mid:")), "")
    return " ".join([words[0], "0", *words[2:]]), "c=IN IP4 0.0.0.0", "a=inactive", mid


def _regrouped(line: str, mids: set[str]) -> str:
    if not line.startswith("a=group:BUNDLE"):
        return line
    return " ".join(word for word in line.split() if word == "a=group:BUNDLE" or word in mids)


def _cleaned(section: Section) -> Section:
    """Leaves UDP candidates with addresses in figures: names (of browsers' mDNS) would be asked
    for in the network of the node."""
    kept: Section = []
    candidates = 0
    for line in section:
        if line.startswith("a=candidate:"):
            candidates += 1
            if candidates > CANDIDATES or not _is_usable(line):
                continue
        if not line.startswith(_DROPPED):
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


def _checked(text: str) -> list[str]:
    """The mids of the sections, each of which can be connected to. Raises ValueError."""
    try:
        parsed = SessionDescription.parse(text)
    except Exception as bad:
        # The parser raises what its int(), its asserts and its indices happen to raise.
        raise ValueError(str(bad) or "not SDP") from bad
    for section in parsed.media:
        if section.port == 0:
            continue
        if not section.rtcp_mux:
            raise ValueError("rtcp-mux is needed")
        if section.dtls is None or not section.dtls.fingerprints:
            raise ValueError("no fingerprint")
        ice = section.ice
        if ice is None or not ice.usernameFragment or not ice.password:
            raise ValueError("no ICE user name and password")
    return [str(section.rtp.muxId) for section in parsed.media]
