"""What Notion can put into a page, in the words of its API (2026-03-11), and the values that change how it looks.

The one list that golden cases and arbitrary pages are held against: what is added here fails until it has both. It is
written from Notion's documentation, not from our parsers, so that it also says when one of those is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COLOR_WORDS = ("gray", "brown", "orange", "yellow", "green", "blue", "purple", "pink", "red")
COLORS = ("default", "default_background", *COLOR_WORDS, *(f"{word}_background" for word in COLOR_WORDS))
ANNOTATIONS = ("bold", "italic", "strikethrough", "underline", "code")
MENTIONS = (
    "user", "page", "database", "date", "link_preview", "link_mention", "template_mention", "custom_emoji",
)  # fmt: skip
RICH_TEXT = ("text", "equation", *(f"mention_{kind}" for kind in MENTIONS))
ICONS = ("emoji", "external", "file", "custom_emoji", "icon")

YES_NO = (True, False)
COLORED = ("default", "text", "background")
"""A block without colour, with one for its text, with one for its background."""
PLACES = ("file", "external")

BLOCKS: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "paragraph": {"color": COLORED, "children": YES_NO},
    "heading_1": {"color": COLORED, "is_toggleable": YES_NO},
    "heading_2": {"color": COLORED, "is_toggleable": YES_NO},
    "heading_3": {"color": COLORED, "is_toggleable": YES_NO},
    "heading_4": {"color": COLORED, "is_toggleable": YES_NO},
    "bulleted_list_item": {"color": COLORED, "children": YES_NO},
    "numbered_list_item": {
        "color": COLORED,
        "children": YES_NO,
        "list_start_index": (1, 10),
        "list_format": ("numbers", "letters", "roman"),
    },
    "to_do": {"color": COLORED, "checked": YES_NO, "children": YES_NO},
    "toggle": {"color": COLORED, "children": YES_NO},
    "quote": {"color": COLORED, "children": YES_NO},
    "callout": {"color": COLORED, "icon": (None, *ICONS), "children": YES_NO},
    "code": {"language": ("plain text", "python", "c++", "java/c/c++/c#")},
    "equation": {},
    "divider": {},
    "breadcrumb": {},
    "table_of_contents": {"color": COLORED[:2]},
    "table": {"has_column_header": YES_NO, "has_row_header": YES_NO},
    "table_row": {},
    "column_list": {},
    "column": {"width_ratio": (None, 0.33333)},
    "image": {"type": PLACES},
    "video": {"type": PLACES},
    "audio": {"type": PLACES},
    "pdf": {"type": PLACES},
    "file": {"type": PLACES},
    "embed": {},
    "bookmark": {},
    "link_preview": {},
    "link_to_page": {"type": ("page_id", "database_id", "comment_id")},
    "child_page": {},
    "child_database": {},
    "synced_block": {"synced_from": (None, "block_id")},
    "template": {},
    "tab": {},
    "meeting_notes": {"status": ("transcription_not_started", "notes_ready")},
    "transcription": {},
    "unsupported": {"children": YES_NO},
}
"""Every type of block; for each, the fields that matter to its look, and the values that must be seen.

`children` is whether there are any; a colour is of one of the sorts in COLORED; an object goes by its type.
"""

PARTS = ("column", "table_row")
"""Types that stand only inside another, and in whose case they are."""

PROPERTIES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("title", "rich_text", "number", "select", "status", "multi_select", "date", "people"), ()),
    **dict.fromkeys(("files", "checkbox", "url", "email", "phone_number", "relation", "unique_id"), ()),
    **dict.fromkeys(("created_time", "last_edited_time", "last_visited_time", "created_by", "last_edited_by"), ()),
    **dict.fromkeys(("verification", "button", "place", "location"), ()),
    "formula": ("string", "number", "boolean", "date", "unsupported"),
    "rollup": ("number", "date", "array", "unsupported", "incomplete"),
}
"""Every type of property; for those whose value has a type of its own, these."""
