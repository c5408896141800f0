"""What ffmpeg, which knows nothing of us, makes of a file."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Decoded:
    """All of a file's tracks, decoded."""

    pictures: int
    samples: int
    sizes: list[tuple[int, int]]
    """Of the pictures, where it changes."""
    first: dict[str, float]
    """Seconds of the first frame of each track."""
    last: dict[str, float]


def decoded(file: Path, cut: bool = False) -> Decoded:
    """Decodes everything; fails when anything is wrong with it. The last frame of a file that was
    `cut` off may be."""
    done = subprocess.run(
        [
            "ffprobe", "-v", "warning", "-of", "json", "-show_frames",
            "-show_entries", "frame=media_type,pts_time,width,height,nb_samples", str(file),
        ],
        capture_output=True,
        check=True,
    )  # fmt: skip
    assert cut or not done.stderr, done.stderr.decode()
    pictures = samples = 0
    sizes: list[tuple[int, int]] = []
    first: dict[str, float] = {}
    last: dict[str, float] = {}
    for frame in json.loads(done.stdout)["frames"]:
        kind, time = frame["media_type"], float(frame["pts_time"])
        first.setdefault(kind, time)
        assert time >= last.get(kind, 0.0)
        last[kind] = time
        if kind == "video":
            pictures += 1
            if not sizes or sizes[-1] != (frame["width"], frame["height"]):
                sizes.append((frame["width"], frame["height"]))
        else:
            samples += frame["nb_samples"]
    return Decoded(pictures, samples, sizes, first, last)
