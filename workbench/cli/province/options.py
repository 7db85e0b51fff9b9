"""What the commands of a province share: a folder of summaries read with the keys of the cities."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.cli.language import both
from workbench.cli.options import checked_round
from workbench.cli.output import emit, say, warn
from workbench.clock import now_in_beijing
from workbench.errors import Words
from workbench.preview.scope import PreviewScope
from workbench.safeguards.plain_data import Json
from workbench.statistics.summaries.province import Province
from workbench.store.facts import FactStore
from workbench.store.summaries.folder import SummaryFolder, read_folder
from workbench.store.summaries.keys import read_public_keys

FolderArgument = Annotated[
    Path, typer.Argument(help=both("各市汇总文件（*.summary）所在的目录", "the folder of the cities' *.summary files"))
]
KeysOption = Annotated[
    Path,
    typer.Option("--keys", help=both("各市公钥（YAML，每行 市名: 公钥）", "public keys (YAML, a line `city: key`)")),
]


@dataclass(frozen=True)
class OpenedSummaries:
    """A folder of summaries that was read: what counts, and what does not."""

    folder: SummaryFolder
    province: Province

    @classmethod
    def of(cls, folder: Path, keys: Path) -> "OpenedSummaries":
        """Read and prove every file; raises InputError where none counts."""
        read = read_folder(folder, read_public_keys(keys), now_in_beijing())
        return cls(read, Province.of(folder, read))

    def record(self, round_name: str | None = None) -> Json:
        """Which cities are counted and which are not: refused files with the reason, cities that lack the round asked about."""
        # Proved, and yet in no figure: named apart from what was refused.
        lacking = [
            each.head.city
            for each in self.folder.cities
            if round_name is not None and round_name not in each.head.facts
        ]
        return {
            "cities": [
                {
                    "city": each.head.city,
                    "made_at": each.head.made_at,
                    "file": each.path.name,
                    "counties": len(each.head.counties),
                }
                for each in self.folder.cities
                if each.head.city not in lacking
            ],
            "without_round": lacking,
            "refused": [{"file": each.path.name, "reason": each.reason} for each in self.folder.refused],
        }

    def of_scores(self, round_name: str, county: str | None) -> Json:
        """Besides, of what asks for the slips that a model expects: which cities have not scored the round, where others have."""
        return {**self.record(round_name), "without_scores": self.province.without_scores(round_name, county)}

    def show(self, record: Json) -> None:
        """Say of which cities the answer is, and what is not in it."""
        names = [each["city"] for each in record["cities"]]
        say(Words(f"{len(names)} 个市：{'、'.join(names)}", f"{len(names)} cities: {', '.join(names)}"))
        if record["without_round"]:
            lacking = record["without_round"]
            warn(
                Words(
                    f"没有这一期的市，未计入：{'、'.join(lacking)}",
                    f"without this round, not counted: {', '.join(lacking)}",
                )
            )
        if record.get("without_scores"):
            warn(without_scores(record["without_scores"]))
        # Each with its file: several may be refused for one and the same reason.
        for each in record["refused"]:
            warn(each["reason"].after(f"{each['file']}: "))

    def answer(self, record: Json, shown: Any, *, as_json: bool) -> None:
        """Print an answer with the cities that it is of; the status is 1 where a file was refused, or a city has not the round."""

        def show() -> None:
            self.show(record)
            shown()

        emit(record, show, as_json=as_json)
        # After the answer: figures that lack a city are figures still, and the status says that they do.
        if record["refused"] or record["without_round"]:
            raise typer.Exit(1)


def without_scores(cities: Sequence[str]) -> Words:
    """Say that not every city has scored the round, and what to do."""
    return Words(
        f"这些市没有给本期评分，全省的预计风险变差因此不合计：{'、'.join(cities)}；请其评分后再写一份汇总",
        f"these cities have not scored the round, so expected slips are not added up: {', '.join(cities)}; ask them to score it and "
        "to write another summary",
        code="cli.cities-without-scores",
    )


def province_scope(folder: Path, round_name: str, county: str | None) -> PreviewScope:
    """Return the scope of a question to summaries: its round, county and line; no store is read."""
    return PreviewScope(FactStore(folder), checked_round(round_name), county)
