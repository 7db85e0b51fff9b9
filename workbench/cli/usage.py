"""What is wrong with how a command was given, in the language of the run; the parser's own words are English."""

import re
from typing import cast

import typer

from workbench.errors import InputError, Words

# By way of a name that is public: the class itself lies in a module that the parser keeps to itself.
UsageError = cast("type[Exception]", typer.BadParameter.__base__)
"""What the parser raises for any wrong usage."""
# In this order: the last pattern takes every invalid value that those before it leave.
_IN_CHINESE = (
    (r"No such option:? '?([^' ]+)'?.*", "没有选项 {0}"),
    (r"No such command '(.+?)'.*", "没有命令 {0}"),
    (r"Missing option '?([^']+?)'?\.?", "缺少选项 {0}"),
    (r"Missing argument '?([^']+?)'?\.?", "缺少参数 {0}"),
    (r"Missing command\.", "缺少命令"),
    (r"Option '?([^']+?)'? requires (?:an|\d+) arguments?\.?", "选项 {0} 后面要写值"),
    (r"Option '?([^']+?)'? does not take a value\.?", "选项 {0} 不带值"),
    (r"Got unexpected extra argument(?:s|\(s\))? \((.+)\)", "多余的参数 {0}"),
    (r"Invalid value for '?(.+?)'?: Input should be a valid integer.*", "{0} 的值不是整数"),
    (r"Invalid value for '?(.+?)'?: Input should be a valid number.*", "{0} 的值不是数"),
    (r"Invalid value for '?(.+?)'?: Input should be greater than or equal to (\S+)", "{0} 的值不应小于 {1}"),
    (r"Invalid value for '?(.+?)'?: Input should be less than or equal to (\S+)", "{0} 的值不应大于 {1}"),
    (r"Invalid value for '?(.+?)'?: Input should be greater than (\S+)", "{0} 的值应大于 {1}"),
    (r"Invalid value for '?(.+?)'?: Input should be less than (\S+)", "{0} 的值应小于 {1}"),
    (r"Invalid value for '?(.+?)'?: '?(.*?)'? is not a valid int(?:eger)?\.?", "{0} 的值 {1!r} 不是整数"),
    (r"Invalid value for '?(.+?)'?: '?(.*?)'? is not a valid float\.?", "{0} 的值 {1!r} 不是数"),
    (r"Invalid value for '?(.+?)'?: (\S+) is not in the range (.+?)\.?", "{0} 的值 {1} 不在范围 {2} 内"),
    (r"Invalid value for '?(.+?)'?: '?(.*?)'? is not one of (.+?)\.?", "{0} 的值 {1!r} 不在可选之列：{2}"),
    (r"Invalid value for '?(.+?)'?: (.*)", "{0} 的值不能用（{1}）"),
)


def usage_error(error: Exception) -> InputError:
    """Return the parser's error as one of ours."""
    said = str(getattr(error, "format_message", lambda: error)())
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "workbench"
    return InputError(
        Words(f"{_chinese(said)}；用法见 {path} --help", f"{said.rstrip('.')}; see {path} --help", code="cli.usage")
    )


def _chinese(said: str) -> str:
    for pattern, text in _IN_CHINESE:
        # DOTALL, for what somebody typed may hold a line break.
        match = re.fullmatch(pattern, said, re.DOTALL)
        if match:
            return text.format(*match.groups())
    return f"命令用法不对（{said}）"
