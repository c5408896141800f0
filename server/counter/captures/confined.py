"""The child's side: it confines itself before any parser is loaded, looks, and prints one JSON
object. It imports little, for it is started for every picture."""

import contextlib
import json
import resource
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from server.counter.captures.refused import BROKEN, COSTLY, Hostile


def answer(look: Callable[[list[str]], Mapping[str, Any]]) -> None:
    """Confines this process, looks, and prints what was found or why nothing was."""
    processor, memory, written = (int(each) for each in sys.argv[1:4])
    confine(processor, memory, written)
    try:
        said = dict(look(sys.argv[4:]))
    except Hostile as refused:
        said = _refusal(refused.code, str(refused.__cause__ or ""), refused.params)
    except MemoryError:
        said = _refusal(COSTLY, "memory", {})
    except Exception:
        # Decoders raise whatever comes to them; to the applicant it is all the same.
        said = _refusal(BROKEN, traceback.format_exc(limit=-3), {})
    sys.stdout.write(json.dumps(said))


def confine(processor: int | None, memory: int, written: int) -> None:
    """Sets the limits of this process; they can't be taken back. Without `processor` seconds
    somebody else has to watch the clock."""
    for what, most in (
        (resource.RLIMIT_CPU, resource.RLIM_INFINITY if processor is None else processor),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, written),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError):  # the process runs under a lower limit already
            resource.setrlimit(what, (most, most))


def _refusal(code: str, because: str, params: Mapping[str, int | str]) -> dict[str, Any]:
    return {"refused": code, "because": because[-500:], "params": dict(params)}
