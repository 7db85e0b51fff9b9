"""What a finding of the intake means and what cures it, in the language of the page; by its reason, a fixed key."""

from functools import cache

from workbench.errors import Words
from workbench.intake.findings.problems import Problem
from workbench.intake.findings.rules import own_rules
from workbench.intake.tables.layouts import columns
from workbench.ui.kit.texts.language import Language

_CHECK = Words("请核实", "please check")
_CORRECT = Words(
    "请改正后再导入；改正前此项记为未知", "correct it and read the file again; until then the fact is not known"
)
_TEXT = Words("请把这一列设为文本格式，重新导出", "set the column to text and export it again")
_ID = Words("请核对证件", "check it against the card")

# By the reason, which is stable, and not by the message, whose words may change.
_REASONS: dict[str, tuple[Words, Words]] = {
    "missing": (Words("没有填", "not filled in"), Words("请补全后再导入", "fill it in and read the file again")),
    "damaged number": (Words("被表格软件变成了科学计数，后几位已丢失", "a spreadsheet turned it into a number and its tail is lost"), _TEXT),
    "length": (Words("证件号码位数不对", "an ID number of a wrong length"), Words("应为 18 位，残疾人证 20 或 22 位", "18 characters, 20 or 22 for a disability certificate")),
    "characters": (Words("证件号码含有不该有的字符", "characters that an ID number cannot have"), Words("应为数字，第 18 位可为 X", "digits; the 18th may be X")),
    "birth date": (Words("第 7 至 14 位不是有效的出生日期", "characters 7 to 14 are no birth date"), _ID),
    "checksum": (Words("证件号码校验码不符", "the check digit does not fit"), _ID),
    "15-digit ID": (Words("15 位旧证件号码", "an old ID number of 15 digits"), Words("请更新为 18 位", "replace it by the one of 18")),
    "duplicate person": (Words("此人在上面的行中已有", "the person is already in a row above"), Words("请删去重复行；同户内只计一次", "delete the row; counted once in a household")),
    "duplicate household": (Words("此户在上面已有，此行未导入", "the household is already above, the row is rejected"), Words("请只留一行", "keep one row")),
    "two families": (Words("同一户编号下有两户人家，都未导入", "two families under one household number, neither is taken in"), Words("请核对户编号，各用各的", "give each its own number")),
    "stand-in": (Words("不是户编号，此行未导入", "no household number, the row is rejected"), Words("请填上各户自己的编号", "fill in the household's own number")),
    "total": (Words("是合计行，不是一户", "a sum, not a household"), Words("不用改；这一行不导入", "nothing to do; the row is not taken in")),
    "contradiction": (Words("与同户其他行不一致", "differs from the other rows of the household"), Words("请统一后再导入；统一前此项记为未知", "make the rows agree; until then the fact is not known")),
    "unknown value": (Words("不是可用的值", "not an accepted value"), _CORRECT),
    "not a number": (Words("不是数字", "not a number"), _CORRECT),
    "not a whole number": (Words("不是整数", "not a whole number"), _CORRECT),
    "out of range": (Words("数值不可能", "an impossible number"), _CORRECT),
    "division by zero": (Words("除数为 0", "divided by 0"), _CORRECT),
    "too many cells": (Words("此行的单元格多于表头", "the row has more cells than there are headers"), Words("请检查是否错列", "check for shifted cells")),
    "other county": (Words("县区与同户上面的行或所选的不同", "not the county of the household's rows above, or the chosen one"), _CHECK),
    "unknown county": (Words("不是六安的县区，此行未导入", "not a county of Lu'an, the row is rejected"), Words("请改正，或在上面选县区", "correct it, or choose the county above")),
    "unknown township": (Words("不在该县区的乡镇名录中，照原样保留", "not among the county's townships, kept as written"), _CHECK),
    "labour under age": (Words("未到劳动年龄却有劳动力", "under working age, yet counted as labour"), _CHECK),
    "labour at school": (Words("在校生却有劳动力", "at school, yet counted as labour"), _CHECK),
    "no disability certificate": (Words("残疾但无残疾人证号，是否重度不知", "disabled without a certificate number: whether severely is not known"), _CHECK),
    "healthy and ill": (Words("既健康又患病或残疾", "both healthy and ill or disabled"), _CHECK),
    "work months": (Words("一年务工超过 12 个月", "more than 12 months of work a year"), _CHECK),
    "birth date differs": (Words("出生日期与证件号码不一致", "the birth date differs from the ID number"), _CHECK),
    "sex differs": (Words("性别与证件号码不一致", "the sex differs from the ID number"), _CHECK),
    "phone": (Words("不是电话号码", "not a telephone number"), _CHECK),
    "member count": (Words("人数与此户的行数不符", "the number of persons is not that of the rows"), Words("请核实；行数少时成员情况记为未知", "check it; with rows missing, counts of members are not known")),
    "household head": (Words("此户的户主不是一人", "not exactly one head in the household"), _CHECK),
    "title of another time": (Words("表头上方写的时间与所选期次不同", "the title tells of another time than the round"), Words("请核对期次和文件", "check the round and the file")),
    "row of another time": (Words("行中写的时间与所选期次不同", "the row tells of another time than the round"), Words("请核对期次和文件，混有别的期次的请分开", "check the round and the file; put rows of other rounds into files of their own")),
}  # fmt: skip
_MOST_VALUES = 12


@cache
def reasons() -> dict[str, tuple[Words, Words]]:
    """What each reason means, and its cure; read when first asked for, since reading the rules starts Polars' threads."""
    # A county's own rules are not here: their words are in its file, and findings bring them along.
    return _REASONS | {rule.id: (rule.what.words, rule.cure.words) for rule in own_rules()}


def problem_in_words(problem: Problem, t: Language) -> tuple[str, str]:
    """What was found, and the cure. What has no words here, or is about a whole column, keeps the message of the intake."""
    if problem.reason not in reasons() or problem.row is None:
        return t.words(problem.message), ""
    fault, cure = (t.words(words) for words in reasons()[problem.reason])
    column = columns().get(problem.column)
    if problem.reason == "unknown value" and column is not None and column.values:
        values = t("、").join(list(dict.fromkeys(column.values))[:_MOST_VALUES])
        fault = t("{found}；可用：{values}", found=fault, values=values)
    return fault, cure
