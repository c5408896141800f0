"""The process of which the servers of journeys are copies: each is there at once.

It has read what `yunkai serve` reads, which takes seconds. Every line on its standard input is a
`Start` as JSON; it copies itself, answers with the copy's process number, and the copy serves until
it is told to end. When its standard input ends, it ends, and its copies with it.
"""

import asyncio
import ctypes
import gc
import json
import mmap
import os
import signal
import struct
import sys
import traceback
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn

from server.cli.serve import run
from server.clock import Clock, to_milliseconds, utc_now
from server.config import Settings
from server.logs import set_up_logging

SECONDS = struct.Struct("d")
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Start:
    """How a server is to be started. `shift` is a file with the seconds, as `SECONDS`, by which its
    clock differs from the machine's; they may change while it runs."""

    data: str
    port: int
    environment: dict[str, str]
    log: str
    shift: str


def main() -> None:
    """Makes copies until nobody asks for any more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.freeze()
    for line in sys.stdin:
        if (copy := os.fork()) == 0:
            _serve(Start(**json.loads(line)))
        print(copy, flush=True)


def _serve(start: Start) -> NoReturn:
    """The life of a copy."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with open(os.devnull, "rb") as nothing, open(start.log, "ab") as log:
            for descriptor, file in ((0, nothing), (1, log), (2, log)):
                os.dup2(file.fileno(), descriptor)
        os.environ.clear()
        os.environ.update(start.environment)
        settings = Settings(data=Path(start.data), port=start.port)
        set_up_logging(settings.log_format)
        asyncio.run(run(settings, _shifted(Path(start.shift))))
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def _shifted(file: Path) -> Clock:
    with file.open("rb") as opened:
        shift = mmap.mmap(opened.fileno(), SECONDS.size, access=mmap.ACCESS_READ)

    def clock() -> datetime:
        (seconds,) = SECONDS.unpack_from(shift)
        return to_milliseconds(utc_now() + timedelta(seconds=seconds))

    return clock


if __name__ == "__main__":
    main()
