"""Records in a process of its own, which its parent kills or gives little room on the disk.

    python -m tests.server.media.taps.child FOLDER [LARGEST FILE IN BYTES]

A line for each tenth of a second: {"pictures": sent so far, "told": [...]}. Goes on for ever, or,
with a limit, until five seconds were sent.
"""

import json
import resource
import sys
import time
from dataclasses import asdict
from pathlib import Path

from tests.server.media.taps.sender import Camera, Microphone
from tests.server.media.taps.studio import GUEST, HOST, Studio


def main() -> None:
    folder = Path(sys.argv[1])
    limit = int(sys.argv[2]) if len(sys.argv) > 2 else None
    if limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    studio = Studio()
    host = studio.join(HOST, Camera(noise=True), Microphone())
    studio.join(GUEST, microphone=Microphone())
    studio.record(HOST, "a", folder / "a.webm")
    studio.record(GUEST, "b", folder / "b.webm")
    begun, at = time.monotonic(), studio.now
    while limit is None or studio.now < at + 5:
        studio.run(0.1)
        # Not faster than a real camera, so that the disk has the time it has in life.
        time.sleep(max(0.0, studio.now - at - (time.monotonic() - begun)))
        say(studio, host.sent["video"])
    studio.taps.stop(60)
    say(studio, host.sent["video"])


def say(studio: Studio, pictures: int) -> None:
    told = [asdict(each) for each in studio.told]
    print(json.dumps({"pictures": pictures, "told": told}), flush=True)
    studio.told.clear()


if __name__ == "__main__":
    main()
