"""Writes live WebM: EBML (RFC 8794) and Matroska (RFC 9559) as far as VP8 and Opus need it.

Pieces are bytes; whoever has them decides where they go. The segment has no known size, because
nobody knows how long it will be. Times are whole milliseconds.
"""

from collections.abc import Iterable

from server.media.plane import Track
from server.media.taps import opus
from server.media.taps.vp8 import Size

NUMBER: dict[Track, int] = {"video": 1, "audio": 2}
"""Of a track in every file and stream."""

CODECS: dict[Track, str] = {"video": "VP8", "audio": "opus"}
"""What is carried, by the names of SDP."""

FARTHEST = 0x7FFF
"""Milliseconds between a cluster and a block in it."""

_UNKNOWN = b"\x01\xff\xff\xff\xff\xff\xff\xff"
_SEEK_PRE_ROLL = 80_000_000  # RFC 9559 §12: nanoseconds that Opus needs before it sounds right
_KEY = 0x80
_INVISIBLE = 0x08
_APP = b"yunkai"
_SOMETHING = Size(640, 480)

_EBML = 0x1A45DFA3
_EBML_VERSION = 0x4286
_EBML_READ_VERSION = 0x42F7
_EBML_MAX_ID_LENGTH = 0x42F2
_EBML_MAX_SIZE_LENGTH = 0x42F3
_DOC_TYPE = 0x4282
_DOC_TYPE_VERSION = 0x4287
_DOC_TYPE_READ_VERSION = 0x4285
_SEGMENT = 0x18538067
_INFO = 0x1549A966
_TIMESTAMP_SCALE = 0x2AD7B1
_MUXING_APP = 0x4D80
_WRITING_APP = 0x5741
_TRACKS = 0x1654AE6B
_TRACK_ENTRY = 0xAE
_TRACK_NUMBER = 0xD7
_TRACK_UID = 0x73C5
_TRACK_TYPE = 0x83
_FLAG_LACING = 0x9C
_CODEC_ID = 0x86
_CODEC_PRIVATE = 0x63A2
_SEEK_PRE_ROLL_ID = 0x56BB
_VIDEO = 0xE0
_PIXEL_WIDTH = 0xB0
_PIXEL_HEIGHT = 0xBA
_AUDIO = 0xE1
_SAMPLING_FREQUENCY = 0xB5
_CHANNELS = 0x9F
_CLUSTER = 0x1F43B675
_TIMESTAMP = 0xE7
_SIMPLE_BLOCK = b"\xa3"


def head(tracks: Iterable[Track], size: Size | None = None) -> bytes:
    """The initialisation segment: everything before the first cluster. `size` is that of the first
    picture; later ones may differ, every keyframe of VP8 says its own."""
    entries = [_video(size or _SOMETHING) if each == "video" else _audio() for each in tracks]
    return (
        _element(
            _EBML,
            _number(_EBML_VERSION, 1),
            _number(_EBML_READ_VERSION, 1),
            _number(_EBML_MAX_ID_LENGTH, 4),
            _number(_EBML_MAX_SIZE_LENGTH, 8),
            _element(_DOC_TYPE, b"webm"),
            _number(_DOC_TYPE_VERSION, 4),
            _number(_DOC_TYPE_READ_VERSION, 2),
        )
        + _id(_SEGMENT)
        + _UNKNOWN
        + _element(
            _INFO,
            _number(_TIMESTAMP_SCALE, 1_000_000),
            _element(_MUXING_APP, _APP),
            _element(_WRITING_APP, _APP),
        )
        + _element(_TRACKS, *entries)
    )


def open_cluster(time: int) -> bytes:
    """The beginning of a cluster that ends where the next begins: its blocks can be written one
    after another."""
    return _id(_CLUSTER) + _UNKNOWN + _number(_TIMESTAMP, time)


def cluster(time: int, blocks: Iterable[bytes]) -> bytes:
    """A whole cluster."""
    return _element(_CLUSTER, _number(_TIMESTAMP, time), *blocks)


def block(track: Track, after: int, key: bool, data: bytes) -> bytes:
    """A frame, so many milliseconds (0 to FARTHEST) after its cluster's time."""
    flags = _KEY if key else 0
    if track == "video" and not data[0] & 0x10:  # RFC 6386 §9.1: show_frame
        flags |= _INVISIBLE
    start = bytes((0x80 | NUMBER[track], after >> 8, after & 0xFF, flags))
    return _SIMPLE_BLOCK + _length(len(data) + 4) + start + data


def _video(size: Size) -> bytes:
    return _element(
        _TRACK_ENTRY,
        _number(_TRACK_NUMBER, NUMBER["video"]),
        _number(_TRACK_UID, NUMBER["video"]),
        _number(_TRACK_TYPE, 1),
        _number(_FLAG_LACING, 0),
        _element(_CODEC_ID, b"V_VP8"),
        _element(_VIDEO, _number(_PIXEL_WIDTH, size.width), _number(_PIXEL_HEIGHT, size.height)),
    )


def _audio() -> bytes:
    return _element(
        _TRACK_ENTRY,
        _number(_TRACK_NUMBER, NUMBER["audio"]),
        _number(_TRACK_UID, NUMBER["audio"]),
        _number(_TRACK_TYPE, 2),
        _number(_FLAG_LACING, 0),
        _element(_CODEC_ID, b"A_OPUS"),
        _element(_CODEC_PRIVATE, opus.head()),
        _number(_SEEK_PRE_ROLL_ID, _SEEK_PRE_ROLL),
        # 48000 as a 64-bit float (RFC 8794 §7.3)
        _element(
            _AUDIO,
            _element(_SAMPLING_FREQUENCY, bytes.fromhex("40e7700000000000")),
            _number(_CHANNELS, 2),
        ),
    )


def _element(name: int, *content: bytes) -> bytes:
    inner = b"".join(content)
    return _id(name) + _length(len(inner)) + inner


def _number(name: int, value: int) -> bytes:
    content = value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big")
    return _id(name) + _length(len(content)) + content


def _id(name: int) -> bytes:
    return name.to_bytes((name.bit_length() + 7) // 8, "big")


def _length(value: int) -> bytes:
    """RFC 8794 §4: as short as it can be; all ones would mean "unknown"."""
    for width in range(1, 9):
        if value < (1 << 7 * width) - 1:
            return (value | 1 << 7 * width).to_bytes(width, "big")
    raise ValueError("no element is that large")
