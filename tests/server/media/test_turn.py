"""The relay takes the credentials that rooms give, and none that expired or were made up."""

import asyncio
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aioice import stun, turn

from rooms.ids import PersonId
from server.media.turn import LASTS, IceServer, Relays

SECRET = "known-to-this-test-only"
PERSON = PersonId("li-ming")
STARTS_WITHIN = 60.0


@pytest.fixture
def coturn(tmp_path: Path) -> Iterator[int]:
    """The port of a running coturn that was told the secret."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    words = ["turnserver", "-n", "--use-auth-secret", f"--static-auth-secret={SECRET}"]
    words += ["--realm=yunkai.test", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1"]
    words += [f"--listening-port={port}", "--allow-loopback-peers", "--no-tls", "--no-dtls"]
    words += ["--no-cli", "--log-file=stdout", f"--pidfile={tmp_path / 'pid'}"]
    words += [f"--userdb={tmp_path / 'users'}"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=tmp_path
        )
    try:
        end = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                log_text = (tmp_path / "log").read_text(errors="replace")[-2000:]
                assert process.poll() is None, f"coturn ended: {log_text}"
                assert time.monotonic() < end, f"coturn does not answer: {log_text}"
                time.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.wait()


class Echo(asyncio.DatagramProtocol):
    """Sends back what comes."""

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override] # narrower on purpose
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.transport.sendto(data, addr)


class Mailbox(asyncio.DatagramProtocol):
    """Keeps what comes."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.came.put_nowait(data)


async def through(port: int, server: IceServer, transport: str = "udp") -> bytes:
    """What comes back of a packet that is sent to an echo through the relay."""
    loop = asyncio.get_running_loop()
    echo, _ = await loop.create_datagram_endpoint(Echo, local_addr=("127.0.0.1", 0))
    try:
        relayed, mailbox = await turn.create_turn_endpoint(
            Mailbox,
            server_addr=("127.0.0.1", port),
            username=server.username,
            password=server.credential,
            transport=transport,
        )
        try:
            relayed.sendto(b"hello", echo.get_extra_info("sockname"))
            return await asyncio.wait_for(mailbox.came.get(), 60)
        finally:
            relayed.close()
    finally:
        echo.close()


def credentials(secret: str, made: datetime) -> IceServer:
    """What a person is given at that time."""
    (server,) = Relays(["turn:127.0.0.1"], secret).for_person(PERSON, made)
    return server


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_credentials_of_a_room_open_the_relay(coturn: int, transport: str) -> None:
    given = credentials(SECRET, datetime.now(UTC))
    assert given.username.endswith(f":{PERSON}")
    assert await through(coturn, given, transport) == b"hello"


async def test_expired_and_invented_credentials_do_not(coturn: int) -> None:
    now = datetime.now(UTC)
    good = credentials(SECRET, now)
    later = f"{int((now + 2 * LASTS).timestamp())}:{PERSON}"
    refused = {
        "expired": credentials(SECRET, now - LASTS - timedelta(minutes=1)),
        "another secret": credentials("guessed", now),
        "prolonged": IceServer(good.urls, later, good.credential),
        "another person": IceServer(
            good.urls, good.username.replace(PERSON, "wang-fang"), good.credential
        ),
    }
    for why, server in refused.items():
        with pytest.raises(stun.TransactionFailed) as failed:
            await through(coturn, server)
        assert failed.value.response.attributes["ERROR-CODE"][0] == 401, why
