"""The one place where refusals become HTTP statuses."""

from collections.abc import Mapping

import structlog
from aiohttp import web
from pydantic import ValidationError

from crypto.errors import CryptoError, EncodingError
from rooms import refusals
from rooms.refusals import Refused
from server.errors import Problem, TooMany

_log = structlog.get_logger()

STATUS: Mapping[type[Refused], int] = {
    refusals.Unreadable: 400,
    refusals.Forbidden: 403,
    refusals.Missing: 404,
    refusals.OutOfStep: 409,
    refusals.TooLarge: 413,
    refusals.Unacceptable: 422,
}
"""What each group of the domain's refusals is in HTTP."""


def answer(status: int, code: str, params: Mapping[str, object] | None = None) -> web.Response:
    """An error as the interface describes it."""
    body = {"error": {"code": code, "params": dict(params or {})}}
    return web.json_response(body, status=status)


def answer_problem(problem: Problem) -> web.Response:
    """The answer to what the shell refused."""
    response = answer(problem.status, problem.code, problem.params)
    if isinstance(problem, TooMany):
        response.headers["Retry-After"] = str(problem.params["seconds"])
    return response


def answer_refusal(refusal: Refused) -> web.Response:
    """The answer to what the domain refused."""
    status = next(status for group, status in STATUS.items() if isinstance(refusal, group))
    return answer(status, refusal.code, refusal.params)


def answer_crypto(problem: CryptoError) -> web.Response:
    """The answer to bytes that aren't what their format says."""
    return answer(400 if isinstance(problem, EncodingError) else 422, problem.code, problem.params)


def answer_invalid(problem: ValidationError) -> web.Response:
    """The answer to JSON that isn't of the route's type: where, and what was wrong."""
    first = problem.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return answer(400, "broken_json")
    where = ".".join(str(step) for step in first["loc"])
    return answer(422, "invalid", {"where": where, "problem": first["type"]})


def answer_http(problem: web.HTTPException) -> web.StreamResponse:
    """The answer to what aiohttp itself refused."""
    codes = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
    response = answer(problem.status, codes.get(problem.status, "http"), {})
    if allow := problem.headers.get("Allow"):
        response.headers["Allow"] = allow
    return response


def answer_bug(problem: Exception, request: web.Request) -> web.Response:
    """The answer to a bug: nothing is told, everything is logged."""
    _log.exception("bug", path=request.path, method=request.method, exc_info=problem)
    return answer(500, "bug")
