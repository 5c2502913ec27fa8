"""What is to be done again and again, and when. Times and names only; what does it is in `engines` and `ticker`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from croniter import croniter

from sidecar import sites
from sidecar.config import FIRST_SITE, Config
from sidecar.errors import ConfigError

SWEEP_SECONDS = 30
COMPARE = "17 * * * *"
"""When it is looked whether today's comparison was made: a machine may sleep at night, or a far end be down then."""
SHORTEST = 5


@dataclass(frozen=True)
class Beat:
    """Something periodic: every so many seconds, or by a cron line in local time. Each time has its slot."""

    name: str
    task: str
    is_quick: bool = False
    """It is over in a moment, and must not wait behind hundreds of pages."""
    every: int = 0
    cron: str = ""
    site: str = FIRST_SITE

    @property
    def id(self) -> str:
        """The name of this beat among those of all sites."""
        return self.name if self.site == FIRST_SITE else f"{self.name}-{self.site}"

    def next(self, after: float) -> float:
        """The first time later than `after`; what comes every so many seconds comes when a slot begins."""
        if not self.cron:
            return (after // self.every + 1) * self.every
        # In an hour that the clock repeats, a time may come out that has been; then it is the one after it.
        times = croniter(self.cron, datetime.fromtimestamp(after))
        while True:
            time: float = times.get_next(datetime).replace(fold=0).timestamp()
            if time > after:
                return time

    def first(self, now: float) -> float:
        """When a beat that nobody knows of yet comes for the first time: what has a cron line waits for its time."""
        return self.next(now) if self.cron else now

    def slot(self, at: float) -> str:
        """The name of this time: the same for everybody who shares the schedule."""
        return str(int(at) if self.cron else int(at // self.every))

    @property
    def keep(self) -> int:
        """Seconds for which a slot is remembered, so that nobody does it twice."""
        return max(self.every, 120)


def beats(config: Config) -> Sequence[Beat]:
    """All that is periodic on a site. Raises ConfigError when SYNC_SCHEDULE is neither seconds nor a cron line."""
    every, cron = schedule(config.sync_schedule)
    return (
        Beat("listing", "jobs.tasks.open_listing", True, every, cron, config.site),
        Beat("sweep", "jobs.tasks.sweep", True, SWEEP_SECONDS, site=config.site),
        Beat("comparison", "jobs.tasks.compare", False, cron=COMPARE, site=config.site),
    )


def all_beats(configs: Sequence[Config]) -> Sequence[Beat]:
    """All that is periodic on any site. Raises ConfigError with every schedule that is none."""
    made, problems = list[Beat](), list[str]()
    for config in configs:
        try:
            made += beats(config)
        except ConfigError as error:
            problems += [sites.of(config.site, it) if len(configs) > 1 else it for it in error.problems]
    if problems:
        raise ConfigError(problems)
    return made


def schedule(text: str) -> tuple[int, str]:
    """SYNC_SCHEDULE as seconds and a cron line, one of which is empty."""
    seconds = _number(text)
    if seconds is not None and seconds >= SHORTEST:
        return math.ceil(seconds), ""
    if seconds is None and len(text.split()) == 5 and croniter.is_valid(text):
        return 0, text
    raise ConfigError(
        [
            f"SYNC_SCHEDULE: {text!r} is neither a number of seconds (at least {SHORTEST}) nor a cron line such as "
            "*/10 8-18 * * 1-5 (minute, hour, day, month, day of the week, in local time)."
        ]
    )


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
