"""YAML and JSON that a person hands in, read as plain data: bounded, without aliases, no key twice, no code.

A YAML text of 387 bytes whose aliases name each other nine levels deep stands for two gigabytes; a standard or a mapping
needs none of that, so what makes a text larger than it looks is refused where it begins, by its line.
"""

import json
from collections import Counter
from typing import Any, cast

import yaml

from workbench.errors import InputError, Words

Json = dict[str, Any]
"""An object of JSON, or what is printed as one: its keys are those of the contract (§5), which tests hold and no type checker.

Rows of the register are none: they are the records of `register.records` and `register.joined_records`.
"""
DEEPEST = 30
_MOST_CHARACTERS = 200_000
_LONGEST_NUMBER = 40
"""Characters of a number or a date: in base 60 or 16 a long one takes minutes to compute."""
_KINDS = {f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp")}
_PLAIN_TEXT = "tag:yaml.org,2002:str"
_NO_ALIASES = Words(
    "用了锚点、别名或合并键（&、*、<<）；请把内容各写一遍",
    "anchors, aliases and merge keys (&, *, <<) are not accepted; write the content out each time",
)
_TOO_DEEP = Words(
    f"嵌套超过 {DEEPEST} 层；请检查缩进和括号", f"nested more than {DEEPEST} deep; check indents and brackets"
)


def read_yaml(text: str, most_characters: int = _MOST_CHARACTERS) -> Any:
    """Plain data from YAML text; raises InputError that names the line and says what to do."""
    if len(text) > most_characters:
        raise InputError(_too_long(len(text), most_characters))
    try:
        # None of YAML's objects, aliases or doubled keys: a standard is data that a person must be able to read.
        return yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        why = error.problem or error.context
        raise InputError(
            Words(
                f"不是有效的 YAML（{why}）；请检查缩进和冒号",
                f"not valid YAML ({why}); check indents and colons",
                code="safeguards.not-valid-yaml-check",
            ).at_line(mark.line + 1 if mark else 1)
        ) from None
    except (ValueError, RecursionError, OverflowError, yaml.YAMLError) as error:
        why = str(error).splitlines()[0]
        raise InputError(
            Words(
                f"YAML 中有读不出的值（{why}）",
                f"a value in the YAML cannot be read ({why})",
                code="safeguards.value-yaml-cannot-read",
            )
        ) from None


def decode_utf8(content: bytes) -> str:
    """The text of a file's content, with or without a byte-order mark; raises InputError for another encoding."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(
            Words(
                "不是 UTF-8 文本，请另存为 UTF-8",
                "not UTF-8 text; save it as UTF-8",
                code="safeguards.not-utf-text-save",
            )
        ) from None


def read_json(text: str | bytes) -> Any:
    """Plain data from JSON; raises InputError for what is none, and for a key given twice."""
    try:
        return json.loads(text, object_pairs_hook=_once)
    # Too deep a nesting is no ValueError to Python's reader.
    except (ValueError, RecursionError) as error:
        why = str(error).splitlines()[0]
        raise InputError(
            Words(f"不是有效的 JSON（{why}）", f"not valid JSON ({why})", code="safeguards.not-valid-json")
        ) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        twice = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        raise ValueError(f"{twice[:_LONGEST_NUMBER]!r} twice")
    return mapping


def _too_long(characters: int, most: int) -> Words:
    return Words(
        f"有 {characters:,} 个字符，最多 {most:,}",
        f"{characters:,} characters, at most {most:,}",
        code="safeguards.characters-most",
    )


class _PlainLoader(yaml.SafeLoader):
    """YAML keeps the last of two equal keys, follows aliases and builds what tags say, without a word; this says it."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Called for each value, before anything is built of it."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        line = event.start_mark.line + 1
        # Before it is built: aliases of aliases multiply a text of a page into more than the memory holds.
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise InputError(_NO_ALIASES.at_line(line))
        if self._depth >= DEEPEST:
            raise InputError(_TOO_DEEP.at_line(line))
        self._depth += 1
        node = cast("yaml.Node", super().compose_node(parent, index))
        self._depth -= 1
        if node.tag not in _KINDS:
            raise InputError(_tag_refused(node.tag).at_line(line))
        # Of text the whole length is bounded already; only what is computed from digits is costly.
        if isinstance(node, yaml.ScalarNode) and node.tag != _PLAIN_TEXT and len(node.value) > _LONGEST_NUMBER:
            raise InputError(_number_refused(len(node.value)).at_line(line))
        return node

    def construct_object(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 - theirs
        """A value; one that cannot be (a date that is none) is refused by its line."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, OverflowError, KeyError) as error:
            why, line = f"{node.value!s:.40}: {error}", node.start_mark.line + 1
            raise InputError(
                Words(
                    f"读不出的值（{why}）", f"a value that cannot be read ({why})", code="safeguards.value-cannot-read"
                ).at_line(line)
            ) from None

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - theirs
        """A table, each key once: also two spellings of one (`yes` and `true`, 1 and 1.0)."""
        mapping = super().construct_mapping(node, deep)
        # Fewer keys than were written: some were given twice, and YAML would have kept the last in silence.
        if len(mapping) < len(node.value):
            seen: set[Any] = set()
            for key_node, _ in node.value:
                key = self.construct_object(key_node, deep=True)
                if key in seen:
                    raise InputError(_twice(str(key_node.value)).at_line(key_node.start_mark.line + 1))
                seen.add(key)
        return mapping


def _tag_refused(tag: str) -> Words:
    kind = tag.rpartition(":")[2][:_LONGEST_NUMBER]
    if kind == "merge":
        return _NO_ALIASES
    return Words(
        f"不接受类型标记“{kind}”；只用文本、数字、日期、真假、列表和键值表",
        f"the tag {kind!r} is not accepted; only text, numbers, dates, booleans, lists and mappings are",
        code="safeguards.tag-not-accepted-only",
    )


def _number_refused(length: int) -> Words:
    return Words(
        f"有一个 {length:,} 位的数或日期，最长 {_LONGEST_NUMBER}；是文本的请加引号",
        f"a number or a date of {length:,} characters, at most {_LONGEST_NUMBER}; put text in quotes",
        code="safeguards.number-date-characters-most",
    )


def _twice(key: str) -> Words:
    return Words(
        f"重复的键：{key:.40}，请只留一个", f"given twice: {key:.40}; keep one", code="safeguards.given-twice-keep"
    )
