"""Draws a record as a PDF in the manner of a Chinese public office.

The same record gives the same bytes: no clock, no chance, no order of a set enters the file. So a
record can be drawn again from its log and compared with the one that was signed.
"""

from io import BytesIO
from typing import assert_never

import segno
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from rooms.record import (
    SEAL_FIELD,
    Align,
    Field,
    Fields,
    Handwriting,
    Paragraphs,
    Record,
    SignatureSlot,
    Table,
)
from server.documents.archive import finish
from server.documents.flow import BODY, SMALL, Flow, paragraphs
from server.documents.fonts import Fonts
from server.documents.grid import ROW, fields, table
from server.documents.handwriting import handwriting
from server.documents.page import (
    FRAME,
    LABEL,
    LEADING,
    QUIET,
    Box,
    Page,
    Rule,
    Symbol,
    Text,
    Widget,
    draw,
)
from server.documents.tagging import Node
from server.documents.words import WORDS, Words

TITLE = 20.0
SUBTITLE = 10.5
CODE = 56.0
SEAL = 108.0
"""Diameter of the seal in points: 38 mm, a little under a public body's 42 mm."""
SLOT = 54.0
GAP = 6.0
SEALED = SEAL + 2 * GAP
SEALED_SIDE = 230.0
"""Height and width of the place for issuer, date and seal."""


def render(record: Record, fonts: Fonts) -> bytes:
    """The unsigned PDF/A-3a and PDF/UA-1 file of `record`, its log attached and its signature
    fields empty."""
    words = WORDS[record.language]
    size = landscape(A4) if record.orientation == "landscape" else A4
    flow = Flow(fonts, size, margin=(40.0, 48.0))
    root = Node("Document")
    _title(flow, record, words, root)
    fields(flow, Fields("", record.header), root)
    for section in record.sections:
        part = root.add("Sect")
        if section.title:
            flow.heading(section.title, part, following=3 * ROW)
        else:
            flow.y -= 8.0
        match section:
            case Table():
                table(flow, section, part)
            case Fields():
                fields(flow, section, part)
            case Paragraphs():
                paragraphs(flow, section, part)
            case Handwriting():
                handwriting(flow, section, part)
            case _:
                assert_never(section)
    _verification(flow, record, words, root.add("Sect"))
    _signatures(flow, record, words, root.add("Sect"))
    _footers(flow, record, words)

    drawn = BytesIO()
    canvas = Canvas(
        drawn,
        pagesize=size,
        invariant=1,
        pageCompression=1,
        # the stubs take the font's name for a number
        initialFontName=fonts.regular.fontName,  # type: ignore[arg-type]
    )
    for number, page in enumerate(flow.pages):
        draw(canvas, fonts, number, page)
    canvas.save()
    return finish(drawn.getvalue(), record, root, [page.widgets for page in flow.pages])


def _title(flow: Flow, record: Record, words: Words, root: Node) -> None:
    top = flow.y
    flow.text(
        record.title,
        root.add("H1"),
        size=TITLE,
        bold=True,
        align="center",
        tracking=3.0,
        inset=CODE,
    )
    if record.subtitle:
        flow.y -= 2.0
        flow.text(
            record.subtitle, root.add("P"), size=SUBTITLE, align="center", colour=QUIET, inset=CODE
        )
    checked = _code(record)
    rows = tuple(bytes(row) for row in segno.make(checked, error="m").matrix)
    left = flow.left + flow.width - CODE
    bottom = top - CODE + 6.0
    figure = root.add("Figure", alt=words.code.format(code=checked))
    flow.page.things.append(Symbol(left, bottom, CODE, rows, figure))
    flow.y = min(flow.y, bottom - 16.0 + BODY * LEADING)
    number = words.number.format(number=record.number)
    line = Text(flow.left, flow.y, flow.width - CODE, (number,), BODY, root.add("P"))
    flow.page.things.append(line)
    flow.y -= BODY * LEADING + 4.0


def _code(record: Record) -> str:
    """What the QR code says: the digest of the log, and where to check it when that is known."""
    digest = f"sha256={record.log_digest}"
    return f"{record.verify_url}#{digest}" if record.verify_url else digest


def _verification(flow: Flow, record: Record, words: Words, part: Node) -> None:
    flow.heading(words.verification, part, following=3 * ROW)
    attached = words.attached_log.format(name=record.log_name, size=len(record.log))
    shown = [Field(words.attached, attached, wide=True)]
    shown.append(Field("SHA-256", record.log_digest, wide=True))
    if record.head:
        shown.append(Field(words.head, record.head.strip(), wide=True))
    if record.verify_url:
        shown.append(Field(words.address, record.verify_url, wide=True))
    if record.verify_hint:
        shown.append(Field(words.how, record.verify_hint, wide=True))
    fields(flow, Fields("", tuple(shown)), part)
    missing = flow.fonts.missing(record.texts())
    if missing:
        flow.y -= 3.0
        characters = "，".join(f"{character} U+{ord(character):04X}" for character in missing)
        flow.text(
            words.missing.format(characters=characters), part.add("P"), size=SMALL, colour=QUIET
        )


