"""What goes on by itself beside the visitors of a demonstration."""

from collections.abc import Awaitable, Callable

from aiohttp import ClientError

from crypto.errors import CryptoError
from server.client.api import ApiRefused
from server.client.trustee import TrusteeCheckFailed
from server.rehearse.run import RehearsalFailed

Said = Callable[[str], None]
"""Told one line about what happens in the background."""


async def go_on(act: Awaitable[None], who: str, said: Said) -> None:
    """One that fails is told of; the demonstration goes on without it."""
    try:
        await act
    except* (
        ApiRefused, CryptoError, TrusteeCheckFailed, RehearsalFailed, ClientError, OSError
    ) as problems:  # fmt: skip
        for problem in problems.exceptions:
            said(f"{who}: {problem}")


def pass_if_late(refusal: ApiRefused) -> None:
    """A visitor may have been faster: nobody waits for somebody scripted."""
    if refusal.status != 409:
        raise refusal
