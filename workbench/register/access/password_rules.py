"""What a password must be: long enough, of signs that can be typed, and nothing that a stranger would try first.

Only a few passwords a quarter of an hour can be tried at the door, but the common ones are few too: the lists of the
world (zxcvbn's) and the habits hereabouts (`parameters/password_words.yaml`, names of places and people in pinyin).
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from zxcvbn import zxcvbn
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from workbench.domain.parameters import load_yaml
from workbench.errors import InputError, Words

SHORTEST, LONGEST = 10, 128
_LONGEST_TYPED = 4 * LONGEST
"""Before it is normalised: nobody types more, and nothing longer is worked on."""
_CHECKED_LENGTH = 72
"""How much of a password is judged; the rest can only add to it."""
_FEWEST_GUESSES = 1e9
_LEET = str.maketrans("@4310$5!7", "aaeiossit")
_LENGTH = Words(
    f"密码须为 {SHORTEST} 至 {LONGEST} 个字符，如四个互不相干的词",
    f"a password has {SHORTEST} to {LONGEST} characters, for example four words that have nothing to do with each other",
)
_SIGNS = Words(
    "密码不能含有换行、制表等控制字符", "a password holds no control characters such as tabs and line breaks"
)
_OWN = Words(
    "密码不能含有账号或姓名（拼音也算）", "a password does not hold the account or the name, in pinyin neither"
)
_COMMON = Words(
    "这个密码太常见，容易被猜中：常用词、键盘顺序、地名、生日、电话号码，前后加数字或换成相似符号也算；请换一个，如四个互不相干的词",
    "this password is too common and easily guessed: common words, keyboard rows, places, birthdays and phone numbers, also with "
    "digits around them or look-alike signs; take another, for example four words that have nothing to do with each other",
)


def normalised(typed: str) -> str | None:
    """A password as it is hashed (NFKC, as every keyboard writes it); None for one too long to be anybody's."""
    if len(typed) > _LONGEST_TYPED:
        return None
    # One password typed under two input methods, full width and half, is one password.
    password = unicodedata.normalize("NFKC", typed)
    return password if len(password) <= LONGEST else None


def checked_password(typed: str, account: str, name: str) -> str:
    """A new password as it is hashed; raises InputError, which says what is accepted and never what was typed."""
    password = normalised(typed)
    if password is None or len(password) < SHORTEST:
        raise InputError(_LENGTH)
    if any(unicodedata.category(sign).startswith("C") for sign in password):
        raise InputError(_SIGNS)
    # A name of one sign would forbid that sign in every password.
    own = {_folded(word) for word in (account, name) if len(word) > 1} | _spellings(name)
    forms = _forms(password)
    if any(word in form for word in own for form in forms if word):
        raise InputError(_OWN)
    if any(_is_common(form) for form in forms) or _guesses(forms) < _FEWEST_GUESSES:
        raise InputError(_COMMON)
    return password


def _forms(password: str) -> set[str]:
    """The password as it might have been thought of: without capitals, signs between, look-alikes, characters as pinyin."""
    folded = _folded(password)[:_CHECKED_LENGTH]
    spelt = _pinyin(folded)[:_CHECKED_LENGTH]
    plain = {folded, spelt}
    return plain | {re.sub(r"[\W_]+", "", form) for form in plain} | {form.translate(_LEET) for form in plain}


def _is_common(form: str) -> bool:
    """Whether nothing but a common word is left once digits and signs around it are taken away."""
    # The year or the exclamation mark at the end is what everybody adds to a common word.
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", form)
    return len(core) < 3 or core in _known() or len(set(form)) < 4  # noqa: PLR2004 - too few signs to be anything


def _guesses(forms: Iterable[str]) -> float:
    habits = [*_habits()]
    # The easiest spelling counts: somebody who guesses tries pinyin, signs left out and digits for letters.
    return min(float(zxcvbn(form, user_inputs=habits, max_length=_CHECKED_LENGTH)["guesses"]) for form in forms if form)


@cache
def _known() -> frozenset[str]:
    return frozenset(FREQUENCY_LISTS["passwords"]) | _habits()


@cache
def _habits() -> frozenset[str]:
    words = {word for group in load_yaml("password_words").values() for word in group}
    townships = load_yaml("intake_townships")
    named = {name for when in ("old", "new") for names in townships[when].values() for name in names}
    named |= {county["zh"] for county in load_yaml("counties")}
    # People leave out what kind of place it is.
    short = {re.sub(r"(街道|镇|乡|县|区)$", "", name) for name in named}
    return frozenset(words | {_pinyin(name) for name in named | short})


def _spellings(name: str) -> set[str]:
    """A name in pinyin, whole; a name of one sign is too short to be told from any word."""
    if len(name) < 2:  # noqa: PLR2004
        return set()
    return {_folded(_pinyin(name))}


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace(" ", "")


def _pinyin(text: str) -> str:
    """Chinese characters spelt without tones, all else as it is."""
    # Late: its dictionary takes longer to load than most commands take, and only a new password is spelt.
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    return "".join(lazy_pinyin(text))
