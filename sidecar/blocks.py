"""What a Notion page is made of, in our own words: spans of text, files, blocks. Data only; no JSON, no HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType
from urllib.parse import urlsplit

PageId = NewType("PageId", str)
"""A Notion page id in its canonical form: 36 characters, lower case, with dashes."""
BlockId = NewType("BlockId", str)

# --- files -----------------------------------------------------------------------------------------------

MediaKind = Literal["image", "video", "audio", "pdf", "file"]


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file that a page points to. `block_id` is the block (or page) to read again when `url` has expired."""

    url: str
    kind: MediaKind
    hosted: bool
    """True: stored by Notion behind a signed link that dies within the hour; False: anywhere on the web."""
    name: str = ""
    block_id: str = ""
    expires: datetime | None = None

    @property
    def identity(self) -> str:
        """What stays the same when Notion signs the link anew: workspace/file/name; for other files the URL."""
        try:
            return urlsplit(self.url).path.strip("/") if self.hosted else self.url
        except ValueError:
            return self.url


# --- text ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Marks:
    """The annotations of a span. `color` is Notion's word: `red`, `red_background`, `default`."""

    bold: bool = False
    italic: bool = False
    strikethrough: bool = False
    underline: bool = False
    code: bool = False
    color: str = "default"


PLAIN = Marks()


@dataclass(frozen=True, slots=True)
class TextSpan:
    text: str
    marks: Marks = PLAIN
    link: str | None = None


@dataclass(frozen=True, slots=True)
class EquationSpan:
    expression: str
    marks: Marks = PLAIN


UNTITLED = "Untitled"
"""What a page is called that has no title, or whose title nobody tells."""


@dataclass(frozen=True, slots=True)
class PageMention:
    """A mention of a page or a database. `text` is its title as Notion gave it; empty when it gave none."""

    page_id: PageId
    text: str
    marks: Marks = PLAIN
    is_database: bool = False


@dataclass(frozen=True, slots=True)
class DateMention:
    """`start` and `end` as Notion writes them: `2026-11-24` or ISO 8601 with an offset."""

    start: str
    end: str | None = None
    time_zone: str | None = None
    marks: Marks = PLAIN


@dataclass(frozen=True, slots=True)
class UserMention:
    text: str
    marks: Marks = PLAIN


@dataclass(frozen=True, slots=True)
class LinkMention:
    """A link preview or link mention inside text."""

    url: str
    text: str
    marks: Marks = PLAIN


@dataclass(frozen=True, slots=True)
class EmojiMention:
    """A custom emoji: a small image inside text; `text` is `:name:`."""

    file: FileRef
    text: str
    marks: Marks = PLAIN


@dataclass(frozen=True, slots=True)
class OtherSpan:
    """A kind of rich text that we do not know: its plain text is kept, its `type` is reported."""

    text: str
    type: str
    marks: Marks = PLAIN


Span = TextSpan | EquationSpan | PageMention | DateMention | UserMention | LinkMention | EmojiMention | OtherSpan
Text = tuple[Span, ...]

# --- icons -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Emoji:
    text: str


@dataclass(frozen=True, slots=True)
class NotionIcon:
    """One of the drawings of Notion's own interface, by its name; there is no picture of it to show elsewhere."""

    name: str


Icon = Emoji | FileRef | NotionIcon

# --- blocks ----------------------------------------------------------------------------------------------
# Every block has the `id` that Notion gave it, for warnings and anchors. Colours are Notion's words.


@dataclass(frozen=True, slots=True)
class Paragraph:
    id: BlockId
    text: Text
    color: str = "default"
    children: Blocks = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 4; `is_toggle` headings own their children."""

    id: BlockId
    level: int
    text: Text
    color: str = "default"
    is_toggle: bool = False
    children: Blocks = ()


@dataclass(frozen=True, slots=True)
class ListItem:
    id: BlockId
    text: Text
    color: str = "default"
    children: Blocks = ()


@dataclass(frozen=True, slots=True)
class BulletedList:
    """Consecutive bulleted siblings; the parser groups them. `id` is that of the first item."""

    id: BlockId
    items: tuple[ListItem, ...]


@dataclass(frozen=True, slots=True)
class NumberedList:
    id: BlockId
    items: tuple[ListItem, ...]
    start: int = 1
    format: str = "numbers"


@dataclass(frozen=True, slots=True)
class ToDoItem:
    id: BlockId
    text: Text
    checked: bool
    color: str = "default"
    children: Blocks = ()


@dataclass(frozen=True, slots=True)
class ToDoList:
    id: BlockId
    items: tuple[ToDoItem, ...]


@dataclass(frozen=True, slots=True)
class Toggle:
    id: BlockId
    text: Text
    color: str = "default"
    children: Blocks = ()


@dataclass(frozen=True, slots=True)
class Quote:
    id: BlockId
    text: Text
    color: str = "default"
    children: Blocks = ()


@dataclass(frozen=True, slots=True)
class Callout:
    id: BlockId
    text: Text
    icon: Icon | None = None
    color: str = "default"
    children: Blocks = ()


@dataclass(frozen=True, slots=True)
class Code:
    id: BlockId
    text: Text
    language: str
    caption: Text = ()


@dataclass(frozen=True, slots=True)
class Equation:
    id: BlockId
    expression: str


@dataclass(frozen=True, slots=True)
class Divider:
    id: BlockId


@dataclass(frozen=True, slots=True)
class Breadcrumb:
    id: BlockId


@dataclass(frozen=True, slots=True)
class TableOfContents:
    id: BlockId
    color: str = "default"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells of text; every row has `width` cells."""

    id: BlockId
    rows: tuple[tuple[Text, ...], ...]
    has_column_header: bool = False
    has_row_header: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    id: BlockId
    children: Blocks = ()
    ratio: float | None = None
    """Share of the width, 0 to 1; None: equal shares."""


