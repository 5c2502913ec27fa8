"""Names become terms and users of a blog: found, made where they are missing, and said where neither can be done."""

import dataclasses
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from sidecar.adapters.ledger import ledger, open_store
from sidecar.blocks import FileRef
from sidecar.config import Config
from sidecar.errors import LostLease, Refused, Stopped
from sidecar.model import Media, MediaId
from sidecar.naming import KNOWN_SECONDS, Naming
from sidecar.ports import Known, Term, User, World
from sidecar.resolving import resolve
from sidecar.values import Person
from sidecar.wanted import Wanted
from tests.fakes.blog import FakeBlog
from tests.stage.notion import Clock

SHORE = FileRef("https://files.example/shore.jpg", "image", True, "shore.jpg")
STORED = {SHORE.identity: Media(MediaId("31"), "https://blog.example/shore.jpg")}
ANA, RUI = User("7", "ana", "Ana Reis", "ana@x.example"), User("8", "rui@x.example", "Rui Costa")


class StaffedBlog(FakeBlog):
    """A blog with people."""

    people = (ANA, RUI, User("9", "mar1", "Mar"), User("10", "mar2", "Mar"))

    def users(self):
        with self._call("users"):
            return self.people


@pytest.fixture
def world(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/ledger.db")
    clock = Clock()
    blog = StaffedBlog()
    blog.known_terms["genre"] = []
    book = ledger(store, "main", 120, clock)
    yield World(Config(), None, blog, None, book, None, "one", clock, lambda seconds: None)
    store.close()


def nobody_minds():
    pass


def names(world):
    return Naming(world, nobody_minds)


def there(world, taxonomy, *paths):
    """Terms that the blog has, each given as the names from the top down."""
    for path in paths:
        parent = "0"
        for name in path.split("/"):
            parent = world.blog.create_term(taxonomy, name, parent).id
    world.blog.writes.clear()


def named(world, taxonomy, ids):
    """Ids as readable paths."""
    known = {term.id: term for term in world.blog.terms(taxonomy)}

    def path(term):
        return f"{path(known[term.parent])}/{term.name}" if term.parent in known else term.name

    return sorted(path(known[one]) for one in ids)


def said(found):
    return [warning.message for warning in found]


# --- terms -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "asked", "expected"),
    [
        pytest.param(["Sea"], [("Sea",)], ["Sea"], id="by its name"),
        pytest.param(["Sea"], [("  sea ",)], ["Sea"], id="capitals and spaces make no difference"),
        pytest.param(["Cafe\u0301"], [("Café",)], ["Cafe\u0301"], id="two ways to write one letter"),
        pytest.param(["Food/Fish"], [("Food", "Fish")], ["Food/Fish"], id="a path"),
        pytest.param(["Food/Fish"], [("Fish",)], ["Food/Fish"], id="one name finds a term that is below another"),
        pytest.param(["Food/Fish", "Fish"], [("Fish",)], ["Fish"], id="the one at the top goes first"),
        pytest.param(["Food/Fish"], [("Food",)], ["Food"], id="the upper one alone"),
        pytest.param(["Food/Fish", "Sea/Fish"], [("Sea", "Fish")], ["Sea/Fish"], id="one name below two"),
    ],
)
def test_a_term_that_is_there_is_found(world, known, asked, expected):
    there(world, "category", *known)
    found = names(world)
    assert named(world, "category", found.terms("category", asked)) == expected
    assert (world.blog.writes, found.notes) == ([], [])


def test_a_term_with_a_slash_in_its_name_goes_before_a_hierarchy(world):
    world.blog.known_terms["category"].append(Term("50", "Food/Fish"))
    assert names(world).terms("category", [("Food", "Fish")]) == ["50"]


@pytest.mark.parametrize("name", ["Sea", "sea"])
def test_capitals_matter_between_two_terms_that_differ_by_them_alone(world, name):
    world.blog.known_terms["post_tag"] += [Term("51", "Sea"), Term("52", "sea")]
    assert named(world, "post_tag", names(world).terms("post_tag", [(name,)])) == [name]


def test_one_name_below_two_others_is_not_guessed(world):
    there(world, "category", "Food/Fish", "Sea/Fish")
    found = names(world)
    assert found.terms("category", [("Fish",)]) is None
    assert said(found.notes) == [
        "Categories: “Fish” is below Food or Sea; write it with the name above it and a slash."
    ]


