"""The standard of a county in one line: which version, its ceiling, and since when it holds."""

from workbench.domain.parameters import poverty_line
from workbench.register.standards.in_force import StandardInUse
from workbench.ui.kit.texts.language import Language


def ceiling_and_day(in_use: StandardInUse, round_name: str, t: Language) -> str:
    """The ceiling under the line of the round, in yuan and as it was written, and the day from which an approved version holds."""
    standard, ceiling = in_use.standard, in_use.standard.income.ceiling
    yuan = ceiling.yuan_under(standard.line or poverty_line(round_name).value)
    words = [t("收入上限 {yuan} 元/人·年", yuan=t.number(yuan))]
    if ceiling.multiple is not None:
        words.append(t("扶贫标准的 {multiple} 倍", multiple=f"{ceiling.multiple:g}"))
    # A day in a draft or in the reference is nobody's decision yet.
    if in_use.version is not None and in_use.version.state == "approved" and standard.effective is not None:
        words.append(t("{day} 起施行", day=t.date(standard.effective)))
    return t("，").join(words)


def standard_in_words(in_use: StandardInUse | None, round_name: str, t: Language) -> str:
    """What a page says of the standard by which its households are in or out; None: the register has none for the round."""
    if in_use is None:
        return t("本期没有现行边缘户标准：不能判定是否纳入，请县级先批准标准。")
    return t("边缘户标准：{name}，{details}", name=t.words(in_use.name), details=ceiling_and_day(in_use, round_name, t))
