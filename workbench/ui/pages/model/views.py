"""What the model page shows, as HTML, from the account of a model."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from workbench.errors import Words
from workbench.risk.early_warning import STANDINGS
from workbench.risk.evaluation.advice import advice_words
from workbench.risk.evaluation.backtest import COMPARED
from workbench.risk.evaluation.score_outcome import ScoreOutcome
from workbench.risk.evaluation.total_verdicts import usable_totals, weight_words
from workbench.risk.evaluation.verdicts import (
    MAY,
    NO_CHOICE,
    ROUGH,
    USE,
    county_use,
    county_verdict,
    doubtful,
    list_words,
    met_of_a_hundred,
    order_use,
    price_of_reasons,
    total_use,
)
from workbench.risk.registry.help_words import help_words, linkage_words
from workbench.store.scores import ScoreHead
from workbench.ui.kit.texts.facts import fact_label
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title
from workbench.ui.kit.texts.templates import render

Record = Mapping[str, Any]
# Signs beside the words: an answer that is never told by colour alone.
_SIGNS = {"yes": "✓", "caution": "!", "no": "✗", "": "–"}
_LISTS = ("model", "order", "margin", "base_rate")
"""What officers can compare; other models are for analysts."""


def answer_html(record: Record, head: ScoreHead | None, t: Language, county: str = "") -> Markup:
    """Whether to trust it, and what it was made from. `head`: of the scores of the chosen round; `county`: the one chosen."""
    use, large = record["advice"]["use"], record["performance"]["calibration_in_the_large"]
    checked = round_title(record["checked_round"], t) if record["checked_round"] else None
    doubt = doubtful(large, checked)
    row = record["by_county"].get(county) if county else None
    # Who has chosen a county reads its own answer first and largest: the city's approval is none where the county is out.
    own = county_use(row, use) if row else ""
    shown = own or use
    return render(
        "model_answer", t, record=record, use=shown, sign=_SIGNS[shown], verdict=t.words(USE[shown]), own=row is not None,
        city=f"{_SIGNS[use]} {t.words(USE[use])}", alone=own,
        advice=t.words(advice_words(record["advice"])),
        # Slips that cannot be trusted, or that tell against the model, make no list worth anything.
        list="" if use == "no" else _list(row, t) if row else _whole_list(record, t),
        uses=[(t("排走访先后"), *_marked(order_use(row, use), t)), (t("估计人数"), *_marked(total_use(row, use), t))] if row else [],
        row=row, first=round_title(record["transitions"][0]["start"], t), last=round_title(record["transitions"][-1]["end"], t),
        checked=checked, may=t.words(MAY[use]), usable=t.words(usable) if (usable := usable_totals(record["by_county"], use)) and not row else "",
        where=county_name(county, t), doubt=t.words(doubt) if doubt else "", large=large, head=head, day=_day(record, t),
    )  # fmt: skip


def _marked(use: tuple[str, Words], t: Language) -> tuple[str, str]:
    mark, said = use
    return _SIGNS[mark], t.words(said)


def _whole_list(record: Record, t: Language) -> str:
    """What the first tenth of all households is worth as a list of visits."""
    compared = record["performance"]["compared"]
    said = list_words({name: each["caught_in_tenth"] for name, each in compared.items()}, _rate(record))
    return t.words(said) if said else ""


def _list(row: Record, t: Language) -> str:
    """What the first tenth of a county is worth, where its slips are enough to tell; records of earlier workbenches do not say."""
    said = list_words(row.get("caught_in_tenth", {}), row.get("base_rate")) if order_use(row, "yes")[0] else None
    return t.words(said) if said else ""


def _rate(record: Record) -> float | None:
    """The share of households that slipped in the round it was judged on."""
    rate: float | None = record["performance"].get("base_rate")
    return rate


def _day(record: Record, t: Language) -> str:
    """When it was trained, as the language writes a day."""
    return t.date(dt.date.fromisoformat(record["day"])) if record["day"] else "–"


def compared_html(record: Record, t: Language) -> Markup:
    """Return the model beside simpler ways."""
    rate = _rate(record)
    rows = {
        name: {
            "label": t("不排先后") if name == "base_rate" else t.label(COMPARED.get(name, (name, name))), "own": name == "model",
            "met": met_of_a_hundred(row["caught_in_tenth"], rate), **row,
        }
        for name, row in record["performance"]["compared"].items()
    }  # fmt: skip
    price = price_of_reasons(record["performance"]["compared"])
    return render(
        "model_compared", t, lists=[rows[name] for name in _LISTS if name in rows], rows=list(rows.values()),
        price=t.words(price) if price else "", no_choice=t.words(NO_CHOICE) if record["advice"]["use"] == "no" else "",
    )  # fmt: skip


def counties_html(record: Record, chosen: str, t: Language) -> Markup:
    """Expected against observed slips by county, the chosen one marked, by standing and by key group."""
    use = record["advice"]["use"]
    counties = [
        _row(county_name(code, t) if code else t("（未填）"), row, use, t) | {"chosen": code == chosen and bool(chosen)}
        for code, row in record["by_county"].items()
    ]
    standings = [_row(_standing(name, t), row, use, t) for name, row in record["by_standing"].items()]
    # As on the card: a group whose probabilities are off is told, however well its tiers come out.
    standings += [_row(fact_label(name, t), row, use, t) for name, row in record.get("by_group", {}).items()]
    return render("model_counties", t, counties=_scaled(counties), standings=standings)


def _standing(name: str, t: Language) -> str:
    return t("未建档户") if name == "unregistered" else t.label(STANDINGS[name]) if name in STANDINGS else name


def _row(label: str, row: Record, use: str, t: Language) -> dict[str, Any]:
    verdict = t.words(county_verdict(row, use))
    # A mark of approval only where neither the county nor the city tells against it.
    return {"label": label, "chosen": False, "sign": _SIGNS[county_use(row, use)], "verdict": verdict, **row}


def _scaled(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Positions on one scale, in per cent: the promised range, the number observed."""
    # One scale for all counties, or a small one would look as uncertain as a large one.
    most = max((max(row["expected_interval"][1], row["slips"]) for row in rows), default=1.0) or 1.0
    for row in rows:
        low, high = row["expected_interval"]
        row["at"] = {"low": 100 * low / most, "width": 100 * (high - low) / most, "slips": 100 * row["slips"] / most}
    return rows


