"""The table of what is done when, row by row."""

import pytest

from sidecar.model import Conflict, Create, Intent, Restore, Skip, Update, Withdraw
from sidecar.plan import Rules, plan
from tests.make import page, post, record

RULES = Rules()
EDITS_COUNT = Rules(on_edit="update")
CAN_WITHDRAW = Rules(withdraw="Withdraw")


@pytest.mark.parametrize("intent", [Intent.LISTED, Intent.ASKED, Intent.EDITED, Intent.RESTORED, Intent.FORCED])
def test_a_page_that_asks_and_has_no_post_is_created(intent):
    assert plan(page("Adding"), None, None, intent, RULES) == Create(page("Adding"))


@pytest.mark.parametrize("intent", [Intent.LISTED, Intent.ASKED, Intent.EDITED, Intent.RESTORED, Intent.FORCED])
def test_a_page_that_asks_and_has_a_post_updates_it(intent):
    assert plan(page("Adding"), record(), post(), intent, RULES) == Update(page("Adding"), record())


@pytest.mark.parametrize(
    ("made", "memory", "now", "intent", "rules", "action"),
    [
        pytest.param(page("Draft"), None, None, Intent.ASKED, RULES, Create, id="a person may ask whatever the status"),
        pytest.param(page("Draft"), record(), post(), Intent.ASKED, RULES, Update, id="asked for again: updated"),
        pytest.param(page("Draft"), None, None, Intent.FORCED, RULES, Create, id="forced: created"),
        pytest.param(page("Draft"), None, None, Intent.LISTED, RULES, Skip, id="another status is left"),
        pytest.param(page("Done"), record(), post(), Intent.LISTED, RULES, Skip, id="Done is left"),
        pytest.param(page("Done"), record(), post(), Intent.EDITED, RULES, Skip, id="an edit is left by default"),
        pytest.param(page("Done"), record(), post(), Intent.EDITED, EDITS_COUNT, Update, id="an edit is synced if set"),
        pytest.param(page("Done"), record(), post(), Intent.LISTED, EDITS_COUNT, Update, id="found by its edit time"),
        pytest.param(page("Done"), None, None, Intent.EDITED, EDITS_COUNT, Skip, id="an edit never creates"),
        pytest.param(
            page("Draft"), record(), post(), Intent.EDITED, EDITS_COUNT, Skip, id="edits count while Done only"
        ),
        pytest.param(page(None), None, None, Intent.LISTED, RULES, Skip, id="an empty status asks for nothing"),
        pytest.param(
            page("Withdraw"), record(), post(), Intent.LISTED, CAN_WITHDRAW, Withdraw, id="withdrawn by status"
        ),
        pytest.param(
            page("Withdraw"), record(), post(), Intent.ASKED, CAN_WITHDRAW, Withdraw, id="withdraw beats asking"
        ),
        pytest.param(page("Withdraw"), None, None, Intent.LISTED, CAN_WITHDRAW, Skip, id="nothing to withdraw"),
        pytest.param(
            page("Withdraw"), record(), post(), Intent.LISTED, RULES, Skip, id="unset: Withdraw is any status"
        ),
        pytest.param(page(in_trash=True), record(), post(), Intent.TRASHED, RULES, Withdraw, id="trashed: withdrawn"),
        pytest.param(page(in_trash=True), record(), post(), Intent.FORCED, RULES, Withdraw, id="trash beats force"),
        pytest.param(page(in_trash=True), None, None, Intent.LISTED, RULES, Skip, id="trashed, never published"),
        pytest.param(
            page(in_trash=True),
            record(withdrawn_from="publish"),
            post(),
            Intent.TRASHED,
            RULES,
            Skip,
            id="once is enough",
        ),
        pytest.param(
            page("Done"), record(withdrawn_from="publish"), post(), Intent.RESTORED, RULES, Restore, id="restored"
        ),
        pytest.param(page("Done"), record(), post(), Intent.RESTORED, RULES, Skip, id="restored, never withdrawn"),
        pytest.param(
            page("Adding"), record(), None, Intent.LISTED, RULES, Create, id="Adding makes a deleted post anew"
        ),
        pytest.param(
            page("Done"), record(), None, Intent.EDITED, EDITS_COUNT, Skip, id="an edit revives no deleted post"
        ),
        pytest.param(
            page("Adding"), record(), post("trash"), Intent.LISTED, RULES, Update, id="Adding takes it out of the trash"
        ),
        pytest.param(
            page("Done"), record(), post("trash"), Intent.EDITED, EDITS_COUNT, Skip, id="an edit leaves it in the trash"
        ),
        pytest.param(page("Done"), record(), post(), Intent.REREAD, RULES, Update, id="read once more: updated"),
        pytest.param(
            page("Done"), record(), post("trash"), Intent.REREAD, RULES, Skip, id="read once more: left in the trash"
        ),
        pytest.param(
            page("Done"),
            record(withdrawn_from="publish"),
            post("draft"),
            Intent.REREAD,
            RULES,
            Skip,
            id="read once more: not brought back",
        ),
        pytest.param(page("Error"), record(), post(), Intent.REREAD, RULES, Skip, id="read once more: while Done only"),
        pytest.param(page("Done"), None, None, Intent.REREAD, RULES, Skip, id="read once more: never created"),
        pytest.param(page("Done"), record(), post(), Intent.RELINKED, RULES, Update, id="links: put right"),
        pytest.param(page("Done"), record(), post("trash"), Intent.RELINKED, RULES, Skip, id="links: not in the trash"),
        pytest.param(page("Draft"), record(), post(), Intent.RELINKED, RULES, Skip, id="links: while Done only"),
        pytest.param(page("Done"), None, None, Intent.RELINKED, RULES, Skip, id="links: never created"),
        pytest.param(
            page("Done", in_trash=True), record(), post(), Intent.RELINKED, RULES, Skip, id="links: take nothing back"
        ),
        pytest.param(
            page("Withdraw"), record(), post(), Intent.RELINKED, CAN_WITHDRAW, Skip, id="links: take no post back"
        ),
    ],
)
def test_each_row_of_the_table(made, memory, now, intent, rules, action):
    assert type(plan(made, memory, now, intent, rules)) is action


