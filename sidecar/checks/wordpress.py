"""The WordPress side: its address, xmlrpc.php, the login, the role, what it takes and gives back. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sidecar.catalogue import ASK_EDITOR
from sidecar.checks import Verdict, failed, failure, ok, warning
from sidecar.config import Config
from sidecar.errors import Closed, SidecarError, Unavailable
from sidecar.model import Site

NEEDED = (
    "wp.getOptions", "wp.getPosts", "wp.getPost", "wp.newPost", "wp.editPost", "wp.deletePost", "wp.uploadFile",
    "wp.getMediaLibrary", "wp.getTerms", "wp.newTerm", "wp.getAuthors", "wp.getPostTypes",
)  # fmt: skip
"""Methods without which a sync cannot do its work."""
OLDEST = (5, 6)
"""The first WordPress with application passwords."""
TRIED = (6, 1)
"""The oldest one that the sidecar is tested with."""
MAY_ALL, MAY_WRITE, MAY_NOT = frozenset({"administrator", "editor"}), "author", frozenset({"contributor", "subscriber"})
SMALL = 2_000_000
"""Bytes that any picture may have: nginx takes 1 MB when nobody has told it otherwise."""


@dataclass(frozen=True, slots=True)
class Home:
    """What the site's home page answered, after redirects. `sign` says that it is a WordPress's page."""

    url: str
    """Where the redirects led, as WP_URL would say it."""
    status: int
    sign: bool
    ahead: float | None = None
    """Seconds that our clock is ahead of the site's."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Who we are to WordPress."""

    roles: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """A draft, or a file, that was made, read back and removed again."""

    sent: str
    got: str
    left: str = ""
    """What is still there, and could not be removed."""


def address(home: Home | SidecarError, config: Config) -> Verdict:
    check = "wordpress address"
    if isinstance(home, SidecarError):
        return failed(check, home)
    if _origin(home.url) != _origin(config.wp_url):
        return failure(check, f"{config.wp_url} sends everybody on to {home.url}.", f"Set WP_URL to {home.url}")
    return ok(check, f"{config.wp_url} answers{'' if home.sign else f' ({home.status})'}.")


def _origin(url: str) -> str:
    """Scheme and host, without a password for the web server."""
    return re.sub(r"^(https?://)(?:[^/@]*@)?([^/]*).*$", r"\1\2", url, flags=re.DOTALL).lower()


def xmlrpc(hello: str | SidecarError, home: Home, config: Config) -> Verdict:
    """`hello` is what demo.sayHello answered: no login, and no plugin in the way."""
    check = "wordpress xml-rpc"
    if isinstance(hello, SidecarError):
        if not home.sign and not isinstance(hello, Unavailable):
            says = f"There is no WordPress at {config.wp_url}. {hello.message}"
            return failure(check, says, "Set WP_URL to the address of WordPress itself, with its folder if it has one.")
        return failed(check, hello)
    return ok(check, "XML-RPC answers.")


def goes_over_rest(closed: Closed) -> Verdict:
    """With WP_TRANSPORT=auto a closed XML-RPC is no harm."""
    return ok("wordpress xml-rpc", f"{closed.message} WP_TRANSPORT=auto goes over the REST API.")


def rest_instead(profile: Profile | SidecarError) -> Verdict:
    """Whether the other way is open where XML-RPC is closed."""
    check = "wordpress rest"
    if isinstance(profile, SidecarError):
        return warning(check, f"The REST API is no way around: {profile.message}", profile.remedy)
    return ok(check, "The REST API is open, and knows the user: WP_TRANSPORT=auto goes over it.")


def methods(supported: Collection[str] | SidecarError) -> Verdict:
    check = "wordpress methods"
    if isinstance(supported, SidecarError):
        return failed(check, supported)
    missing = [name for name in NEEDED if name not in supported]
    if missing:
        says = f"XML-RPC lacks {', '.join(missing)}."
        return failure(check, says, "A plugin has taken them away: look for one that disables or limits XML-RPC.")
    return ok(check, f"XML-RPC has all {len(NEEDED)} methods that a sync needs.")


def login(profile: Profile | SidecarError, config: Config) -> Verdict:
    check = "wordpress login"
    if isinstance(profile, SidecarError):
        return failed(check, profile)
    if not re.fullmatch(r"[A-Za-z0-9]{24}", config.wp_app_password.get_secret_value().replace(" ", "")):
        says = f"{config.wp_username} is let in, but with a password that is no application password."
        do = "Make an application password (wp-admin > Users > Profile): it can be taken back, and opens nothing else."
        return warning(check, says, do)
    return ok(check, f"WordPress lets {config.wp_username} in.")


