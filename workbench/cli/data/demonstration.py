"""The model of the demonstration: `workbench demo`."""

import os

from workbench.cli.options import StoreOption, open_store
from workbench.cli.output import say
from workbench.cli.risk.models import train_command
from workbench.cli.risk.scores import score_command
from workbench.errors import InputError, Words
from workbench.risk.registry.records import training_alone
from workbench.store.scores import has_scores

_LESS_URGENT = 10
_FEWEST_ROUNDS = 4
_BEGUN = Words(
    "演示模型正在训练，约五分钟；完成后刷新页面即见。",
    "The model of the demonstration is being trained, about five minutes; reload the page then.",
)
_ELSEWHERE = Words("演示模型正由另一进程训练。", "Another process is training the model of the demonstration.")
_THERE = Words("演示模型此前已就绪。", "The model of the demonstration is there already.")
_DONE = Words("演示模型已就绪，请刷新页面。", "The model of the demonstration is ready: reload the page.")


def demo_command(store: StoreOption = None) -> None:
    """Train the model of a simulated city on all but its last round and score the last two, once.

    Where that was done, or another process is doing it, nothing is done.
    """
    facts = open_store(store)
    rounds = facts.rounds()
    if not facts.simulated() or len(rounds) < _FEWEST_ROUNDS:
        raise InputError(
            Words(
                f"{facts.root}：不是有 {_FEWEST_ROUNDS} 期以上的模拟数据；请先运行 workbench simulate",
                f"{facts.root} holds no simulated city of {_FEWEST_ROUNDS} rounds or more; run workbench simulate first",
                code="cli.holds-no-simulated-city",
            )
        )
    before, last = rounds[-2:]
    with training_alone(facts.root) as alone:
        if not alone:
            say(_ELSEWHERE)
            return
        # The last thing to be written: where it is there, so is all before it, and an interrupted run begins anew.
        if has_scores(facts.root, last):
            say(_THERE)
            return
        say(_BEGUN)
        if hasattr(os, "nice"):
            os.nice(_LESS_URGENT)  # the pages come first
        # The scores of the round before are held against the last one, on which the model must not be trained.
        train_command(until=before, store=facts.root)
        for round_name in (before, last):
            score_command(round_name, store=facts.root)
        say(_DONE)
