"""The Notion half of the conversation: token, data source, status, what feeds what."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence

from sidecar import mapping
from sidecar.adapters.connect import folder
from sidecar.adapters.examine.notion import NotionProbe
from sidecar.adapters.limiter import limiter
from sidecar.checks import Verdict, failed, failure, listed, notion
from sidecar.config import Config
from sidecar.conversation import Question
from sidecar.errors import ConfigError, SidecarError
from sidecar.init.setup import Setup
from sidecar.model import Json

TOKEN_HELP = (
    "Open notion.so/profile/integrations, add a new internal integration, and copy its secret.",
    "It needs the capabilities to read and to update content.",
    "Then open your database in Notion: ••• > Connections, and add the integration there: it sees nothing else.",
)
LINK = "paste a link instead"
MEANS = {
    "NOTION_STATUS_READY": "asks for publication",
    "NOTION_STATUS_DONE": "says that the post is there",
    "NOTION_STATUS_ERROR": "says that something is wrong",
    "NOTION_STATUS_WITHDRAW": "takes a post back",
}
OPTIONS = {"NOTION_STATUS_READY": "--ready", "NOTION_STATUS_DONE": "--done", "NOTION_STATUS_ERROR": "--error"}


@contextlib.contextmanager
def probe(config: Config) -> Iterator[NotionProbe]:
    with contextlib.ExitStack() as stack:
        pace = stack.enter_context(contextlib.closing(limiter(config, folder(config))))
        yield stack.enter_context(contextlib.closing(NotionProbe(config, pace, threading.Event())))


def ask(setup: Setup) -> None:
    setup.talk.heading("Notion")
    ask_token(setup)
    ask_source(setup)
    ask_status(setup)
    show_fields(setup)


# --- token -----------------------------------------------------------------------------------------------


def ask_token(setup: Setup) -> None:
    if not setup.value("NOTION_TOKEN") and setup.given["notion_token"] is None:
        for line in TOKEN_HELP:
            setup.talk.say(line)
    question = Question(
        "Secret of the integration", "--notion-token", setup.given["notion_token"], setup.value("NOTION_TOKEN"), True
    )
    setup.answers["NOTION_TOKEN"] = setup.talk.answer(question, lambda token: _look_at_token(setup, token))


def _look_at_token(setup: Setup, token: str) -> Sequence[Verdict]:
    if problems := setup.problems(NOTION_TOKEN=token):
        return problems
    with probe(setup.config(NOTION_TOKEN=token)) as far_end:
        return [notion.token(far_end.integration())]


# --- data source -----------------------------------------------------------------------------------------


def ask_source(setup: Setup) -> None:
    """One of those that the integration sees; or a link, for Notion's list of them may be minutes late."""
    given = setup.given["data_source"] or (setup.value("NOTION_DATA_SOURCE_ID") if setup.talk.is_alone else None)
    found = _sources(setup)
    by_title = {_title(source): str(source["id"]) for source in found}
    if given is not None or not found:
        _ask_link(setup, by_title.get(given or "", given), found)
        return
    setup.talk.say("The integration sees:")
    choices = [f"{_title(source)}  ({len(source.get('properties') or {})} properties)" for source in found]
    ids = [str(source["id"]) for source in found]
    known = setup.value("NOTION_DATA_SOURCE_ID")
    at = setup.talk.choice(
        Question("Which one holds the pages to publish", "--data-source"),
        [*choices, LINK],
        ids.index(known) if known in ids else 0,
    )
    _ask_link(setup, None if at == len(ids) else ids[at], found)


def _ask_link(setup: Setup, given: str | None, found: Sequence[Json]) -> None:
    if given is None and not found:
        setup.talk.say("The integration sees no data source yet: in Notion open the database, ••• > Connections.")
    question = Question("Link of the database (Share > Copy link)", "--data-source", given)
    answer = setup.talk.answer(question, lambda link: _look_at_source(setup, link))
    setup.answers["NOTION_DATA_SOURCE_ID"] = answer


def _sources(setup: Setup) -> list[Json]:
    with probe(setup.config()) as far_end:
        found = far_end.sources()
    if isinstance(found, SidecarError):
        setup.talk.show([failed("notion data source", found)])
        return []
    return found


