"""The blogs that the contract is held against, each with a way to act in WordPress as somebody else would."""

from __future__ import annotations

import xmlrpc.client
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import requests
from pydantic import SecretStr

from sidecar.adapters.wordpress import XmlRpcBlog
from sidecar.adapters.wordpress.connection import Limits
from sidecar.adapters.wordpress_rest import RestBlog
from sidecar.config import Config
from sidecar.ports import Blog
from tests.fakes.blog import FakeBlog
from tests.fakes.memory import FakeMemory
from tests.stage.wordpress import WordPress


@dataclass
class Stand:
    """A blog and what happens in it without us."""

    blog: Blog
    url: str
    version: str
    somebody_writes: Callable[[str], str]
    served: Callable[[str], bytes]
    has_plugin: bool = False
    sets_alt: bool = False
    """A stock WordPress takes the alternative text of a picture; over XML-RPC it drops the field in silence."""

    def somebody_writes_much(self, number: int) -> None:
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(self.somebody_writes, [f"Not ours {one}" for one in range(number)]))


def in_memory(*, has_plugin: bool = False) -> Stand:
    blog = FakeBlog(zone="Europe/Lisbon", language="de-DE", plugin="1.0" if has_plugin else None)
    return Stand(
        blog, blog.url, blog.version, blog.somebody_writes, lambda url: blog.files[url], has_plugin, has_plugin
    )


B = TypeVar("B", XmlRpcBlog, RestBlog)


def opened(url: str, user: str, password: str, over: type[B] = XmlRpcBlog, **more: Any) -> B:
    """The adapter on a site, with an empty memory unless one is given."""
    given = {name: more.pop(name) for name in ("now", "stop") if name in more}
    limits = Limits(more.pop("seconds", 30.0), first_wait=0.01)
    memory = more.pop("memory", None) or FakeMemory()
    config = Config(wp_url=url, wp_username=user, wp_app_password=SecretStr(password), **more)
    return over(config, memory, limits=limits, **given)


def real(blog: XmlRpcBlog | RestBlog, wordpress: WordPress, *, has_plugin: bool = False) -> Stand:
    """The administrator acts as somebody else."""
    admin = wordpress.users["admin"]

    def somebody_writes(title: str) -> str:
        post = {"post_title": title, "post_content": "x"}
        with xmlrpc.client.ServerProxy(f"{wordpress.url}/xmlrpc.php") as server:
            return str(server.wp.newPost(0, admin.login, admin.application_password, post))

    def served(address: str) -> bytes:
        answer = requests.get(address, timeout=20)
        answer.raise_for_status()
        return answer.content

    sets_alt = has_plugin or isinstance(blog, RestBlog)
    return Stand(blog, wordpress.url, wordpress.release, somebody_writes, served, has_plugin, sets_alt)
