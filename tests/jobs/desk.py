"""A desk to try steps at: a Notion over HTTP, a real ledger, a WordPress in memory, and a clock set by hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sidecar.adapters.ledger import Store, ledger, open_store
from sidecar.adapters.limiter import limiter
from sidecar.adapters.notion import NotionSource
from sidecar.adapters.notion_calls import Limits
from sidecar.adapters.web import SafeWeb
from sidecar.blocks import PageId
from sidecar.config import Config
from sidecar.ledger import JobId, Trigger
from sidecar.model import Fields, Intent, Outcome, PostState
from sidecar.ports import World
from tests.fakes.blog import FakeBlog
from tests.stage.notion import Clock, NotionStandIn


@dataclass
class Messenger:
    """Somebody who keeps what they are told."""

    told: list[str] = field(default_factory=list)

    def send(self, text: str) -> None:
        self.told.append(text)


class LivelyBlog(FakeBlog):
    """A WordPress during whose next create something happens."""

    meanwhile: Callable[[], object] | None = None

    def create(self, page_id: PageId, fields: Fields) -> PostState:
        happens, self.meanwhile = self.meanwhile, None
        if happens is not None:
            happens()
        return super().create(page_id, fields)


@dataclass
class Desk:
    world: World
    notion: NotionStandIn
    blog: LivelyBlog
    messenger: Messenger
    clock: Clock
    store: Store

    def another(self) -> World:
        """The world of another worker beside this one."""
        return dataclasses.replace(self.world, owner=uuid4().hex)

    def want(self, page_id: str, intent: Intent = Intent.ASKED, run: str = "button", quiet: float = 0.0) -> JobId:
        """Somebody asks for a page."""
        trigger = Trigger(PageId(page_id), intent, run, uuid4().hex, quiet=quiet)
        job_id = self.world.ledger.pages.accept(trigger, run=run).job_id
        assert job_id is not None
        return job_id

    def listing(self, run: str = "manual") -> JobId:
        """Somebody asks for everything."""
        job_id = self.world.ledger.pages.accept_listing(run, uuid4().hex, run).job_id
        assert job_id is not None
        return job_id

    def outcomes(self, job_id: JobId) -> tuple[Outcome, ...]:
        job = self.world.ledger.jobs.job(job_id)
        assert job is not None
        return job.outcomes

    def status(self, job_id: JobId) -> str:
        job = self.world.ledger.jobs.job(job_id)
        assert job is not None
        return job.status


@contextmanager
def desk(notion: NotionStandIn, folder: Path, **settings: str) -> Iterator[Desk]:
    clock, messenger = Clock(), Messenger()
    given = {"NOTION_TOKEN": notion.token, "NOTION_DATA_SOURCE_ID": notion.data_source_id}
    config = Config.parse(
        {**given, "NOTION_BASE_URL": notion.url, "DATABASE_URL": f"sqlite:///{folder}/ledger.db", **settings}
    )
    blog = LivelyBlog(now=lambda: datetime.fromtimestamp(clock(), UTC))
    store = open_store(config.database_url)
    memory = ledger(store, config.site, config.lease_seconds, clock)
    source = NotionSource(config, limiter(config, folder), memory.memory, limits=Limits(attempts=1))
    web = SafeWeb((notion.url.removeprefix("http://"),))
    try:
        world = World(config, source, blog, web, memory, messenger, "one", clock, lambda seconds: None)
        yield Desk(world, notion, blog, messenger, clock, store)
    finally:
        source.close()
        web.close()
        store.close()
