"""The words of a session's record and of its notices in Chinese."""

from rooms.counter.kinds import (
    IdentityMethod,
    IdentityResult,
    Origin,
    Priority,
    Role,
    Seen,
    Side,
    Source,
    Stance,
    Verdict,
    Way,
)
from rooms.counter.terms import FieldKind, Mode, Outcome, Value
from rooms.money import figures
from rooms.recording import FeedKind, RecordingStop

MODES = {Mode.ONLINE: "全程网办", Mode.RECEIVED: "异地代收代办", Mode.JOINT: "多地联办"}
ROLES = {
    Role.NEAR: "收件地窗口人员",
    Role.FAR: "办理地窗口人员",
    Role.DEPARTMENT: "联审部门",
    Role.SUPERVISOR: "监督人",
    Role.MANAGER: "大厅管理员",
    Role.AGENT: "帮办代办人员",
    Role.APPLICANT: "办事人",
    Role.SYSTEM: "系统",
}
SIDES = {Side.NEAR: "收件地", Side.FAR: "办理地"}
PRIORITIES = {
    Priority.NONE: "",
    Priority.ELDERLY: "老年人优先",
    Priority.DISABLED: "残疾人优先",
    Priority.MILITARY: "军人优先",
    Priority.PREGNANT: "孕妇优先",
}
METHODS = {
    IdentityMethod.CARD: "居民身份证",
    IdentityMethod.PASSPORT: "护照",
    IdentityMethod.OTHER: "其他证件",
    IdentityMethod.AGENT: "代办人证件与委托",
}
RESULTS = {
    IdentityResult.PASSED: "通过",
    IdentityResult.FAILED: "未通过",
    IdentityResult.AGAIN: "需重新出示",
}
SOURCES = {
    Source.CAMERA: "高拍仪",
    Source.PHONE: "手机拍摄",
    Source.FILE: "文件",
    Source.REUSE: "复用此前材料",
}
SEEN = {
    Seen.APPLICANT: "办事人",
    Seen.NEAR: "收件地窗口",
    Seen.FAR: "办理地窗口",
    Seen.DEPARTMENT: "联审部门",
    Seen.SCREEN: "共享桌面",
}
VERDICTS = {Verdict.ACCEPTED: "合格", Verdict.RETURNED: "退回", Verdict.WAIVED: "免交"}
ORIGINS = {Origin.TYPED: "录入", Origin.RECOGNISED: "识别", Origin.REUSED: "复用"}
STANCES = {
    Stance.AGREE: "同意",
    Stance.DISAGREE: "不同意",
    Stance.CONDITIONS: "附条件同意",
}
WAYS = {Way.COUNTER: "窗口领取", Way.POST: "邮寄", Way.ELECTRONIC: "电子送达"}
OUTCOMES = {
    Outcome.ACCEPTED: "受理",
    Outcome.SUPPLEMENT: "一次性告知补正",
    Outcome.REJECTED: "不予受理",
    Outcome.DONE: "即办办结",
}
AUTHORITIES = {
    "letter": "授权委托书",
    "guardian": "监护关系",
    "relative": "亲属关系",
    "service": "帮办代办服务",
}
LEVELS = {1: "非常不满意", 2: "不满意", 3: "基本满意", 4: "满意", 5: "非常满意"}
FEEDS = {FeedKind.CAMERA: "摄像头", FeedKind.SCREEN: "共享屏幕", FeedKind.HALL: "会场"}
STOPS = {
    RecordingStop.LEFT: "离开",
    RecordingStop.STOPPED: "会话结束",
    RecordingStop.FAILED: "写入失败",
    RecordingStop.ENGINE: "服务中断",
}
ERASED = "（已按保存期限删除）"
"""What stands where personal data are not kept any more."""


def value(kind: FieldKind, given: Value) -> str:
    """A value of the form as it is written."""
    return (
        f"{figures(given)} 元" if kind is FieldKind.MONEY and isinstance(given, int) else str(given)
    )


def days(count: int) -> str:
    """Working days of a promised or legal time."""
    return f"{count} 个工作日" if count else "即时办结"
