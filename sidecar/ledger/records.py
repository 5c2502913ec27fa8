"""Which page became which post, what was written last, and how posts show the pages that they link to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sidecar.blocks import PageId
from sidecar.ledger.pages import Claim
from sidecar.model import Record


@dataclass(frozen=True, slots=True)
class Shown:
    """How a post shows another page that it links to. Both are empty while that page is no post, or none that the
    readers of this one find."""

    link: str = ""
    title: str = ""


class Records(Protocol):
    """Which page became which post, and what was written last."""

    def get(self, page_id: PageId) -> Record | None: ...

    def all(self) -> Sequence[Record]: ...

    def put(self, claim: Claim, record: Record, title: str = "", shown: Mapping[PageId, Shown] | None = None) -> None:
        """Stores a record under the claim's fence. Raises LostLease when somebody else has taken over.

        `shown` are the pages that the post links to, as it shows them; None leaves what is known of that.
        """
        ...

    def shown(self, page_id: PageId) -> Mapping[PageId, Shown]:
        """The pages that this page's post links to, as it shows them."""
        ...

    def outdated(self, page_id: PageId | None = None) -> Sequence[PageId]:
        """Pages whose posts show a page that they link to otherwise than it is now.

        With `page_id`, among that page and those that link to it.
        """
        ...

    def moved(self, record: Record, link: str, status: str) -> bool:
        """Notes the address and the status that a post has by now. False: its record is not what it was then."""
        ...

    def let_be(self, page_id: PageId) -> None:
        """Takes the links of this page's post for right, until one of the pages behind them changes again."""
        ...

    def adopt(self, record: Record, title: str = "") -> bool:
        """Stores a record that was found in WordPress, unless there is one for its page already."""
        ...

    def forget(self, page_id: PageId) -> None: ...

    def title(self, page_id: PageId) -> str:
        """What the page was called when it was last written; empty when that is not known."""
        ...

    def made_at(self, page_id: PageId) -> datetime | None:
        """When this page was first known to have a post, UTC."""
        ...

    def permalinks(self, status: str) -> Mapping[PageId, str]:
        """The links that a post of that status may show: those of all posts that are not withdrawn, or, where readers
        find it, of those that they find as well. To a draft leads an address that WordPress keeps when it is published.
        """
        ...

    def titles(self, status: str) -> Mapping[PageId, str]:
        """The titles of their pages, where they are known."""
        ...
