"""What a model's figures mean for those who would use it, in words: the one place of these sentences."""

from collections.abc import Mapping
from typing import Any

from workbench.errors import Words

USE: dict[str, Words] = {
    "yes": Words("可以参考", "may be used beside the rules"),
    "caution": Words("慎用", "use with caution"),
    "no": Words("建议不用", "not to be used"),
}
_FEW_SLIPS = 10
_TOO_FEW = Words(
    "风险变差太少，单看本县说明不了问题；随全市的结论",
    "too few slips to say anything of this county alone; as for the city",
)


def can_tell(row: Mapping[str, Any]) -> bool:
    """Whether an entry of `by_county` has so many slips, expected and happened, that it says something of the county alone."""
    return bool(min(row["expected_slips"], row["slips"]) >= _FEW_SLIPS)


def county_verdict(row: dict[str, Any]) -> Words:
    """Whether to trust the model in a county, from its entry of `by_county`."""
    if not can_tell(row):
        out = Words("", "") if row["within"] else Words("，但总数出了范围", ", but the total was outside its range")
        return Words(_TOO_FEW.zh + out.zh, _TOO_FEW.en + out.en)
    if not row["within"]:
        return Words(
            "总数出了范围：不要用它估计本县人数，只看先后",
            "the total was outside its range: do not estimate numbers by it, use the order only",
        )
    # Where all slipped, or none did, there is no order to judge.
    if row["auc"] is None or row["baseline_auc"] is None:
        return Words("总数可信", "the total can be trusted")
    low, high = row["auc_interval"]
    if high < row["baseline_auc"]:
        return Words("总数可信；排先后不如只看收入", "the total can be trusted; income alone orders better")
    if low > row["baseline_auc"]:
        return Words("可信，排先后明显好于只看收入", "can be trusted; orders clearly better than income alone")
    return Words(
        "可信，排先后与只看收入差不多或略好", "can be trusted; orders about as well as income alone, or a little better"
    )
