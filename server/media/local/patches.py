"""Everything that reaches into aiortc, aioice and pylibsrtp. Their versions are pinned; a test says
what is expected of them.

aiortc does ICE and DTLS. Its senders, receivers, coders and jitter buffers are not used: packets
are taken where datagrams arrive and are sent from where they are forwarded.
"""

import asyncio
import contextlib
import dataclasses
import functools
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

import aioice.ice
import pylibsrtp
import structlog
from aiortc import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    RTCIceGatherer,
    RTCIceParameters,
    RTCIceTransport,
    rtcdtlstransport,
)
from aiortc.sdp import candidate_from_sdp, candidate_to_sdp
from pylibsrtp._binding import ffi, lib  # type: ignore[import-not-found] # compiled, without types

from server.media.local.sdp import Ourselves, Peer

log = structlog.get_logger()

VERSIONS = {"aiortc": "1.16", "aioice": "0.13", "pylibsrtp": "1.0"}
"""What this module was written against: the first two parts of the versions."""

DTLS_WAITING = 32
"""Datagrams of a handshake that wait at most; more are a flood."""
CONSENT_EVERY = 4
"""Seconds after which a peer is asked whether it is still there; RFC 7675 section 5.1 has five.
Each question and answer costs as much as ten forwarded packets."""
NEVER = 1 << 62
SHORTEST, LARGEST = 12, 1500
FASTEST = (b"SRTP_AEAD_AES_128_GCM", b"SRTP_AEAD_AES_256_GCM", b"SRTP_AES128_CM_SHA1_80")
"""Protection profiles (RFC 7714, RFC 5764), the one that costs least first."""

Address = tuple[str, int]


class Site:
    """What the connections of a process have in common."""

    def __init__(self, addresses: Sequence[str] = ()) -> None:
        """To be made once, before the first connection. `addresses` are announced instead of the
        machine's own."""
        own = [address for address in addresses if _is_own(address)]
        self.elsewhere = [address for address in addresses if address not in own]
        """Addresses that a router passes on to this machine, ports unchanged."""
        if own:
            aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: own
        # To aioice an answer that a busy machine reads half a second late is none, and everybody's
        # connection would end when there is too much to do: `heard` decides who is gone.
        aioice.ice.CONSENT_INTERVAL, aioice.ice.CONSENT_FAILURES = CONSENT_EVERY, NEVER
        rtcdtlstransport.SRTP_PROFILES.sort(key=lambda p: FASTEST.index(p.openssl_profile))
        self.certificate = RTCCertificate.generateCertificate()
        self.fingerprint = next(
            each.value for each in self.certificate.getFingerprints() if each.algorithm == "sha-256"
        )
        # One context serves all handshakes; aiortc would make one each.
        context = self.certificate._create_ssl_context(rtcdtlstransport.SRTP_PROFILES)
        made: Any = self.certificate
        made._create_ssl_context = lambda srtp_profiles: context


def _is_own(address: str) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as trying:
        try:
            trying.bind((address, 0))
        except OSError:
            return False
        return True


