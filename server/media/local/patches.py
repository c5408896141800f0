"""Everything that reaches into aiortc, aioice and pylibsrtp. Their versions are pinned; a test says
what is expected of them.

aiortc negotiates ICE, DTLS and SDP. Its senders, receivers, coders and jitter buffers are never
started: packets are taken where datagrams arrive and are sent from where they are forwarded.
"""

import asyncio
import functools
import logging
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

import aioice.ice
import pylibsrtp
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpTransceiver
from aiortc import rtcdtlstransport as dtls
from aiortc.codecs import CODECS
from aiortc.rtcconfiguration import RTCBundlePolicy
from aiortc.rtcrtpparameters import RTCRtcpFeedback
from pylibsrtp._binding import ffi, lib  # type: ignore[import-not-found] # compiled, without types

log = logging.getLogger(__name__)

VERSIONS = {"aiortc": "1.16", "aioice": "0.13"}
"""What this module was written against: the first two parts of the versions."""

DTLS_WAITING = 32
"""Datagrams of a handshake that wait at most; more are a flood."""
LARGEST = 1500
FASTEST = ("SRTP_AEAD_AES_128_GCM", "SRTP_AEAD_AES_256_GCM", "SRTP_AES128_CM_SHA1_80")
"""Protection profiles (RFC 7714, RFC 5764), the one that costs least first."""

Address = tuple[str, int]


def prepare(addresses: Sequence[str]) -> None:
    """Makes this process's aiortc fit: once, before the first connection.

    `addresses` are announced instead of the machine's own. One certificate serves all connections.
    A peer that is gone is noticed after a dozen seconds instead of 36 (RFC 7675 section 5.1).
    """
    if addresses:
        announced = list(addresses)
        aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: announced
    aioice.ice.CONSENT_INTERVAL = 2
    certificate = dtls.RTCCertificate.generateCertificate()
    dtls.RTCCertificate.generateCertificate = classmethod(  # type: ignore[assignment,method-assign] # replaced on purpose
        lambda cls: certificate
    )
    order = {name.encode(): place for place, name in enumerate(FASTEST)}
    dtls.SRTP_PROFILES.sort(key=lambda profile: order[profile.openssl_profile])
    opus = CODECS["audio"][0]
    opus.rtcpFeedback = [RTCRtcpFeedback(type="nack")]
    opus.parameters = {"minptime": "10", "useinbandfec": "1"}
    CODECS["audio"][1:] = []
    CODECS["video"][1:] = [c for c in CODECS["video"][1:2] if c.name == "rtx"]


def connection() -> RTCPeerConnection:
    """A connection with one transport for everything and no helpers on the internet."""
    return RTCPeerConnection(
        RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
    )


async def _nothing(*_: object) -> None:
    return None


def pass_through(transceiver: RTCRtpTransceiver) -> None:
    """Keeps aiortc from encoding, decoding and reporting."""
    transceiver.sender.send = _nothing  # type: ignore[method-assign,assignment] # on purpose
    transceiver.receiver.receive = _nothing  # type: ignore[method-assign,assignment] # on purpose


def name_stream(transceiver: RTCRtpTransceiver, stream: str, ssrc: int) -> None:
    """Sets what the offer says of a track: its stream, and the source its packets come from."""
    transceiver.sender._stream_id = stream
    transceiver.sender._ssrc = ssrc


def leave_out_rtx(transceiver: RTCRtpTransceiver) -> None:
    """Offers one codec only; lost packets are sent again as they were."""
    offered = type(transceiver.sender).getCapabilities(transceiver.kind).codecs
    transceiver.setCodecPreferences([c for c in offered if c.name != "rtx"])


def payload_types(transceiver: RTCRtpTransceiver) -> list[tuple[str, int, int, bool]]:
    """What was negotiated: codec (lowercase), its number, the number it repairs (RTX) or 0, and
    whether lost packets may be asked for."""
    found = []
    for codec in transceiver._codecs:
        repairs = codec.parameters.get("apt", 0)
        nack = any(f.type == "nack" and not f.parameter for f in codec.rtcpFeedback)
        found.append((codec.name.lower(), int(codec.payloadType or 0), int(repairs or 0), nack))
    return found


