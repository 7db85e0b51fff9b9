"""Commands of the model: train, evaluate, models, visits."""

import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.language import both, label
from workbench.cli.options import (
    CountyOption,
    JsonOption,
    LineOption,
    MasterOption,
    RoundOption,
    SparkOption,
    StoreOption,
    checked_round,
    cluster_or_here,
    open_store,
    standard_of,
)
from workbench.cli.output import emit, show_table, warn
from workbench.cli.risk.options import KeepOption, ModelsOption, facts_named, steps
from workbench.cli.risk.shown import show_evaluation, show_training, show_visits
from workbench.clock import now_in_beijing
from workbench.domain.rounds import check_round
from workbench.errors import InputError, Words
from workbench.register.audit.file_events import model_chosen, tell_of_files
from workbench.safeguards.plain_data import Json
from workbench.safeguards.temporary_folders import temporary_folder
from workbench.settings import models_path, register_url, who_acts
from workbench.store.models import POINTER, left_outside, models_of, named, stored_models
from workbench.store.round_scope import RoundScope
from workbench.store.scores import read_head


def _outside(model: Path) -> Words:
    """What to do about a model that an older version left outside of the store."""
    return Words(
        f"在用的模型不在数据目录中（{model}），数据目录搬走后便读不到；收入：workbench models --use {model.stem}",
        f"the model in use lies outside of the store ({model}) and is lost when the store moves; "
        f"bring it in: workbench models --use {model.stem}",
    )


