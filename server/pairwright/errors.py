"""Errors whose text is a sentence for the person, and the signal that work was cancelled.

Owns the kinds of `UserError` a feature may raise: what happened, then what to do next. It must not
know how an error is shown: `lsp/server.py` and `cli.py` turn each kind into a response, a message
or an exit code.
"""

from __future__ import annotations


class UserError(Exception):
    """A failure the person can act on.

    `str(error)` is the whole message: one sentence for what happened and one for what to do next,
    both with a full stop, fit to be shown without any addition.
    """

    def __init__(self, happened: str, next_step: str) -> None:
        super().__init__(f"{_sentence(happened)} {_sentence(next_step)}")
        self.happened = _sentence(happened)
        self.next_step = _sentence(next_step)

    def __reduce__(self) -> tuple[type[UserError], tuple[str, str]]:
        # The default rebuilds from `args`, which is the joined message: an error raised in a worker
        # process would not survive the trip back.
        return type(self), (self.happened, self.next_step)


class BadSetting(UserError):
    """A setting has a value that cannot be used."""


class BadArgument(UserError):
    """A command or a command line was given an argument that is missing or of the wrong type."""


class UnknownSymbol(UserError):
    """A name or a position that should denote a symbol denotes none."""


class StaleDocument(UserError):
    """The document changed after the edit or the finding was computed; nothing was applied."""


class Refusal(UserError):
    """A change that was asked for would not be safe, or makes no sense here: nothing was done."""


class NotARepository(UserError):
    """The work needs a git repository and the folder is in none."""


class GitUnavailable(UserError):
    """Git is not installed, refuses the repository, or did not answer in time."""


class UnknownRevision(UserError):
    """A revision that names no commit of the repository, or is not written as a revision."""


class IndexUnavailable(UserError):
    """The index cannot answer: not built, owned by another process, or its store is unusable."""


class EncoderProblem(UserError):
    """The model that turns texts into vectors is missing, damaged or of a kind that is not read."""


class ChromaProblem(UserError):
    """The server that holds a copy of the vectors is not installed, not there, or not as it was."""


class Cancelled(Exception):
    """The work was withdrawn. Always propagates, is never logged as an error and never shown."""


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
