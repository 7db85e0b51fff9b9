"""What it means to approve a version of a county's standard: what it changes, and from when on it holds."""

import datetime as dt
from typing import Any

from workbench.register.access.acting_user import ActingUser
from workbench.register.standards.effect import effect
from workbench.register.standards.free_days import last_day
from workbench.register.standards.in_force import StandardInUse, Version, approved_standard
from workbench.register.standards.lists import has_begun
from workbench.register.standards.versions import round_under_way
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import round_title
from workbench.ui.pages.county_standard.differences import differences


def change_by(user: ActingUser, asked: Version, in_use: StandardInUse, t: Language) -> dict[str, Any]:
    """What it would change to approve a version: its keys beside those in use; of the round under way who would go back, by village."""
    name = round_under_way(user, asked.county)
    day = dt.date.fromisoformat(asked.effective) if asked.effective else None
    changes = effect(user, asked, name)
    villages = [
        t(
            "{place} {count} 户",
            place=" · ".join(part or t("未注明") for part in (township, village)),
            count=t.number(count),
        )
        for township, village, count in changes.by_village()
    ]
    return {
        "round": name, "title": round_title(name, t),
        "may_choose": (asked.effective or "") <= last_day(name, user.today).isoformat(), "changed": t.number(len(changes.changed)),
        "standing": t.number(changes.standing), "villages": villages,
        "begun": has_begun(user, asked.county, name), "day": t.date(day) if day else "",
        "against": t.words(in_use.name), "keys": differences(in_use.standard, asked.standard, t, briefly=True),
    }  # fmt: skip


def approved_words(user: ActingUser, approved: Version, t: Language) -> str:
    """Say from when a version holds that was approved for no round in particular: asked of the register, as everything else is."""
    county = approved.county
    name = round_under_way(user, county)
    holds, title = approved_standard(user, county, name), round_title(name, t)
    day = t.date(dt.date.fromisoformat(approved.effective)) if approved.effective else ""
    if holds is not None and holds.id == approved.id:
        return t("已批准，{round}即按这一版。", round=title)
    if has_begun(user, county, name):
        number = holds.version if holds else ""
        return t(
            "已批准，自{day}起为现行标准；正在进行的{round}不变，仍按第 {number} 版。",
            day=day,
            round=title,
            number=number,
        )
    return t("已批准，自{day}起施行；{round}还没有上报，到时即按这一版。", day=day, round=title)
