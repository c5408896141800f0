"""`yunkai recordings`: what can be made of recordings afterwards."""

from pathlib import Path
from typing import Annotated

import typer

from server.media.compose import CantCompose, Part, Why, compose
from server.media.starts import starts

WORDS: dict[Why, str] = {
    Why.FFMPEG_MISSING: "没有安装 ffmpeg ffmpeg is not installed",
    Why.FFMPEG_FAILED: "ffmpeg 未能完成 ffmpeg failed",
    Why.FILE_MISSING: "没有这个文件 no such file",
    Why.RECORDING_BROKEN: "不是可读的录像 not a readable recording",
    Why.STARTS_UNREADABLE: "开始时间无法读取 the starts can't be read",
    Why.START_UNKNOWN: "没有它的开始时间 its start is unknown",
    Why.OUT_EXISTS: "文件已存在 the file exists",
    Why.OUT_UNWRITABLE: "无法写入 it can't be written",
    Why.TOO_MANY: "录像太多 too many recordings",
}

recordings = typer.Typer(no_args_is_help=True, help="录像 recordings")


@recordings.callback()
def _recordings() -> None:
    """录像：事后合成。 Recordings: what is made of them afterwards."""


@recordings.command(name="compose")
def make_one(
    files: Annotated[list[Path], typer.Argument(help="录像 <recording>.webm")],
    out: Annotated[Path, typer.Option(help="合成的文件 the file to make, .webm")],
    starts_from: Annotated[
        Path | None,
        typer.Option(
            "--starts",
            help="各录像的开始时间：archive.zip、log.jsonl 或 JSON 列表 "
            '[{"recording": "…", "start": 秒 seconds}]',
        ),
    ] = None,
) -> None:
    """把一份或多份录像合成一个可拖动的文件（画面并列、声音混合），并写出其摘要 FILE.sha256。

    Make one seekable file of recordings: pictures side by side, sound mixed; a single one is copied
    without loss. Its SHA-256 is printed and written to FILE.sha256. Several recordings need
    --starts. It is for looking at: the evidence is the recordings themselves.
    """
    try:
        if starts_from is None and len(files) > 1:
            raise CantCompose(Why.START_UNKNOWN, "--starts")
        if starts_from is None or len(files) == 1:
            parts = [Part(each) for each in files]
        else:
            began = starts(starts_from)
            missing = [each for each in files if each.stem not in began]
            if missing:
                raise CantCompose(Why.START_UNKNOWN, missing[0])
            first = min(began[each.stem] for each in files)
            parts = [Part(each, began[each.stem] - first) for each in files]
        digest = compose(parts, out)
    except CantCompose as problem:
        said = f"{problem.why}: {WORDS[problem.why]}: {problem.about}"
        typer.echo(f"yunkai recordings compose: {said}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{digest}  {out.name}")


def add(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(recordings, name="recordings")
