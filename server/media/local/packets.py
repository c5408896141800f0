"""RTP as it comes in (RFC 3550 section 5.1), and the little of VP8's payload that rooms need (RFC
7741 section 4.2)."""

from struct import unpack_from

HEADER = 12


class Packet:
    """One packet without extensions, contributing sources and padding."""

    __slots__ = ("at_picture_id", "keyframe", "marker", "payload", "picture_id", "seq", "timestamp")

    def __init__(self, seq: int, timestamp: int, marker: int, payload: bytes) -> None:
        self.seq = seq
        self.timestamp = timestamp
        self.marker = marker
        self.payload = payload
        self.keyframe = False
        self.picture_id = -1
        self.at_picture_id = 0

    def read_vp8(self) -> None:
        """Finds out whether a keyframe begins here, and the 15-bit picture id if there is one."""
        payload, at = self.payload, 1
        if len(payload) < 2:
            return
        first = payload[0]
        if first & 0x80:
            present, at = payload[1], 2
            if present & 0x80:
                if len(payload) < at + 2:
                    return
                if payload[at] & 0x80:
                    self.at_picture_id = at
                    self.picture_id = unpack_from("!H", payload, at)[0] & 0x7FFF
                    at += 1
                at += 1
            at += (present & 0x40) // 0x40 + (1 if present & 0x30 else 0)
        begins = first & 0x10 and not first & 0x07
        if begins and len(payload) > at:
            self.keyframe = not payload[at] & 0x01


def payload_of(data: bytes) -> bytes | None:
    """What an RTP packet carries; None when its lengths contradict one another."""
    at = HEADER + 4 * (data[0] & 0x0F)
    end = len(data)
    if data[0] & 0x10:
        if end < at + 4:
            return None
        at += 4 + 4 * int(unpack_from("!H", data, at + 2)[0])
    if data[0] & 0x20 and end > at:
        end -= data[-1]
    return data[at:end] if at <= end else None


def ahead(seq: int, of: int) -> int:
    """How far a 16-bit number is ahead of another; negative when it is behind."""
    return ((seq - of + 0x8000) & 0xFFFF) - 0x8000
