"""A Notion of our own: an HTTP server that answers as api.notion.com does, checks what it is sent, and can fail."""

from tests.stage.notion.server import Call, Handler, NotionStandIn

__all__ = ["Call", "Handler", "NotionStandIn"]