def test_what_is_missing_of_a_path_is_made_and_what_is_there_is_used(world):
    there(world, "category", "Food")
    found = names(world)
    ids = found.terms("category", [("food", "Fish", "Raw"), ("Food", "fish"), ("News",)])
    assert named(world, "category", ids) == ["Food/Fish", "Food/Fish/Raw", "News"]
    assert world.blog.writes == ["create_term"] * 3


def test_the_same_names_again_ask_the_blog_nothing(world):
    ids = names(world).terms("post_tag", [("Sea",), ("Salt",)])
    calls = world.blog.calls()
    assert names(world).terms("post_tag", [("Salt",), ("Sea",)]) == ids
    assert world.blog.calls() == calls


def test_a_term_that_somebody_added_meanwhile_is_found_before_one_is_made(world):
    names(world).terms("post_tag", [("Sea",)])
    there(world, "post_tag", "Salt")
    assert named(world, "post_tag", names(world).terms("post_tag", [("Salt",)])) == ["Salt"]
    assert world.blog.writes == []


def test_a_term_that_was_deleted_is_noticed_after_a_while(world):
    (old,) = names(world).terms("post_tag", [("Sea",)])
    world.blog.known_terms["post_tag"] = []
    world.blog.create_term("post_tag", "Other")
    world.now.advance(KNOWN_SECONDS)
    (new,) = names(world).terms("post_tag", [("Sea",)])
    assert named(world, "post_tag", [new]) == ["Sea"]
    assert new != old


def test_no_names_empty_the_taxonomy_without_a_question(world):
    assert names(world).terms("no-such-taxonomy", []) == []
    assert world.blog.calls() == 0


def test_a_taxonomy_that_is_not_there_is_a_warning(world):
    found = names(world)
    assert found.terms("planet", [("Mars",)]) is None
    assert said(found.notes) == ["planet: nothing was set: Invalid taxonomy."]


def test_a_term_that_may_not_be_made_is_a_warning_and_the_others_are_set(world):
    there(world, "post_tag", "Sea")
    world.blog.trouble("create_term", Refused("The user author may not create or assign terms."))
    found = names(world)
    assert named(world, "post_tag", found.terms("post_tag", [("New",), ("Sea",)])) == ["Sea"]
    assert said(found.notes) == [
        "Tags: “New” is not there and could not be made: The user author may not create or assign terms."
    ]


def test_what_is_below_a_term_that_may_not_be_made_is_not_tried(world):
    world.blog.trouble("create_term", Refused("No."))
    found = names(world)
    assert found.terms("category", [("Food", "Fish")]) is None
    assert (len(found.notes), world.blog.writes) == (1, [])


def test_nothing_is_made_for_a_page_that_is_no_longer_ours(world):
    def guard():
        raise LostLease("Somebody else has it.")

    with pytest.raises(LostLease):
        Naming(world, guard).terms("post_tag", [("Sea",)])
    assert world.blog.writes == []
    assert names(world).terms("post_tag", [("Sea",)])  # its turn was given back


def test_two_processes_that_want_one_new_term_make_one(world):
    class HastyBlog(StaffedBlog):
        """Like WordPress: slow, and it does not look before it makes."""

        def create_term(self, taxonomy, name, parent="0"):
            time.sleep(0.1)
            with self._call("create_term", writes=True):
                made = Term(str(100 + len(self.writes)), name, parent)
                self.known_terms[taxonomy].append(made)
                return made

    blog = HastyBlog()
    patient = dataclasses.replace(world, blog=blog, sleep=lambda seconds: time.sleep(seconds / 10))
    both = [dataclasses.replace(patient, owner=owner, known=Known()) for owner in ("one", "other")]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda one: names(one).terms("post_tag", [("Sea",)]), both))
    assert found[0] == found[1]
    assert blog.writes == ["create_term"]


def test_who_is_told_to_leave_does_not_wait_for_a_turn(world):
    """Sleeping ends at once then: who went on would ask the ledger for the turn as fast as it answers."""
    assert world.ledger.leases.take("terms of post_tag", "another process", 60)
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        world.stop.set()

    with pytest.raises(Stopped):
        names(dataclasses.replace(world, sleep=sleep)).terms("post_tag", [("Sea",)])
    assert (len(slept), world.blog.writes) == (1, [])


