"""A participant's camera and microphone: real VP8 and Opus, packed into RTP as engines get it."""

import math
import struct
from fractions import Fraction

import av
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.rtp import RtpPacket
from av.video.frame import PictureType

FPS = 30
SOUND_EVERY = 0.02


class Camera:
    """Sends a grey that changes with each picture, so that every picture is different."""

    def __init__(self, width: int = 320, height: int = 240, ssrc: int = 1001) -> None:
        self._codec = av.CodecContext.create("libvpx", "w")
        self._codec.width, self._codec.height = width, height
        self._codec.pix_fmt = "yuv420p"
        self._codec.time_base = Fraction(1, 90000)
        self._codec.bit_rate = 500_000
        self._codec.gop_size = 100_000
        self._codec.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
        self._packer = Vp8Encoder()
        self._rtp = _Rtp(ssrc, 96)
        self._number = 0
        self.wants_key = False

    def picture(self) -> list[bytes]:
        """The packets of the next picture."""
        frame = av.VideoFrame(self._codec.width, self._codec.height, "yuv420p")
        for index, plane in enumerate(frame.planes):
            row = bytes((x * 3 + self._number * (index + 5)) % 200 + 20 for x in range(plane.width))
            padded = row + bytes(plane.line_size - plane.width)
            plane.update(padded * plane.height)
        frame.pts = self._number * 90000 // FPS
        frame.time_base = Fraction(1, 90000)
        if self.wants_key:
            frame.pict_type = PictureType.I
            self.wants_key = False
        packets: list[bytes] = []
        for encoded in self._codec.encode(frame):
            payloads, _ = self._packer.pack(encoded)
            for payload in payloads:
                packets.append(self._rtp.packet(payload, frame.pts, payload is payloads[-1]))
        self._number += 1
        return packets


class Microphone:
    """Sends a tone."""

    def __init__(self, ssrc: int = 2001) -> None:
        self._codec = av.CodecContext.create("libopus", "w")
        self._codec.sample_rate = 48000
        self._codec.layout = "stereo"
        self._codec.format = "s16"
        self._codec.options = {"application": "voip", "frame_duration": "20"}
        self._rtp = _Rtp(ssrc, 111)
        self._number = 0

    def sound(self) -> list[bytes]:
        """The packets of the next 20 ms."""
        frame = av.AudioFrame("s16", "stereo", 960)
        start = self._number * 960
        tone = (int(8000 * math.sin((start + i) * 0.0576)) for i in range(960))
        frame.planes[0].update(b"".join(struct.pack("<hh", each, each) for each in tone))
        frame.sample_rate = 48000
        frame.pts = start
        frame.time_base = Fraction(1, 48000)
        self._number += 1
        return [self._rtp.packet(bytes(each), start, True) for each in self._codec.encode(frame)]


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


