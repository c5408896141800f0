"""What findings and facts are called, in both languages: one text for the command and the page."""

from collections.abc import Iterable
from typing import Literal

from rooms.audit import Fact, Finding

Language = Literal["zh", "en"]

STEPS: dict[int, tuple[str, str]] = {
    1: ("档案容器与文件摘要", "container and digests of its files"),
    2: ("日志完整、连续", "log complete and in order"),
    3: ("日志头签名与根哈希", "signed heads and roots of the log"),
    4: ("每一步操作合乎程序", "every step legal"),
    5: ("招标清单由平台签名", "manifests signed by the platform"),
    6: ("投标封装头由投标人签名", "headers signed by their bidders"),
    7: ("回执与时间戳", "receipts and time stamps"),
    8: ("截标名单", "list of bids at the close"),
    9: ("受托人见证与放出份额", "trustees' witness and releases"),
    10: ("开标密钥", "opening keys"),
    11: ("重新开启每一份投标文件", "every bid opened again"),
    12: ("个人信息与文件摘要", "personal data and documents"),
    13: ("记录的签章与内容", "signatures and content of the minutes"),
    14: ("录像文件", "files of recordings"),
    15: ("材料原件", "pages of materials"),
    16: ("表单与手写签名", "forms and signatures by hand"),
    17: ("个人信息", "personal data"),
    18: ("通知书", "notices"),
}