class Wire:
    """The packets of one connection: decrypted ones in, and where to send."""

    def __init__(
        self,
        peer: RTCPeerConnection,
        rtp: Callable[[bytes], None],
        rtcp: Callable[[bytes], None],
    ) -> None:
        """To be made when candidates are gathered, before packets can come."""
        self._dtls: Any = peer.getTransceivers()[0].receiver.transport
        self._ice: Any = self._dtls.transport._connection
        self._rtp, self._rtcp = rtp, rtcp
        self._remote: Address | None = None
        self._socket: socket.socket | None = None
        self._protocol: object | None = None
        self.heard = time.monotonic()
        """When something that belongs to this connection came last."""
        protocols: list[Any] = self._ice._protocols
        for protocol in protocols:
            # asyncio asks for 256 KiB a datagram, which costs an allocation each.
            protocol.transport.max_size = 2048
            given = protocol.datagram_received
            protocol.datagram_received = functools.partial(self._datagram, given)

    def _datagram(self, stun: Callable[[bytes, Address], None], data: bytes, addr: Address) -> None:
        """Sorts by the first byte (RFC 7983 section 7). Whoever else sends here is not heard, and
        nobody's packet ends the connection."""
        try:
            if len(data) < HEADER_LEAST:
                return
            first = data[0]
            if first < 4:
                stun(data, addr)
                self.heard = time.monotonic()
            elif 128 <= first < 192:
                if addr[:2] == self._remote or self._is_remote(addr):
                    self._unprotect(data)
            elif 20 <= first < 64:
                nominated = self._ice._nominated
                if (not nominated or self._is_remote(addr)) and (
                    self._ice._queue.qsize() < DTLS_WAITING
                ):
                    self._ice.data_received(data, 1)
        except Exception:
            log.debug("a datagram was dropped", exc_info=True)

    def _unprotect(self, data: bytes) -> None:
        session = self._dtls._rx_srtp
        if session is None or len(data) > LARGEST:
            return
        try:
            # RTCP's packet types are where RTP has marker and payload type (RFC 5761 section 4).
            if 192 <= data[1] < 224:
                plain = session.unprotect_rtcp(data)
                self.heard = time.monotonic()
                self._rtcp(plain)
            else:
                plain = session.unprotect(data)
                self.heard = time.monotonic()
                self._rtp(plain)
        except pylibsrtp.Error:
            return

    def _is_remote(self, addr: Address) -> bool:
        self.locate()
        return addr[:2] == self._remote

    def locate(self) -> bool:
        """Looks where the other side is now; says whether sending is possible."""
        pair = self._ice._nominated.get(1)
        if pair is None:
            return False
        self._remote = pair.remote_addr
        if pair.protocol is not self._protocol:
            self._protocol = pair.protocol
            if self._socket is not None:
                self._socket.close()
            self._socket = pair.protocol.transport.get_extra_info("socket").dup()
            self._socket.setblocking(False)
        return self._dtls._tx_srtp is not None

    def way(self) -> "Way":
        """What `Fan` needs to send here."""
        assert self._socket is not None
        assert self._remote is not None
        return self._dtls._tx_srtp._srtp[0], self._socket.sendto, self._remote, self

    def send_rtcp(self, packet: bytes) -> None:
        """Sends control packets; silently nothing when there is no way."""
        if self._socket is None or self._remote is None:
            return
        try:
            self._socket.sendto(self._dtls._tx_srtp.protect_rtcp(packet), self._remote)
        except (OSError, pylibsrtp.Error):
            return

    def close(self) -> None:
        """Gives the socket back."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


HEADER_LEAST = 12
Way = tuple[Any, Callable[[memoryview, Address], int], Address, Wire]


class Fan:
    """Sends one packet over many connections: copied into a buffer that is always the same,
    protected there, handed to the socket."""

    def __init__(self) -> None:
        self._memory = ffi.new("unsigned char[]", 2048)
        self._bytes = memoryview(ffi.buffer(self._memory))
        self._length = ffi.new("int *")

    def send(self, packet: bytes, ways: Sequence[Way]) -> int:
        """Returns how many connections it was sent over."""
        size = len(packet)
        if size > LARGEST:
            return 0
        memory, view, length, protect = self._memory, self._bytes, self._length, lib.srtp_protect
        missed = 0
        for session, sendto, remote, _ in ways:
            view[:size] = packet
            length[0] = size
            if protect(session, memory, length):
                missed += 1
                continue
            try:
                sendto(view[: length[0]], remote)
            except OSError:
                # The socket's buffer is full, or it was closed this moment: as good as lost.
                missed += 1
        return len(ways) - missed


async def gathered(peer: RTCPeerConnection) -> None:
    """Sets the local description, with all candidates in it."""
    await peer.setLocalDescription()


def is_over(peer: RTCPeerConnection) -> bool:
    """Whether a connection has ended for good."""
    return peer.connectionState in ("closed", "failed")


def forget(task: "asyncio.Task[None]") -> None:
    """Takes note of a task's exception so that it isn't logged as lost."""
    if not task.cancelled() and (error := task.exception()):
        log.debug("closing a connection failed: %s", error)
