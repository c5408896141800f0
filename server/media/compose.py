"""One seekable file of recordings, for people to look at (`yunkai recordings compose`).

It is no evidence: that is the recordings themselves, whose digests are in the log. It has a digest
of its own. ffmpeg does the work; only what WebM can hold is made.
"""

import hashlib
import json
import math
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

CELL = (640, 360)
"""Pixels of a picture in the grid."""

FPS = 25
_READ = ("-f", "matroska")
"""A file is read as what it should be: ffmpeg would follow the links of a play list."""

MOST = 36
"""Recordings in one file: ffmpeg decodes them all at once."""


class Why(StrEnum):
    """Why there is no file."""

    FFMPEG_MISSING = "ffmpeg_missing"
    FFMPEG_FAILED = "ffmpeg_failed"
    FILE_MISSING = "file_missing"
    RECORDING_BROKEN = "recording_broken"
    STARTS_UNREADABLE = "starts_unreadable"
    START_UNKNOWN = "start_unknown"
    OUT_EXISTS = "out_exists"
    OUT_UNWRITABLE = "out_unwritable"
    TOO_MANY = "too_many"


class CantCompose(Exception):
    """There is no file; `about` says which input or what ffmpeg said."""

    def __init__(self, why: Why, about: object) -> None:
        super().__init__(f"{why}: {about}")
        self.why = why
        self.about = str(about)


@dataclass(frozen=True, slots=True)
class Part:
    """A recording and when it began, in seconds after the first."""

    file: Path
    start: float = 0.0


@dataclass(frozen=True, slots=True)
class _Track:
    """Where a recording's sound or picture is in it, in seconds."""

    first: float
    last: float


@dataclass(frozen=True, slots=True)
class _Input:
    file: Path
    start: float
    audio: _Track | None
    video: _Track | None

    @property
    def end(self) -> float:
        tracks = [each.last for each in (self.audio, self.video) if each is not None]
        return self.start + max(tracks)


def compose(parts: Sequence[Part], out: Path) -> str:
    """Writes the file and `<out>.sha256`; answers its SHA-256. One recording is copied as it is,
    with an index; several are shown side by side, their sound mixed. Raises CantCompose."""
    if len(parts) > MOST:
        raise CantCompose(Why.TOO_MANY, MOST)
    listed = out.with_name(out.name + ".sha256")
    for each in (out, listed):
        if each.exists():
            raise CantCompose(Why.OUT_EXISTS, each)
    inputs = [_probed(each) for each in parts]
    half = out.with_name(out.name + ".part")
    try:
        half.unlink(missing_ok=True)
        half.touch()
        done = _run("ffmpeg", *_arguments(inputs, half))
        if done.returncode:
            raise _failed(done)
        digest = _digest(half)
        half.rename(out)
        listed.write_text(f"{digest}  {out.name}\n", encoding="utf-8")
    except OSError as problem:
        raise CantCompose(Why.OUT_UNWRITABLE, problem.strerror or problem) from None
    finally:
        half.unlink(missing_ok=True)
    return digest


def _probed(part: Part) -> _Input:
    """What is in a recording, by its packets: the live file itself doesn't say how long it is."""
    if not part.file.is_file():
        raise CantCompose(Why.FILE_MISSING, part.file)
    said = _run("ffprobe", *_READ, "-of", "json",
                "-show_entries", "packet=codec_type,pts_time", "-i", _plain(part.file))  # fmt: skip
    times: dict[str, list[float]] = {"audio": [], "video": []}
    try:
        for packet in json.loads(said.stdout)["packets"]:
            times[packet["codec_type"]].append(float(packet["pts_time"]))
    except (ValueError, KeyError, TypeError):
        raise CantCompose(Why.RECORDING_BROKEN, part.file) from None
    if not any(times.values()):
        raise CantCompose(Why.RECORDING_BROKEN, part.file)
    audio, video = (
        _Track(min(each), max(each)) if each else None for each in (times["audio"], times["video"])
    )
    return _Input(part.file, part.start, audio, video)


def _arguments(inputs: Sequence[_Input], out: Path) -> list[str]:
    start = ["-nostdin", "-y"]
    end = ["-fflags", "+bitexact", "-f", "webm", _plain(out)]
    if len(inputs) == 1:
        return [*start, *_READ, "-i", _plain(inputs[0].file), "-map", "0", "-c", "copy", *end]
    files = [
        # A camera may change its size in the middle: that is for the filters to scale, not to
        # begin everything again.
        word
        for each in inputs
        for word in (*_READ, "-reinit_filter", "0", "-i", _plain(each.file))
    ]
    return [
        *start,
        *files,
        *_filters(inputs),
        *("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "5", "-b:v", "2M"),
        *("-c:a", "libopus", "-b:a", "96k"),
        *end,
    ]


def _filters(inputs: Sequence[_Input]) -> list[str]:
    """The grid and the mix, as words of the command."""
    total = max(each.end for each in inputs)
    width, height = CELL
    pictures: list[str] = []
    sounds: list[str] = []
    graph: list[str] = []
    for number, each in enumerate(inputs):
        if each.video is not None:
            before = each.start + each.video.first
            after = max(0.0, total - each.start - each.video.last)
            graph.append(
                f"[{number}:v:0]scale={width}:{height}:force_original_aspect_ratio=decrease,"
                f"pad={width}:{height}:-1:-1,setsar=1,setpts=PTS-STARTPTS,fps={FPS},"
                f"tpad=start_duration={before:.3f}:stop_duration={after:.3f}[v{number}]"
            )
            pictures.append(f"[v{number}]")
        if each.audio is not None:
            late = round(1000 * each.start)
            graph.append(
                f"[{number}:a:0]aresample=48000:async=1:first_pts=0,adelay={late}:all=1[a{number}]"
            )
            sounds.append(f"[a{number}]")
    words: list[str] = []
    if pictures:
        graph.append(_grid(pictures))
        words += ["-map", "[v]"]
    if sounds:
        # Not normalised: somebody's silence must not make the others quieter or louder.
        mixed = f"amix=inputs={len(sounds)}:duration=longest:normalize=0,alimiter=level=0"
        graph.append(f"{''.join(sounds)}{mixed}[a]")
        words += ["-map", "[a]"]
    return ["-filter_complex", ";".join(graph), *words]


def _grid(pictures: Sequence[str]) -> str:
    if len(pictures) == 1:
        return f"{pictures[0]}null[v]"
    columns = math.ceil(math.sqrt(len(pictures)))
    width, height = CELL
    places = "|".join(
        f"{number % columns * width}_{number // columns * height}"
        for number in range(len(pictures))
    )
    inputs = "".join(pictures)
    return f"{inputs}xstack=inputs={len(pictures)}:layout={places}:fill=black[v]"


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    found = shutil.which(program)
    if found is None:
        raise CantCompose(Why.FFMPEG_MISSING, program)
    # What a stranger chose is behind -i only, as a file's whole name.
    return subprocess.run([found, "-v", "error", *arguments], capture_output=True, check=False)  # noqa: S603 - no shell


def _failed(done: subprocess.CompletedProcess[bytes]) -> CantCompose:
    said = done.stderr.decode("utf-8", "replace").strip().splitlines() or [str(done.returncode)]
    full = any("No space left" in each for each in said)
    return CantCompose(Why.OUT_UNWRITABLE if full else Why.FFMPEG_FAILED, said[-1])


def _plain(file: Path) -> str:
    """A file's name that ffmpeg takes for nothing else."""
    return f"file:{file}"


def _digest(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
