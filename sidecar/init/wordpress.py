"""The WordPress half of the conversation: where it is, what it is, who we are to it."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Sequence

from sidecar.adapters.examine.wordpress import WordPressProbe
from sidecar.adapters.examine.wordpress_rest import RestProbe
from sidecar.adapters.oneshot import shown
from sidecar.adapters.wordpress.discovery import SUFFIX
from sidecar.checks import Verdict, warning, wordpress
from sidecar.checks.wordpress import Profile
from sidecar.config import Config
from sidecar.conversation import Question
from sidecar.errors import Closed, SidecarError
from sidecar.init.setup import Setup

PROFILE = "/wp-admin/profile.php#application-passwords-section"
STATUSES = {
    "draft": "a draft: you look at it in WordPress and publish it there",
    "publish": "published at once",
    "pending": "waiting for review",
    "private": "private",
}


def ask(setup: Setup) -> None:
    setup.talk.heading("WordPress")
    ask_address(setup)
    ask_login(setup)
    ask_post_status(setup)


# --- where it is -----------------------------------------------------------------------------------------


def ask_address(setup: Setup) -> None:
    question = Question("Address of your WordPress", "--wp-url", setup.given["wp_url"], setup.value("WP_URL"))
    setup.talk.answer(question, lambda text: _look_at_address(setup, text))


def _look_at_address(setup: Setup, text: str) -> Sequence[Verdict]:
    """Takes the address over as it is to be written: whole, and where redirects lead."""
    url = whole(text)
    problems = setup.problems(WP_URL=url)
    if problems:
        return problems
    with contextlib.closing(WordPressProbe(setup.config(WP_URL=url), threading.Event())) as probe:
        home = probe.home()
    if isinstance(home, SidecarError):
        return [wordpress.address(home, setup.config(WP_URL=url))]
    if home.url != url and not setup.problems(WP_URL=home.url):
        setup.talk.say(f"{url} leads to {home.url}: that is what is written down.")
        url = home.url
    setup.answers["WP_URL"] = url
    config = setup.config()
    with contextlib.closing(WordPressProbe(config, threading.Event())) as probe:
        hello = probe.hello()
        if isinstance(hello, Closed) and home.sign:
            said = warning("wordpress xml-rpc", hello.message, "The REST API is taken instead, if it is open.")
        else:
            said = wordpress.xmlrpc(hello, home, config)
            setup.talk.say(f"{probe.title() or 'A site without a title'}; XML-RPC is at {probe.where()}")
        return [wordpress.address(home, config), said]


def whole(text: str) -> str:
    """An address as people type it, with its scheme and without the page of WordPress that was open."""
    local = re.match(r"(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?(/|$)", text)
    known = re.match(r"https?://", text)
    return SUFFIX.sub("", text if known else f"{'http' if local else 'https'}://{text}")


# --- who we are ------------------------------------------------------------------------------------------


def ask_login(setup: Setup) -> None:
    """User and password together: WordPress does not say which of the two was wrong."""
    talk, given = setup.talk, setup.given
    if not setup.value("WP_APP_PASSWORD") and given["wp_app_password"] is None:
        talk.say("An application password opens WordPress for one program alone, and you can take it back at any time.")
        talk.say(
            f"Log in as the user who is to own the posts, and add one here: {shown(setup.value('WP_URL'))}{PROFILE}"
        )
    while True:
        user = Question("User name", "--wp-username", given["wp_username"], setup.value("WP_USERNAME"))
        known = setup.value("WP_APP_PASSWORD")
        password = Question("Application password", "--wp-app-password", given["wp_app_password"], known, True)
        setup.answers["WP_USERNAME"], said = talk.ask(user), talk.ask(password)
        if talk.show(_look_at_login(setup, said)):
            setup.answers["WP_APP_PASSWORD"] = said
            return
        talk.give_up_if_alone(password)


def _look_at_login(setup: Setup, password: str) -> Sequence[Verdict]:
    """Over XML-RPC; where that is closed, over REST, and that is written down."""
    config = setup.config(WP_APP_PASSWORD=password)
    with contextlib.ExitStack() as stack:
        probe = stack.enter_context(contextlib.closing(WordPressProbe(config, threading.Event())))
        profile = probe.profile()
        if not isinstance(profile, Closed):
            return _account(probe, profile, config)
        rest = stack.enter_context(contextlib.closing(RestProbe(config, threading.Event())))
        over_rest = rest.profile()
        if isinstance(over_rest, SidecarError):
            return [wordpress.login(profile, config), wordpress.rest_instead(over_rest)]
        setup.answers["WP_TRANSPORT"] = "auto"
        return [wordpress.rest_instead(over_rest), *_account(rest, over_rest, config)]


def _account(probe: WordPressProbe | RestProbe, profile: Profile | SidecarError, config: Config) -> Sequence[Verdict]:
    login = wordpress.login(profile, config)
    if isinstance(profile, SidecarError):
        return [login]
    return [login, wordpress.role(profile, config), wordpress.version(probe.site())]


def ask_post_status(setup: Setup) -> None:
    statuses = list(STATUSES)
    known = setup.value("WP_POST_STATUS")
    given = setup.given["post_status"]
    default = statuses.index(known) if known in statuses else 0
    if given is not None or setup.talk.is_alone:
        setup.answers["WP_POST_STATUS"] = given or statuses[default]
        return
    at = setup.talk.choice(Question("What is a new post to be", "--post-status"), list(STATUSES.values()), default)
    setup.answers["WP_POST_STATUS"] = statuses[at]
