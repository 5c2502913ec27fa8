"""A page as the post it would become, in one HTML file that needs nothing else. Writes no file and to neither side."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import unescape

from sidecar import compose, markup
from sidecar.blocks import FileRef, PageId
from sidecar.drafting import NO_ID, Draft, Shelf, draft, onlooking
from sidecar.errors import SidecarError, Stopped
from sidecar.gathering import check_mapping
from sidecar.markup import NOTHING, Html, escape, join, tag
from sidecar.model import BlockWarning, Media
from sidecar.parse.page import page as parse_page
from sidecar.ports import World
from sidecar.preview_style import STYLE
from sidecar.publishing import status_ahead
from sidecar.reading import COMMENT
from sidecar.uploading import prepared
from sidecar.wanted import zone

FILES_AT_ONCE = 4

EMBED = re.compile(r'(<div class="wp-block-embed__wrapper">)\s*(\S+?)\s*(</div>)')
INSIDE = re.compile(r"<object\b[^>]*>.*?</object>", re.DOTALL)
"""What shows a file in place: here its link has to do."""
POLICY = "default-src 'none'; img-src data: https: http:; media-src https: http:; style-src 'unsafe-inline'"


@dataclass(frozen=True, slots=True)
class Preview:
    """`problems` are what would keep the page from being published."""

    name: str
    html: str
    notes: int
    problems: tuple[str, ...]


def preview(world: World, page_id: PageId) -> Preview:
    """The post of a page, whatever its status. Pictures are fetched and prepared as for an upload."""
    check_mapping(world)
    page = parse_page(world.source.page(page_id), world.config.notion_status_property)
    record = world.ledger.records.get(page.id)
    made = draft(
        onlooking(world), page, inlined, lambda post: status_ahead(post, record, record.status if record else "")
    )
    site = world.blog.site()
    return Preview(
        f"preview-{_file_name(made)}.html",
        document(made, site.title, site.time_zone),
        len(made.post.warnings),
        made.shelf.problems,
    )


def inlined(world: World, files: Sequence[FileRef]) -> Shelf:
    """Pictures as data: URIs; films, sounds and papers where Notion keeps them."""
    media = {file.identity: Media(NO_ID, file.url, name=file.name) for file in files if file.kind != "image"}
    pictures = {file.identity: file for file in files if file.kind == "image"}
    problems: list[str] = []
    with ThreadPoolExecutor(FILES_AT_ONCE, thread_name_prefix="file") as pool:
        found = pool.map(lambda file: _inline(world, file), pictures.values())
        for identity, one in zip(pictures, found, strict=True):
            if isinstance(one, Media):
                media[identity] = one
            else:
                problems.append(one)
    return Shelf(media, problems=tuple(dict.fromkeys(problems)))


def _inline(world: World, file: FileRef) -> Media | str:
    """A picture, or the words of what is wrong with it."""
    try:
        ready = prepared(world, file)
    except Stopped:
        raise
    except SidecarError as error:
        return f"{file.name or 'A picture'}: {error}"
    data = base64.b64encode(ready.data).decode()
    return Media(NO_ID, f"data:{ready.mime};base64,{data}", ready.width, ready.height, ready.mime, file.name)


def _file_name(made: Draft) -> str:
    words = made.wanted.slug or compose.words(made.page)
    return "-".join(re.findall(r"\w+", words.lower()))[:80] or made.page.id


# --- the document ----------------------------------------------------------------------------------------


def document(made: Draft, site: str, time_zone: str) -> str:
    title = escape(unescape(str(made.post.content["post_title"])))
    head = join(
        (
            markup.void("meta", charset="utf-8"),
            markup.void("meta", name_="viewport", content="width=device-width, initial-scale=1"),
            markup.void("meta", http_equiv="Content-Security-Policy", content=POLICY),
            tag("title", title),
            tag("style", STYLE),
        )
    )
    article = tag(
        "article",
        tag("header", tag("h1", title), _about(made, time_zone), _excerpt(made), _featured(made)),
        tag("div", _body(str(made.post.content["post_content"])), class_="content"),
    )
    bar = tag("div", escape(f"Preview for {site}" if site else "Preview"), class_="bar")
    body = tag("body", bar, tag("main", _told(made), article))
    return f"<!doctype html>\n{tag('html', tag('head', head), body)}\n"


def _told(made: Draft) -> Html:
    """What the writer would be told, and before it what would keep the page from being published."""
    problems = [tag("li", escape(words)) for words in made.shelf.problems]
    notes = [tag("li", escape(note.message), _place(made, note)) for note in made.post.warnings]
    words = "1 note" if len(notes) == 1 else f"{len(notes)} notes"
    return join(
        (
            _list("problems", "This page could not be published", problems) if problems else NOTHING,
            _list("notes", words, notes) if notes else NOTHING,
        )
    )


def _place(made: Draft, note: BlockWarning) -> Html:
    """A way to the block in Notion that a note is about."""
    block = re.sub("[^0-9a-f]", "", str(note.block_id))
    if len(block) != 32 or not made.page.url.startswith("https://"):
        return NOTHING
    return tag("small", Html(" "), tag("a", escape(f"{note.type} in Notion"), href=f"{made.page.url}#{block}"))


def _list(kind: str, title: str, lines: Sequence[Html]) -> Html:
    return tag("section", tag("h2", escape(title)), tag("ul", *lines), class_=f"told {kind}")


def _about(made: Draft, time_zone: str) -> Html:
    rows = [(name, value) for name, value in _facts(made, time_zone) if value]
    return tag("dl", *(tag("div", tag("dt", escape(name)), tag("dd", escape(value))) for name, value in rows))


def _facts(made: Draft, time_zone: str) -> Iterator[tuple[str, str]]:
    wanted, initial = made.wanted, made.post.initial
    yield "Type", str(initial["post_type"])
    yield "Status", str(wanted.status or initial["post_status"]) + (", with a password" if wanted.password else "")
    yield "Slug", wanted.slug or ""
    yield "Date", f"{wanted.date.astimezone(zone(time_zone)):%Y-%m-%d %H:%M} {time_zone}" if wanted.date else ""
    if "post_author" in made.post.stated:
        yield "Author", next((person.name or person.email for person in wanted.authors), "")
    for taxonomy, paths in wanted.terms.items():
        yield TAXONOMIES.get(taxonomy, taxonomy), ", ".join(" / ".join(path) for path in paths)
    yield "Template", wanted.template or ""
    yield "Language", wanted.language or ""
    for key, value in wanted.custom_fields.items():
        yield key, value if isinstance(value, str) else ", ".join(file.name for file in value)


TAXONOMIES = {"category": "Categories", "post_tag": "Tags"}


def _excerpt(made: Draft) -> Html:
    return tag("p", escape(made.wanted.excerpt), class_="excerpt") if made.wanted.excerpt else NOTHING


def _featured(made: Draft) -> Html:
    file = made.wanted.featured
    found = made.shelf.media.get(file.identity) if file else None
    return tag("figure", markup.closed("img", src=found.url, alt=""), class_="featured") if found else NOTHING


def _body(content: str) -> Html:
    """The markup of the post, with a link for what only WordPress itself can show in place."""
    shown = INSIDE.sub("", COMMENT.sub("", content))
    return Html(
        EMBED.sub(lambda found: f"{found[1]}{tag('a', Html(found[2]), href=unescape(found[2]))}{found[3]}", shown)
    )