FINDINGS: dict[str, tuple[str, str]] = {
    "not_an_archive": ("不是云开档案", "not an archive"),
    "member_twice": ("同名文件出现两次", "the file is there twice"),
    "container_bytes": ("档案容器的字节被改动", "bytes of the container were changed"),
    "container_length": (
        "档案容器的长度不符",
        "the container is longer or shorter than it has to be",
    ),
    "member_altered": ("文件内容被改动", "the file was changed"),
    "member_missing": ("缺少清单列出的文件", "a listed file is missing"),
    "member_not_listed": ("文件不在摘要清单中", "the file is not listed in SHA256SUMS"),
    "member_digest_differs": ("文件摘要与清单不符", "the file's digest is not the listed one"),
    "unreadable": ("文件无法读取", "the file can't be read"),
    "root_differs": ("根证书不是您信任的那一张", "the root certificate is not the one you trust"),
    "entry_unreadable": ("第 {entry} 条日志无法读取", "entry {entry} can't be read"),
    "entry_out_of_order": ("第 {entry} 条日志编号不连续", "entry {entry} is out of order"),
    "entry_goes_back_in_time": (
        "第 {entry} 条日志的时间早于前一条",
        "entry {entry} is older than the one before it",
    ),
    "file_missing": ("缺少该文件", "the file is missing"),
    "head_signature": (
        "日志头的签名无效（{reason}）",
        "the head's signature is not valid ({reason})",
    ),
    "head_beyond_log": (
        "日志头覆盖 {size} 条，而日志只有 {entries} 条",
        "the head covers {size} entries, the log has {entries}",
    ),
    "head_differs": ("日志与已签名的日志头不符", "the log is not the one that was signed"),
    "entries_beyond_head": (
        "日志有 {entries} 条，最终日志头只覆盖 {head} 条",
        "the log has {entries} entries, the final head covers {head}",
    ),
    "illegal_move": (
        "第 {entry} 条（{event}）不合程序",
        "entry {entry} ({event}) is not legal where it stands",
    ),
    "event_differs": (
        "第 {entry} 条（{event}）与此前日志推算的结果不同",
        "entry {entry} ({event}) is not what the log before it gives",
    ),
    "never_published": ("日志中没有发布过招标项目", "the tender was never published"),
    "manifest_refused": ("招标清单签名无效（{reason}）", "the manifest is not valid ({reason})"),
    "manifest_digest": (
        "招标清单与日志记载的摘要不符",
        "the manifest has another digest in the log",
    ),
    "manifest_order": ("招标清单的版本次序不符", "the manifest's version does not follow"),
    "manifest_log_key": ("招标清单写的是另一把日志公钥", "the manifest names another log key"),
    "file_differs_from_log": ("文件与日志记载的内容不同", "the file differs from the log"),
    "file_not_in_log": ("日志中没有这个文件", "the log knows nothing of this file"),
    "manifest_gate": ("招标清单写的是另一把外层公钥", "the manifest names another gate key"),
    "root_pem_differs": ("与 site.json 中的根证书不同", "differs from the root in site.json"),
    "manifest_terms": (
        "招标清单与日志记载的招标要素不同",
        "the manifest has other terms than the log",
    ),
    "acceptance_refused": (
        "接受招标文件的签名无效（{reason}）",
        "the acceptance is not valid ({reason})",
    ),
    "withdrawal_refused": (
        "撤回申请的签名无效（{reason}）",
        "the withdrawal is not valid ({reason})",
    ),
    "header_refused": ("封装头无效（{reason}）", "the header is not valid ({reason})"),
    "header_of_another": ("封装头属于另一份投标", "the header belongs to another bid"),
    "header_digest": ("封装头与日志记载的摘要不符", "the header has another digest in the log"),
    "receipt_missing": ("缺少回执", "the receipt is missing"),
    "receipt_refused": ("回执无效（{reason}）", "the receipt is not valid ({reason})"),
    "receipt_differs_from_log": ("回执与日志记载不符", "the receipt differs from the log"),
    "receipt_after_entry": ("回执时间晚于日志记载", "the receipt is later than its log entry"),
    "token_refused": ("时间戳无效（{reason}）", "the time stamp is not valid ({reason})"),
    "token_time": (
        "时间戳 {stamped} 与收到时间 {received} 相差过大",
        "the time stamp {stamped} is too far from the time of receipt {received}",
    ),
    "closing_head_elsewhere": (
        "截标日志头没有止于第 {entry} 条",
        "the closing head does not end with entry {entry}",
    ),
    "closed_early": ("第 {entry} 条在截止时间之前截标", "entry {entry} closed before the deadline"),
    "bid_not_counted": ("有效投标没有列入截标名单", "a bid was left out at the close"),
    "bid_should_not_count": ("截标名单多列了投标", "a bid was counted that should not be"),
    "bid_late": ("截止时间及以后收到的投标被列入", "a bid was counted that came too late"),
    "never_closed": ("日志中没有截标记录", "the bidding was never closed"),
    "release_refused": ("受托人放出的份额无效（{reason}）", "the release is not valid ({reason})"),
    "key_not_recovered": (
        "由份额或投标人密钥得不出开标密钥（{reason}）",
        "shares and bidder's key do not give the key ({reason})",
    ),
    "key_differs": (
        "公布的开标密钥与份额得出的不同",
        "the published key is not the one the shares give",
    ),
    "bid_does_not_open": (
        "投标文件无法重新开启（{reason}）",
        "the bid does not open again ({reason})",
    ),
    "statement_of_another": (
        "投标声明由另一把密钥签名",
        "the statement was signed with another key",
    ),
    "form_differs_from_log": (
        "开标内容与日志记载不同",
        "what the bid says differs from the log",
    ),
    "files_differ_from_log": ("投标文件清单与日志记载不同", "the bid's files differ from the log"),
    "void_bid_opens": (
        "日志称未能解密（{reason}），实际可以开启",
        "the log says it did not open ({reason}), but it opens",
    ),
    "person_differs": ("个人信息与摘要不符", "personal data differ from their digest"),
    "document_differs": ("招标文件与清单摘要不符", "the document differs from the manifest"),
    "minutes_digest": ("记录不是日志记载的那一份", "these are not the minutes the log names"),
    "no_attached_log": ("记录中没有日志附件", "the minutes carry no log"),
    "pdf_unreadable": ("PDF 无法读取（{reason}）", "the PDF can't be read ({reason})"),
    "not_signed": ("没有签章", "there is no signature"),
    "signature_altered": ("签章后内容被改动", "the signed content was changed"),
    "signature_signature_wrong": ("签名值无效", "the signature is wrong"),
    "signature_untrusted": ("签章证书不受信任", "the signer's certificate is not trusted"),
    "signature_no_timestamp": ("没有可信的时间戳", "there is no time stamp that can be trusted"),
    "signature_changed_afterwards": ("签章后文件又被修改", "the file was changed after signing"),
    "signature_unreadable": ("签章无法读取", "the signature can't be read"),
    "not_sealed": ("最先的签章不是平台印章", "the first signature is not the platform's seal"),
    "seal_of_another": (
        "印章不是平台的，证书属于 {signer}",
        "the seal is not the platform's: its certificate is {signer}'s",
    ),
    "signature_without_place": (
        "{signer} 签在没有为其准备的位置",
        "{signer} signed where no place was prepared",
    ),
    "signature_of_another": (
        "这个位置由他人（{signer}）签名",
        "somebody else ({signer}) signed in this place",
    ),
    "signature_not_in_log": (
        "日志中没有 {signer} 的这枚签名",
        "the log knows nothing of this signature by {signer}",
    ),
    "signature_certificate": (
        "{signer} 的签名证书与日志记载的不同",
        "the certificate of {signer} is not the one the log names",
    ),
    "signature_missing": (
        "日志记载的签名不在文件中",
        "a signature that the log names is not in the file",
    ),
    "revision_differs": (
        "文件的前 {size} 字节不是日志记载的那一版",
        "the first {size} bytes are not the revision that the log names",
    ),
    "signature_bytes_added": ("最后一枚签章之后还有内容", "something follows the last signature"),
    "minutes_of_another_log": (
        "记录所附日志与档案日志不同",
        "the log in the minutes is not the archive's",
    ),
    "rendering_differs": (
        "由日志重新生成的记录与文件不同（{reason}）",
        "the minutes drawn again from the log differ ({reason})",
    ),
    "never_begun": ("日志中没有会话", "the log tells of no session"),
    "person_not_in_log": (
        "日志中没有这项个人信息",
        "the log knows nothing of these personal data",
    ),
    "person_not_erased": (
        "日志载明个人信息已删除，文件中仍有 {kept} 项",
        "the log says that the personal data were erased, {kept} are still here",
    ),
    "material_differs": ("材料与日志记载的摘要不符", "the page is not the one the log names"),
    "strokes_unreadable": ("签名笔迹文件无法读取", "the signature's strokes can't be read"),
    "strokes_differ": (
        "签名笔迹与日志记载的摘要不符",
        "the strokes are not those that the log names",
    ),
    "masked_differs": (
        "记录中的脱敏信息与留存的个人信息不符",
        "what is shown masked does not fit the personal data kept",
    ),
    "notice_missing": ("缺少应当出具的通知书", "a notice that was due is missing"),
    "notice_unreadable": ("通知书无法读取", "the notice can't be read"),
    "notice_differs": (
        "通知书的版面与其内容不符",
        "the notice's page is not the one that its content gives",
    ),
    "notice_differs_from_log": (
        "通知书与第 {entry} 条日志不符",
        "the notice says something else than entry {entry} of the log",
    ),
    "recording_missing": (
        "缺少录像文件（日志记载 {size} 字节）",
        "the recording is missing (the log names {size} bytes)",
    ),
    "recording_cut": (
        "录像只有 {size} 字节，日志记载 {expected} 字节",
        "the recording was cut to {size} bytes, the log names {expected}",
    ),
    "recording_altered": (
        "录像第 {good} 至 {size} 字节之间被改动",
        "the recording was changed between bytes {good} and {size}",
    ),
    "recording_longer": (
        "录像有 {size} 字节，日志记载到 {expected} 字节为止",
        "the recording has {size} bytes, by the log it ends with {expected}",
    ),
    "recording_not_in_log": ("日志中没有这份录像", "the log knows nothing of this recording"),
}

