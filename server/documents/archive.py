"""Turns a drawn PDF into one that lasts: PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1), with
the record's log inside (`/AF`, relationship Data) and empty signature fields ready."""

from datetime import datetime
from hashlib import md5
from io import BytesIO
from xml.sax.saxutils import escape

from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode, Pdf, Stream, String
from PIL import ImageCms

from rooms.record import SEAL_FIELD, Record
from server.documents import tagging
from server.documents.page import Widget

HEAD_NAME = "head.txt"
PRODUCER = "Yunkai"
SIGNED_AND_APPENDED = 3
PRINTED = 4

LANGUAGES = {"zh": "zh-CN", "en": "en"}


def finish(drawn: bytes, record: Record, root: tagging.Node, widgets: list[list[Widget]]) -> bytes:
    """The archival form of `drawn`; `widgets` are the signature fields of each page."""
    with Pdf.open(BytesIO(drawn)) as pdf:
        pdf.Root.Lang = String(LANGUAGES[record.language])
        pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        _describe(pdf, record)
        _colours(pdf)
        tagging.write(pdf, root, _fields(pdf, widgets))
        _attach(pdf, record)
        written = BytesIO()
        pdf.save(
            written,
            min_version="1.7",
            deterministic_id=True,
            object_stream_mode=ObjectStreamMode.generate,
            compress_streams=True,
        )
    return written.getvalue()


def _fields(pdf: Pdf, widgets: list[list[Widget]]) -> dict[str, Object]:
    made: dict[str, Object] = {}
    for page, on_page in zip(pdf.pages, widgets, strict=True):
        annotations = []
        for widget in on_page:
            blank = Stream(pdf, b"")
            blank.Type, blank.Subtype = Name.XObject, Name.Form
            blank.BBox = Array([0, 0, widget.width, widget.height])
            blank.Resources = Dictionary()
            field = pdf.make_indirect(
                Dictionary(
                    Type=Name.Annot,
                    Subtype=Name.Widget,
                    FT=Name.Sig,
                    T=String(widget.field_name),
                    TU=String(widget.told),
                    F=PRINTED,
                    P=page.obj,
                    Rect=Array(
                        [
                            widget.left,
                            widget.bottom,
                            widget.left + widget.width,
                            widget.bottom + widget.height,
                        ]
                    ),
                    AP=Dictionary(N=blank),
                )
            )
            annotations.append(field)
            made[widget.field_name] = field
        if annotations:
            page.obj.Annots = Array(annotations)
    # the seal first: readers list signatures in this order
    in_order = sorted(made, key=lambda name: name != SEAL_FIELD)
    pdf.Root.AcroForm = pdf.make_indirect(
        Dictionary(Fields=Array([made[name] for name in in_order]), SigFlags=SIGNED_AND_APPENDED)
    )
    return made


def _attach(pdf: Pdf, record: Record) -> None:
    files = [(record.log_name, record.log)]
    if record.head:
        files.append((HEAD_NAME, record.head.encode()))
    files += record.attachments
    specs = []
    for name, data in files:
        stream = Stream(pdf, data)
        stream.Type = Name.EmbeddedFile
        stream.Subtype = Name("/" + _mime(name))
        stream.Params = Dictionary(
            Size=len(data),
            ModDate=String(pdf_date(record.issued_at)),
            CheckSum=String(md5(data, usedforsecurity=False).digest()),
        )
        specs.append(
            pdf.make_indirect(
                Dictionary(
                    Type=Name.Filespec,
                    F=String(name),
                    UF=String(name),
                    Desc=String(record.title),
                    AFRelationship=Name.Data,
                    EF=Dictionary(F=stream, UF=stream),
                )
            )
        )
    # a name tree's keys are sorted (ISO 32000-1, 7.9.6)
    named = sorted(zip((name for name, _ in files), specs, strict=True), key=lambda pair: pair[0])
    leaves = Array([part for name, spec in named for part in (String(name), spec)])
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=leaves))
    pdf.Root.AF = Array(specs)


def _mime(name: str) -> str:
    kinds = {"jsonl": "application/jsonl", "json": "application/json", "txt": "text/plain"}
    return kinds.get(name.rpartition(".")[2], "application/octet-stream")


def _colours(pdf: Pdf) -> None:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    # ICC.1 7.2.8: the header's date is when the profile was made, the clock's reading here
    profile[24:36] = bytes.fromhex("07d000010001000000000000")
    stream = Stream(pdf, bytes(profile))
    stream.N = 3
    pdf.Root.OutputIntents = Array(
        [
            Dictionary(
                Type=Name.OutputIntent,
                S=Name.GTS_PDFA1,
                OutputConditionIdentifier=String("sRGB"),
                Info=String("sRGB IEC61966-2.1"),
                DestOutputProfile=stream,
            )
        ]
    )


def _describe(pdf: Pdf, record: Record) -> None:
    title = f"{record.title} {record.number}".strip()
    stamp = pdf_date(record.issued_at)
    for key in list(pdf.docinfo.keys()):
        del pdf.docinfo[key]
    pdf.docinfo[Name.Title] = String(title)
    pdf.docinfo[Name.Author] = String(record.issuer)
    pdf.docinfo[Name.Producer] = String(PRODUCER)
    pdf.docinfo[Name.CreationDate] = String(stamp)
    pdf.docinfo[Name.ModDate] = String(stamp)
    metadata = Stream(
        pdf,
        XMP.format(
            title=escape(title),
            author=escape(record.issuer),
            language=LANGUAGES[record.language],
            date=record.issued_at.isoformat(timespec="seconds"),
            producer=PRODUCER,
        ).encode(),
    )
    metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
    pdf.Root.Metadata = metadata


def pdf_date(at: datetime) -> str:
    """A date as ISO 32000-1, 7.9.4 writes it."""
    zone = at.strftime("%z")
    return at.strftime("D:%Y%m%d%H%M%S") + f"{zone[:3]}'{zone[3:5]}'"


XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>A</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{date}</xmp:CreateDate>
<xmp:ModifyDate>{date}</xmp:ModifyDate>
<pdf:Producer>{producer}</pdf:Producer>
</rdf:Description>
<rdf:Description rdf:about=""
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""
