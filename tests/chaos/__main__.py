"""`make chaos N=200`: kills processes at random moments while editors keep editing, and says what came of it.

Prints the figures and the seed; ends with 1 when anything was lost, doubled, stale, left over or without an end.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import click

from tests.chaos.storm import Storm, weather
from tests.stage.mariadb import MariaDb
from tests.stage.notion import NotionStandIn
from tests.stage.postgres import Postgres
from tests.stage.proxy import FaultProxy
from tests.stage.redis import RedisServer
from tests.stage.wordpress import WordPress

KINDS = {
    "sqlite": "SQLite",
    "postgres": "PostgreSQL",
    "postgresql": "PostgreSQL",
    "mysql": "MariaDB",
    "mariadb": "MariaDB",
}


def ledger(kind: str, stack: ExitStack, folder: Path) -> str:
    """The DATABASE_URL of an empty ledger, on a server of its own where it needs one."""
    if kind == "PostgreSQL":
        return stack.enter_context(stack.enter_context(Postgres()).database())
    if kind == "MariaDB":
        return stack.enter_context(stack.enter_context(MariaDb()).database()).url
    return f"sqlite:///{folder}/ledger.db"


@click.command()
@click.option("--kills", default=200, show_default=True, help="How many processes to kill with SIGKILL.")
@click.option("--seed", type=int, help="Makes the same choices again; the moments still depend on the machine.")
@click.option("--database", type=click.Choice(KINDS), default="sqlite", help="Where the ledger is.")
def main(kills: int, seed: int | None, database: str) -> None:
    seed = int(time.time()) if seed is None else seed
    folder = Path(tempfile.mkdtemp(prefix="sidecar-chaos-"))
    click.echo(f"seed {seed}, ledger on {KINDS[database]}")
    with ExitStack() as stack:
        wordpress = stack.enter_context(WordPress("newest"))
        notion = stack.enter_context(NotionStandIn())
        proxy = stack.enter_context(FaultProxy(wordpress.url))
        redis = stack.enter_context(RedisServer())
        wordpress.reset()
        settings = weather(notion, proxy, wordpress, ledger(KINDS[database], stack, folder), redis.url)
        storm = Storm(notion, wordpress, proxy, settings, folder=folder, seed=seed)
        damage = storm.rage(kills)
    click.echo(storm.figures())
    click.echo(damage.words())
    if damage:
        sys.exit(f"What the processes said is in {folder}.")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
