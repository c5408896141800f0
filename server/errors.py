"""What the shell itself refuses. Codes are translated in the browser; the domain has refusals of
its own."""

from collections.abc import Mapping


class BadSettings(Exception):
    """The settings can't be used; the text says why, for the operator."""


class Problem(Exception):
    """A request that can't be answered: an HTTP status, a code and what fills the code's text."""

    status = 400

    def __init__(self, code: str, params: Mapping[str, object] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, object] = params or {}


class Unreadable(Problem):
    """The bytes aren't what the route takes."""


class NoLogin(Problem):
    """Nobody is logged in, or the login expired."""

    status = 401

    def __init__(self, code: str = "no_login") -> None:
        super().__init__(code)


class Forbidden(Problem):
    """Somebody else may do this."""

    status = 403

    def __init__(
        self, code: str = "wrong_role", params: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(code, params)


class NotFound(Problem):
    """It isn't there, or the asker may not know that it is."""

    status = 404

    def __init__(self, code: str = "not_found") -> None:
        super().__init__(code)


class Conflict(Problem):
    """It doesn't fit the present state."""

    status = 409


class TooLarge(Problem):
    """More bytes than the limit; `limit` is in the parameters."""

    status = 413

    def __init__(self, limit: int) -> None:
        super().__init__("too_large", {"limit": limit})


class Invalid(Problem):
    """Readable, but its content is refused."""

    status = 422


class TooMany(Problem):
    """Wait `seconds` before trying again."""

    status = 429

    def __init__(self, seconds: int, code: str = "too_many_attempts") -> None:
        super().__init__(code, {"seconds": seconds})


class Unavailable(Problem):
    """The service can't answer now; trying again later is right."""

    status = 503


class DiskFull(Problem):
    """Nothing more fits; what was acknowledged before is safe."""

    status = 507
    CODE = "disk_full"

    def __init__(self) -> None:
        super().__init__(self.CODE)
