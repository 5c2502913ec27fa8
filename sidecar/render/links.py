"""Where links lead: which addresses readers may be sent to, and what of Notion's own addresses becomes of them."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

from sidecar.blocks import PageId
from sidecar.render.context import Context, anchor

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
NOTION_HOSTS = re.compile(r"(^|\.)(notion\.so|notion\.com|notion\.site)$")
ID = re.compile(r"([0-9a-f]{32})$")
BLOCK = re.compile(r"[0-9a-f]{32}")
NOWHERE = SplitResult("", "", "", "", "")

SHORT_LIFE = "it is signed, and ends within hours. Put the file itself into the page."

# Browsers ignore these wherever they stand in an address, which is how `java\nscript:` is smuggled past a check.
IGNORED = re.compile(r"[\t\n\r]|^[\x00-\x20]+|[\x00-\x20]+$")
# What does not belong in an address, or would not survive every editor and shortcode parser.
UNFIT = re.compile(r"[\x00-\x20\x7f-\xa0\"<>\\^`{|}\u2028\u2029]")
BRACKETS = {"[": "%5B", "]": "%5D"}
USER = re.compile(r"^[^/?#@]*@")
ENTITY = re.compile(r"&(#?\w+);")


def split(url: str) -> SplitResult:
    """The parts of an address; none of one that is no address at all."""
    try:
        return urlsplit(url)
    except ValueError:
        return NOWHERE


def safe(url: str) -> str | None:
    """An address that a post may link to, written so that WordPress keeps it; None for every other."""
    cleaned = IGNORED.sub("", url)
    parts = split(cleaned)
    scheme = parts.scheme.lower()
    if scheme not in SCHEMES or (scheme.startswith("http") and not parts.hostname):
        return None
    written = UNFIT.sub(lambda found: quote(found[0]), cleaned)
    # A host may be [an IPv6 address]; a bracket after it would begin a shortcode.
    begin = written.find(parts.netloc) + len(parts.netloc) if parts.netloc else 0
    rest = re.sub(r"[\[\]]", lambda found: BRACKETS[found[0]], written[begin:])
    return written[:begin] + ENTITY.sub(r"&\1%3B", rest)


def dies(url: str) -> bool:
    """Whether an address is signed for a while only, as Notion does with each of its files: for an hour."""
    asked = parse_qs(split(url).query)
    return "X-Amz-Signature" in asked or {"expirationTimestamp", "signature"} <= asked.keys()


def host(url: str) -> str:
    """The site that an address belongs to, as people say it."""
    return (split(url).hostname or "").removeprefix("www.")


def address(url: str) -> str:
    """An address as people read it: without what every address begins with, and without anybody's password."""
    rest = url.strip().partition("://")[2] or url.strip()
    return USER.sub("", rest).removeprefix("www.").rstrip("/")


def notion_target(url: str) -> tuple[PageId | None, str]:
    """The page, and the block in it, that a link of Notion's points to; None for any other link."""
    parts = split(url.strip())
    if not parts.path.startswith("/") or (parts.netloc and not NOTION_HOSTS.search(parts.hostname or "")):
        return None, ""
    # A page that was opened beside its database is named in the query.
    peeked = parse_qs(parts.query).get("p", [""])[0].replace("-", "").lower()
    path = unquote(parts.path).rstrip("/ ").replace("-", "").lower()
    found = ID.fullmatch(peeked) or ID.search(path)
    if not found:
        return None, ""
    digits = found[1]
    page_id = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    block = parts.fragment.replace("-", "").lower()
    return PageId(page_id), block if BLOCK.fullmatch(block) else ""


def target(url: str, block_id: str, context: Context, name: str = "") -> str | None:
    """Where a link leads in the post; None, with a warning that calls it by its words, when readers cannot or may not
    follow it."""
    page_id, block = notion_target(url)
    if block and anchor(block) in context.headings:
        return f"#{anchor(block)}"
    if page_id:
        return page_target(page_id, block_id, context, block, name, is_database=is_view(url))
    if url.startswith("#"):
        return _within(url, block_id, context)
    if dies(url):
        context.warn(block_id, "link", f"A link to {host(url)[:80]} is shown as text: {SHORT_LIFE}")
        return None
    found = safe(url)
    if found is None:
        message = f"A link to {url[:80]} is shown as text: only web, mail and phone links are kept."
        context.warn(block_id, "link", message)
    return found


def is_view(url: str) -> bool:
    """Whether a link of Notion's points to a database: it names one of its views, and no page that is open beside."""
    asked = parse_qs(split(url).query)
    return "v" in asked and "p" not in asked


def page_target(
    page_id: PageId,
    block_id: str,
    context: Context,
    block: str = "",
    name: str = "",
    *,
    became: str = "is shown as text",
    is_database: bool = False,
) -> str | None:
    """The address of another page's post; None with a warning while it has none, in which `name` is what it is called
    on the page that links to it."""
    context.linked.append(page_id)
    link = context.links.get(page_id)
    if link is None:
        context.warn(block_id, "link", _nowhere(" ".join(name.split())[:80], became, is_database))
        return None
    return f"{link}#{anchor(block)}" if block else link


def _nowhere(name: str, became: str, is_database: bool) -> str:
    called = f"The link “{name}”" if name else "A link"
    if is_database:
        return f"{called} {became}: it leads to a database, which does not become a post."
    return f"{called} {became}: it leads to a page that is not published yet."


def _within(url: str, block_id: str, context: Context) -> str | None:
    name = anchor(url)
    if name in context.headings:
        return f"#{name}"
    context.warn(block_id, "link", "A link to a place in this page is shown as text: only headings can be linked to.")
    return None
