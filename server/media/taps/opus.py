"""Opus packets (RFC 6716 §3.1, RFC 7587): one RTP payload is one packet."""

RATE = 48000
"""Of the RTP clock, whatever the encoder does (RFC 7587 §4.1)."""

LARGEST = 8 << 10
"""Bytes of a packet: more than six frames of the largest size."""

# RFC 6716 table 2: samples of a frame at 48 kHz for each configuration.
_SILK = (480, 960, 1920, 2880)
_HYBRID = (480, 960)
_CELT = (120, 240, 480, 960)
_LONGEST = 5760


def duration(packet: bytes) -> int | None:
    """How long the packet sounds, in samples at 48 kHz; None when it is no Opus packet."""
    if not packet or len(packet) > LARGEST:
        return None
    configuration = packet[0] >> 3
    if configuration < 12:
        frame = _SILK[configuration & 3]
    elif configuration < 16:
        frame = _HYBRID[configuration & 1]
    else:
        frame = _CELT[configuration & 3]
    match packet[0] & 3:
        case 0:
            count = 1
        case 1 | 2:
            count = 2
        case _:
            if len(packet) < 2:
                return None
            count = packet[1] & 0x3F
    total = frame * count
    return total if 0 < total <= _LONGEST else None


def head(channels: int = 2) -> bytes:
    """The identification header (RFC 7845 §5.1) that WebM wants as CodecPrivate. No pre-skip: a
    recording begins in the middle of what the encoder sends."""
    return (
        b"OpusHead\x01"
        + bytes([channels])
        + (0).to_bytes(2, "little")
        + RATE.to_bytes(4, "little")
        + b"\0\0"  # gain
        + b"\0"  # mapping family
    )
