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
from tests.stage.notion import NotionStandIn
from tests.stage.postgres import Postgres
from tests.stage.proxy import FaultProxy
from tests.stage.redis import RedisServer
from tests.stage.wordpress import WordPress


@click.command()
@click.option("--kills", default=200, show_default=True, help="How many processes to kill with SIGKILL.")
@click.option("--seed", type=int, help="Makes the same choices again; the moments still depend on the machine.")
@click.option("--postgres", is_flag=True, help="The ledger on a PostgreSQL instead of a SQLite file.")
def main(kills: int, seed: int | None, postgres: bool) -> None:
    seed = int(time.time()) if seed is None else seed
    folder = Path(tempfile.mkdtemp(prefix="sidecar-chaos-"))
    click.echo(f"seed {seed}, ledger on {'PostgreSQL' if postgres else 'SQLite'}")
    with ExitStack() as stack:
        wordpress = stack.enter_context(WordPress("newest"))
        notion = stack.enter_context(NotionStandIn())
        proxy = stack.enter_context(FaultProxy(wordpress.url))
        redis = stack.enter_context(RedisServer())
        database = f"sqlite:///{folder}/ledger.db"
        if postgres:
            database = stack.enter_context(stack.enter_context(Postgres()).database())
        wordpress.reset()
        settings = weather(notion, proxy, wordpress, database, redis.url)
        storm = Storm(notion, wordpress, proxy, settings, folder=folder, seed=seed)
        damage = storm.rage(kills)
    click.echo(storm.figures())
    click.echo(damage.words())
    if damage:
        sys.exit(f"What the processes said is in {folder}.")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