# --- authors ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        pytest.param([Person("Anybody", "ANA@x.example")], "7", id="by e-mail, whatever the name"),
        pytest.param([Person("ana")], "7", id="by login"),
        pytest.param([Person("R.", "rui@x.example")], "8", id="by a login that is an e-mail address"),
        pytest.param([Person("ana  REIS")], "7", id="by the name that is shown"),
        pytest.param([Person("rui@x.example", "rui@x.example")], "8", id="by an address that was typed"),
        pytest.param([Person("Nobody"), Person("Rui Costa")], "8", id="the first of several who is known"),
        pytest.param([Person("Nobody")], None, id="nobody"),
        pytest.param([Person("Mar")], None, id="two of one name are not guessed"),
        pytest.param([Person("", "")], None, id="somebody whom Notion does not name"),
        pytest.param([], None, id="no author"),
    ],
)
def test_author(world, people, expected):
    assert names(world).author(people) == expected


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ([Person("Nobody")], ["Author: WordPress has no user “Nobody”, so the author was not set."]),
        ([Person("Mar")], ["Author: 2 users of WordPress are called “Mar”, so the author was not set."]),
        ([Person("")], ["Author: Notion does not tell who it is: allow the integration to read user information."]),
        ([Person("ana"), Person("Rui Costa")], ["Author: WordPress shows one author, Ana Reis; left out: Rui Costa."]),
        ([Person("ana"), Person("Ana Reis")], []),
        ([], []),
    ],
)
def test_what_is_said_of_an_author(world, people, words):
    found = names(world)
    found.author(people)
    assert said(found.notes) == words


def test_a_user_who_was_added_meanwhile_is_found(world):
    names(world).author([Person("ana")])
    world.blog.people = (*world.blog.people, User("11", "new", "New"))
    assert names(world).author([Person("New")]) == "11"


# --- fields of a post ------------------------------------------------------------------------------------


def resolved(world, media=STORED, **fields):
    return resolve(world, nobody_minds, Wanted(**fields), media)


def test_whose_field_is_whose(world):
    moment = datetime(2026, 11, 24, tzinfo=UTC)
    made = resolved(
        world,
        title="A & <b>",
        excerpt="1 < 2",
        terms={"post_tag": ()},
        featured=SHORE,
        slug="low-water",
        status="private",
        date=moment,
        authors=(Person("ana"),),
        password="",
        sticky=False,
        comments="closed",
        template="wide",
        format="aside",
        type="book",
        custom_fields={"gallery": (SHORE, PAPER), "kicker": ""},
    )
    assert made.content == {
        "post_title": "A & &lt;b&gt;",
        "post_excerpt": "1 &lt; 2",
        "terms": {"post_tag": []},
        "post_thumbnail": "31",
    }
    assert made.stated == {
        "post_name": "low-water",
        "post_status": "private",
        "post_date_gmt": moment,
        "post_author": "7",
        "post_password": "",
        "sticky": False,
        "comment_status": "closed",
        "page_template": "wide",
        "post_format": "aside",
        "post_type": "book",
        "custom_fields": {"gallery": "https://blog.example/shore.jpg", "kicker": ""},
    }
    assert made.warnings == ()


PAPER = FileRef("https://files.example/paper.pdf", "pdf", True, "paper.pdf")


def test_what_no_property_speaks_of_is_in_no_field(world):
    made = resolved(world)
    assert (made.content, made.stated, made.warnings) == ({"post_thumbnail": ""}, {}, ())
    assert world.blog.calls() == 0


def test_an_empty_title_leaves_the_pages_own(world):
    assert "post_title" not in resolved(world, title="").content


def test_a_language_is_a_custom_field_where_wordpress_knows_none(world):
    assert resolved(world, language="Português").stated == {"custom_fields": {"language": "Português"}}
    assert resolved(world, language="").stated == {"custom_fields": {"language": ""}}


def test_a_language_is_a_term_where_wordpress_knows_languages(world):
    world.blog.known_terms["language"] = [Term("60", "English"), Term("61", "Português")]
    assert resolved(world, language="português").content["terms"] == {"language": ["61"]}
    unknown = resolved(world, language="Latin")
    assert "terms" not in unknown.content
    assert said(unknown.warnings) == ["Language: WordPress has no language “Latin”; it has: English, Português."]
