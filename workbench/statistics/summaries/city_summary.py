"""A city's summary written: every county counted, by this computer or a cluster, the edge register's figures beside them, signed."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbench.register.edge_counts import edge_counts
from workbench.statistics.summaries.county_summary import SummaryQuestion, county_summary
from workbench.store.cluster.counties import ClusterStore
from workbench.store.cluster.packed import pack, unpack
from workbench.store.facts import FactStore
from workbench.store.summaries.summary_file import SummaryHead, write_summary


@dataclass(frozen=True)
class SummaryRequest:
    """Whose summary goes where: the city by the name that its province knows it by, made by which account when, up to which round."""

    city: str
    path: Path
    account: str
    now: dt.datetime
    until: str | None = None


def write_city_summary(cluster: ClusterStore, asked: SummaryRequest, register: str | None) -> SummaryHead:
    """Count every county of a store and write the signed summary; returns its head. The register, where there is one, tells of it.

    `register`: the URL of a register that is not in the store. Raises StoreError where nothing is stored, InputError where
    the file cannot be written.
    """
    listing = cluster.listing()
    codes = sorted({code for codes in listing.counties.values() for code in codes})
    answers = cluster.run(county_summary, [SummaryQuestion(code, asked.until) for code in codes])
    facts: dict[str, dict[str, str]] = {}
    for code, answer in zip(codes, answers, strict=True):
        head, _ = unpack(answer)
        for name, each in head["rounds"].items():
            facts.setdefault(name, {})[code] = each["digest"]
    facts_here = FactStore(cluster.root)
    edge = edge_counts(facts_here, register)
    content = pack(
        {"counties": codes, "edge": edge},
        {f"county_{place}": np.frombuffer(answer, np.uint8) for place, answer in enumerate(answers)},
    )
    return write_summary(
        cluster.root,
        asked.path,
        asked.city,
        asked.now,
        dict(sorted(facts.items())),
        content,
        simulated=listing.simulated,
        before_writing=lambda head: _record(facts_here, register, asked, head),
    )


def _record(facts: FactStore, register: str | None, asked: SummaryRequest, head: SummaryHead) -> None:
    """Counts of single households leave the city: whoever takes them, that is an event, before the file is there."""
    # Late: where there is no register, the database's library need not be loaded.
    from workbench.register.location import register_exists  # noqa: PLC0415

    if not register_exists(facts.root, register):
        return
    from workbench.register.audit.file_events import summary_written, tell_of_files  # noqa: PLC0415

    event = summary_written(asked.path.name, head.city, list(head.facts), head.content)
    tell_of_files(facts, register, asked.account, asked.now, lambda: [event])
