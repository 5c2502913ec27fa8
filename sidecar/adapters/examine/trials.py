"""What the doctor makes in WordPress to see whether it can be made: a draft and a picture, both removed again."""

from __future__ import annotations

import base64
import contextlib
import threading
from collections.abc import Callable, Iterator
from uuid import uuid4

from sidecar.adapters import either
from sidecar.adapters.examine import OwnMemory, answered
from sidecar.adapters.wordpress.connection import Limits
from sidecar.blocks import PageId
from sidecar.checks.wordpress import Trial
from sidecar.config import Config
from sidecar.errors import SidecarError, Unavailable
from sidecar.model import Fields, PostState

TEXT = r"A trial of the sidecar: 😀 \backslash é"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)


class Trials:
    """One site, written to as a sync would: over the way that WP_TRANSPORT names."""

    def __init__(self, config: Config, stop: threading.Event, limits: Limits) -> None:
        self._blog = either.blog(config, OwnMemory(), stop, limits)

    def close(self) -> None:
        self._blog.close()

    def draft(self) -> Trial | SidecarError:
        return answered(self._draft)

    def _draft(self) -> Trial:
        content = f"<!-- wp:paragraph -->\n<p>{TEXT}</p>\n<!-- /wp:paragraph -->"
        made = self._made(PageId(str(uuid4())), {"post_title": TEXT, "post_content": content})
        with self._removed(lambda: self._blog.delete(made.id)) as problems:
            state = self._blog.post(made.id)
        got = str(state.fields.get("post_content", "")) if state is not None else ""
        return Trial(content, got, f"{made.link} ({problems[0]})" if problems else "")

    def _made(self, page_id: PageId, fields: Fields) -> PostState:
        """A draft. One whose making was not answered is looked for, so that it does not stay behind."""
        try:
            return self._blog.create(page_id, fields)
        except Unavailable as error:
            if error.maybe_done:
                self._quietly(lambda: self._remove_posts_of(page_id))
            raise

    def _remove_posts_of(self, page_id: PageId) -> None:
        for post in self._blog.find(page_id, 0).posts:
            if post.page_id == page_id:
                self._blog.delete(post.id)

    def upload(self) -> Trial | SidecarError:
        return answered(self._upload)

    def _upload(self) -> Trial:
        name = f"sidecar-trial-{uuid4().hex[:12]}.png"
        try:
            made = self._blog.upload(name, PIXEL, "image/png")
        except Unavailable as error:
            if error.maybe_done:
                self._quietly(lambda: self._remove_file(name))
            raise
        with self._removed(lambda: self._blog.delete_media(made.id)) as problems:
            pass
        return Trial(made.name, made.name, f"{made.url} ({problems[0]})" if problems else "")

    def _remove_file(self, name: str) -> None:
        found = self._blog.find_media(name)
        if found is not None:
            self._blog.delete_media(found.id)

    def _quietly(self, remove: Callable[[], object]) -> None:
        """Removes what may be there. It is the first error that is told, whatever comes of this."""
        with contextlib.suppress(SidecarError):
            remove()

    @contextlib.contextmanager
    def _removed(self, remove: Callable[[], object]) -> Iterator[list[SidecarError]]:
        """Removes at the end, whatever happened; what could not be removed is a problem to be told."""
        problems: list[SidecarError] = []
        try:
            yield problems
        finally:
            error = answered(remove)
            problems += [error] if isinstance(error, SidecarError) else []
