"""`yunkai verify`: check an archive or signed minutes, with no server."""

import os
from pathlib import Path
from typing import Annotated

import typer

from crypto.errors import CryptoError
from crypto.pades import certificate
from rooms.audit import Report
from server.verify.check import NotCheckable, check_file
from server.verify.words import STEPS, Language, say, step


def verify(
    file: Annotated[Path, typer.Argument(help="archive.zip 或 minutes.pdf")],
    root: Annotated[list[Path] | None, typer.Option(help="您信任的根证书（PEM）；可重复")] = None,
    recordings: Annotated[
        Path | None, typer.Option(help="一并核验此文件夹中的录像 check its recordings too")
    ] = None,
    lang: Annotated[str, typer.Option(help="zh 或 en")] = "",
) -> None:
    """核验档案或开标记录。退出码：0 未发现问题，1 有发现，2 无法核验。

    Check an archive or signed minutes. Exit 0: nothing found, 1: findings, 2: unusable input.
    """
    language = _language(lang)
    try:
        report = check_file(file, [_root(each) for each in root or []], folder=recordings)
    except NotCheckable:
        unusable = "无法核验：不是档案或 PDF" if language == "zh" else "neither archive nor PDF"
        typer.echo(f"{file}: {unusable}", err=True)
        raise typer.Exit(2) from None
    except OSError as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(2) from None
    typer.echo(told(report, language), nl=False)
    raise typer.Exit(0 if report.ok else 1)


def told(report: Report, language: Language) -> str:
    """The report as lines: a mark, the step, what it proved or found."""
    lines: list[str] = []
    for number in STEPS:
        found = [each for each in report.findings if each.step == number]
        proved = [each for each in report.facts if each.step == number]
        if not found and not proved:
            continue
        lines.append(f"{'✗' if found else '✓'} {number:2} {step(number, language)}")
        lines += [f"     ✗ {say(each, language)}" for each in found]
        lines += [f"     · {say(each, language)}" for each in proved]
    count = len(report.findings)
    if language == "zh":
        lines.append("未发现问题。" if report.ok else f"发现 {count} 处问题。")
    else:
        lines.append("Nothing found." if report.ok else f"{count} finding(s).")
    return "\n".join(lines) + "\n"


def _root(file: Path) -> bytes:
    """A root certificate that its reader trusts. Raises OSError, typer.Exit."""
    data = file.read_bytes()
    try:
        certificate(data)
    except CryptoError:
        typer.echo(f"{file}: 不是证书 not a certificate", err=True)
        raise typer.Exit(2) from None
    return data


def _language(asked: str) -> Language:
    if asked in ("zh", "en"):
        return "en" if asked == "en" else "zh"
    return "en" if os.environ.get("LANG", "").startswith("en") else "zh"


def add(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(verify)
