"""A participant's camera and microphone: real VP8 and Opus, packed into RTP as engines get it."""

import math
import random
import struct
from fractions import Fraction
from functools import cache

import av
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.rtp import RtpPacket

FPS = 30
SOUND_EVERY = 0.02

# 400 Hz: twenty milliseconds are eight whole waves, so that every frame is the same.
_TONE = b"".join(
    struct.pack("<h", int(8000 * math.sin(math.tau * i / 120))) * 2 for i in range(960)
)


class _Pictures:
    """Encoded pictures, of which the first is the only keyframe."""

    def __init__(self, width: int, height: int, noise: bool) -> None:
        self._codec = av.CodecContext.create("libvpx", "w")
        self._codec.width, self._codec.height = width, height
        self._codec.pix_fmt = "yuv420p"
        self._codec.time_base = Fraction(1, FPS)
        self._codec.bit_rate = 5_000_000 if noise else 500_000
        self._codec.gop_size = 100_000
        self._codec.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
        self._chance = random.Random(width) if noise else None
        self._encoded: list[bytes] = []

    def __getitem__(self, number: int) -> bytes:
        while len(self._encoded) <= number:
            self._encoded += [bytes(each) for each in self._codec.encode(self._drawn())]
        return self._encoded[number]

    def _drawn(self) -> av.VideoFrame:
        number = len(self._encoded)
        frame = av.VideoFrame(self._codec.width, self._codec.height, "yuv420p")
        for index, plane in enumerate(frame.planes):
            if self._chance is not None:
                plane.update(self._chance.randbytes(plane.line_size * plane.height))
                continue
            row = bytes((x * 3 + number * (index + 5)) % 200 + 20 for x in range(plane.width))
            plane.update((row + bytes(plane.line_size - plane.width)) * plane.height)
        frame.pts = number
        frame.time_base = Fraction(1, FPS)
        return frame


class _Sounds:
    """Encoded sound."""

    def __init__(self) -> None:
        self._codec = av.CodecContext.create("libopus", "w")
        self._codec.sample_rate = 48000
        self._codec.layout = "stereo"
        self._codec.format = "s16"
        self._codec.options = {"application": "voip", "frame_duration": "20"}
        self._encoded: list[bytes] = []

    def __getitem__(self, number: int) -> bytes:
        while len(self._encoded) <= number:
            frame = av.AudioFrame("s16", "stereo", 960)
            frame.planes[0].update(_TONE)
            frame.sample_rate = 48000
            frame.pts = len(self._encoded) * 960
            frame.time_base = Fraction(1, 48000)
            self._encoded += [bytes(each) for each in self._codec.encode(frame)]
        return self._encoded[number]


# Encoding is what takes the time, so each kind of picture is encoded once.
_pictures = cache(_Pictures)
_sounds = cache(_Sounds)


class Camera:
    """Sends stripes that move with each picture, or noise, which takes many bytes. Begins again
    with its keyframe when it is asked for one."""

    def __init__(
        self, width: int = 320, height: int = 240, ssrc: int = 1001, noise: bool = False
    ) -> None:
        self._pictures = _pictures(width, height, noise)
        self._packer = Vp8Encoder()
        self._rtp = _Rtp(ssrc, 96)
        self._next = 0
        self._sent = 0
        self.wants_key = False

    def picture(self) -> list[bytes]:
        """The packets of the next picture."""
        if self.wants_key:
            self._next = 0
            self.wants_key = False
        packet = av.Packet(self._pictures[self._next])
        packet.pts = self._sent
        packet.time_base = Fraction(1, FPS)
        payloads, timestamp = self._packer.pack(packet)
        self._next += 1
        self._sent += 1
        last = len(payloads) - 1
        return [self._rtp.packet(each, timestamp, i == last) for i, each in enumerate(payloads)]

    def leaves_out(self, pictures: int) -> None:
        """Time passes without so many pictures."""
        self._sent += pictures


class Microphone:
    """Sends a tone."""

    def __init__(self, ssrc: int = 2001) -> None:
        self._sounds = _sounds()
        self._rtp = _Rtp(ssrc, 111)
        self._sent = 0

    def sound(self) -> list[bytes]:
        """The packets of the next 20 ms."""
        packet = self._rtp.packet(self._sounds[self._sent], self._sent * 960, True)
        self._sent += 1
        return [packet]


class _Rtp:
    """Numbers packets, across the places where the counters begin again."""

    def __init__(self, ssrc: int, payload_type: int) -> None:
        self._ssrc = ssrc
        self._payload_type = payload_type
        self._sequence = 65500
        self._start = (1 << 32) - 45000

    def packet(self, payload: bytes, timestamp: int, marker: bool) -> bytes:
        packet = RtpPacket(
            payload_type=self._payload_type,
            marker=int(marker),
            sequence_number=self._sequence,
            timestamp=(self._start + timestamp) & 0xFFFFFFFF,
            ssrc=self._ssrc,
            payload=payload,
        )
        self._sequence = (self._sequence + 1) & 0xFFFF
        return packet.serialize()
