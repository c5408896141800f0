"""Logical structure: what is a heading, a table, a cell (ISO 32000-1, 14.7 and 14.8), so that the
record can be read aloud (PDF/UA-1) and its text taken out in order (PDF/A-3a)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pikepdf import Array, Dictionary, Name, NumberTree, Object, Pdf, String

Tag = Literal[
    "Document",
    "Sect",
    "H1",
    "H2",
    "P",
    "Table",
    "THead",
    "TBody",
    "TR",
    "TH",
    "TD",
    "Figure",
    "Form",
    "Caption",
]


@dataclass(slots=True)
class Node:
    """An element of the structure tree; `marks` are its pieces of content as (page, id), in drawing
    order."""

    tag: Tag
    alt: str = ""
    scope: Literal["", "Column", "Row"] = ""
    span: int = 1
    children: list[Node] = field(default_factory=list)
    marks: list[tuple[int, int]] = field(default_factory=list)
    widget: str = ""

    def add(
        self, tag: Tag, *, alt: str = "", scope: Literal["", "Column", "Row"] = "", span: int = 1
    ) -> Node:
        """Append a child and return it."""
        child = Node(tag, alt=alt, scope=scope, span=span)
        self.children.append(child)
        return child


def write(pdf: Pdf, root: Node, widgets: dict[str, Object]) -> None:
    """Write the tree under `root` into `pdf`; `widgets` are the annotations that Form nodes
    name."""
    tree = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    parents: dict[int, dict[int, Object]] = {number: {} for number in range(len(pdf.pages))}
    pages = [page.obj for page in pdf.pages]
    numbers = NumberTree.new(pdf)
    next_key = len(pages)

    def element(node: Node, parent: Object) -> Object:
        nonlocal next_key
        written = pdf.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name("/" + node.tag), P=parent)
        )
        kids: list[Object | int] = []
        if node.alt:
            written.Alt = String(node.alt)
        attributes = _attributes(node)
        if attributes:
            written.A = Dictionary({"/O": Name.Table, **attributes})
        if node.marks:
            written.Pg = pages[node.marks[0][0]]
        for page, mark in node.marks:
            parents[page][mark] = written
            same = page == node.marks[0][0]
            kids.append(mark if same else Dictionary(Type=Name.MCR, Pg=pages[page], MCID=mark))
        for child in node.children:
            kids.append(element(child, written))
        if node.widget:
            widget = widgets[node.widget]
            written.K = Dictionary(Type=Name.OBJR, Obj=widget, Pg=widget.P)
            widget.StructParent = next_key
            numbers[next_key] = written
            next_key += 1
        elif kids:
            # a lone kid stands by itself: readers differ on arrays of one
            written.K = kids[0] if len(kids) == 1 else Array(kids)
        return written

    tree.K = element(root, tree)
    for number, page in enumerate(pages):
        page.StructParents = number
        page.Tabs = Name.S
        numbers[number] = pdf.make_indirect(
            Array([parents[number][mark] for mark in range(len(parents[number]))])
        )
    tree.ParentTree = numbers.obj
    tree.ParentTreeNextKey = next_key
    pdf.Root.StructTreeRoot = tree
    pdf.Root.MarkInfo = Dictionary(Marked=True)


def _attributes(node: Node) -> dict[str, Object | int]:
    attributes: dict[str, Object | int] = {}
    if node.scope:
        attributes["/Scope"] = Name("/" + node.scope)
    if node.span > 1:
        attributes["/ColSpan"] = node.span
    return attributes
