"""A Notion of our own: an HTTP server that answers as api.notion.com does, checks what it is sent, and can fail.

Start at `standin.py`; content is built with `build.py`, a filled magazine is in `magazine.py`.
"""

from tests.stage.notion.server import Handler
from tests.stage.notion.standin import Call, Clock, Download, NotionStandIn

__all__ = ["Call", "Clock", "Download", "Handler", "NotionStandIn"]