def _look_at_source(setup: Setup, link: str) -> Sequence[Verdict]:
    with probe(setup.config(NOTION_DATA_SOURCE_ID=link)) as far_end:
        shared = notion.data_source(far_end.schema())
        return [shared] if shared.is_failure else [shared, notion.writing(far_end.writing())]


def _title(source: Json) -> str:
    return "".join(str(run.get("plain_text") or "") for run in source.get("title") or ()) or "untitled"


def schema(setup: Setup) -> Mapping[str, Json]:
    """The properties of the data source. Raises SidecarError."""
    with probe(setup.config()) as far_end:
        found = far_end.schema()
    if isinstance(found, SidecarError):
        raise found
    return found


# --- status ----------------------------------------------------------------------------------------------


def ask_status(setup: Setup) -> None:
    """Until there is a status property that has every option: chosen here, or added in Notion meanwhile."""
    for name, key in (("NOTION_STATUS_PROPERTY", "status_property"), *((n, o[2:]) for n, o in OPTIONS.items())):
        if setup.given[key] is not None:
            setup.answers[name] = str(setup.given[key])
    while True:
        properties = schema(setup)
        _choose_property(setup, properties)
        if setup.talk.show([notion.status(properties, setup.config())]):
            return
        _complete(setup, properties)


def _choose_property(setup: Setup, properties: Mapping[str, Json]) -> None:
    fitting = [name for name, it in properties.items() if it.get("type") in notion.KINDS]
    if setup.config().notion_status_property in fitting or not fitting or setup.given["status_property"]:
        return
    at = 0
    if len(fitting) > 1:
        at = setup.talk.choice(Question("Which property is to ask for publication", "--status-property"), fitting)
    setup.talk.say(f"The property {fitting[at]!r} asks for publication.")
    setup.answers["NOTION_STATUS_PROPERTY"] = fitting[at]


def _complete(setup: Setup, properties: Mapping[str, Json]) -> None:
    """An option in the place of each that is missing, or a person who adds it."""
    config = setup.config()
    there = notion.options(properties, config.notion_status_property)
    if setup.talk.is_alone:
        raise ConfigError(["NOTION_STATUS_PROPERTY: see the line above. Add the option in Notion, or name another."])
    adds = not there
    for setting, option in notion.missing_options(properties, config) if there else ():
        others = [f"none of these: I add {option!r} in Notion now", *there]
        at = setup.talk.choice(Question(f"Which option {MEANS[setting]}", OPTIONS.get(setting, "")), others)
        adds = adds or at == 0
        if at:
            setup.answers[setting] = there[at - 1]
    if adds:
        setup.talk.wait("Press Enter when it is there.")


# --- what feeds what -------------------------------------------------------------------------------------


def show_fields(setup: Setup) -> None:
    """What is found by name and type, and what may be mapped besides."""
    properties = schema(setup)
    setup.talk.show([look(properties, setup.config()) for look in (notion.link, notion.message, notion.properties)])
    left = notion.unused(properties, setup.config())
    if not left or setup.talk.is_alone:
        return
    setup.talk.say(f"These feed no field of a post: {listed(left)}.")
    setup.talk.say("To map one, say for example: Topic = categories, or: Series = custom:series. Enter goes on.")
    while line := setup.talk.text("Property = field"):
        problem = _map(setup, properties, line)
        setup.talk.show([problem or notion.properties(properties, setup.config())])


def _map(setup: Setup, properties: Mapping[str, Json], line: str) -> Verdict | None:
    """Takes a line of the mapping over, or says what is wrong with it."""
    name, _, target = (part.strip() for part in line.partition("="))
    found = mapping.find(name, {known: str(it.get("type")) for known, it in properties.items()})
    if found is None:
        return failure("notion properties", f"There is no property {name!r}.", f"There are: {listed([*properties])}.")
    try:
        mapping.read([*setup.mapping, *setup.mapped, (found, target)])
    except ConfigError as error:
        return failure("notion properties", error.problems[0], "Say it again, or go on.")
    setup.mapped.append((found, target))
    return None


def take_given_mapping(setup: Setup, lines: Sequence[str]) -> None:
    """What came as `--map "Property=field"`. Raises ConfigError."""
    pairs = [(name.strip(), target.strip()) for name, _, target in (line.partition("=") for line in lines)]
    mapping.read([*setup.mapping, *pairs])
    setup.mapped += pairs
