"""Sites whose pages WordPress shows in place (oEmbed), in WordPress's own words: class-wp-oembed.php names them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sidecar.render.links import split

ANYWHERE = re.compile(r"/.+")


@dataclass(frozen=True)
class Provider:
    """A site by its hosts (with or without www.) and the paths that can be shown; `since` is a WordPress version."""

    slug: str
    type: str
    hosts: tuple[str, ...]
    path: re.Pattern[str] = ANYWHERE
    is_wide: bool = False
    since: tuple[int, int] = (0, 0)


PROVIDERS = (
    Provider(
        "youtube", "video", ("youtube.com", "m.youtube.com"), re.compile(r"/(watch|shorts/|playlist|live/)"), True
    ),
    Provider("youtube", "video", ("youtu.be",), is_wide=True),
    Provider("vimeo", "video", ("vimeo.com", "player.vimeo.com"), is_wide=True),
    Provider("dailymotion", "video", ("dailymotion.com", "dai.ly"), is_wide=True),
    Provider("ted", "video", ("ted.com", "embed.ted.com"), re.compile(r"/talks/"), True),
    Provider("wordpress-tv", "video", ("wordpress.tv",), is_wide=True),
    Provider("videopress", "video", ("videopress.com",), re.compile(r"/v/"), True),
    Provider("animoto", "video", ("animoto.com", "video214.com"), re.compile(r"/play/"), True),
    Provider("tiktok", "video", ("tiktok.com",), re.compile(r"/.*/video/")),
    Provider("twitter", "rich", ("twitter.com",), re.compile(r"/\w{1,15}/status(es)?/|/\w{1,15}/?$")),
    Provider("bluesky-social", "rich", ("bsky.app",), re.compile(r"/profile/.*/post/"), since=(6, 6)),
    Provider("reddit", "rich", ("reddit.com",), re.compile(r"/r/[^/]+/comments/")),
    Provider("tumblr", "rich", ("*.tumblr.com",)),
    Provider("pinterest", "rich", ("pinterest.com", "pinterest.com.au", "pinterest.com.mx")),
    Provider("spotify", "rich", ("open.spotify.com", "play.spotify.com")),
    Provider("soundcloud", "rich", ("soundcloud.com",)),
    Provider("mixcloud", "rich", ("mixcloud.com",)),
    Provider("reverbnation", "rich", ("reverbnation.com",)),
    Provider("pocket-casts", "rich", ("pca.st",)),
    Provider("flickr", "photo", ("flickr.com", "flic.kr")),
    Provider("smugmug", "photo", ("*.smugmug.com",)),
    Provider("cloudup", "photo", ("cloudup.com",)),
    Provider("speaker-deck", "rich", ("speakerdeck.com",)),
    Provider("scribd", "rich", ("scribd.com",), re.compile(r"/(doc|document)/")),
    Provider("issuu", "rich", ("issuu.com",), re.compile(r"/.+/docs/.+")),
    Provider("kickstarter", "rich", ("kickstarter.com", "kck.st"), re.compile(r"/projects/|/[^/]+$")),
    Provider("crowdsignal", "rich", ("polldaddy.com", "poll.fm", "*.survey.fm", "*.crowdsignal.net")),
    Provider("wolfram-cloud", "rich", ("wolframcloud.com",), re.compile(r"/obj/.+")),
    Provider("canva", "rich", ("canva.com",), re.compile(r"/design/.*/view"), True, (6, 8)),
)
BY_HOST = {host: [it for it in PROVIDERS if host in it.hosts] for it in PROVIDERS for host in it.hosts}

# Addresses under which the same thing can be shown although WordPress knows it only under another.
SAME = (
    (re.compile(r"https?://(?:www\.|mobile\.)?x\.com/"), "https://twitter.com/"),
    (
        re.compile(r"https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]+)(?:\?.*)?"),
        r"https://www.youtube.com/watch?v=\1",
    ),
    (re.compile(r"https?://music\.youtube\.com/"), "https://www.youtube.com/"),
    (re.compile(r"https?://open\.spotify\.com/embed/"), "https://open.spotify.com/"),
)


def known_as(url: str) -> str:
    """The address under which WordPress knows what stands at an address."""
    for pattern, other in SAME:
        url = pattern.sub(other, url, count=1)
    return url


def provider(url: str, wordpress: tuple[int, int]) -> Provider | None:
    """The provider of an address as `known_as` gives it; None when WordPress would only link to it."""
    parts = split(url)
    name = (parts.hostname or "").removeprefix("www.")
    if parts.scheme not in ("http", "https") or not name:
        return None
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    candidates = [*BY_HOST.get(name, ()), *BY_HOST.get(f"*.{name.partition('.')[2]}", ())]
    return next((it for it in candidates if it.path.match(path) and wordpress >= it.since), None)