def train_command(
    until: Annotated[
        str | None, typer.Option("--until", help=both("只用到这一期为止", "use transitions that end at or before it"))
    ] = None,
    line: LineOption = None,
    keep: KeepOption = None,
    seed: Annotated[
        int, typer.Option("--seed", min=0, max=2**31 - 1, help=both("随机种子", "seed of what is drawn at random"))
    ] = 1,
    models: ModelsOption = None,
    store: StoreOption = None,
    engine: SparkOption = "polars",
    master: MasterOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Train the model of slips, write its card, and put it in use for this store."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # read when trees are first loaded: waiting threads do not spin
    from workbench.risk.model.training import TrainingRequest, train  # noqa: PLC0415
    from workbench.risk.registry.trained import folder_of, put_trained_in_use  # noqa: PLC0415 - training loads much

    cluster = cluster_or_here(engine, master, store)
    # Also with a cluster: the model is put into the store by this computer.
    facts = open_store(store)
    wanted = facts_named(keep)
    folder = folder_of(facts, models_path(models))
    request = TrainingRequest(
        check_round(until) if until else None, line, wanted, seed, now_in_beijing().date().isoformat()
    )
    # Also where nothing is drawn: an empty folder costs less than a second way through.
    with steps() as progress, temporary_folder("draw") as drawn:
        if cluster is None:
            model = train(facts, request, progress, register_url())
        else:
            from workbench.risk.cluster.drawn_store import draw_into  # noqa: PLC0415 - as above

            progress(Words("各县抽户", "drawing households"))
            source, draw = draw_into(cluster, drawn / "store", request.until, request.line)
            # By number, in the register of the whole: the draw brings facts along, and no visits or plans.
            asked = replace(request, draw=replace(draw, drawn_from=facts))
            model = train(source, asked, progress, register_url())
    path = put_trained_in_use(model, facts, folder, (who_acts(), now_in_beijing()), register_url())
    about, metrics = model.about, model.about["performance"]
    record = {
        "model": model.name, "file": str(path), "card": str(path.with_suffix(".md")),
        **{name: about[name] for name in ("transitions", "rows", "households", "slips", "base_rate", "share_of_households", "line",
                                          "facts_used", "excluded", "recorded_afterwards", "read_as_missing", "lacking", "advice", "checked_on", "checked_round", "simulated")},
        "drift": about["drift"],
        "left_out": about["left_out"],
        **{name: metrics[name] for name in ("log_loss", "brier", "auc", "ece", "baseline_auc", "baseline_log_loss")},
    }  # fmt: skip
    emit(record, lambda: show_training(about, model.name, record["card"]), as_json=as_json)


def evaluate_command(
    round_name: RoundOption,
    keep: KeepOption = None,
    models: ModelsOption = None,
    store: StoreOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Judge the model in use on what happened between a round and the next stored one."""
    from workbench.risk.evaluation.evaluation import evaluate  # noqa: PLC0415
    from workbench.risk.registry.artefact import in_use  # noqa: PLC0415

    facts = open_store(store)
    model = in_use(models, facts.root, models_path())
    record = evaluate(facts, checked_round(round_name), model, facts_named(keep), register_url())
    record["simulated"] = RoundScope(facts, round_name).simulated
    emit(record, lambda: show_evaluation(record), as_json=as_json)


def models_command(
    use: Annotated[
        str | None, typer.Option("--use", help=both("启用这个模型", "put this one in use for the store"))
    ] = None,
    card: Annotated[str | None, typer.Option("--card", help=both("显示这个模型的卡片", "print its card"))] = None,
    models: ModelsOption = None,
    store: StoreOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """The models kept, which one is in use, and their cards."""
    from workbench.risk.registry import artefact  # noqa: PLC0415
    from workbench.risk.registry.card_page import card_in_english, card_page  # noqa: PLC0415

    facts = open_store(store)
    folder = models_path(models) or models_of(facts.root)
    if use is not None:
        artefact.use(named(use, facts.root, folder), facts.root)
        # A register, where somebody has begun one, tells of the model that pages and lists rest on.
        tell_of_files(facts, register_url(), who_acts(), now_in_beijing(), lambda: [model_chosen(facts.root, use)])
    if card is not None:
        about = artefact.load(named(card, facts.root, folder)).about
        emit(about, lambda: typer.echo(label((card_page(about), card_in_english(about)))), as_json=as_json)
        return
    # Without a model in use there is a list of them all the same.
    current: str | None = None
    try:
        current = artefact.in_use(models, facts.root, folder).name
    except InputError as error:
        if (facts.root / POINTER).exists():  # one was chosen, and cannot be used: that is said
            warn(error.words)
    outside = left_outside(facts.root)
    record = {
        "models": stored_models(folder),
        "in_use": current,
        "folder": str(folder),
        "outside": outside and str(outside),
    }

    def show() -> None:
        show_table(
            f"{folder}",
            [Words("模型", "model"), Words("在用", "in use")],
            [[name, "✓" if name == current else ""] for name in stored_models(folder)],
        )
        if outside is not None:
            warn(_outside(outside))

    emit(record, show, as_json=as_json)


def visits_command(
    round_name: RoundOption,
    county: CountyOption = None,
    capacity: Annotated[
        int, typer.Option("--visits", min=0, help=both("每乡镇可走访户数", "visits that a township can make"))
    ] = 20,
    standard: Annotated[
        Path | None, typer.Option("--standard", help=both("县标准，纳入者必列", "whoever it brings in is listed"))
    ] = None,
    store: StoreOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Whom to visit first under a capacity, and where rule and model disagree. Nobody who qualifies is left out."""
    from workbench.risk.scoring.visit_lists import visit_lists  # noqa: PLC0415

    facts = open_store(store)
    head = read_head(facts.root, checked_round(round_name))
    # The facts may have changed since they were scored: the list is shown all the same, and says so.
    head = head.with_staleness(stale=facts.digest(round_name) != head.facts)
    chosen = standard_of(standard) if standard else None
    scope = RoundScope(facts, round_name, county)
    lists = visit_lists(scope, capacity, chosen, register_url())
    record = {
        "round": round_name, "county": county, "visits": capacity, "model": head.model, "warnings": list(head.warnings),
        "list": _with_why(scope, lists.visits.to_dicts()), "blue_high": lists.disagreements.blue_high.to_dicts(),
        "red_low": lists.disagreements.red_low.to_dicts(), "simulated": scope.simulated,
    }  # fmt: skip
    emit(record, lambda: show_visits(record), as_json=as_json)


def _with_why(scope: RoundScope, rows: list[Json]) -> list[Json]:
    """The list with `why`: what raises each household's probability, in words with its own figures."""
    from workbench.risk.scoring.list_reasons import listed_reasons  # noqa: PLC0415

    reasons = listed_reasons(scope, rows)
    return [row | {"why": [asdict(each) for each in own]} for row, own in zip(rows, reasons, strict=True)]
