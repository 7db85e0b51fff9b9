"""The households that a model learns from, drawn by the workers of a cluster and put into a store of this computer's own.

Training looks at all of its rows at once and stays on one computer. What it learns from there is the draw that it would have
made of the whole: the same households, by the hash of their number, with their whole histories and weights.
"""

import io
import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq

from workbench.register.procedure.filed_tiers import with_filed_tiers
from workbench.risk.data.draws import DRAW, drawn
from workbench.risk.data.labelled_count import LabelsAsked, count_labelled
from workbench.risk.model.training import Draw, share_learnt
from workbench.store.cluster.counties import ClusterStore, Listing
from workbench.store.facts import FactStore
from workbench.store.schema import Origin


@dataclass(frozen=True)
class CountyDraw:
    """The households of a county in a round that are asked for: that `share` of them."""

    round_name: str
    county: str
    share: float


def draw_into(
    cluster: ClusterStore, folder: Path, until: str | None, line: float | None = None
) -> tuple[FactStore, Draw]:
    """Draw from the rounds that training reads into an empty folder; returns the store made there, and what it is a draw of.

    `until`, `line`: those of the training, since they say who has a label.
    """
    listing = cluster.listing()
    wanted = [name for name in listing.rounds if until is None or name <= until]
    counted = cluster.run(rows_of_round, wanted)
    rows = {name: json.loads(answer) for name, answer in zip(wanted, counted, strict=True)}
    starts = _starts(listing, wanted)
    labels = [LabelsAsked(code, until, line) for code in sorted({code for _, code in starts})]
    share = share_learnt(
        sum(rows[name]["rows"][code] for name, code in starts),
        lambda: sum(int(answer) for answer in cluster.run(count_labelled, labels)),
    )
    store = FactStore(folder)
    for name in wanted:
        # Round by round: of the whole draw no more than one round is in this process at a time.
        asked = [CountyDraw(name, code, share) for code in listing.counties[name]]
        answers = cluster.run(county_draw, asked)
        tables = {each.county: pq.read_table(io.BytesIO(answer)) for each, answer in zip(asked, answers, strict=True)}
        store.write(name, tables, Origin(simulated=listing.simulated))
    totals = {name: sum(rows[name]["rows"].values()) for name in wanted}
    return store, Draw(share, totals, {name: rows[name]["digest"] for name in wanted})


def _starts(listing: Listing, wanted: list[str]) -> set[tuple[str, str]]:
    """The rounds out of which households are learnt from, with the county: those that have a next one there."""
    counties = {code for name in wanted for code in listing.counties[name]}
    return {
        (start, code)
        for code in counties
        for start, _ in pairwise(name for name in listing.rounds_of(code) if name in wanted)
    }


def rows_of_round(store: FactStore, round_name: str) -> bytes:
    """A worker's task: how many rows each county has in a round, and the digest of its facts."""
    rows = {
        code: sum(pq.ParquetFile(path).metadata.num_rows for path in store.files(round_name, code))
        for code in store.counties(round_name)
    }
    return json.dumps({"rows": rows, "digest": store.digest(round_name)}).encode()


def county_draw(store: FactStore, asked: CountyDraw) -> bytes:
    """A worker's task: the drawn households of a county in a round, as a Parquet file; tiers that were filed among their facts."""
    facts = drawn(store.frame(asked.round_name, asked.county), asked.share, DRAW)
    # No name leaves the store: those lie apart from the facts.
    filed = with_filed_tiers(store, asked.round_name, facts)
    written = io.BytesIO()
    filed.drop("round", "county_code").write_parquet(written)
    return written.getvalue()
