"""The Notion side: token, clock, what is shared, the status property, what may be read and written. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from sidecar import mapping
from sidecar.checks import Verdict, failed, failure, listed, ok, warning
from sidecar.config import Config
from sidecar.errors import SidecarError
from sidecar.model import Json

SKEW_TOLD, SKEW_HARMS = 60.0, 300.0
"""Seconds. Notion's times are rounded to the minute, and its links to files live for an hour by its own clock."""
KINDS = ("status", "select")


def token(name: str | SidecarError) -> Verdict:
    """`name` is what the integration is called."""
    if isinstance(name, SidecarError):
        return failed("notion token", name)
    return ok("notion token", f"Notion knows the integration as {name!r}.")


def clock(ahead: float | None, whose: str = "Notion", check: str = "clock") -> Verdict:
    """`ahead`: seconds that our clock is ahead of theirs; None: they did not tell the time."""
    if ahead is None:
        return ok(check, f"{whose} does not tell the time, so the clocks were not compared.")
    how = f"This machine's clock is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} {whose}'s"
    do = "Let the machine set its clock from the network (timedatectl set-ntp true)."
    if abs(ahead) >= SKEW_HARMS:
        return failure(check, f"{how}: links to files seem outdated, edits seem older or newer than they are.", do)
    if abs(ahead) >= SKEW_TOLD:
        return warning(check, f"{how}.", do)
    return ok(check, f"This machine and {whose} agree on the time.")


def data_source(schema: Mapping[str, Json] | SidecarError) -> Verdict:
    if isinstance(schema, SidecarError):
        return failed("notion data source", schema)
    return ok("notion data source", f"The data source is shared with the integration; it has {len(schema)} properties.")


def status(schema: Mapping[str, Json], config: Config) -> Verdict:
    """The property that asks, its type, and every option that is written or looked for."""
    check, name = "notion status", config.notion_status_property
    if name not in schema:
        fitting = [other for other, it in schema.items() if it.get("type") in KINDS]
        do = f"Set NOTION_STATUS_PROPERTY to one of {listed(fitting)}." if fitting else f"Add one in Notion: {name!r}."
        return failure(check, f"The data source has no property {name!r} of type Status or Select.", do)
    kind = str(schema[name].get("type"))
    if kind not in KINDS:
        says = f"The property {name!r} is of type {kind}; it has to be of type Status or Select."
        return failure(check, says, "Change its type in Notion, or set NOTION_STATUS_PROPERTY to another property.")
    missing = missing_options(schema, config)
    if missing:
        settings = ", ".join(setting for setting, _ in missing)
        says = f"The property {name!r} has no option {listed([option for _, option in missing])}."
        there = listed(options(schema, name)) or "no option"
        return failure(check, says, f"Add it in Notion, or set {settings} to one that is there: {there}.")
    return ok(check, f"{name!r} has every option that is needed: {listed([it for _, it in wanted_options(config)])}.")


def wanted_options(config: Config) -> list[tuple[str, str]]:
    """Each setting that names an option, and the option."""
    said = [
        ("NOTION_STATUS_READY", config.notion_status_ready),
        ("NOTION_STATUS_DONE", config.notion_status_done),
        ("NOTION_STATUS_ERROR", config.notion_status_error),
        ("NOTION_STATUS_WITHDRAW", config.notion_status_withdraw),
    ]
    return [(setting, option) for setting, option in said if option]


def missing_options(schema: Mapping[str, Json], config: Config) -> list[tuple[str, str]]:
    there = options(schema, config.notion_status_property)
    return [(setting, option) for setting, option in wanted_options(config) if option not in there]


def options(schema: Mapping[str, Json], name: str) -> list[str]:
    """The options of a status or select property."""
    property = schema.get(name) or {}
    body = property.get(str(property.get("type"))) or {}
    return [str(option["name"]) for option in body.get("options") or []]


def link(schema: Mapping[str, Json], config: Config) -> Verdict:
    """The property that receives the post's address."""
    return _receives(
        "notion link", "url", config.notion_url_property, mapping.LINK_NAMES, schema, "the link to its post"
    )


def message(schema: Mapping[str, Json], config: Config) -> Verdict:
    """The property that receives the reason when a page fails."""
    what = "why a page failed, and what is shown differently"
    return _receives("notion message", "rich_text", config.notion_message_property, mapping.MESSAGE_NAMES, schema, what)


SETTINGS = {"url": "NOTION_URL_PROPERTY", "rich_text": "NOTION_MESSAGE_PROPERTY"}
TYPES = {"url": "URL", "rich_text": "Text"}


def _receives(
    check: str, kind: str, configured: str, usual: tuple[str, ...], schema: Mapping[str, Json], what: str
) -> Verdict:
    fitting = [name for name, it in schema.items() if it.get("type") == kind]
    if configured and configured not in fitting:
        says = f"The data source has no property {configured!r} of type {TYPES[kind]}."
        return failure(check, says, f"Add it in Notion, or correct {SETTINGS[kind]}. It has: {listed(fitting)}.")
    found = configured or next((name for name in usual if name in fitting), "")
    if not found:
        do = f"Add a property {usual[0]!r} of type {TYPES[kind]} in Notion, or set {SETTINGS[kind]}."
        return warning(check, f"No property tells writers {what}.", do)
    return ok(check, f"{found!r} tells writers {what}.")


def properties(schema: Mapping[str, Json], config: Config) -> Verdict:
    """Which fields of a post come from which property, and what `sidecar.toml` names in vain."""
    types = {name: str(it.get("type")) for name, it in schema.items()}
    said = mapping.read(config.property_mapping)
    lost = mapping.missing(types, said)
    if lost:
        says = f"{mapping.FILE} names {listed(lost)}, which the data source does not have."
        return warning("notion properties", says, "Correct the name there, or add the property in Notion.")
    fed = [f"{_field(feed.target)} from {feed.property!r}" for feed in mapping.feeds(types, said, reserved(config))]
    return ok("notion properties", f"Posts get {', '.join(fed)}." if fed else "Posts get their title and text alone.")


def _field(target: mapping.Target) -> str:
    """A field as people call it."""
    called: Mapping[mapping.Target, str] = {mapping.CATEGORIES: "categories", mapping.TAGS: "tags"}
    return called.get(target) or mapping.word(target).replace("_", " ")


def unused(schema: Mapping[str, Json], config: Config) -> list[str]:
    """Properties that feed no field and are not the sidecar's own."""
    types = {name: str(it.get("type")) for name, it in schema.items()}
    said = mapping.read(config.property_mapping)
    used = {feed.property for feed in mapping.feeds(types, said, reserved(config))} | said.ignored
    own = {*reserved(config), *mapping.LINK_NAMES, *mapping.MESSAGE_NAMES}
    return [name for name, kind in types.items() if name not in used | own and kind not in NO_SOURCE]


NO_SOURCE = ("title", "button")


def reserved(config: Config) -> tuple[str, ...]:
    """Properties that are no source of a field: they are the sidecar's own."""
    return config.notion_status_property, config.notion_url_property, config.notion_message_property


def reading(waiting: int | SidecarError, config: Config) -> Verdict:
    """`waiting`: pages that ask for publication now."""
    if isinstance(waiting, SidecarError):
        return failed("notion reading", waiting)
    asks = f"{waiting} {'page asks' if waiting == 1 else 'pages ask'}"
    return ok("notion reading", f"Pages can be read; {asks} for publication ({config.notion_status_ready}).")


def writing(error: SidecarError | None) -> Verdict:
    if error is not None:
        return failed("notion writing", error)
    return ok("notion writing", "The integration may update pages.")
