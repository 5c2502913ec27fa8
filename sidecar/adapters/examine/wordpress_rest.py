"""Questions to WordPress over its REST API. What makes something is in `trials`."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from sidecar.adapters.examine import OwnMemory, answered
from sidecar.adapters.examine.wordpress import PATIENCE, sizes
from sidecar.adapters.wordpress.connection import Limits
from sidecar.adapters.wordpress_rest.about import site
from sidecar.adapters.wordpress_rest.connection import Connection
from sidecar.checks.wordpress import Profile, Size
from sidecar.config import Config
from sidecar.errors import Closed, Missing, SidecarError
from sidecar.model import Site


class RestProbe:
    """One site, seen as one user."""

    def __init__(self, config: Config, stop: threading.Event, limits: Limits = PATIENCE) -> None:
        self._config = config
        password = config.wp_app_password.get_secret_value()
        self._connection = Connection(config.wp_url, config.wp_username, password, OwnMemory(), limits, stop)

    def close(self) -> None:
        self._connection.close()

    def profile(self) -> Profile | SidecarError:
        def ask() -> Profile:
            said = self._connection.read("/wp/v2/users/me", "logging in", context="edit", _fields="roles,name").said
            return Profile(tuple(map(str, said.get("roles") or ())), str(said.get("name") or ""))

        return answered(ask)

    def site(self) -> Site | SidecarError:
        return answered(lambda: site(self._connection))

    def post_types(self) -> Mapping[str, Sequence[str]] | SidecarError:
        """The taxonomies of each type of post."""

        def ask() -> Mapping[str, Sequence[str]]:
            said = self._connection.read("/wp/v2/types", "reading its types of post", context="edit").said
            return {str(name): [str(one) for one in kind.get("taxonomies") or ()] for name, kind in said.items()}

        return answered(ask)

    def sizes(self) -> Sequence[Size]:
        """Sends bodies to a route that takes none."""
        return sizes(self._body, self._config.media_max_bytes)

    def _body(self, size: int) -> SidecarError | None:
        headers = {"Content-Type": "application/octet-stream"}
        said = answered(lambda: self._connection.send("/", bytes(size), headers, "sending a file"))
        return said if isinstance(said, SidecarError) and not isinstance(said, Closed | Missing) else None
