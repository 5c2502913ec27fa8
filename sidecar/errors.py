"""The one tree of errors, named by what can be done about them. No words of a far end's protocol in here.

Every message is read by a person who publishes: it says what happened and, in `remedy`, what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Self

from sidecar.catalogue import Entry

NOTHING: Mapping[str, object] = MappingProxyType({})


class SidecarError(Exception):
    """Anything we raise on purpose. `message` says what happened, `remedy` what a person can do (may be empty)."""

    entry: Entry | None = None
    """Where it stands in the catalogue, if it does."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    @classmethod
    def of(cls, entry: Entry, values: Mapping[str, object] = NOTHING, **more: Any) -> Self:
        """The error that the catalogue describes. `values` fill its words, `more` goes to the error's own making."""
        made = cls(entry.words.format(**values), entry.do.format(**values), **more)
        made.entry = entry
        return made

    @property
    def hint(self) -> str:
        """Says who looks for the cause, where somebody can."""
        return "Run sidecar doctor." if self.entry is not None and self.entry.check else ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.message, self.remedy, self.hint)))


class Unavailable(SidecarError):
    """A far end did not answer, or asked us to come back: the same call may be made again later.

    `retry_after` is the wait in seconds that the far end asked for, if it did. `maybe_done` is True when the
    request may have been carried out although no answer came: look before doing it again.
    """

    def __init__(
        self, message: str, remedy: str = "", *, retry_after: float | None = None, maybe_done: bool = False
    ) -> None:
        super().__init__(message, remedy)
        self.retry_after = retry_after
        self.maybe_done = maybe_done


class Refused(SidecarError):
    """A far end understood and said no: asking again changes nothing until a person has acted."""


class Missing(Refused):
    """The thing asked for does not exist, or is not shown to us."""


class Closed(Refused):
    """A way into a far end is shut, whoever asks and for whatever: nothing was done, and another way may be open."""


class Forbidden(Refused):
    """The thing is there and not given to us: a link that has run out, or one that is for others."""


class NotStored(Refused):
    """A far end could not store a file, for good or in this moment; it kept nothing of it."""


class TooLarge(Refused):
    """A far end takes no file of this size. `most` is the largest, in bytes, that it is known to take; 0: unknown."""

    def __init__(self, message: str, remedy: str = "", *, most: int = 0) -> None:
        super().__init__(message, remedy)
        self.most = most


class ConfigError(SidecarError):
    """Settings are missing or wrong. `problems` lists every one of them, each a line with its remedy."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems

    @property
    def hint(self) -> str:
        return "Run sidecar doctor: it looks at each of them."


class WrongFile(ConfigError):
    """A file that a person has named is not the one that is meant; no doctor looks at it."""

    @property
    def hint(self) -> str:
        return ""


class ImageError(Refused):
    """The bytes are not an image that a blog can show, or not one that is safe to open."""


class LostLease(SidecarError):
    """Another worker has taken this page over: stop at once, write nothing more."""


class Stopped(SidecarError):
    """We were told to leave: nothing new is begun, what is stored is gone on with by the next run."""
