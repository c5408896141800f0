"""Records to draw: an opening with any number of bidders, and a receipt."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone

from rooms.record import (
    Column,
    Field,
    Fields,
    Paragraphs,
    Record,
    Section,
    SignatureSlot,
    Table,
)

CHINA = timezone(timedelta(hours=8))
ISSUED = datetime(2026, 11, 21, 10, 42, 7, tzinfo=CHINA)
HEAD = (
    "yunkai.example/opening-2026-0117\n48\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— yunkai.example/opening-2026-0117 8c2d0a5eVv0mTz1mQ3rW6yJm0k4n1y0dF8Zr7b2m1Q5x9u3w7a=\n"
)
RARE = "𬭎基建设（上海）有限公司"
LONG = "中国某某某某工程咨询与数字基础设施建设投资集团（西南）有限责任公司第三市政工程分公司"
NAMES = (
    RARE,
    "䶮城㛃衡市政工程有限公司",
    LONG,
    "杭州云栖路桥建设股份有限公司",
    "Acme (China) Engineering Co., Ltd.",
)

COLUMNS = (
    Column("序号", 1.5, "center"),
    Column("投标人", 6.2),
    Column("签到代表\n及时间", 3.6, "center"),
    Column("递交时间", 3.4, "center", numeric=True),
    Column("密封\n核验", 2.6, "center"),
    Column("解密时间\n及结果", 3.4, "center"),
    Column("投标报价（元）", 4.4, "end", numeric=True),
    Column("大写金额", 5.4),
    Column("工期\n（天）", 2.6, "center", numeric=True),
    Column("质量\n承诺", 2.4, "center"),
    Column("项目\n负责人", 2.6, "center"),
    Column("保证金", 2.6, "center"),
    Column("确认时间", 3.4, "center", numeric=True),
    Column("备注", 3.6),
)


def bidder(place: int) -> tuple[str, ...]:
    """A row of the opening table."""
    name = NAMES[place] if place < len(NAMES) else f"第{place + 1}建设工程有限公司"
    if place == 3:
        failed = (
            "",
            "",
            "",
            "",
            "",
            "已缴纳",
            "逾期未确认",
            "解密失败：投标人密钥不匹配，视为撤销",
        )
        return (
            "4",
            name,
            "张㛃\n09:31:02",
            "2026-11-20 22:10:41",
            "一致",
            "09:05:12\n未成功",
            *failed,
        )
    return (
        str(place + 1),
        name,
        "李䶮\n08:52:14",
        "2026-11-20 16:08:33",
        "一致",
        "09:04:10\n成功",
        f"{12_345_678 + place:,}.90",
        "壹仟贰佰叁拾肆万伍仟陆佰柒拾捌元玖角整",
        "365",
        "合格",
        "王𬭎",
        "已缴纳",
        "2026-11-21 10:21:45",
        "",
    )


def opening(bidders: int) -> Record:
    """An opening record."""
    sections: list[Section] = [
        Table(
            "一、开标一览表",
            COLUMNS,
            tuple(bidder(place) for place in range(bidders)),
            note="密封核验“一致”指开启文件的 SHA-256 与投标人回执所载一致。",
        ),
        Table(
            "附件一　异议与答复",
            (
                Column("序号", 1, "center"),
                Column("提出人", 4),
                Column("异议内容", 9),
                Column("答复", 9),
                Column("时间", 3, "center", numeric=True),
            ),
            (
                (
                    "1",
                    "杭州云栖路桥建设股份有限公司",
                    "我司密钥文件完好，解密失败是否因平台原因？请求启动补救。",
                    "密钥指纹与投标时登记不一致，按招标文件第 18.3 款视为撤销其投标文件。",
                    "09:12:31",
                ),
            ),
        ),
        Table(
            "附件二　暂停与延时",
            (Column("开始", 2), Column("结束", 2), Column("原因", 8)),
            (),
            empty="本次开标无暂停、无延时。",
        ),
        Fields(
            "附件三　录像与日志",
            (
                Field("录像摘要", hashlib.sha256(b"recording").hexdigest(), wide=True),
                Field("开始", "2026-11-21 08:00:00"),
                Field("结束", "2026-11-21 10:40:55"),
            ),
        ),
        Paragraphs(
            "附件四　说明",
            (
                "一、本记录由平台依据开标日志自动生成，主持人只记录事实，不对投标文件的有效性作出判断。",
                "二、未在确认时限内确认的投标人，记为“逾期未确认”，任何人不得代为确认或签名。",
            ),
        ),
    ]
    log = b"".join(b'{"seq":%d}\n' % seq for seq in range(3 * bidders))
    return Record(
        kind="opening",
        title="开标记录表",
        subtitle="滨江新区综合管廊二期工程施工　第一标段",
        number="YK-2026-0117-01",
        issued_at=ISSUED,
        issuer="云开不见面开标系统",
        header=(
            Field("项目名称", "滨江新区综合管廊二期工程施工", wide=True),
            Field("项目编号", "BJXQ-2026-SG-0117"),
            Field("标段", "第一标段"),
            Field("招标人", "滨江新区城市建设投资有限公司"),
            Field("招标代理", "华信招标代理有限公司"),
            Field("开标时间", "2026-11-21 09:00:00"),
            Field("开标地点", "不见面开标大厅（线上）第 3 开标室"),
            Field("最高投标限价", "￥13,000,000.00（壹仟叁佰万元整）"),
            Field("下浮系数", "K＝3.25 %（种子可复算，见日志第 31 至 36 条）"),
            Field("主持人", "赵敏"),
            Field("监督人", "钱进（滨江新区公共资源交易监督管理办公室）"),
            Field(
                "开标结果",
                f"应递交 {bidders} 家，成功解密 {bidders - 1} 家，视为撤销 1 家。",
                wide=True,
            ),
        ),
        sections=tuple(sections),
        signatures=(
            SignatureSlot("host", "主持人", "赵敏"),
            SignatureSlot("supervisor", "监督人", "钱进"),
            SignatureSlot("recorder", "记录人", "孙䶮"),
        ),
        log=log,
        head=HEAD,
        verify_url="https://yunkai.example/verify/YK-2026-0117-01",
        verify_hint=(
            "用 pdfsig 或 yunkai verify 检查印章；"
            "用 pdfdetach 取出 log.jsonl，其 SHA-256 应与页脚一致。"
        ),
    )


def receipt() -> Record:
    """A receipt for a submitted bid."""
    log = b'{"body":{"header":"00"},"key":"","signature":""}'
    return Record(
        kind="receipt",
        title="投标回执",
        number="R-2026-0117-000381",
        issued_at=datetime(2026, 11, 20, 8, 8, 33, tzinfo=UTC).astimezone(CHINA),
        issuer="云开不见面开标系统",
        header=(
            Field("项目", "滨江新区综合管廊二期工程施工（第一标段）", wide=True),
            Field("投标人", RARE, wide=True),
            Field("递交时间", "2026-11-20 16:08:33.412", wide=True),
        ),
        sections=(
            Table(
                "文件摘要",
                (Column("内容", 3), Column("SHA-256", 10), Column("字节", 3, numeric=True)),
                (
                    ("投标文件头", hashlib.sha256(b"header").hexdigest(), "2,184"),
                    ("信封一密文", hashlib.sha256(b"one").hexdigest(), "18,350,080"),
                    ("信封二密文", hashlib.sha256(b"two").hexdigest(), "524,288,000"),
                ),
            ),
            Paragraphs("说明", ("平台收到上述文件并承诺将其列入截标清单。请妥善保存本回执。",)),
        ),
        log=log,
        log_name="receipt.json",
        verify_url="https://yunkai.example/verify/R-2026-0117-000381",
        orientation="portrait",
    )
