# ruff: noqa: SIM905 - headers as they stand in a row
"""Small made-up lists in the layouts of the national system, for tests. 341599 is an unassigned prefix."""

import csv
from pathlib import Path

import xlsxwriter

A2017 = (
    "序号 县(市、区、旗) 乡(镇) 行政村 自然村 户编号 人编号 姓名 证件号码 人数 与户主关系 民族 文化程度 在校生状况 健康状况 劳动技能 "
    "务工状况 务工时间（月） 参加大病医疗 脱贫属性 贫困户属性 主要致贫原因 危房户 饮水安全 饮水困难 人均纯收入 联系电话 脱贫年度"
).split()
B2022 = (
    "序号 数据日期 县(市、区、旗) 乡(镇) 行政村 自然村 户编号 人编号 姓名 证件号码 人数 与户主关系 民族 文化程度 在校生状况 健康状况 "
    "劳动技能 务工时间（月） 是否参加大病保险 致贫原因1 危房户 是否解决安全饮用水 人均纯收入 户联系电话 人联系电话 首次识别时间 "
    "人员识别时间 户类型 易返贫致贫户(监测对象)类型 风险是否消除 风险识别时间 风险消除时间"
).split()
C2021 = (
    "省 市 县 乡 村 户编号 人口编号 姓名 性别 出生日期 证件类型 证件号码 民族 户联系电话 成员联系电话 年度 与户主关系 文化程度 "
    "在校生状况 劳动技能 务工时间（月） 健康状况 政治面貌 务工企业名称 是否享受低保 是否参加城镇职工基本养老保险 是否参加大病保险 "
    "是否参加新型农村合作医疗（城乡居民基本医疗保险） 是否参加城乡居民基本养老保险 失学或辍学原因 是否会讲普通话 "
    "是否参加商业补充医疗保险 是否国外务工 产业分类 是否接受大病医疗救助 是否接受其他健康扶贫 公益性岗位类型 公益性岗位(月数) "
    "就业渠道 残疾类别 务工所在地 户主姓名 户主证件号码 是否参加城镇职工基本医疗保险 是否特困供养人员 残疾证办证年度 识别标准"
).split()
D2023 = (
    "序号 县 乡 村 户编号 人编号 户类型 监测对象类别 姓名 性别 与户主关系 民族 出生日期 证件类型 证件号码 文化程度 在校生状况 "
    "健康状况 劳动技能 务工时间（月） 是否参加城乡居民基本医疗保险 是否参加大病保险 享受低保政策情况 享受特困供养政策情况 "
    "家庭成员联系电话 户联系电话 人均纯收入（元） 工资性收入 生产经营性收入 财产性收入 转移性收入 生产经营性支出 理赔收入 "
    "合规自付支出 是否危房户 住房面积 是否解决安全饮用水 耕地面积（亩） 致贫/返贫风险1 致贫/返贫风险2 "
    "是否义务教育阶段适龄儿童少年失学辍学 是否有家庭成员未参加城乡居民（职工）基本医疗保险 识别监测时间 风险是否已消除"
).split()

_DEFAULTS = {
    "县": "金寨县", "县(市、区、旗)": "金寨县", "乡": "梅山镇", "乡(镇)": "梅山镇", "村": "三合村", "行政村": "三合村",
    "民族": "汉族", "文化程度": "小学", "健康状况": "健康", "劳动技能": "普通劳动力", "脱贫属性": "已脱贫", "户类型": "脱贫户",
    "贫困户属性": "一般贫困户", "主要致贫原因": "因病", "致贫原因1": "因病", "危房户": "否", "是否危房户": "否", "饮水安全": "是",
    "是否解决安全饮用水": "是", "饮水困难": "否", "人均纯收入": "5000", "人均纯收入（元）": "5000", "脱贫年度": "2016",
    "与户主关系": "户主", "是否享受低保": "否", "是否特困供养人员": "否", "享受低保政策情况": "未享受",
    "享受特困供养政策情况": "不享受", "是否参加新型农村合作医疗（城乡居民基本医疗保险）": "是",
    "是否参加城镇职工基本医疗保险": "否", "是否参加城乡居民基本医疗保险": "是",
    "是否有家庭成员未参加城乡居民（职工）基本医疗保险": "否", "是否义务教育阶段适龄儿童少年失学辍学": "否",
}  # fmt: skip


def id_number(serial: int, born: str = "19700101", tail: str = "") -> str:
    """A made-up ID with a valid check digit, odd serials male."""
    digits = f"341599{born}{serial:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11]
    return digits + check + tail


def person(headers: list[str], serial: int, household: str = "00123456789012", **cells: str) -> list[str]:
    """One row; `cells` replace what would be there."""
    number = "人口编号" if "人口编号" in headers else "人编号"
    own = {
        "户编号": household,
        number: f"{household}{serial:02d}",
        "姓名": f"张{serial}",
        "证件号码": id_number(serial),
    }
    return [{**_DEFAULTS, **own, **cells}.get(header, "") for header in headers]


def sheet(headers: list[str], *people: list[str], titles: int = 2) -> list[list[str]]:
    return [["标题"] for _ in range(titles)] + [headers, *people]


def write_csv(path: Path, rows: list[list[str]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as opened:
        csv.writer(opened, delimiter=delimiter).writerows(rows)
    return path


def write_xlsx(path: Path, rows: list[list[object]], name: str = "Sheet1") -> Path:
    workbook = xlsxwriter.Workbook(path)
    worksheet = workbook.add_worksheet(name)
    for place, row in enumerate(rows):
        for column, cell in enumerate(row):
            (worksheet.write_number if isinstance(cell, float) else worksheet.write_string)(place, column, cell)
    workbook.close()
    return path
