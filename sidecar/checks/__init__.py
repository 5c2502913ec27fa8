"""What the doctor found -> one line each: a state, what it means, the one thing to do. Pure; asks nobody.

A check is a function from what was measured to a `Verdict`. What could not be measured comes as the error that the
adapters made of it, which has words already.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sidecar.errors import SidecarError

State = Literal["ok", "warning", "failure"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line. `check` is its name for good, in `--json` too."""

    check: str
    state: State
    says: str
    do: str = ""

    @property
    def is_failure(self) -> bool:
        return self.state == "failure"


def ok(check: str, says: str) -> Verdict:
    return Verdict(check, "ok", says)


def warning(check: str, says: str, do: str) -> Verdict:
    return Verdict(check, "warning", says, do)


def failure(check: str, says: str, do: str) -> Verdict:
    return Verdict(check, "failure", says, do)


def failed(check: str, error: SidecarError) -> Verdict:
    """What an adapter could not do, in its own words."""
    return Verdict(check, "failure", error.message, error.remedy)


def warned(check: str, error: SidecarError) -> Verdict:
    return Verdict(check, "warning", error.message, error.remedy)


def listed(names: list[str]) -> str:
    """Names as a sentence has them."""
    return ", ".join(repr(name) for name in names)
