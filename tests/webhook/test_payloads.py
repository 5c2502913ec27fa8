"""Reading payloads: nothing that JSON can say is too odd, and an odd one never becomes another page's sync."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.make import PAGE_ID
from tests.webhook.reception import BOT, DATABASE, SOURCE, automation, event
from webhook import payloads
from webhook.payloads import Home, Ignored, Wanted

HOMES = st.sampled_from([Home(None), Home(SOURCE), Home(DATABASE, SOURCE)])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([PAGE_ID, SOURCE, "page", "database"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def holes(body):
    """The same payload with anything in place of any one of its parts."""
    return st.builds(lambda path, value: filled(body, path, value), st.sampled_from(list(paths(body))), VALUES)


def paths(body):
    """The way to every part of some JSON, the whole of it first."""
    yield ()
    parts = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for name, part in parts:
        yield from ((name, *rest) for rest in paths(part))


def filled(body, path, value):
    if not path:
        return value
    copy = body.copy()
    copy[path[0]] = filled(body[path[0]], path[1:], value)
    return copy


def is_sound(heard):
    assert isinstance(heard, Wanted | Ignored)
    assert len(heard.kind) <= 64
    assert len(heard.event_id) <= 128
    assert heard.event_id.isascii()
    if isinstance(heard, Wanted):
        assert len(heard.page_id) == 36


@settings(max_examples=300, deadline=None, database=None)
@given(body=holes(automation(user_id=BOT)), home=HOMES)
def test_an_automation_may_send_anything(body, home):
    is_sound(payloads.automation(body, home))


@settings(max_examples=300, deadline=None, database=None)
@given(body=holes(event("page.content_updated")), home=HOMES, bot=st.sampled_from([None, BOT, "nonsense"]))
def test_an_event_may_say_anything(body, home, bot):
    is_sound(payloads.event(body, home, bot))
