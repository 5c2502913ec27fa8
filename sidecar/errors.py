"""The one tree of errors, named by what can be done about them. No words of a far end's protocol in here.

Every message is read by a person who publishes: it says what happened and, in `remedy`, what to do.
"""


class SidecarError(Exception):
    """Anything we raise on purpose. `message` says what happened, `remedy` what a person can do (may be empty)."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".rstrip()


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


class ImageError(Refused):
    """The bytes are not an image that a blog can show, or not one that is safe to open."""


class LostLease(SidecarError):
    """Another worker has taken this page over: stop at once, write nothing more."""


class Stopped(SidecarError):
    """We were told to leave: nothing new is begun, what is stored is gone on with by the next run."""
