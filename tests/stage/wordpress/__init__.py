"""A real WordPress on loopback, from nothing to serving in seconds: `with WordPress("newest") as wordpress:`."""

from tests.stage.wordpress.packages import RELEASES, prepare
from tests.stage.wordpress.site import Account, WordPress

__all__ = ["RELEASES", "Account", "WordPress", "prepare"]
