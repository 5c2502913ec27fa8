"""Notion's JSON -> our words. Pure and lenient: whatever Notion sends, nothing in here raises or drops text."""

from sidecar.parse.blocks import PARSERS, blocks
from sidecar.parse.text import text

__all__ = ["PARSERS", "blocks", "text"]
