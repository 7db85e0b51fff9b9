"""What the home page says of a county and a round: what there is, and what needs doing. No widgets: the server renders it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from workbench.domain.facts import label_of
from workbench.domain.parameters import poverty_line, tier_parameters
from workbench.domain.procedure.roles import Right
from workbench.domain.rounds import deadline, next_round
from workbench.domain.rules.legal_readings import reading
from workbench.errors import Words, WorkbenchError
from workbench.preview.counts.counts import Count, Totals, totals
from workbench.preview.index.cache import index_fingerprint
from workbench.preview.scope import PreviewScope
from workbench.register.access.acting_user import ActingUser
from workbench.register.standards.in_force import StandardInUse, standards_in_use
from workbench.register.standards.lists import standard_versions
from workbench.register.worklists.progress import Waiting, waiting
from workbench.risk.evaluation.advice import advice_words
from workbench.risk.registry.records import being_trained
from workbench.settings import models_path, register_url
from workbench.statistics.tiers import TIER_KEYS, UNDETERMINED_KEY, count_tiers, lifted_facts
from workbench.statistics.undetermined import lacking
from workbench.store.facts import FactStore
from workbench.store.models import path_in_use
from workbench.store.round_scope import RoundScope
from workbench.store.scores import ScoreHead, has_scores, read_head
from workbench.ui.kit.frame.place import Place
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title
from workbench.ui.kit.texts.standards import ceiling_and_day
from workbench.ui.kit.texts.templates import render
from workbench.ui.kit.texts.tiers import tier_entry
from workbench.ui.pages.register.tasks import task_link, tasks

_SHOWN_FACTS = 4


class HomePlace(Place):
    """Where the home page looks: it serves people of every area."""

    finest = 3


@dataclass(frozen=True)
class Overview:
    """The state of a round in a county (or in the city). `lacking`: undetermined households by fact not known.

    `model`: "scored" (then `head` tells of the scores), "training" where one is being made, "not_scored" where there is one
    that has not scored the round, "none" where there is none.
    `waiting`: what waits for who is signed in (`worklists.progress.waiting`); None where nobody is. `requested`: the
    versions of the county's standard that this person submitted and another is to approve; `coming`: those approved whose day
    is still to come, each with it.
    """

    place: Place
    tiers: dict[str, Count]
    lacking: dict[str, float]
    standards: dict[str, StandardInUse]
    edge: Totals
    head: ScoreHead | None
    model: str
    closed: bool
    waiting: Waiting | None
    requested: list[int]
    coming: list[tuple[int, dt.date]]

    @property
    def without_standard(self) -> list[str]:
        """The counties that had no standard in force in the round: one that came only after it is for reference, as on every page."""
        return [code for code, each in self.standards.items() if not each.of_its_time]

    @property
    def standard_names(self) -> list[Words]:
        """What the standards applied are called, each once."""
        return list({str(each.name): each.name for each in self.standards.values()}.values())


def overview(place: Place, user: ActingUser | None = None) -> Overview:
    """Look at the store; at the register for the acting user."""
    store, name = place.store, place.round_name
    codes = place.round_scope.counties
    tiers, unknown = _counted(store.root, name, place.county, index_fingerprint(store, name, place.county or None))
    standards = standards_in_use(place.round_scope, register_url())
    # The head alone: the scores of a city would be read for one sentence.
    head = read_head(store.root, name) if has_scores(store.root, name) else None
    return Overview(
        place, tiers, unknown, standards, _edge(store, name, standards),
        head.with_staleness(stale=head.is_stale(store, place.county or None)) if head else None,
        _model(store.root, name), all(store.is_closed(name, code) for code in codes),
        waiting(user, name) if user and Right.READ_REGISTER in user.person.role.rights else None,
        *_on_their_way(user, place.county, standards),
    )  # fmt: skip


def _on_their_way(
    user: ActingUser | None, county: str, standards: dict[str, StandardInUse]
) -> tuple[list[int], list[tuple[int, dt.date]]]:
    """The versions that a person submitted and that wait for somebody else, and those approved for a later day; none of the whole city."""
    if user is None or not county or Right.SET_STANDARD not in user.person.role.rights:
        return [], []
    own, rows, used = user.person.account, standard_versions(user, county), standards.get(county)
    in_use = used.version.id if used and used.version else None
    requested = [row["version"] for row in rows if (row["state"], row["submitted_by"]) == ("submitted", own)]
    # Whoever has just approved one looks for it here, where the one before it still holds.
    later = [
        (row["version"], dt.date.fromisoformat(row["effective"]))
        for row in rows
        if row["state"] == "approved" and row["effective"] and row["id"] != in_use
    ]
    return requested, [(number, day) for number, day in later if day > user.today]


def _model(root: Path, name: str) -> str:
    if has_scores(root, name):
        return "scored"
    # Before looking for a model: an older one may be there while the next is made.
    if being_trained(root):
        return "training"
    try:
        path_in_use(None, root, models_path())
    except WorkbenchError:
        return "none"
    return "not_scored"


# The fingerprint is there for the key alone: with other facts it is another entry.
@lru_cache(maxsize=64)
def _counted(root: Path, name: str, county: str, _fingerprint: str) -> tuple[dict[str, Count], dict[str, float]]:
    """Tiers, and what is lacking; kept while the facts are the same."""
    lifted = lifted_facts(RoundScope(FactStore(root), name, county or None))
    figures, chosen = tier_parameters(name), reading("default")
    return count_tiers(lifted, figures, chosen).city, lacking(lifted, figures, chosen)


def _edge(store: FactStore, name: str, standards: dict[str, StandardInUse]) -> Totals:
    """What the standards in force bring in, each in its county."""
    inside = unknown = below = Count()
    # County by county, since each sets a standard of its own (§2.2-a); the city's count is their sum.
    for code, standard in standards.items():
        scope = PreviewScope(store, name, code)
        limits = scope.limits_of(standard.standard)
        counts = totals(scope.index_for(limits), limits)
        inside, unknown, below = inside + counts.inside, unknown + counts.cannot_tell, below + counts.below_line
    return Totals(inside, unknown, below)


def _standard_words(overview_shown: Overview, t: Language) -> str:
    """The ceiling of a county's standard, and since when it holds; empty for the city, whose counties have their own."""
    in_use = overview_shown.standards.get(overview_shown.place.county)
    return "" if in_use is None else ceiling_and_day(in_use, overview_shown.place.round_name, t)