class Wire:
    """One connection: ICE, DTLS, decrypted packets in, and where to send. `stands` is called when
    packets can be sent, `over` once when it ended by itself."""

    def __init__(
        self,
        site: Site,
        *,
        rtp: Callable[[bytes], None],
        rtcp: Callable[[bytes], None],
        stands: Callable[[], None],
        over: Callable[[], None],
    ) -> None:
        self._site = site
        self._gatherer = RTCIceGatherer(iceServers=[])
        transport = RTCIceTransport(self._gatherer)
        self._transport = transport
        dtls = RTCDtlsTransport(transport, [site.certificate])
        dtls.on("statechange", self._changed)
        self._dtls: Any = dtls
        self._ice: Any = transport._connection
        self._rtp, self._rtcp, self._stands, self._over = rtp, rtcp, stands, over
        self._remote: Address | None = None
        self._socket: socket.socket | None = None
        self._protocol: object | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._closed = False
        self.connected = False
        self.heard = time.monotonic()
        """When something that belongs to this connection came last."""

    async def gather(self, *, controlling: bool = False) -> Ourselves:
        """Opens the ports; returns what the other side has to be told."""
        # The other side's checks come before its answer: in the wrong role they would be refused,
        # and both sides would change roles (RFC 8445 section 7.3.1.1).
        self._ice.ice_controlling = controlling
        await self._gatherer.gather()
        protocols: list[Any] = self._ice._protocols
        for protocol in protocols:
            # asyncio asks for 256 KiB a datagram, which costs an allocation each.
            protocol.transport.max_size = 2048
            given = protocol.datagram_received
            protocol.datagram_received = functools.partial(self._datagram, given)
        parameters = self._gatherer.getLocalParameters()
        candidates = self._gatherer.getLocalCandidates()
        first = candidates[0] if candidates else None
        for address in self._site.elsewhere:
            like = [each for each in candidates if (":" in each.ip) == (":" in address)]
            candidates += [dataclasses.replace(each, ip=address) for each in like[:1]]
        return Ourselves(
            user=str(parameters.usernameFragment),
            password=str(parameters.password),
            fingerprint=self._site.fingerprint,
            candidates=tuple(candidate_to_sdp(each) for each in candidates),
            address=first.ip if first else "0.0.0.0",
            port=first.port if first else 9,
        )

    def connect(self, peer: Peer, *, controlling: bool, active: bool) -> None:
        """Begins ICE and DTLS with the other side."""
        self._ice.ice_controlling = controlling
        self._dtls._set_role("client" if active else "server")
        self._connecting = asyncio.ensure_future(self._connect(peer))

    async def _connect(self, peer: Peer) -> None:
        try:
            for candidate in peer.candidates:
                await self._transport.addRemoteCandidate(candidate_from_sdp(candidate))
            # The end of candidates is never told: who is behind NAT is known when it speaks.
            await self._transport.start(
                RTCIceParameters(
                    usernameFragment=peer.user, password=peer.password, iceLite=peer.is_lite
                )
            )
            if self._transport.state == "completed":
                fingerprints = [
                    RTCDtlsFingerprint(name, value) for name, value in peer.fingerprints
                ]
                await self._dtls.start(RTCDtlsParameters(fingerprints=fingerprints))
        except Exception:
            log.debug("media_connection_failed", exc_info=True)
        if not self.connected and not self._closed:
            self._over()

    def _changed(self) -> None:
        if self._closed:
            return
        if self._dtls.state == "connected" and self.locate():
            self.connected = True
            self._stands()
        elif self._dtls.state in ("closed", "failed") and self.connected:
            self._over()

    def _datagram(self, stun: Callable[[bytes, Address], None], data: bytes, addr: Address) -> None:
        """Sorts by the first byte (RFC 7983 section 7). Whoever else sends here is not heard, and
        nobody's packet ends the connection."""
        try:
            if len(data) < SHORTEST:
                return
            first = data[0]
            if 128 <= first < 192:
                if addr[:2] == self._remote or self._is_remote(addr):
                    self._unprotect(data)
            elif first < 4:
                stun(data, addr)
                if addr[:2] == self._remote:
                    self.heard = time.monotonic()
            elif 20 <= first < 64:
                expected = not self._ice._nominated or self._is_remote(addr)
                if expected and self._ice._queue.qsize() < DTLS_WAITING:
                    self._ice.data_received(data, 1)
        except Exception:
            log.debug("media_datagram_dropped", exc_info=True)

    def _unprotect(self, data: bytes) -> None:
        session = self._dtls._rx_srtp
        if session is None or len(data) > LARGEST:
            return
        with contextlib.suppress(pylibsrtp.Error):
            # RTCP's packet types are where RTP has marker and payload type (RFC 5761 section 4).
            is_control = 192 <= data[1] < 224
            plain = session.unprotect_rtcp(data) if is_control else session.unprotect(data)
            self.heard = time.monotonic()
            (self._rtcp if is_control else self._rtp)(plain)

    def _is_remote(self, addr: Address) -> bool:
        self.locate()
        return addr[:2] == self._remote

    def locate(self) -> bool:
        """Looks where the other side is now; says whether sending is possible."""
        pair = self._ice._nominated.get(1)
        if pair is None or self._closed:
            return False
        self._remote = pair.remote_addr
        if pair.protocol is not self._protocol:
            self._protocol = pair.protocol
            if self._socket is not None:
                self._socket.close()
            self._socket = pair.protocol.transport.get_extra_info("socket").dup()
            self._socket.setblocking(False)
        return self._dtls._tx_srtp is not None

    @property
    def is_open(self) -> bool:
        """Whether packets can be sent."""
        return self._socket is not None

    def way(self) -> "Way":
        """What `Fan` needs to send here."""
        assert self._socket is not None
        assert self._remote is not None
        return self._dtls._tx_srtp._srtp[0], self._socket.sendto, self._remote, self

    def send_rtcp(self, packet: bytes) -> None:
        """Sends control packets; silently nothing when there is no way."""
        if self._socket is None or self._remote is None:
            return
        with contextlib.suppress(OSError, pylibsrtp.Error):
            self._socket.sendto(self._dtls._tx_srtp.protect_rtcp(packet), self._remote)

    async def close(self) -> None:
        """Ends it; the other side is told if it can be reached."""
        if self._closed:
            return
        self._closed = True
        if self._connecting is not None:
            self._connecting.cancel()
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        with contextlib.suppress(Exception):
            await self._dtls.stop()
        with contextlib.suppress(Exception):
            await self._transport.stop()
        self._dtls.remove_all_listeners()


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
