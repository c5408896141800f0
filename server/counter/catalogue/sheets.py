"""The CSV files of a catalogue: one a table, and one for each thing that items consist of.

Heads of columns may be the English names or the Chinese ones; so may words of a closed list.
"""

from collections.abc import Mapping

from rooms.counter.hours import DayKind
from rooms.counter.terms import FieldKind, MaterialKind, Mode, Operator, Outcome
from server.counter.catalogue.cells import (
    Sheet,
    boolean,
    clock,
    code,
    day,
    entries,
    integer,
    one_of,
    text,
)

Words = Mapping[str, str]
"""The Chinese for each word of a closed list."""

MODES: Words = {Mode.ONLINE: "全程网办", Mode.RECEIVED: "异地代收代办", Mode.JOINT: "多地联办"}
MATERIALS: Words = {
    MaterialKind.ORIGINAL: "原件",
    MaterialKind.COPY: "复印件",
    MaterialKind.FORM: "表单",
}
FIELDS: Words = {
    FieldKind.TEXT: "文本",
    FieldKind.NUMBER: "数字",
    FieldKind.MONEY: "金额",
    FieldKind.DATE: "日期",
    FieldKind.CHOICE: "选项",
    FieldKind.PHONE: "电话",
    FieldKind.ID_NUMBER: "公民身份号码",
}
OUTCOMES: Words = {
    Outcome.ACCEPTED: "受理",
    Outcome.SUPPLEMENT: "补正",
    Outcome.REJECTED: "不予受理",
    Outcome.DONE: "即办",
}
OPERATORS: Words = {
    Operator.EQUAL: "等于",
    Operator.OTHER: "不等于",
    Operator.BELOW: "小于",
    Operator.AT_MOST: "不大于",
    Operator.ABOVE: "大于",
    Operator.AT_LEAST: "不小于",
}
DAYS: Words = {DayKind.CLOSED: "放假", DayKind.WORKING: "上班", DayKind.SHORT: "半天"}

SHEETS: dict[str, Sheet] = {
    "regions": Sheet(
        "regions.csv",
        (code("code", "区划代码"), text("name", "名称"), code("parent", "上级代码", False)),
    ),
    "halls": Sheet(
        "halls.csv",
        (
            code("id", "大厅编号"),
            code("region", "区划代码"),
            text("name", "名称"),
            text("address", "地址"),
            code("longitude", "经度"),
            code("latitude", "纬度"),
            text("phone", "电话", False),
            code("zone", "时区", False),
            boolean("active", "启用"),
        ),
    ),
    "windows": Sheet(
        "windows.csv",
        (
            code("id", "窗口编号"),
            code("hall", "大厅编号"),
            text("name", "名称"),
            entries("skills", "可办事项"),
            boolean("active", "启用"),
            entries("organisations", "进驻单位"),
        ),
    ),
    "hours": Sheet(
        "hours.csv",
        (
            code("hall", "大厅编号"),
            integer("weekday", "星期", True),
            clock("opens", "开门"),
            clock("closes", "关门"),
        ),
    ),
    "days": Sheet(
        "days.csv",
        (
            code("region", "区划代码"),
            day("day", "日期"),
            one_of("kind", "类型", DAYS),
            text("name", "名称", False),
            integer("as_weekday", "按星期"),
            clock("opens", "开门", False),
            clock("closes", "关门", False),
        ),
    ),
    "items": Sheet(
        "items.csv",
        (
            code("code", "事项编码"),
            integer("version", "版本", True),
            day("valid_from", "启用日期"),
            text("name", "名称"),
            text("name_en", "英文名称", False),
            one_of("mode", "办理模式", MODES),
            code("region", "区划代码"),
            text("authority", "实施机关"),
            text("audience", "服务对象"),
            text("basis", "设定依据", False),
            integer("promised_days", "承诺工作日"),
            integer("legal_days", "法定工作日"),
            entries("results", "办理结果"),
            entries("bundle", "联办事项"),
        ),
    ),
    "agreements": Sheet(
        "agreements.csv",
        (
            code("id", "协议编号"),
            code("near", "收件地区划"),
            code("far", "办理地区划"),
            code("hall", "办理大厅"),
            entries("items", "事项编码", True),
            day("since", "生效日期"),
            day("until", "终止日期", False),
        ),
    ),
}
"""The file of each table."""

_OF_ITEM = (code("item", "事项编码"), integer("version", "版本", True))
"""Whose part a row is: the first two columns of each of the following files."""

PARTS: dict[str, Sheet] = {
    "materials": Sheet(
        "materials.csv",
        (
            *_OF_ITEM,
            code("id", "材料编号"),
            text("name", "名称"),
            text("name_en", "英文名称", False),
            one_of("kind", "类型", MATERIALS),
            boolean("required", "必要"),
            integer("most_pages", "最多页数"),
            text("note", "要求", False),
            text("source", "来源", False),
        ),
    ),
    "fields": Sheet(
        "fields.csv",
        (
            *_OF_ITEM,
            code("name", "字段"),
            text("label", "标签"),
            text("label_en", "英文标签", False),
            one_of("kind", "类型", FIELDS),
            boolean("required", "必填"),
            entries("choices", "选项"),
            integer("most", "上限"),
        ),
    ),
    "fees": Sheet(
        "fees.csv",
        (
            *_OF_ITEM,
            code("id", "收费编号"),
            text("name", "名称"),
            integer("amount", "金额（分）", True),
            text("basis", "依据", False),
        ),
    ),
    "rules": Sheet(
        "rules.csv",
        (
            *_OF_ITEM,
            text("name", "规则"),
            one_of("outcome", "结论", OUTCOMES),
            code("field", "字段"),
            one_of("op", "比较", OPERATORS),
            text("value", "值"),
        ),
    ),
}
"""The files of what items consist of."""