def render_overview(overview_shown: Overview, t: Language, today: dt.date, link: Callable[..., str]) -> Markup:
    """The home page's middle, as HTML.

    `link(page, **query)` gives the address of a page at this county and round, empty where there is no such page.
    """
    place = overview_shown.place
    closing = deadline(place.round_name)
    return render(
        "overview", t,
        overview=overview_shown,
        applied=t("、").join(t.words(name) for name in overview_shown.standard_names),
        standard=_standard_words(overview_shown, t),
        coming=[(number, t.date(day)) for number, day in overview_shown.coming],
        link=link,
        rounds=[(name, round_title(name, t)) for name in reversed(place.rounds)],
        counties=[(code, county_name(code, t)) for code in place.counties_of(place.round_name)],
        county=county_name(place.county, t),
        without=t("、").join(county_name(code, t) for code in overview_shown.without_standard),
        round_title=round_title(place.round_name, t),
        closing=closing,
        days_left=(closing - today).days,
        next_round=round_title(next_round(place.round_name), t),
        line=poverty_line(place.round_name),
        tiers=[tier_entry(key, overview_shown.tiers[key], t) for key in TIER_KEYS],
        undetermined=overview_shown.tiers[UNDETERMINED_KEY].households,
        lacking=[(t.label(label_of(fact)), count) for fact, count in list(overview_shown.lacking.items())[:_SHOWN_FACTS]],
        advice=t.words(advice_words(overview_shown.head.advice)) if overview_shown.head else "",
        # None is nobody signed in, and an empty list that nothing waits: the page tells them apart.
        tasks=None if overview_shown.waiting is None else tasks(overview_shown.waiting, t), task_link=task_link(link),
        warnings=[t.words(each) for each in overview_shown.head.warnings] if overview_shown.head else [],
    )  # fmt: skip