def _signatures(flow: Flow, record: Record, words: Words, part: Node) -> None:
    """Places to sign on the left, issuer and date under the seal on the right of the last ones."""
    across = 2 if flow.width > 600 else 1
    rows = [record.signatures[at : at + across] for at in range(0, len(record.signatures), across)]
    beside = int(SEALED // (SLOT + GAP))
    each = (flow.width - SEALED_SIDE - across * GAP) / across
    first = SLOT + GAP if len(rows) > beside else SEALED
    flow.heading(words.signatures, part, following=first)
    while rows:
        if len(rows) <= beside:
            flow.keep(SEALED)
            break
        flow.keep(SLOT + GAP)
        _slots(flow, rows.pop(0), each, words, part)
        flow.y -= SLOT + GAP
    top = flow.y
    for row in rows:
        _slots(flow, row, each, words, part)
        flow.y -= SLOT + GAP
    flow.y = top
    _issuer(flow, record, words, part)
    flow.y = top - SEALED


def _slots(
    flow: Flow, row: tuple[SignatureSlot, ...], width: float, words: Words, part: Node
) -> None:
    for place, slot in enumerate(row):
        _slot(flow, slot, flow.left + place * (width + GAP), flow.y, width, words, part)


def _issuer(flow: Flow, record: Record, words: Words, part: Node) -> None:
    left = flow.left + flow.width - SEALED_SIDE
    middle = flow.y - SEAL / 2
    lines = flow.lines(record.issuer, SEALED_SIDE - 20.0, SUBTITLE)
    # The star stands above the issuer and the seal's rim crosses the date (骑年盖月).
    first = middle - SEAL * 0.13
    second = min(first - SUBTITLE * LEADING * len(lines), middle - SEAL * 0.385)
    date = (record.issued_on or _date(record),)
    for place, shown, whole in ((first, lines, record.issuer), (second, date, date[0])):
        line = part.add("P")
        text = Text(left, place, SEALED_SIDE, shown, SUBTITLE, line, whole, align="center")
        flow.page.things.append(text)
    told = f"{words.seal}：{record.issuer}"
    corner = left + (SEALED_SIDE - SEAL) / 2
    flow.page.widgets.append(Widget(SEAL_FIELD, corner, middle - SEAL / 2, SEAL, SEAL, told))
    form = part.add("Form", alt=told)
    form.widget = SEAL_FIELD


def _slot(
    flow: Flow, slot: SignatureSlot, left: float, top: float, width: float, words: Words, part: Node
) -> None:
    label = 92.0
    things = flow.page.things
    bottom = top - SLOT
    things.append(Box(left, bottom, label, SLOT, LABEL))
    for x in (left, left + label, left + width):
        things.append(Rule(x, top, x, bottom, 0.6, FRAME))
    for y in (top, bottom):
        things.append(Rule(left, y, left + width, y, 0.6, FRAME))
    role = flow.lines(slot.role_label, label - 8.0, BODY, bold=True)
    person = flow.lines(slot.person, label - 8.0, BODY)
    height = BODY * LEADING * (len(role) + len(person))
    start = top - (SLOT - height) / 2
    things.append(
        Text(
            left + 4.0,
            start,
            label - 8.0,
            role,
            BODY,
            part.add("P"),
            slot.role_label,
            bold=True,
            align="center",
        )
    )
    things.append(
        Text(
            left + 4.0,
            start - BODY * LEADING * len(role),
            label - 8.0,
            person,
            BODY,
            part.add("P"),
            slot.person,
            align="center",
        )
    )
    told = words.sign_here.format(role=slot.role_label, person=slot.person)
    flow.page.widgets.append(
        Widget(
            slot.field_name, left + label + 2.0, bottom + 2.0, width - label - 4.0, SLOT - 4.0, told
        )
    )
    form = part.add("Form", alt=told)
    form.widget = slot.field_name


def _date(record: Record) -> str:
    at = record.issued_at
    if record.language == "zh":
        return f"{at.year} 年 {at.month} 月 {at.day} 日"
    return at.date().isoformat()


def _footers(flow: Flow, record: Record, words: Words) -> None:
    pages = len(flow.pages)
    own = {"receipt": words.receipt_digest, "notice": words.notice_digest}
    named = own.get(record.kind, words.log_digest)
    digest = named.format(digest=record.log_digest)
    number = words.number.format(number=record.number)
    for place, page in enumerate(flow.pages, start=1):
        top = flow.bottom - 12.0
        page.things.append(Rule(flow.left, top, flow.left + flow.width, top))
        right = words.page.format(page=place, pages=pages)
        _small(page, flow, top - 4.0, number if place > 1 else "", "start")
        _small(page, flow, top - 4.0, right, "end")
        _small(
            page, flow, top - 4.0 - (SMALL * LEADING if flow.width < 600 else 0.0), digest, "center"
        )


def _small(page: Page, flow: Flow, top: float, text: str, align: Align) -> None:
    page.things.append(
        Text(flow.left, top, flow.width, (text,), SMALL, None, align=align, colour=QUIET)
    )