def role(profile: Profile, config: Config) -> Verdict:
    check, user = "wordpress role", config.wp_username
    roles = ", ".join(profile.roles) or "none"
    if MAY_ALL & set(profile.roles):
        return ok(check, f"{user} may write, publish and upload ({roles}).")
    if MAY_WRITE in profile.roles:
        says = f"{user} is an Author: no new categories and tags, and no updates of posts that others own."
        return warning(check, says, ASK_EDITOR)
    if not profile.roles or MAY_NOT & set(profile.roles):
        return failure(check, f"{user} may not publish posts or upload files (role: {roles}).", ASK_EDITOR)
    return ok(check, f"{user} has a role of this site's own ({roles}); the trial below shows what it may do.")


def version(site: Site | SidecarError) -> Verdict:
    check = "wordpress version"
    if isinstance(site, SidecarError):
        return failed(check, site)
    with_plugin = f"with the companion plugin {site.plugin}" if site.plugin else "without the companion plugin"
    says = f"WordPress {site.version or 'of an unknown version'} {with_plugin}: {site.title or 'no title'}."
    if not site.takes_alt:
        says += " Alternative texts of pictures stand in posts, not in the media library."
    number = tuple(int(part) for part in re.findall(r"\d+", site.version)[:2])
    if number and number < OLDEST:
        return failure(check, f"{says} It knows no application passwords.", "Update WordPress.")
    if number and number < TRIED:
        return warning(check, f"{says} The sidecar is not tested with it.", "Update WordPress to 6.1 or newer.")
    return ok(check, says)


def post_type(known: Mapping[str, Sequence[str]] | SidecarError, config: Config) -> Verdict:
    """`known`: the taxonomies of each type of post."""
    check, name = "wordpress post type", config.wp_post_type
    if isinstance(known, SidecarError):
        return failed(check, known)
    if name not in known:
        says = f"WordPress has no type of post {name!r}."
        return failure(check, says, f"Set WP_POST_TYPE to one of {', '.join(sorted(known))}.")
    terms = ", ".join(known[name]) or "no terms"
    return ok(check, f"Posts are of the type {name!r}, which has {terms}.")


def draft(trial: Trial | SidecarError) -> Verdict:
    """A draft with an emoji and a backslash, read back."""
    check = "wordpress draft"
    if isinstance(trial, SidecarError):
        return failed(check, trial)
    if trial.left:
        return warning(
            check, f"A draft of the doctor could not be removed: {trial.left}", "Delete it in wp-admin > Posts."
        )
    if "😀" in trial.sent and "😀" not in trial.got:
        says = "WordPress loses emoji: its database does not store them."
        return warning(check, says, "Convert its tables to utf8mb4 (wp-admin > Tools > Site Health names them).")
    if trial.got != trial.sent:
        says = f"WordPress gives a text back changed: {trial.got!r} instead of {trial.sent!r}."
        return warning(check, says, "A plugin changes posts when they are saved: look for one that filters content.")
    return ok(check, "A draft was made, read back as it was, and removed.")


def upload(trial: Trial | SidecarError) -> Verdict:
    """A picture of one pixel."""
    check = "wordpress upload"
    if isinstance(trial, SidecarError):
        return failed(check, trial)
    if trial.left:
        return warning(
            check, f"A picture of the doctor could not be removed: {trial.left}", "Delete it in wp-admin > Media."
        )
    return ok(check, "A picture was uploaded, and removed.")


@dataclass(frozen=True, slots=True)
class Size:
    """How a body of that many bytes fared. `slow`: it got through, and larger ones were not tried."""

    size: int
    error: SidecarError | None = None
    slow: bool = False


def size(tried: Sequence[Size]) -> Verdict:
    """Bodies, from small to MEDIA_MAX_BYTES, until one did not get through."""
    check = "wordpress file size"
    passed = [one.size for one in tried if one.error is None]
    error = next((one.error for one in tried if one.error is not None), None)
    if error is not None and not passed:
        return failed(check, error)
    if error is not None:
        says = f"Files of {_megabytes(passed[-1])} get through, larger ones may not: {error.message}"
        return warning(check, says, error.remedy or f"Or set MEDIA_MAX_BYTES to {passed[-1]}.")
    if tried[-1].slow:
        return ok(check, f"Files of {_megabytes(passed[-1])} get through; larger ones were not tried, the way is slow.")
    return ok(check, f"Files of {_megabytes(passed[-1])} get through.")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB".replace(".0 MB", " MB")
