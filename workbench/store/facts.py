"""Facts on disk: Parquet, `STORE/facts/round=YYYY-MM/county_code=CCCCCC/*.parquet` (contract §1)."""

import glob
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import polars as pl

from workbench.domain import rounds
from workbench.domain.facts import OWN_FLAGS, PREVIOUS_FACTS
from workbench.domain.parameters import county_names
from workbench.errors import ClosedRoundError, StoreError, Words
from workbench.safeguards.concurrency import map_in_threads
from workbench.safeguards.private_files import close_to_others
from workbench.store.fact_files import (
    Rows,
    file_digest,
    of_a_county,
    partition_value,
    read_files,
    simulated_file,
    wanted_columns,
)
from workbench.store.facts_before import are_few, at_once, facts_before, past_facts
from workbench.store.schema import Origin, conform, known_columns, read_origin, read_schema
from workbench.store.transaction import Transaction, recover, transaction

if TYPE_CHECKING:
    import pyarrow as pa

_CLOSED = "_closed.json"
_FILE = "facts.parquet"
_OF_PREVIOUS = {fact.name for fact in PREVIOUS_FACTS}


class FactStore:
    """The facts of every round and county. Readers of any engine may read the files.

    Only this class writes them, and `file_corrections`, which replaces single values in files that this class has written.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        close_to_others(root)
        # Before anything is read: a commit that a killed process left half done is finished first.
        recover(root)

    # -- what is there ---------------------------------------------------------------------------------------------

    def rounds(self) -> list[str]:
        """The stored rounds, oldest first."""
        return sorted({partition_value(path.parent.parent) for path in self._files()})

    def counties(self, round_name: str) -> list[str]:
        """The county codes stored for a round."""
        return sorted({partition_value(path.parent) for path in self._files(round_name)})

    def rounds_of(self, county: str) -> list[str]:
        """The rounds stored of a county, oldest first."""
        return sorted({partition_value(path.parent.parent) for path in self._files(county=county)})

    def previous_round(self, round_name: str, county: str | None = None) -> str | None:
        """The last stored round of a county before this one (None: of any county), or None on its first round."""
        return rounds.previous_round(round_name, self.rounds_of(county) if county else self.rounds())

    def files(self, round_name: str, county: str | None = None) -> list[Path]:
        """The Parquet files of a round; raises StoreError where there are none, saying what there is."""
        paths = list(self._files(round_name, county))
        if not paths:
            raise StoreError(self._nothing_there(round_name, county))
        return paths

    def digest(self, round_name: str) -> str:
        """SHA-256 over the files of a round: what was computed from them can be told to be of these facts, or not."""
        hasher = hashlib.sha256()
        for path in self.files(round_name):
            hasher.update(path.relative_to(self.root).as_posix().encode())
            hasher.update(path.read_bytes())
        return hasher.hexdigest()

    def county_digests(self, round_name: str) -> dict[str, str]:
        """SHA-256 of each county's files of a round, by county code; files that nobody touched are not read again."""
        digests = {}
        for code in self.counties(round_name):
            contents = [f"{path.name} {file_digest(path)}" for path in self.files(round_name, code)]
            digests[code] = hashlib.sha256("\n".join(contents).encode()).hexdigest()
        return digests

    def origin(self, round_name: str, county: str | None = None) -> Origin:
        """Where a round comes from; it is simulated if any of its files is."""
        origins = []
        for path in self.files(round_name, county):
            with of_a_county(path):
                origins.append(read_origin(read_schema(path), str(path)))
        return next((origin for origin in origins if origin.simulated), origins[0])

    def simulated(self) -> bool:
        """Whether there are facts, and all that can be read are of a simulated city.

        A damaged file says nothing and keeps nobody out: real and simulated households never stand in one store.
        """
        # Every file is asked: one real household in a simulated store would be shown to anybody.
        marks = [simulated_file(path) for path in self._files()]
        return True in marks and False not in marks

    def _files(self, round_name: str = "*", county: str | None = None) -> Iterable[Path]:
        # A code from outside must neither act as a pattern nor lead out of the folder.
        chosen = glob.escape(quote(county, safe="")) if county else "*"
        pattern = f"{glob.escape(str(self.root))}/facts/round={round_name}/county_code={chosen}/*.parquet"
        # As text until they are in order: each request asks, and objects of paths take most of the time.
        paths = sorted(glob.glob(pattern), key=lambda path: path.split("/"))  # noqa: PTH207 - as said
        # As all readers of partitioned Parquet have it: names that begin so are marks, not data.
        return (Path(path) for path in paths if not path.rpartition("/")[2].startswith(("_", ".")))

    def _nothing_there(self, round_name: str, county: str | None) -> Words:
        stored = self.rounds()
        if not stored:
            return Words(
                f"{self.root}: 没有数据；请先导入数据（workbench intake，或 workbench simulate 生成模拟数据）",
                f"{self.root}: no facts here; take some in first (workbench intake, or workbench simulate)",
                code="store.no-facts",
            )
        if round_name not in stored:
            return Words(
                f"期次 {round_name}：{self.root} 中没有；已有 {', '.join(stored)}",
                f"round {round_name} is not stored in {self.root}; stored: {', '.join(stored)}",
                code="store.round-not-stored",
            )
        known = ", ".join(self.counties(round_name))
        return Words(
            f"县区 {county}：期次 {round_name} 中没有；已有 {known}",
            f"county {county} is not stored in round {round_name}; stored: {known}",
            code="store.county-not-stored-round",
        )

    # -- reading ---------------------------------------------------------------------------------------------------

    def read(self, round_name: str, county: str | None = None, columns: list[str] | None = None) -> "pa.Table":
        """The snapshot of a round as it is written, an Arrow table with every fact and the extra ones (`x_…`) of any file.

        For whoever writes it again; whoever asks something of the facts reads `frame`.
        """
        # Late, here and below: who only asks something of the facts loads no Arrow.
        from workbench.store.arrow.tables import arrow_table  # noqa: PLC0415

        return arrow_table(self.frame(round_name, county, columns)).combine_chunks()

    def own_flags(self, round_name: str, county: str | None) -> list[str]:
        """The boolean facts that a mapping added of its own, by name."""
        return wanted_columns([OWN_FLAGS], [read_schema(path) for path in self.files(round_name, county)])

    def frame(
        self, round_name: str, county: str | None = None, columns: list[str] | None = None,
        households: Collection[str] | None = None, kind: str | None = None,
    ) -> pl.DataFrame:  # fmt: skip
        """The facts of a round, one row a household, conformed to the vocabulary (absent facts null).

        `columns`: None for every fact and the extra ones of any file; OWN_FLAGS among them stands for the boolean extra ones.
        `households`: only those with these numbers; `kind`: only those of this kind.
        """
        rounds.check_round(round_name)
        files = self.files(round_name, county)
        schemas = {}
        for path in files:
            with of_a_county(path):
                schemas[path] = read_schema(path)
            # For its refusal: in a newer schema the same column may mean something else.
            read_origin(schemas[path], str(path))
        wanted = wanted_columns(columns, schemas.values())
        return read_files(schemas, wanted, round_name, Rows(households, kind))

    def frame_with_previous(
        self, round_name: str, county: str | None = None, columns: list[str] | None = None,
        households: Collection[str] | None = None, kind: str | None = None,
    ) -> pl.DataFrame:  # fmt: skip
        """The facts of a round with what the rules read of each county's previous one (`domain.facts.PREVIOUS_FACTS`).

        A household that its county did not hold then is first seen there, even if another county held it. One held more
        than once was seen, but its facts cannot be told apart: null, so that what depends on them is "cannot tell".
        """
        files = self.files(round_name, county)
        asked = wanted_columns(columns, [read_schema(path) for path in files])
        # Rules name the previous round's facts among what they read; no file holds them, they are put beside it here.
        wanted = [name for name in dict.fromkeys(asked) if name not in _OF_PREVIOUS]
        codes = [county] if county else self.counties(round_name)
        groups = [codes] if are_few(files) else [[code] for code in codes]
        read = partial(self._with_previous, round_name, columns=wanted, rows=Rows(households, kind))
        return pl.concat(map_in_threads(read, groups, at_once()), how="vertical_relaxed")

    def _with_previous(self, round_name: str, counties: list[str], columns: list[str], rows: Rows) -> pl.DataFrame:
        """The facts of one county, or of all of the round, with those of each one's previous round."""
        county = counties[0] if len(counties) == 1 else None
        key = ["household_id"] if county else ["household_id", "county_code"]
        current = self.frame(round_name, county, list(dict.fromkeys([*columns, *key])), rows.households, rows.kind)
        past = past_facts(self, round_name, county, counties, rows.households)
        # Beside what is there, not into it: a join would copy every column of the county.
        return current.select(columns).hstack(facts_before(current.select(key), past))

    def household(self, round_name: str, household_id: str, county: str | None = None) -> dict[str, Any]:
        """The facts of one household with those of the previous round; raises StoreError if there is not just one."""
        # Says that round or county is not stored, which the message below could not tell.
        self.files(round_name, county)
        held = {
            code: rows
            for code in ([county] if county else self.counties(round_name))
            if not (rows := self.frame_with_previous(round_name, code, households=[household_id])).is_empty()
        }
        if len(held) != 1:
            listed = ", ".join(held)
            raise StoreError(
                Words(
                    f"户编号 {household_id!r}，期次 {round_name}：{f'在 {listed} 都有' if held else '没有'}；请核对，或指明县区（--county）",
                    f"household {household_id!r}, round {round_name}: {f'is in all of {listed}' if held else 'is not there'}; "
                    "check, or name the county (--county)",
                    code="store.household-round-check-name",
                )
            )
        (rows,) = held.values()
        if len(rows) > 1:
            raise StoreError(
                Words(
                    f"户编号 {household_id!r}，期次 {round_name}：同一县区有 {len(rows)} 行；请核对后重新导入",
                    f"household {household_id!r}, round {round_name}: {len(rows)} rows in one county; check and take it in again",
                    code="store.household-round-rows-county",
                )
            )
        return rows.row(0, named=True)

    # -- writing ---------------------------------------------------------------------------------------------------

    def write(self, round_name: str, snapshots: "Mapping[str, pa.Table]", origin: Origin) -> None:
        """Replace the snapshots of a round, by county code, all of them or none. A closed one refuses."""
        rounds.check_round(round_name)
        with transaction(self.root) as pending:
            self.refuse_closed(round_name, snapshots)
            for county, table in snapshots.items():
                self.stage(pending, round_name, county, table, origin)

    def stage(self, pending: Transaction, round_name: str, county: str, table: "pa.Table", origin: Origin) -> None:
        """Put one snapshot into a transaction, in place of whatever files the partition holds."""
        folder = self._folder(round_name, county)
        for old in folder.glob("*.parquet"):
            pending.remove(old)
        constants = {"round": round_name, "county_code": county}
        conformed = conform(table, known_columns(table.column_names), constants, f"{round_name}/{county}")
        from workbench.store.arrow.tables import write_facts  # noqa: PLC0415

        # The path states these two; a file that repeats them cannot be read as partitioned by pandas or pyarrow.
        write_facts(pending.stage(folder / _FILE), conformed.drop(list(constants)), origin)

    def close(self, round_name: str, county: str | None = None) -> list[str]:
        """Make the snapshots of a round immutable; returns the county codes closed now. With a register: `unit_of_work.closing`."""
        with transaction(self.root) as pending:
            self.files(round_name, county)
            return self.stage_closing(pending, round_name, [county] if county else self.counties(round_name))

    def stage_closing(self, pending: Transaction, round_name: str, counties: Iterable[str]) -> list[str]:
        """Stage the closing marks of a round in a transaction; returns the county codes that it closes."""
        open_ones = [code for code in counties if not self.is_closed(round_name, code)]
        for code in open_ones:
            staged = pending.stage(self._folder(round_name, code) / _CLOSED)
            staged.write_text(json.dumps({"round": round_name, "county_code": code}), encoding="utf-8")
        return open_ones

    def stage_reopening(self, pending: Transaction, round_name: str, counties: Iterable[str]) -> list[str]:
        """Let closed snapshots be changed again; returns the county codes opened."""
        closed = [code for code in counties if self.is_closed(round_name, code)]
        for code in closed:
            pending.remove(self._folder(round_name, code) / _CLOSED)
        return closed

    def is_closed(self, round_name: str, county: str) -> bool:
        """Whether a snapshot is immutable."""
        return (self._folder(round_name, county) / _CLOSED).exists()

    def refuse_closed(self, round_name: str, snapshots: Iterable[str]) -> None:
        """Raise ClosedRoundError if one of these counties is closed in the round."""
        closed = [county for county in snapshots if self.is_closed(round_name, county)]
        if closed:
            zh, en = (
                "、".join(county_names(code)[0] for code in closed),
                ", ".join(county_names(code)[1] for code in closed),
            )
            # Said of a step of people as well as of a file: neither is taken any more.
            raise ClosedRoundError(
                Words(
                    f"期次 {round_name}，{zh}：已封存，数据和程序都不能再改；新数据请入下一期次，确需补办的请管理员重新开放",
                    f"round {round_name}, {en}: closed, no facts and no step are changed any more; take new data into the next "
                    "round, or ask the administrator to open it again",
                    code="store.round-closed",
                )
            )

    def _folder(self, round_name: str, county: str) -> Path:
        return self.root / "facts" / f"round={round_name}" / f"county_code={quote(county, safe='')}"
