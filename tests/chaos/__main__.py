"""`make chaos N=200`: kills runs at random moments while editors keep editing, and says what came of it.

Prints the figures and the seed; ends with 1 when anything was lost, doubled, stale or left over.
"""

from __future__ import annotations

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
from tests.stage.wordpress import WordPress


@click.command()
@click.option("--kills", default=200, show_default=True, help="How many runs to kill with SIGKILL.")
@click.option("--seed", type=int, help="Makes the same choices again; the moments still depend on the machine.")
@click.option("--postgres", is_flag=True, help="The ledger on a PostgreSQL instead of a SQLite file.")
def main(kills: int, seed: int | None, postgres: bool) -> None:
    seed = int(time.time()) if seed is None else seed
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        wordpress = stack.enter_context(WordPress("newest"))
        notion = stack.enter_context(NotionStandIn())
        proxy = stack.enter_context(FaultProxy(wordpress.url))
        database = f"sqlite:///{folder}/ledger.db"
        if postgres:
            database = stack.enter_context(stack.enter_context(Postgres()).database())
        wordpress.reset()
        storm = Storm(notion, wordpress, proxy, weather(notion, proxy, wordpress, database), folder=folder, seed=seed)
        damage = storm.rage(kills)
    click.echo(f"seed {seed}, ledger on {'PostgreSQL' if postgres else 'SQLite'}")
    click.echo(storm.figures())
    click.echo(damage.words())
    sys.exit(1 if damage else 0)


if __name__ == "__main__":
    main()
