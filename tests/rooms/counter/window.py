"""A session for tests: its orders are decided as the desk has them decided, its personal data kept
apart as the server keeps them, and its files held in memory."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from crypto.encoding import b64u
from rooms.counter import commands as c
from rooms.counter.commands import Command
from rooms.counter.events import Event
from rooms.counter.forms import field_row, form_digest
from rooms.counter.kinds import (
    Agent,
    FieldValue,
    IdentityMethod,
    IdentityResult,
    Matter,
    Missing,
    Picture,
    Priority,
    Seen,
    Source,
    Stance,
    Verdict,
)
from rooms.counter.machine import START, State, decide, evolve
from rooms.counter.masking import Payload
from rooms.counter.terms import (
    Fee,
    FieldKind,
    Item,
    Material,
    MaterialKind,
    Mode,
    Outcome,
    Value,
)
from rooms.counter.terms import Field as FormField
from rooms.ids import SYSTEM, Digest, PageId, PersonId, RecordingId, RoomId
from rooms.log import Entry, personal_digest
from rooms.recording import FeedKind, Mark, RecordingStop
from rooms.strokes import Strokes, to_svg

ROOM = RoomId("s-0123456789abcdef0123")
START_AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
APPLICANT = PersonId("a-wang")
NEAR, FAR = PersonId("p-near"), PersonId("p-far")
AGENT = PersonId("g-agent")
BUREAU, WATCH = PersonId("p-bureau"), PersonId("p-watch")
NAME, NUMBER, PHONE = "王小明", "430102199001011234", "13812345678"
ACCOUNT = "6222020200112233445"
NAMES = {
    "h-kunming": "昆明市五华区政务服务中心",
    "h-changsha": "长沙市岳麓区政务服务中心",
    "530102": "云南省昆明市五华区",
    "430104": "湖南省长沙市岳麓区",
    "k-3": "3 号窗口",
    "c-7": "7 号跨域窗口",
}

PENSION = Item(
    code="pension-balance",
    version=3,
    name="养老保险个人账户余额一次性支取",
    mode=Mode.RECEIVED,
    region="430104",
    authority="长沙市岳麓区社会保险经办机构",
    audience="自然人",
    promised_days=5,
    legal_days=20,
    materials=(
        Material("id-card", "居民身份证", MaterialKind.ORIGINAL),
        Material("bank-card", "本人银行卡", MaterialKind.ORIGINAL),
        Material("letter", "单位证明", MaterialKind.COPY, required=False),
    ),
    fields=(
        FormField("name", "参保人姓名", FieldKind.TEXT),
        FormField("number", "公民身份号码", FieldKind.ID_NUMBER),
        FormField("account", "收款银行账号", FieldKind.TEXT),
        FormField("amount", "支取金额", FieldKind.MONEY),
        FormField("why", "支取原因", FieldKind.CHOICE, choices=("出国定居", "退休", "其他")),
    ),
    fees=(Fee("card", "社会保障卡补卡工本费", 2500, "湘价费〔2015〕1号"),),
    results=("支取核定表", "付款凭证"),
)
CERTIFICATE = Item(
    code="insured-proof",
    version=1,
    name="参保缴费证明出具",
    mode=Mode.RECEIVED,
    region="430104",
    authority="长沙市岳麓区社会保险经办机构",
    audience="自然人",
    materials=(Material("id-card", "居民身份证", MaterialKind.ORIGINAL),),
    results=("参保缴费证明",),
)
VALUES: dict[str, Value] = {
    "name": NAME,
    "number": NUMBER,
    "account": ACCOUNT,
    "amount": 1_234_500,
    "why": "退休",
}
CONSENT = Digest(hashlib.sha256("同意".encode()).hexdigest())
SIGNATURE = Strokes(
    800,
    300,
    (
        ((120, 80), (260, 74)),
        ((130, 140), (250, 134)),
        ((110, 210), (275, 204)),
        ((190, 76), (188, 206)),
        ((390, 60), (384, 150), (380, 230), (350, 215)),
        ((340, 110), (322, 180)),
        ((420, 105), (452, 170)),
        ((540, 80), (536, 220)),
        ((540, 80), (640, 76), (640, 214)),
        ((540, 150), (640, 146)),
        ((690, 150),),
    ),
)


@dataclass
class Window:
    """A session whose orders are given one after another, a second apart."""

    items: tuple[Item, ...] = (PENSION,)
    now: datetime = START_AT
    state: State = START
    entries: list[Entry[Event]] = field(default_factory=list)
    people: dict[Digest, Payload] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    by_agent: bool = False
    priority: Priority = Priority.NONE

    def order(self, command: Command, by: PersonId = SYSTEM) -> list[Event]:
        self.now += timedelta(seconds=1)
        events = decide(self.state, command, by=by, now=self.now)
        for event in events:
            self.state = evolve(self.state, event)
            seq = len(self.entries) + 1
            salt = hashlib.sha256(f"entry {seq}".encode()).digest()[:16]
            self.entries.append(Entry(seq, self.now, by, event, salt))
        return events

    def keep(self, value: dict[str, Value]) -> Digest:
        """What the log holds of personal data: their salted digest."""
        salt = hashlib.sha256(f"person {len(self.people)}".encode()).digest()[:16]
        digest = personal_digest(value, salt)
        self.people[digest] = {"salt": b64u(salt), "value": value}
        return digest

    def agent(self) -> Agent:
        """Who comes in for the applicant."""
        given: dict[str, Value] = {"name": "赵村", "organisation": "柳树村", "kind": "service"}
        return Agent(AGENT, "赵村", "柳树村便民点", self.keep({**given, "letter": ""}))

    def connected(self) -> "Window":
        """Ticket, call, connection, consent and identity."""
        applicant = self.keep({"name": NAME, "number": NUMBER, "phone": PHONE})
        matter = Matter(
            items=self.items,
            near_hall="h-kunming",
            far_hall="h-changsha",
            near_region="530102",
            far_region="430104",
            mode=Mode.RECEIVED,
            person=APPLICANT,
            applicant=applicant,
            agent=self.agent() if self.by_agent else None,
        )
        self.order(c.IssueTicket("A012", "h-kunming", self.priority, matter))
        self.now += timedelta(minutes=11)
        self.order(c.CallTicket("k-3", "李春华"), NEAR)
        self.order(c.AssignFar(FAR, "周志远", "c-7", "430104"))
        self.order(c.ConnectSession("confirmed"), NEAR)
        self.order(c.GiveConsent(CONSENT, "2026-10"), APPLICANT)
        self.order(c.NoteRecording(RecordingId("r-near"), NEAR, FeedKind.CAMERA))
        self.order(c.NoteRecording(RecordingId("r-a"), APPLICANT, FeedKind.CAMERA))
        document = self.keep({"type": "card", "number": NUMBER})
        self.order(
            c.CaptureIdentity(IdentityMethod.CARD, True, "4301**********1234", document), NEAR
        )
        self.order(c.CheckIdentity(True, IdentityResult.PASSED, "照片与本人一致"), FAR)
        return self

    def capture(self, item: str, material: str, data: bytes) -> PageId:
        """A page under the camera."""
        page = PageId(f"g-{len(self.state.pages) + 1}")
        self.order(c.CaptureMaterial(page, item, material, self.picture(data), Source.CAMERA), NEAR)
        return page

    def picture(self, data: bytes) -> Picture:
        digest = Digest(hashlib.sha256(data).hexdigest())
        self.files[f"materials/{digest}"] = data
        return Picture(digest, len(data), "image/jpeg", width=4000, height=3000)

    def materials(self) -> "Window":
        """Every required material of every item, one page taken twice, all accepted."""
        shot = c.TakeScreenshot(self.picture(b"a face" * 50), Seen.APPLICANT, "核验时")
        self.order(shot, FAR)
        for item in self.items:
            for material in item.materials:
                if material.required:
                    data = f"{item.code} {material.id}".encode() * 40
                    page = self.capture(item.code, material.id, data)
                    if material.id == "bank-card":
                        better = PageId(f"{page}-b")
                        sharper = self.picture(data + b"sharper")
                        self.order(c.RetakePage(better, page, sharper, Source.PHONE), NEAR)
                    verdict = c.JudgeMaterial(item.code, material.id, Verdict.ACCEPTED, "清晰")
                    self.order(verdict, FAR)
        return self

    def filled(self) -> "Window":
        """The form filled, confirmed and signed."""
        for name, value in VALUES.items():
            digest = self.keep(field_row(PENSION.code, name, value))
            self.order(c.FillField(PENSION.code, name, digest), NEAR)
        case = self.state.cases[PENSION.code]
        shown = tuple(FieldValue(name, each.value) for name, each in case.fields.items())
        self.order(c.ConfirmFields(PENSION.code, shown), APPLICANT)
        svg = to_svg(SIGNATURE)
        strokes = Digest(hashlib.sha256(svg).hexdigest())
        self.files[f"signatures/{strokes}.svg"] = svg
        form = form_digest(self.state.cases[PENSION.code])
        self.order(c.SignForm(PENSION.code, form, strokes), APPLICANT)
        return self

    def reviewed(self) -> "Window":
        """A department's opinion, a fee, a dropped call, words, a warning."""
        invited = c.InviteDepartment(BUREAU, "郑敏", "岳麓区税务局", PENSION.code)
        self.order(invited, FAR)
        self.order(c.GiveOpinion(PENSION.code, Stance.AGREE, "无欠税记录"), BUREAU)
        self.order(c.NoteFee(PENSION.code, "card", 2500, "P20261123001"))
        self.order(c.NotePayment(PENSION.code, "card", 2500, "P20261123001"))
        self.order(c.NotePresence(APPLICANT, False))
        self.now += timedelta(seconds=40)
        self.order(c.NotePresence(APPLICANT, True))
        self.order(c.PostChat("请看屏幕上的金额是否正确"), FAR)
        self.order(c.PostChat("正确，谢谢"), APPLICANT)
        return self

    def accepted(self) -> "Window":
        promised = self.now + timedelta(days=7)
        self.order(c.Decide(PENSION.code, Outcome.ACCEPTED, promised_at=promised), FAR)
        return self

    def told_what_is_missing(self) -> "Window":
        """补正: everything at once."""
        missing = (
            Missing("bank-card", "银行卡姓名与参保人不一致，请提供本人银行卡"),
            Missing("", "请补充原单位出具的离职证明原件"),
        )
        until = self.now + timedelta(days=7)
        command = c.Decide(PENSION.code, Outcome.SUPPLEMENT, missing=missing, until=until)
        self.order(command, FAR)
        return self

    def rejected(self) -> "Window":
        remedy = "可在收到本决定之日起六十日内申请行政复议，或者六个月内提起行政诉讼。"
        reason = "参保关系已转出本统筹区，不属于本机构办理。"
        self.order(c.Decide(PENSION.code, Outcome.REJECTED, reason, remedy), FAR)
        return self

    def done(self) -> "Window":
        """What is given on the spot (即办)."""
        self.order(c.Decide(CERTIFICATE.code, Outcome.DONE), FAR)
        return self

    def ended(self) -> "Window":
        """The end of the call and of its recordings, and what became of it later."""
        self.order(c.EndSession(), NEAR)
        for recording in ("r-near", "r-a"):
            digest = Digest(hashlib.sha256(recording.encode()).hexdigest())
            mark = Mark(RecordingId(recording), 1_000_000, digest)
            self.order(c.MarkRecordings((mark,)))
            end = c.NoteRecordingEnd(mark.recording, 2_000_000, digest, RecordingStop.STOPPED)
            self.order(end)
        return self

    def completed(self) -> "Window":
        self.now += timedelta(days=2)
        self.order(c.BeginStep(PENSION.code, "核定", "按第 3 号文核定"), FAR)
        self.order(c.CompleteItem(PENSION.code, "款项已支付"), FAR)
        words = self.keep({"words": "很方便，不用跑回老家"})
        self.order(c.RateSession(5, words), APPLICANT)
        return self


def whole() -> Window:
    """A session with everything in it: two items, one accepted and completed, one done on the
    spot."""
    window = Window((PENSION, CERTIFICATE)).connected().materials().filled().reviewed()
    return window.accepted().done().ended().completed()
