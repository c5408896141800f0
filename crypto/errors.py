"""What can be wrong with bytes that somebody else made.

Every refusal of this package is a `CryptoError`: a stable code and the parameters its translation
needs. The codes are listed in `docs/formats/seal.md` §9; a leaked `ValueError` is a bug.
"""

from collections.abc import Mapping


class CryptoError(Exception):
    """A refusal: `code` is stable and translated by the reader, `params` are plain JSON values for
    that translation.
    """

    def __init__(self, code: str, params: Mapping[str, object] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.params: dict[str, object] = dict(params or {})

    def __str__(self) -> str:
        if not self.params:
            return self.code
        return (
            f"{self.code} ({', '.join(f'{name}={value}' for name, value in self.params.items())})"
        )


class EncodingError(CryptoError):
    """Text, JSON, base64, a time or a member that is not as `docs/formats/seal.md` §1 asks."""


class KeyRefused(CryptoError):
    """Bytes that are not a usable key."""


class SignatureRefused(CryptoError):
    """A signed object whose kind, signer or signature is not the expected one."""


class AgeError(CryptoError):
    """A file that age v1 refuses, or that this key or passphrase does not open."""


class TarError(CryptoError):
    """A tar that is not byte for byte the one §4 describes."""


class ShareError(CryptoError):
    """Shares that cannot be dealt, unwrapped or combined."""


class ManifestError(CryptoError):
    """A manifest that contradicts itself."""


class SubmissionRefused(CryptoError):
    """A submission that does not fit its manifest."""


class WrongBytes(CryptoError):
    """The age file at hand is not the one the header names: says something about the copy, nothing
    about the bidder.
    """


class WrongKey(CryptoError):
    """An opening key, or half of one, that is not the one committed to: the key is ignored, the bid
    unharmed.
    """


class NoKey(CryptoError):
    """Neither enough shares nor the bidder's key: who is at fault is for the attribution to say (§8
    step 5).
    """


class BidMalformed(CryptoError):
    """A bid whose own evidence proves that its bidder sealed it wrongly.

    `step` is the step of §8 that failed, `verdict` is `malformed_shares`, `key_mismatch` or
    `malformed_bid`.
    """

    def __init__(self, code: str, step: int, params: Mapping[str, object] | None = None) -> None:
        super().__init__(code, params)
        self.step = step
        self.verdict = code if step < 6 else "malformed_bid"


class KeyFileError(CryptoError):
    """A key file that is not one of ours, or a wrong passphrase."""


class GateError(CryptoError):
    """An outer layer that the gate cannot remove."""


class ReleaseRefused(CryptoError):
    """A trustee's release, card or rehearsal that does not hold."""


class MerkleError(CryptoError):
    """A proof that does not lead to the root it is meant for."""


class CheckpointError(CryptoError):
    """A log head that is not well formed or not signed by the log."""


class PdfRefused(CryptoError):
    """A PDF that cannot be read, signed there, or that lacks what was asked of it."""


class TokenRefused(CryptoError):
    """A time stamp token that is malformed, about something else, or from nobody we trust."""
