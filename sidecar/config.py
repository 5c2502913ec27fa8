"""Settings as one frozen value, and what is wrong with them in words. Reads neither environment nor files."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)

from sidecar.errors import ConfigError


def _words(value: object) -> object:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def _optional(value: object) -> object:
    return None if value == "" else value


HostPorts = Annotated[tuple[str, ...], BeforeValidator(_words)]
OptionalInt = Annotated[int | None, BeforeValidator(_optional)]


def _setting(default: object, how: str, **limits: Any) -> Any:
    """A field whose `description` says what it is for and how to get a value."""
    return Field(default=default, description=how, **limits)


FIRST_SITE = "main"
"""The site that needs no name: it is the only one, or the one that was there first."""


class Config(BaseModel):
    """Every setting of one site. Field names are the environment's names in lower case."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True, validate_default=True)

    site: str = _setting(FIRST_SITE, "name of the site, a key in the ledger", max_length=64)

    notion_token: SecretStr = _setting(
        SecretStr(""),
        "the token of your Notion integration (notion.so/profile/integrations, 'Internal secret')",
    )
    notion_data_source_id: str = _setting(
        "", "the link of your Notion database (Share > Copy link), or its database id or data source id"
    )
    notion_base_url: str = _setting("https://api.notion.com", "where Notion's API is; only tests change it")
    notion_rate_per_minute: int = _setting(180, "Notion calls in any 60 seconds, over all processes", ge=1, le=6000)
    notion_status_property: str = _setting("Status", "name of the property (type status or select) that asks")
    notion_status_ready: str = _setting("Adding", "the option that asks for publication", min_length=1)
    notion_status_done: str = _setting("Done", "the option written when the post exists", min_length=1)
    notion_status_error: str = _setting("Error", "the option written when it could not be done", min_length=1)
    notion_status_withdraw: str = _setting("", "the option that asks to take the post back; empty: none")
    notion_url_property: str = _setting("", "a url property that receives the post's link")
    notion_message_property: str = _setting("", "a text property that receives notes and errors")
    notion_verification_token: SecretStr = _setting(SecretStr(""), "from the handshake: sidecar events token")

    wp_url: str = _setting("", "the address of your WordPress, such as https://blog.example")
    wp_username: str = _setting("", "a WordPress user with the role Editor")
    wp_app_password: SecretStr = _setting(
        SecretStr(""), "an application password (wp-admin > Users > Profile > Application Passwords)"
    )
    wp_post_status: Literal["draft", "pending", "private", "publish"] = _setting("draft", "the status a new post gets")
    wp_post_type: str = _setting("post", "the type a new post gets", min_length=1)
    wp_title_icon: Literal["none", "emoji"] = _setting(
        "none", "what stands before a post's title: none, or emoji: the page's icon where it is one"
    )
    wp_transport: Literal["xmlrpc", "rest", "auto"] = _setting(
        "xmlrpc", "how to speak to WordPress: xmlrpc, rest, or auto (REST where XML-RPC is closed)"
    )
    wp_seo_plugin: Literal["auto", "yoast", "rank-math", "seopress", "aioseo"] = _setting(
        "auto", "whose fields take SEO title and description; auto: the SEO plugin that the companion plugin finds"
    )

    on_edit: Literal["ignore", "update"] = _setting("ignore", "what an edit of a page that is Done does")
    on_conflict: Literal["stop", "overwrite"] = _setting("stop", "what to do when a post was edited in WordPress")
    on_withdraw: Literal["draft", "trash", "keep"] = _setting("draft", "what a withdrawn page's post becomes")
    withdraw_limit: OptionalInt = _setting(
        None, "most posts withdrawn in one run; empty: 5, or 10 % of the posts", ge=0
    )

    telegram_bot_token: SecretStr = _setting(SecretStr(""), "the token that @BotFather gave you")
    telegram_chat_id: str = _setting("", "the chat that gets the summaries")
    telegram_base_url: str = _setting("https://api.telegram.org", "where Telegram's API is; only tests change it")

    database_url: str = _setting(
        "sqlite:///sidecar.db", "the ledger: sqlite:///file, postgresql://..., or mysql://... (MariaDB)"
    )
    redis_url: str = _setting("", "a Redis or Valkey, such as redis://localhost:6379/0; empty: none is needed")
    webhook_secret: SecretStr = _setting(SecretStr(""), "what Notion's automation sends in X-Sidecar-Secret")
    sync_token: SecretStr = _setting(SecretStr(""), "what POST /sync and the status page ask for")
    host: str = _setting("127.0.0.1", "the address the web service listens on")
    port: int = _setting(8787, "the port the web service listens on", ge=0, le=65535)
    debounce_seconds: float = _setting(10.0, "how long a page must be quiet before an edit is synced", ge=0, le=3600)
    sync_schedule: str = _setting("300", "how often to look for pages: seconds, or a cron line")
    scheduler: Literal["rq-scheduler", "rq-cron"] = _setting("rq-scheduler", "the engine behind the schedule")
    lease_seconds: int = _setting(120, "how long a page stays with a worker that went silent", ge=5, le=3600)
    trusted_proxies: int = _setting(0, "how many reverse proxies stand in front of the web service", ge=0, le=10)
    public_url: str = _setting("", "the web service's address as the outside sees it")
    property_mapping: tuple[tuple[str, str], ...] = _setting(
        (), "the table [properties] of sidecar.toml: property, field"
    )
    log_format: Literal["console", "json"] = _setting("console", "how log lines look: console, for people, or json")
    sentry_dsn: SecretStr = _setting(
        SecretStr(""), "where mistakes of this program are reported: the DSN of a Sentry; needs the extra `sentry`"
    )

    media_allowed_private_hosts: HostPorts = _setting((), "host:port pairs on private addresses that may be read")
    media_max_bytes: int = _setting(50_000_000, "largest file that is taken over, in bytes", ge=1000)
    image_max_pixels_side: int = _setting(2560, "longest side of a picture in pixels", ge=16, le=16384)
    image_quality: int = _setting(85, "quality of re-encoded pictures, as JPEG and WebP count it", ge=1, le=100)
    image_format: Literal["keep", "webp"] = _setting("keep", "keep each picture's format, or make all WebP")
    image_alt_prefix: str = _setting(
        "alt:", "what begins a caption's last line that is the alternative text; empty: captions have no such line"
    )

    @field_validator("site")
    @classmethod
    def _is_a_name(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", value):
            raise ValueError(f"{value!r} is no name; take up to 40 letters, digits, - and _")
        return value

    @field_validator("notion_base_url", "telegram_base_url", "wp_url", "public_url")
    @classmethod
    def _is_a_web_address(cls, value: str) -> str:
        if value and not _is_address(value):
            raise ValueError(f"{value!r} is not a web address; it looks like https://blog.example")
        return value.rstrip("/")

    @field_validator("wp_url")
    @classmethod
    def _is_safe_for_a_password(cls, value: str) -> str:
        if value.startswith("http://") and not _is_loopback(urlsplit(value).hostname or ""):
            raise ValueError("plain http would send the password in the clear; use https://")
        return value

    @field_validator("notion_token")
    @classmethod
    def _has_only_signs_of_a_token(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[!-~]*", value.get_secret_value()):
            raise ValueError("it has a sign in it that no token has, such as a blank or a quote; copy it again")
        return value

    @field_validator("redis_url")
    @classmethod
    def _is_an_address_of_redis(cls, value: str) -> str:
        try:
            port = urlsplit(value).port
        except ValueError:
            port = 0
        if port == 0 or not re.fullmatch(r"((rediss?|unix)://\S+)?", value):
            raise ValueError("that is not the address of a Redis; one looks like redis://localhost:6379/0")
        return value

    @field_validator("sentry_dsn")
    @classmethod
    def _is_a_dsn(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"(https?://[^@/\s]+@[^@/\s]+/([^\s]*/)?\d+)?", value.get_secret_value()):
            raise ValueError("that is not a DSN; one looks like https://key@sentry.example/1")
        return value

    @field_validator("media_allowed_private_hosts")
    @classmethod
    def _are_host_port_pairs(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pair in value:
            if not re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}", pair):
                raise ValueError(f"{pair!r} is not host:port")
        return value

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> Self:
        """The settings in `values`, named as in the environment. Raises ConfigError with every problem at once."""
        known = cls.model_fields.keys() - FROM_FILE
        given = {name.lower(): value for name, value in values.items() if name.lower() in known}
        given = {name: value for name, value in given.items() if value.strip() or _takes_empty(cls, name)}
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise ConfigError([_problem(cls, detail["loc"], detail["msg"]) for detail in error.errors()]) from error

    def require(self, *names: str) -> Self:
        """This config, if all the settings named have values; else ConfigError with a line for each that has none."""
        missing = [name for name in names if not _text(getattr(self, name))]
        if missing:
            fields = type(self).model_fields
            raise ConfigError([f"{name.upper()} is not set: it is {fields[name].description}." for name in missing])
        return self


FROM_FILE = frozenset({"property_mapping"})
"""Settings that no variable holds."""

EMPTY_SAYS = frozenset({"image_alt_prefix"})
"""Settings that have a default and may be empty nevertheless."""

FOR_WORDPRESS = ("wp_url", "wp_username", "wp_app_password")
FOR_SYNC = ("notion_token", "notion_data_source_id", *FOR_WORDPRESS)
"""What a sync cannot do without."""


def _takes_empty(config: type[Config], name: str) -> bool:
    return name in EMPTY_SAYS or bool(config.model_fields[name].default == "")


def _problem(config: type[Config], where: tuple[int | str, ...], message: str) -> str:
    name = str(where[0])
    words = message.removeprefix("Value error, ")
    return f"{name.upper()}: {words}. It is {config.model_fields[name].description}."


def _text(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def _is_address(value: str) -> bool:
    """Whether a web client can make something of it: a scheme, a host and a port that may be ones."""
    try:
        parts = urlsplit(value)
        host = (parts.hostname or "").encode("idna")
        return bool(re.fullmatch(r"https?://[^/\s]\S*", value) and host and parts.port != 0)
    except ValueError:  # of which UnicodeError is one
        return False


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
