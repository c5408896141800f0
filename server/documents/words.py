"""What the layout itself says, in the record's language."""

from dataclasses import dataclass

from rooms.record import Language


@dataclass(frozen=True, slots=True)
class Words:
    """Texts of the frame around a record's content."""

    number: str
    page: str
    log_digest: str
    receipt_digest: str
    notice_digest: str
    verification: str
    attached: str
    attached_log: str
    head: str
    address: str
    how: str
    signatures: str
    sign_here: str
    seal: str
    code: str
    missing: str


WORDS: dict[Language, Words] = {
    "zh": Words(
        number="编号：{number}",
        page="第 {page} 页 / 共 {pages} 页",
        log_digest="日志摘要 SHA-256  {digest}",
        receipt_digest="回执摘要 SHA-256  {digest}",
        notice_digest="通知书摘要 SHA-256  {digest}",
        verification="核验信息",
        attached="随附文件",
        attached_log="{name}（{size:,} 字节）",
        head="日志签名头",
        address="核验地址",
        how="核验方法",
        signatures="签章",
        sign_here="{role}签章处：{person}",
        seal="平台电子印章",
        code="核验二维码：{code}",
        missing="注：〓 代表字库未收录的字，原字保存在文件的文字层中，可复制和检索：{characters}。",
    ),
    "en": Words(
        number="No. {number}",
        page="Page {page} of {pages}",
        log_digest="Log digest SHA-256  {digest}",
        receipt_digest="Receipt digest SHA-256  {digest}",
        notice_digest="Notice digest SHA-256  {digest}",
        verification="Verification",
        attached="Attached file",
        attached_log="{name} ({size:,} bytes)",
        head="Signed log head",
        address="Verify at",
        how="How to verify",
        signatures="Signatures",
        sign_here="Signature of {role}: {person}",
        seal="Electronic seal of the platform",
        code="Verification code: {code}",
        missing=(
            "〓 stands for a character the typeface lacks; "
            "the text layer keeps it for copying and searching: {characters}."
        ),
    ),
}