FACTS: dict[str, tuple[str, str]] = {
    "container_whole": ("{members} 个文件齐全，摘要一致", "{members} files, all as listed"),
    "site": ("站点 {site}，日志公钥 {log_key}", "site {site}, log key {log_key}"),
    "log_read": ("{log}：{entries} 条", "{log}: {entries} entries"),
    "moves_legal": ("{log}：每一步都合乎程序", "{log}: every step follows the rules"),
    "head_matches": (
        "{head} 已签名，覆盖前 {size} 条",
        "{head} is signed and covers the first {size} entries",
    ),
    "manifests_signed": ("{versions} 个版本", "{versions} version(s)"),
    "headers_signed": ("{headers} 个封装头", "{headers} header(s)"),
    "receipt_good": (
        "回执的签名有效：投标 {bid}，收到时间 {at}",
        "the receipt's signature is valid: bid {bid}, received {at}",
    ),
    "receipts_stamped": (
        "{receipts} 份回执带可信时间戳",
        "{receipts} receipt(s) with trusted time",
    ),
    "bids_counted": ("{bids} 份投标列入截标名单", "{bids} bid(s) counted"),
    "head_witnessed": ("{trustees} 位受托人见证截标", "{trustees} trustee(s) witnessed the close"),
    "keys_recovered": (
        "{keys} 把公布的密钥由份额或投标人密钥重新得出",
        "{keys} published key(s) computed again from shares or bidders' keys",
    ),
    "bids_opened_again": (
        "{opened} 份重新开启且内容一致，{void} 份未能解密",
        "{opened} opened again with the same content, {void} void",
    ),
    "people_match": (
        "{kept} 位代表的信息与摘要一致，{erased} 位已到期删除",
        "{kept} representative(s) match, {erased} erased",
    ),
    "personal_match": (
        "{kept} 项个人信息与摘要一致，{erased} 项已按期删除",
        "{kept} personal data match, {erased} erased",
    ),
    "materials_match": (
        "{kept} 页材料与日志一致，{erased} 页已按期删除",
        "{kept} page(s) as the log names them, {erased} erased",
    ),
    "signatures_bind": (
        "{kept} 份手写签名与日志一致，{erased} 份已按期删除",
        "{kept} signature(s) by hand as the log names them, {erased} erased",
    ),
    "notice_good": (
        "会话 {session}：{item}，作出时间 {at}",
        "session {session}: {item}, given {at}",
    ),
    "notices_good": ("{notices} 份通知书与日志一致", "{notices} notice(s) say what the log says"),
    "signature_good": ("{signer}，{at}", "{signer}, {at}"),
    "minutes_preserved": (
        "共 {revisions} 个版本，均与日志一致，最后一版带长期保存时间戳",
        "{revisions} revisions as the log names them, the last with the time stamp for keeping",
    ),
    "root_not_given": (
        "没有给出根证书（--root）：请核对签章证书摘要 {certificate}",
        "no root was given (--root): compare the certificate's digest {certificate}",
    ),
    "rendering_of_another_version": (
        "由云开 {version} 生成；要逐字节比对版面，请用该版本核验",
        "drawn by Yunkai {version}: use that version to compare the drawing byte by byte",
    ),
    "rendering_same": (
        "由日志重新生成的记录逐字节相同",
        "drawn again from the log, byte for byte the same",
    ),
    "recordings_match": (
        "{recordings} 份录像、{marks} 个摘要、{bytes} 字节与日志一致",
        "{recordings} recording(s), {marks} digest(s), {bytes} bytes as the log names them",
    ),
    "recording_goes_on": (
        "{file}：最后一个摘要之后还有 {more} 字节，日志未予证明",
        "{file}: {more} bytes follow the last digest, unproven by the log",
    ),
}


def say(what: Finding | Fact, language: Language) -> str:
    """A finding or a fact as a sentence."""
    table = FINDINGS if isinstance(what, Finding) else FACTS
    text = _of(table[what.code], language).format(**dict(what.params))
    if isinstance(what, Finding):
        return f"{what.about}：{text}" if language == "zh" else f"{what.about}: {text}"
    return text


def step(number: int, language: Language) -> str:
    """What a step of the audit is about."""
    return _of(STEPS[number], language)


def codes() -> Iterable[str]:
    """Every code that has words."""
    return (*FINDINGS, *FACTS)


def _of(both: tuple[str, str], language: Language) -> str:
    return both[0] if language == "zh" else both[1]
