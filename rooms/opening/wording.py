"""The words of the record in Chinese: roles, states, reasons; how it writes values."""

from rooms.money import figures
from rooms.opening.events import Fault, FeedKind, FormValue, RecordingStop, Window
from rooms.opening.state import Confirmation
from rooms.opening.terms import FormItem, ItemKind, Policy, Regime, Role

ROLES = {
    Role.HOST: "主持人",
    Role.DEPUTY: "副主持人",
    Role.TENDERER: "招标人",
    Role.TRUSTEE: "开标密钥受托人",
    Role.SUPERVISOR: "监督人",
    Role.BIDDER: "投标人",
    Role.OBSERVER: "旁听",
    Role.SYSTEM: "系统",
}
REGIMES = {Regime.TENDERING: "招标投标", Regime.PROCUREMENT: "政府采购"}
POLICIES = {
    Policy.TRUSTEES: "受托人解密",
    Policy.BIDDER: "投标人解密",
    Policy.EITHER: "投标人解密或受托人解密",
    Policy.BOTH: "投标人与受托人双重解密",
}
FAULTS = {Fault.BIDDER: "视为撤销", Fault.PLATFORM: "视为撤回", Fault.UNKNOWN: "待裁决"}
WINDOWS = {
    Window.DECRYPTION: "解密时限",
    Window.CONFIRMATION: "确认时限",
    Window.OBJECTION: "异议时限",
    Window.UPLOAD: "上传宽限",
}
CONFIRMATIONS = {
    Confirmation.NONE: "",
    Confirmation.CONFIRMED: "已确认",
    Confirmation.DISPUTED: "有异议",
    Confirmation.LAPSED: "逾期未确认",
    Confirmation.DEEMED: "未参加开标，视同认可",
}
DEPOSITS = {"paid": "已缴纳", "unpaid": "未缴纳", "guarantee": "保函"}
OPENED_BY = {"trustees": "受托人", "bidder": "投标人", "both": "双方"}
FEEDS = {FeedKind.CAMERA: "摄像头", FeedKind.SCREEN: "共享屏幕", FeedKind.HALL: "会场"}
STOPS = {
    RecordingStop.LEFT: "离开",
    RecordingStop.STOPPED: "开标结束",
    RecordingStop.FAILED: "写入失败",
    RecordingStop.ENGINE: "服务中断",
}
PROBLEMS = {"unwrap": "无法解封", "commitment": "与承诺不符"}

REASONS = {
    "bytes_missing": "加密文件未按时上传",
    "no_key": "解密时限内无可用密钥",
    "malformed_outer": "密钥封装外层无法打开",
    "malformed_shares": "密钥份额与承诺不符",
    "key_mismatch": "密钥与承诺不符",
    "malformed_bid": "加密文件内容不合格式",
    "wrong_bytes": "平台存储的文件损坏",
    "storage_failed": "平台存储的文件无法读取",
    "form_unfit": "唱标内容不合招标文件要求",
}


def reason(code: str, step: int) -> str:
    """Why a bid did not open; codes of the format come with the step of the opening procedure."""
    return REASONS.get(code) or f"加密文件不合格式（第{step}步：{code}）"


def value(item: FormItem, given: FormValue | None) -> str:
    """A value of the form as the record writes it."""
    if given is None:
        return ""
    if isinstance(given, str):
        return given
    match item.kind:
        case ItemKind.MONEY:
            text = figures(given)
        case ItemKind.PERCENT:
            sign = "-" if given < 0 else ""
            text = f"{sign}{abs(given) // 100}.{abs(given) % 100:02d}%"
        case _:
            text = str(given)
    return f"{text} {item.unit}" if item.unit and item.kind is not ItemKind.PERCENT else text
