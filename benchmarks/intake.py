"""How fast, and in how much memory, a list of persons is read: csv and xlsx, against plain pandas on the same file.

Each reading runs in a process of its own, so that its peak memory is its own:

    python -m benchmarks.intake [--persons 200000]
"""

import argparse
import csv
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.by_hand.run import peak_megabytes

ROUND = "2019-10"
HEADERS = [
    "序号", "省", "市", "县", "乡", "村", "户编号", "人编号", "户类型", "监测对象类别", "姓名", "性别", "与户主关系", "民族", "出生日期",
    "证件类型", "证件号码", "文化程度", "在校生状况", "健康状况", "劳动技能", "务工时间（月）", "是否参加城乡居民基本医疗保险",
    "是否参加大病保险", "享受低保政策情况", "享受特困供养政策情况", "家庭成员联系电话", "户联系电话", "人均纯收入（元）", "工资性收入",
    "生产经营性收入", "财产性收入", "转移性收入", "生产经营性支出", "理赔收入", "合规自付支出", "是否危房户", "住房面积",
    "是否解决安全饮用水", "耕地面积（亩）", "致贫/返贫风险1", "致贫/返贫风险2", "是否义务教育阶段适龄儿童少年失学辍学",
    "是否有家庭成员未参加城乡居民（职工）基本医疗保险", "识别监测时间", "风险是否已消除", "脱贫年度",
]  # fmt: skip
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(serial: int) -> str:
    year, month, day, order = 1935 + serial % 70, serial // 70 % 12 + 1, serial // 840 % 28 + 1, serial // 23520 % 1000
    digits = f"341599{year}{month:02d}{day:02d}{order:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
    return digits + "10X98765432"[total % 11]


def rows(persons: int, seed: int = 1) -> Iterator[list[str]]:
    """Titles, headers and rows of households of one to six members; every ID is distinct and of no person."""
    chance = random.Random(seed)  # noqa: S311 - made-up data
    yield ["（自定义）监测对象信息"]
    yield ["单位：霍邱县"]
    yield HEADERS
    serial = 0
    while serial < persons:
        size = min(chance.randint(1, 6), persons - serial)
        household = f"{34150000000000 + serial}"
        wage, business, transfer = chance.randint(0, 60000), chance.choice([0, 1500, 9000]), chance.randint(0, 9000)
        shared = [f"{(wage + business + transfer) / size:.2f}", str(wage), str(business), "0", str(transfer), "0", "0", "800",
                  "否", "80", "是", "4.2", "", "", "否", "否", "", "", "2016"]  # fmt: skip
        for member in range(size):
            number = id_number(serial)
            yield [str(serial + 1), "安徽省", "六安市", "霍邱县", "曹庙镇", "西郢村", f'="{household}"', f"{household}{member:02d}", "脱贫户",
                   "", "张甲", "男", "配偶" if member else "户主", "汉族", number[6:14], "居民身份证", f'="{number}"', "小学", "",
                   chance.choice(["健康", "残疾,长期慢性病"]), chance.choice(["普通劳动力", "无劳动力"]), chance.choice(["", "8"]),
                   "是", "是", "未享受", "不享受", "13900000000", "13900000000", *shared]  # fmt: skip
            serial += 1


def write(folder: Path, persons: int) -> list[Path]:
    import xlsxwriter  # noqa: PLC0415 - only the writer needs it

    text, book = folder / "list.csv", folder / "list.xlsx"
    with text.open("w", encoding="gb18030", newline="") as opened:
        csv.writer(opened).writerows(rows(persons))
    workbook = xlsxwriter.Workbook(book, {"constant_memory": True})
    worksheet = workbook.add_worksheet()
    for place, row in enumerate(rows(persons)):
        for column, cell in enumerate(row):
            worksheet.write_string(place, column, cell)
    workbook.close()
    return [text, book]


def read_workbench(path: Path) -> int:
    from workbench.intake.export import read_export  # noqa: PLC0415 - the memory of each reader is its own

    result = read_export(path, round_name=ROUND)
    assert not result.problems, result.problems[:3]
    return int(result.accepted_persons or 0)


def read_pandas(path: Path) -> int:
    import pandas as pd  # noqa: PLC0415 - the memory of each reader is its own

    if path.suffix == ".csv":
        return len(pd.read_csv(path, encoding="gb18030", skiprows=2, dtype=str, keep_default_na=False))
    return len(pd.read_excel(path, header=2, dtype=str, keep_default_na=False, engine="calamine"))


READERS = {"workbench": read_workbench, "pandas": read_pandas}


def measure(reader: str, path: Path) -> dict[str, float]:
    begun = time.perf_counter()
    persons = READERS[reader](path)
    seconds = time.perf_counter() - begun
    peak = peak_megabytes()
    return {"persons": persons, "seconds": seconds, "rows_per_second": persons / seconds, "peak_mb": peak}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--persons", type=int, default=200_000)
    arguments.add_argument("--measure", nargs=2, metavar=("READER", "FILE"), help="one reading, as JSON")
    chosen = arguments.parse_args()
    if chosen.measure:
        print(json.dumps(measure(chosen.measure[0], Path(chosen.measure[1]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        for path in write(Path(folder), chosen.persons):
            for reader in READERS:
                command = [sys.executable, "-m", "benchmarks.intake", "--measure", reader, str(path)]
                done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - this very module
                one = json.loads(done.stdout)
                print(f"{path.suffix[1:]:5}{reader:10}{one['persons']:>9,.0f} rows {one['seconds']:7.2f} s "
                      f"{one['rows_per_second']:>9,.0f} rows/s  peak {one['peak_mb']:6.0f} MB")  # fmt: skip


if __name__ == "__main__":
    main()