def test_a_post_edited_in_wordpress_is_a_conflict_that_names_the_fields():
    assert plan(page(), record(), post(), Intent.LISTED, RULES, ["post_title"]) == Conflict(record(), ("post_title",))


@pytest.mark.parametrize(
    ("memory", "intent", "rules"),
    [
        pytest.param(record(conflicted=True), Intent.LISTED, RULES, id="Adding set again after the report"),
        pytest.param(record(), Intent.FORCED, RULES, id="forced"),
        pytest.param(record(), Intent.LISTED, Rules(on_conflict="overwrite"), id="settled beforehand"),
    ],
)
def test_consent_takes_the_notion_side(memory, intent, rules):
    assert plan(page(), memory, post(), intent, rules, ["post_content"]) == Update(page(), memory, over_conflict=True)


def test_an_edit_event_is_no_consent_to_overwrite_a_reported_conflict():
    made = plan(page("Done"), record(conflicted=True), post(), Intent.EDITED, EDITS_COUNT, ["post_content"])
    assert isinstance(made, Conflict)


def test_a_second_reading_leaves_a_conflict_to_the_next_ask():
    assert isinstance(plan(page("Done"), record(), post(), Intent.REREAD, RULES, ["post_content"]), Skip)


def test_links_are_not_put_right_in_a_post_that_somebody_edited():
    assert isinstance(plan(page("Done"), record(), post(), Intent.RELINKED, RULES, ["post_content"]), Conflict)


def test_a_post_that_was_edited_and_then_trashed_is_a_conflict_too():
    assert isinstance(plan(page("Adding"), record(), post("trash"), Intent.LISTED, RULES, ["post_title"]), Conflict)


@pytest.mark.parametrize(
    ("made", "memory", "now", "action"),
    [
        pytest.param(page("Done"), record(), post(), Update, id="Done: updated"),
        pytest.param(page("Draft"), record(), post(), Skip, id="another status is left"),
        pytest.param(page("Adding"), None, None, Skip, id="never published: left to whoever asks"),
        pytest.param(page("Done"), record(withdrawn_from="publish"), post("draft"), Skip, id="withdrawn: left"),
        pytest.param(page("Done", in_trash=True), record(), post(), Skip, id="trash: takes nothing back"),
        pytest.param(page("Done"), record(), None, Skip, id="a deleted post is not made again"),
        pytest.param(page("Done"), record(), post("trash"), Skip, id="nor one taken out of the trash"),
    ],
)
def test_rendering_anew_is_for_posts_that_stand(made, memory, now, action):
    assert type(plan(made, memory, now, Intent.RERENDERED, CAN_WITHDRAW)) is action


def test_rendering_anew_leaves_a_conflict_one():
    made = plan(page("Done"), record(conflicted=True), post(), Intent.RERENDERED, RULES, ["post_content"])
    assert isinstance(made, Conflict)
