"""A store as the workers of a Spark cluster see it: each county is a task, judged where it is read.

Nothing that the rules ask crosses a county: its households, its previous round, its standard. So a task reads the files
of one county with the very code that reads them on one computer, and gives back results: counts, sums, never facts.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import StoreError, Words, WorkbenchError
from workbench.safeguards.local_paths import refuse_url
from workbench.store.cluster.session import spark_session
from workbench.store.facts import FactStore
from workbench.store.scores import has_scores

if TYPE_CHECKING:
    import pyarrow as pa

Task = Callable[[FactStore, Any], bytes]
"""What a worker does: a function of a module (workers import it by its name), the store and one argument to results."""
_RESULT, _REFUSAL = b"r", b"e"
_ANSWER = "place long, answer binary"


@dataclass(frozen=True)
class Listing:
    """What is stored: the counties of each round, oldest first, whether all of it is simulated, and the rounds with scores."""

    counties: dict[str, list[str]]
    simulated: bool
    scored: list[str]

    @property
    def rounds(self) -> list[str]:
        """The stored rounds, oldest first."""
        return list(self.counties)

    def rounds_of(self, county: str) -> list[str]:
        """The rounds stored of a county, oldest first."""
        return [name for name, codes in self.counties.items() if county in codes]

    def last_round(self, county: str | None = None) -> str:
        """The newest stored round, of a county where one is given that has any."""
        # A county that is absent from the newest round has its past still (contract §2).
        return ((self.rounds_of(county) if county else []) or self.rounds)[-1]


@dataclass(frozen=True)
class ClusterStore:
    """A store at a path that every worker can read, and the session whose workers read it; this process need not."""

    spark: Any
    root: Path

    @classmethod
    def at(cls, location: str | Path, master: str | None = None) -> "ClusterStore":
        """The store at a path, on the session that there is, or at `master`; raises InputError for a URL."""
        refuse_url("--store", location)
        # A relative path would be sought in the folder of each worker.
        return cls(spark_session(master), Path(location).absolute())

    def listing(self) -> Listing:
        """What is stored, as a worker sees it."""
        # Asked of a worker, since this process need not be able to read the store.
        (answer,) = self.run(_listed, [None])
        return Listing(**json.loads(answer))

    def counties(self, round_name: str, county: str | None = None) -> list[str]:
        """The counties of a round, or the one chosen; raises StoreError, saying what there is, where there are none."""
        (answer,) = self.run(_counties_of, [(round_name, county)])
        codes: list[str] = json.loads(answer)
        return codes

    def run(self, task: Task, arguments: Sequence[Any]) -> list[bytes]:
        """The results of a task for each argument, in their order; raises the first refusal of a worker as its own.

        A task that is lost with its worker is done again by another: it changes nothing, so that its result is the same.
        """
        if not arguments:
            return []
        work = _on_worker(task, str(self.root), list(arguments))
        # One partition an argument: whoever loses a worker does one county again.
        frame = self.spark.range(0, len(arguments), 1, len(arguments)).mapInArrow(work, _ANSWER)
        answers = dict(zip(*_collected(frame), strict=True))
        return [_opened(answers[place]) for place in range(len(arguments))]


def _on_worker(task: Task, root: str, arguments: list[Any]) -> "Callable[[Iterator[pa.RecordBatch]], Any]":
    """What Spark sends to workers: a function of batches of places among the arguments."""

    def work(batches: "Iterator[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
        import pyarrow as pa  # noqa: PLC0415 - by the worker, which Spark sends this function to

        for batch in batches:
            for place in batch.column(0).to_pylist():
                answer = _answered(task, Path(root), arguments[place])
                yield pa.RecordBatch.from_pydict(
                    {"place": pa.array([place], pa.int64()), "answer": pa.array([answer], pa.binary())}
                )

    return work


def _answered(task: Task, root: Path, argument: Any) -> bytes:
    """The result of a task, or what it refuses, in both languages: a trace of the worker says nothing to people."""
    try:
        return _RESULT + task(FactStore(root), argument)
    except WorkbenchError as error:
        words = error.words
        return _REFUSAL + json.dumps({"zh": words.zh, "en": words.en, "code": words.code}).encode()
    except PermissionError:
        return _REFUSAL + json.dumps(_unreadable(root)).encode()


def _unreadable(root: Path) -> dict[str, str]:
    return {
        "zh": f"{root}：Spark 的工作进程无权读取；请让运行它们的用户能读此目录",
        "en": f"{root}: the Spark workers may not read it; let the user that runs them read this folder",
        "code": "store.spark-workers-may-not-read",
    }


def _opened(answer: bytes) -> bytes:
    if answer[:1] == _RESULT:
        return answer[1:]
    refused = json.loads(answer[1:])
    raise StoreError(Words(refused["zh"], refused["en"], code=refused["code"]))


def _collected(frame: Any) -> tuple[list[int], list[bytes]]:
    from pyspark.errors import PySparkException  # noqa: PLC0415 - an optional part

    try:
        table = frame.toArrow()
    except PySparkException as error:
        why = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)[:300]
    except Exception as error:  # noqa: BLE001 - what Spark's own bridge to Java raises is no PySparkException
        why = f"{type(error).__name__}"
    else:
        return table.column("place").to_pylist(), table.column("answer").to_pylist()
    raise StoreError(
        Words(
            f"Spark 没有算完，没有结果（{why}）；请看 Spark 的日志，核对工作进程是否在运行、是否装有同一版本的工作台，再试",
            f"Spark did not finish, so there is no result ({why}); see its logs, check that workers run and have the same "
            "version of the workbench, and try again",
            code="store.spark-did-not-finish",
        )
    ) from None


def _listed(store: FactStore, _argument: None) -> bytes:
    store.files("*")  # refuses where nothing is stored, with what to do
    counties = {name: store.counties(name) for name in store.rounds()}
    scored = [name for name in counties if has_scores(store.root, name)]
    return json.dumps({"counties": counties, "simulated": store.simulated(), "scored": scored}).encode()


def _counties_of(store: FactStore, asked: tuple[str, str | None]) -> bytes:
    round_name, county = asked
    store.files(round_name, county)
    return json.dumps([county] if county else store.counties(round_name)).encode()
