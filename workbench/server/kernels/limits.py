"""How many pages may be open at once: of the whole server, of one person, of visitors at one address."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from workbench.errors import Words
from workbench.server.kernels.owners import Owner

OF_PERSON = 4
_FULL = Words(
    "使用人数已满：要计算的页面（预警、标准、比较等）同时打开的已达上限。请稍等，有空位时本页自动打开；首页、业务办理和账号不受此限，随时可用。",
    "All sessions are in use: as many pages that compute (warnings, standards, comparisons) are open as the server can hold. Please "
    "wait: this page opens by itself when there is a place. Home, the register and accounts need none and can be used meanwhile.",
)
_OF_PERSON = Words(
    f"您已打开 {OF_PERSON} 个页面，每人最多同时打开 {OF_PERSON} 个。请关闭不用的页面，本页随后自动打开。首页、业务办理和账号不算在内。",
    f"You have {OF_PERSON} pages open, which is the most for one person. Close one that you no longer need, and this page opens by "
    "itself. Home, the register and accounts do not count.",
)
_OF_ADDRESS = Words(
    "没有登录的访客从同一地址打开的页面已达上限。请关闭不用的页面，或登录后再打开。",
    "Visitors at this address who did not sign in have as many pages open as they may. Close some, or sign in.",
)


@dataclass(frozen=True)
class _Share:
    """The pages that somebody has, and how many those may be."""

    pages: list[str]
    most: int
    words: Words
    own: bool


async def make_room(kernels: Any, owner: Owner, limit: int) -> Words | None:
    """See to it that an owner may open one more page; else say why not.

    Where the own places are taken, the oldest page that no browser shows any more gives up its own. Nothing is awaited
    after the last look: whoever takes the place at once has it.
    """
    while full := next(
        (share for share in _shares(kernels.owners(), owner, limit) if len(share.pages) >= share.most), None
    ):
        longest_idle = kernels.left_by_browser(full.pages) if full.own else None
        if longest_idle is None:
            # Told at once, and asked again by the page that says so: to whoever waits, a request without an answer looks like
            # a server that hangs (0023, 0039).
            return full.words
        # Others may have taken the place while this was awaited, so everything is looked at again.
        await kernels.shutdown_kernel(longest_idle, now=True)
    return None


def _shares(owners: dict[str, Owner], owner: Owner, limit: int) -> Iterator[_Share]:
    def pages(whose: Callable[[Owner], bool]) -> list[str]:
        return [page for page, each in owners.items() if whose(each)]

    visitor = owner.account is None
    mine = pages(lambda each: each.session == owner.session if visitor else each.account == owner.account)
    # First, since an own page that its browser left can make room; a full server ends nobody's.
    yield _Share(mine, OF_PERSON, _OF_PERSON, own=True)
    yield _Share(list(owners), limit, _FULL, own=False)
    if visitor:
        # Visitors have no account that could be counted; behind one address they share half of the server at most.
        neighbours = pages(lambda each: each.account is None and each.address == owner.address)
        yield _Share(neighbours, max(limit // 2, 1), _OF_ADDRESS, own=True)
