"""The receipt on paper (投标回执, 撤回回执): what was received and when, as content that
`server/documents` draws. The signed receipt itself travels inside."""

import hashlib

from crypto.receipt import Receipt
from rooms.opening.state import Bid, State
from rooms.record import Column, Field, Paragraphs, Record, Section, Table
from rooms.wording import ZONE, day, exact, moment

COLUMNS = (Column("内容", 3), Column("SHA-256", 10), Column("字节", 2.6, numeric=True))
PROMISE = {
    "submit": (
        "平台已收到上列投标文件头，并承诺：加密文件按时传齐的，截标时将其列入投标文件清单。",
        "截标前可以修改或撤回；修改后以最后一份回执为准。平台自身无法在截标前打开投标文件。",
    ),
    "withdraw": ("平台已收到撤回申请，上述投标文件不再列入截标时的投标文件清单。",),
}
KEEP = "请妥善保存本回执。随附的 receipt.json 由平台签名并带有可信时间戳，任何人均可独立核验。"


def slip(
    state: State, bid: Bid, receipt: Receipt, file: bytes, *, issuer: str, verify_url: str = ""
) -> Record:
    """The record of a receipt for `bid`; `file` is the receipt file, `issuer` whose seal it is."""
    terms = state.version_of(bid).terms
    submitted = receipt.action == "submit"
    what = "投标文件头（密封摘要）" if submitted else "撤回申请"
    sections: list[Section] = [
        Table(
            "文件摘要", COLUMNS, ((what, receipt.header, ""), *_envelopes(state, bid, submitted))
        ),
        Paragraphs("说明", (*PROMISE[receipt.action], KEEP)),
    ]
    return Record(
        kind="receipt",
        title="投标回执" if submitted else "撤回投标回执",
        subtitle="演练，不具效力" if terms.rehearsal else "",
        number=receipt.digest[:16].upper(),
        issued_at=receipt.received_at,
        issued_on=day(receipt.received_at),
        issuer=issuer,
        header=(
            Field("项目名称", terms.project_title, wide=True),
            Field("标段名称", terms.lot_title, wide=True),
            Field("项目编号", terms.project_number),
            Field("标段编号", terms.lot_number),
            Field("投标人", state.bidders[bid.bidder].name, wide=True),
            Field("收到时间", f"{exact(receipt.received_at)} {ZONE}", wide=True),
            Field("投标截止时间", f"{moment(state.deadline)} {ZONE}", wide=True),
            Field("投标编号", bid.id, wide=True),
            Field("签名密钥指纹", hashlib.sha256(bid.key).hexdigest(), wide=True),
        ),
        sections=tuple(sections),
        log=file,
        log_name="receipt.json",
        orientation="portrait",
        verify_url=verify_url,
    )


def _envelopes(state: State, bid: Bid, submitted: bool) -> list[tuple[str, str, str]]:
    if not submitted:
        return []
    titles = {each.id: each.title for each in state.version_of(bid).terms.envelopes}
    return [
        (f"{titles[name]}（加密文件）", part.header.sha256, f"{part.header.size:,}")
        for name, part in bid.parts.items()
    ]
