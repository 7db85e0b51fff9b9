"""One root error and its few kinds; they become words for people only at the border (command line, page)."""

from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Words:
    """A message in both languages, of which people see one; `code`, "room.what-is-the-matter", is what programs and tests go by.

    Whatever an error is made of has a code of its own, written where it is raised; the code stays when the words change,
    and as a message is put together with a place or a path. docs/messages.md lists them.
    """

    zh: str
    en: str
    code: str = field(default="", compare=False, kw_only=True)

    def __str__(self) -> str:
        return self.zh if self.zh == self.en else f"{self.zh} / {self.en}"

    def after(self, text: str) -> "Words":
        """Put a text, such as what was found, before the message of either language."""
        return replace(self, zh=text + self.zh, en=text + self.en)

    def __add__(self, other: "Words") -> "Words":
        return Words(self.zh + other.zh, self.en + other.en, code=self.code or other.code)

    def at_line(self, line: int) -> "Words":
        """Say the message of a line of a text (1 is the first)."""
        return replace(self, zh=f"第 {line} 行：{self.zh}", en=f"line {line}: {self.en}")

    def format(self, **values: object) -> "Words":
        """Fill in the blanks `{name}` of either language."""
        return replace(self, zh=self.zh.format(**values), en=self.en.format(**values))


class WorkbenchError(Exception):
    """Something the user can understand and mend. The message says what was found, where, and what to do."""

    exit_status = 2
    kind = "workbench"
    """The code of an error whose message has none of its own."""

    field: str = ""
    """Which of the things said is wrong, by the name of a fact or of a form's field; a page marks it. Empty: no single one."""

    def __init__(self, message: "str | Words", *, field: str = "") -> None:
        self.words = message if isinstance(message, Words) else Words(message, message)
        self.field = field
        super().__init__(str(message))

    @property
    def code(self) -> str:
        """What programs tell the error by; it stays when the words change."""
        return self.words.code or self.kind


class InputError(WorkbenchError):
    """Wrong usage or input: a file, an option, a standard that cannot be used as given."""

    kind = "input"


class FileError(InputError):
    """A file that cannot be used as a whole; `message` says why without its path, for a page that knows it by its name."""

    kind = "file"

    def __init__(self, path: object, message: Words) -> None:
        self.message = message
        super().__init__(message.after(f"{path}: "))
        # `after` puts the path before either language; in the text of both together it stands once.
        self.args = (f"{path}: {message}",)


class QuestionError(FileError):
    """A file that cannot be used until something is said that it does not say; `asks` is a stable code, with what may be answered.

    `more`: what else it does not say, so that all is asked in one step.
    """

    def __init__(
        self, path: object, message: Words, asks: str, options: tuple[str, ...] = (), likely: str = "",
        more: "tuple[QuestionError, ...]" = (),
    ) -> None:  # fmt: skip
        self.asks, self.options, self.likely, self.more = asks, options, likely, more
        self.path = path
        super().__init__(path, message)

    def together_with(self, other: "QuestionError") -> "QuestionError":
        """Both questions as one, this one first."""
        message = self.message + Words("；", "; ") + other.message
        return QuestionError(self.path, message, self.asks, self.options, self.likely, (*self.more, other))

    def all(self) -> "tuple[QuestionError, ...]":
        """Everything that is asked."""
        return (self, *self.more)


class StandardError(InputError):
    """A county standard that breaks the contract; `problems` maps each key to what is wrong with its value."""

    kind = "standard"

    def __init__(self, problems: dict[str, Words]) -> None:
        self.problems = problems
        each = [words.after(f"{key}: ") for key, words in problems.items()]
        super().__init__(Words("\n".join(one.zh for one in each), "\n".join(one.en for one in each)))
        # As for a file: each key once before both languages.
        self.args = ("\n".join(f"{key}: {message}" for key, message in problems.items()),)


class RefusedError(WorkbenchError):
    """A step that the procedure, a role or an area does not allow; nothing was changed."""

    exit_status = 1
    kind = "refused"


class StoreError(InputError):
    """The store holds nothing usable for what was asked, or cannot be written."""

    kind = "store"


class DamagedError(StoreError):
    """A file that cannot be read whole any more."""

    kind = "damaged"


class ClosedRoundError(StoreError):
    """A closed round is immutable."""

    kind = "closed"


class NewerSchemaError(StoreError):
    """Facts written by a newer version of the workbench."""

    kind = "newer"


class MissingPartError(WorkbenchError):
    """An optional part (an engine, a font, a browser) is not installed."""

    kind = "missing-part"