@dataclass(frozen=True, slots=True)
class Columns:
    id: BlockId
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class MediaBlock:
    """An image, a video, a sound, a PDF or any other file with its caption. `file` may be on any host."""

    id: BlockId
    file: FileRef
    caption: Text = ()


@dataclass(frozen=True, slots=True)
class Embed:
    """Something shown in place: an embed block."""

    id: BlockId
    url: str
    caption: Text = ()


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A bookmark or a link preview: a card that leads to `url`."""

    id: BlockId
    url: str
    caption: Text = ()


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link to another page: link_to_page, child_page, child_database. `title` is empty where Notion gives none."""

    id: BlockId
    page_id: PageId
    type: str
    title: str = ""
    is_database: bool = False


@dataclass(frozen=True, slots=True)
class Synced:
    """A synced block, original or copy, or a template, which also has words on its button."""

    id: BlockId
    children: Blocks = ()
    type: str = "synced_block"
    text: Text = ()
    is_copy: bool = False


@dataclass(frozen=True, slots=True)
class Tab:
    id: BlockId
    label: Text
    icon: Icon | None = None
    children: Blocks = ()


@dataclass(frozen=True, slots=True)
class Tabs:
    id: BlockId
    tabs: tuple[Tab, ...]


@dataclass(frozen=True, slots=True)
class MeetingNotes:
    id: BlockId
    title: Text
    children: Blocks = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """A block whose type we do not know, or that Notion's API does not show. Its children are kept."""

    id: BlockId
    type: str
    text: Text = ()
    children: Blocks = ()


Block = (
    Paragraph
    | Heading
    | BulletedList
    | NumberedList
    | ToDoList
    | Toggle
    | Quote
    | Callout
    | Code
    | Equation
    | Divider
    | Breadcrumb
    | TableOfContents
    | Table
    | Columns
    | MediaBlock
    | Embed
    | Bookmark
    | PageLink
    | Synced
    | Tabs
    | MeetingNotes
    | Unknown
)
Blocks = tuple["Block", ...]


def plain(text: Text) -> str:
    """The words of a text, without any mark."""
    return "".join(_words(span) for span in text)


def _words(span: Span) -> str:
    match span:
        case EquationSpan(expression=expression):
            return expression
        case DateMention(start=start, end=end):
            return f"{start} → {end}" if end else start
        case PageMention(text=text):
            return text or UNTITLED
        case _:
            return span.text


def inner(block: Block) -> Iterator[Blocks]:
    """The groups of blocks that stand inside a block, in order."""
    match block:
        case BulletedList() | NumberedList() | ToDoList():
            yield from (item.children for item in block.items)
        case Columns():
            yield from (column.children for column in block.columns)
        case Tabs():
            yield from (tab.children for tab in block.tabs)
        case Paragraph() | Heading() | Toggle() | Quote() | Callout() | Synced() | MeetingNotes() | Unknown():
            yield block.children
        case _:
            return


def walk(tree: Blocks) -> Iterator[Block]:
    """Every block of a tree, in reading order."""
    for block in tree:
        yield block
        for group in inner(block):
            yield from walk(group)


def files(tree: Blocks) -> tuple[FileRef, ...]:
    """Every file that a tree shows, in reading order: media, icons of callouts and tabs, custom emoji."""
    return tuple(dict.fromkeys(file for block in walk(tree) for file in _files(block)))


def _files(block: Block) -> Iterator[FileRef]:
    if isinstance(block, MediaBlock):
        yield block.file
    if isinstance(block, Callout) and isinstance(block.icon, FileRef):
        yield block.icon
    if isinstance(block, Tabs):
        yield from (tab.icon for tab in block.tabs if isinstance(tab.icon, FileRef))
    for text in _texts(block):
        yield from (span.file for span in text if isinstance(span, EmojiMention))


def _texts(block: Block) -> Iterator[Text]:
    match block:
        case BulletedList() | NumberedList() | ToDoList():
            yield from (item.text for item in block.items)
        case Table():
            yield from (cell for row in block.rows for cell in row)
        case Tabs():
            yield from (tab.label for tab in block.tabs)
        case Code() | MediaBlock() | Embed() | Bookmark():
            yield block.caption
        case MeetingNotes():
            yield block.title
        case Paragraph() | Heading() | Toggle() | Quote() | Callout() | Synced() | Unknown():
            yield block.text
        case _:
            return