def drift_html(record: Record, head: ScoreHead | None, t: Language) -> Markup:
    """Which facts moved, in training and since."""
    return render(
        "model_drift", t,
        moved=[t.label((each["zh"], each["en"])) for each in record["drift"]],
        excluded=[fact_label(name, t) for name in record["excluded"]],
        steps=[t.label((each["zh"], each["en"])) for each in record.get("income_breaks", [])],
        units=[t.label((each["zh"], each["en"])) for each in record.get("other_units_said", [])],
        late=[t.label((each["zh"], each["en"])) for each in record.get("recorded_afterwards", {}).values()],
        since=[t.words(each) for each in head.warnings] if head else [],
    )  # fmt: skip


def outcome_html(outcome: ScoreOutcome, county: str, t: Language) -> Markup:
    """What became of the scores of a round, in figures: in the chosen county, or (empty) in all."""
    expected, observed = outcome.sums(county or None)
    shifts = [
        {"county": county_name(each.county or "", t), "said": t.label((each.zh, each.en))} for each in outcome.shifts
    ]
    return render(
        "shifts", t, shifts=shifts, round_name=round_title(outcome.start, t), where=county_name(county, t),
        expected=t.number(expected), observed=t.number(observed), can_tell=outcome.can_tell(county or None),
    )  # fmt: skip


def limits_html(record: Record, t: Language) -> Markup:
    """Return what not to expect of it, and which facts it reads."""
    spread = record["dispersion"]
    uneven = weight_words(record)
    return render(
        "model_limits", t,
        # A county strays with the city and by itself: standard deviations of the two add up as squares.
        stray=(spread["city"] ** 2 + spread["county"] ** 2) ** 0.5, measured=bool(spread["county_rounds"]), rough=ROUGH,
        uneven=t.words(uneven) if uneven else "",
        facts=[fact_label(name, t) for name in record["facts_used"]],
        # The page has no bold within a sentence; the card's Markdown has.
        helped=[t.words(each).replace("**", "") for each in help_words(record.get("help"))],
        linkage=[t.words(each) for each in linkage_words(record.get("linkage"))],
    )  # fmt: skip


def history_html(records: Sequence[Record], current: str, t: Language) -> Markup:
    """The models there are, the one trained on the latest rounds first."""
    ordered = sorted(records, key=lambda each: (each["transitions"][-1]["end"], each["day"] or ""), reverse=True)
    # Numbered from the first on, as people count them; their names are for files.
    rows = [
        {
            "name": each["name"], "number": len(ordered) - at, "current": each["name"] == current, "day": _day(each, t),
            "until": round_title(each["transitions"][-1]["end"], t), "rows": each["rows"], "slips": each["slips"],
            "met": met_of_a_hundred(each["performance"]["compared"]["model"]["caught_in_tenth"], _rate(each)), "use": t.words(USE[each["advice"]["use"]]), "sign": _SIGNS[each["advice"]["use"]],
        }
        for at, each in enumerate(ordered)
    ]  # fmt: skip
    return render("model_history", t, rows=rows)
