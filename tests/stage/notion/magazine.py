"""The sample magazine: ten pages of varied content with pictures, all waiting to be published."""

from __future__ import annotations

from typing import Any

from tests.stage.notion import art
from tests.stage.notion import build as b
from tests.stage.notion.content import Content

Json = dict[str, Any]


def fill(content: Content) -> dict[str, str]:
    """Puts the magazine into a stand-in. Gives the ids of its pages by title."""
    _files(content)
    ids: dict[str, str] = {}
    for title, blocks, more in PAGES:
        made = blocks(ids) if callable(blocks) else blocks
        ids[title] = content.add_page(title, made, **more)
    return ids


def _files(content: Content) -> None:
    for number in range(1, 6):
        content.add_file(f"shore-{number}.jpg", art.jpeg(art.landscape(number)))
    content.add_file("upright.jpg", art.jpeg(art.landscape(9).rotate(90, expand=True), orientation=6))
    content.add_file("tiles.png", art.encoded(art.tiles(1), "PNG"))
    content.add_file("tiles-detail.webp", art.encoded(art.tiles(2, (900, 600)), "WEBP"))
    content.add_file("soup.jpg", art.jpeg(art.bowl()))
    content.add_file("lighthouse.gif", art.animation())
    content.add_file("tide-bell.wav", art.wave())
    content.add_file("tide-tables.pdf", art.paper("Tide tables for November"))


ESSAY: list[Json] = [
    b.paragraph(
        "Twice a day the sea leaves the harbour, and twice a day it ",
        b.run("comes back", italic=True),
        ". Between the two there is a country that no map shows: ",
        b.run("the shore at low water", bold=True),
        ".",
    ),
    b.image("shore-1.jpg", "The flats at low water, an hour after sunrise."),
    b.heading(2, "A country with no border"),
    b.paragraph("We walked out at six. The sand was ribbed and cold, and every hollow held a piece of sky."),
    b.quote("You do not go to the sea here. You wait, and it arrives.", children=[b.paragraph("— the harbour master")]),
    b.paragraph("By eight the first boats were afloat again; by nine nothing was left of our tracks."),
    b.divider(),
    b.paragraph(b.run("Photographs by the editors.", italic=True, color="gray")),
]
RECIPE: list[Json] = [
    b.paragraph("A pot for four people who came in from the wind."),
    b.image("soup.jpg", "Fish soup with fennel and saffron."),
    b.heading(2, "You need"),
    b.to_do("800 g of firm white fish", checked=True),
    b.to_do("2 bulbs of fennel", checked=True),
    b.to_do("a pinch of saffron"),
    b.heading(2, "How long it takes"),
    b.table(
        ["Step", "Minutes"], ["Soften fennel | onion", "10"], ["Simmer\nwith the stock", "20"], ["Add the fish", "5"]
    ),
    b.heading(2, "Do it"),
    b.number("Soften the fennel in olive oil.", children=[b.bullet("Low heat: it must not colour.")]),
    b.number("Add saffron, wine and stock."),
    b.number("Lay the fish in and put the lid on."),
    b.callout("Taste before you salt: the stock has done it already.", icon="🧂", color="yellow_background"),
]
TRAVEL: list[Json] = [
    b.paragraph("Four days on foot from the lighthouse to the river mouth, with the tide table in the pocket."),
    b.heading(2, "Day one: the lighthouse"),
    b.image("lighthouse.gif", "The beam turns once in eight seconds."),
    b.heading(2, "Day two: cliffs"),
    b.columns([b.image("shore-2.jpg", "Morning")], [b.image("shore-3.jpg", "Evening")], ratios=(0.5, 0.5)),
    b.heading(2, "Day three: rain"),
    b.paragraph("It rained. ", b.run("All day.", bold=True, italic=True), " We read, and drank tea."),
    b.heading(2, "Day four: the river"),
    b.image("upright.jpg", "A photograph that the camera stored lying on its side."),
]
CODE: list[Json] = [
    b.paragraph("A tide is a sum of waves. Twenty lines are enough for a first guess."),
    b.code(
        "import math\n\nPERIODS = [12.42, 12.0]  # hours\n\n"
        'def height(hours: float) -> float:\n    """Metres above the mean."""\n'
        "    return sum(math.cos(2 * math.pi * hours / p) for p in PERIODS)\n\n"
        'print(height(3.1) < 0 and "ebb" or "flood", [1, 2], r"C:\\temp\\s*")',
        "python",
        "tide.py",
    ),
    b.paragraph(
        "Call it with ", b.run("height(0)", code=True), ": <b>high water</b> & nothing else. [gallery] stays text."
    ),
    b.heading(3, "Why it works"),
    b.toggle(
        "Show the long answer",
        children=[b.paragraph("The moon leads, the sun follows."), b.bullet("M2"), b.bullet("S2")],
    ),
]
MATHS: list[Json] = [
    b.paragraph("The height of the tide is ", b.inline_equation(r"h(t)=\sum_i a_i\cos(\omega_i t+\varphi_i)"), "."),
    b.equation(r"\omega_{M2} = \frac{2\pi}{12.4206\,\mathrm{h}}"),
    b.paragraph("With two waves it beats: spring tides and neap tides."),
    b.bullet("Spring", children=[b.bullet("new moon", children=[b.bullet("and full moon")])]),
    b.bullet("Neap"),
]
INTERVIEW: list[Json] = [
    b.callout(
        "She has painted tiles for thirty years and still signs them on the back.", icon="🎨", color="blue_background"
    ),
    b.columns(
        [b.paragraph(b.run("Which blue is yours?", bold=True)), b.paragraph("The one that was left in the pot.")],
        [b.image("tiles.png", "A wall in the old town.")],
        ratios=(0.6, 0.4),
    ),
    b.paragraph(b.run("And who taught you?", bold=True)),
    b.paragraph("A wall. I walked past it every morning until I saw how it was done."),
    b.image("tiles-detail.webp", "Detail."),
]
QUESTIONS: list[Json] = [
    b.heading(2, "Before you come"),
    b.toggle("When is low water?", children=[b.paragraph("Every day fifty minutes later than the day before.")]),
    b.toggle("Can I bring a dog?", children=[b.paragraph("Yes. ", b.run("On a lead", underline=True), " in summer.")]),
    b.heading(2, "While you are here", toggle=[b.paragraph("Wear boots."), b.to_do("Tell somebody where you walk")]),
]
POEM: list[Json] = [
    b.paragraph("海は毎日二度、港を離れ、\n毎日二度、帰ってくる。"),
    b.paragraph("البحر يعود كل مساء، والمرفأ ينتظره."),
    b.paragraph(
        "👩‍👩‍👧‍👦 🏴‍☠️ 🌊 — and an em dash; ",
        b.run("coloured", color="red"),
        ", ",
        b.run("marked", color="yellow_background"),
        ".",
    ),
    b.image("shore-4.jpg"),
]
LINKS: list[Json] = [
    b.paragraph("What we read, heard and watched this month."),
    b.bookmark("https://www.example.com/tides", "How tides work"),
    b.media("video", "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
    b.media("audio", "tide-bell.wav", "The harbour bell"),
    b.media("pdf", "tide-tables.pdf", "Tide tables for November"),
    b.embed("https://vimeo.com/76979871"),
]


def contents(ids: dict[str, str]) -> list[Json]:
    """The page that points to the others."""
    essay = ids["The country between the tides"]
    return [
        b.paragraph("In this issue: ", b.page_mention(essay, "The country between the tides"), ", a soup, and a walk."),
        b.link_to_page(ids["Fish soup for bad weather"]),
        b.paragraph("Or begin ", b.run("with the sea", link=f"/{essay.replace('-', '')}"), "."),
        b.image("shore-5.jpg", "See you at low water."),
    ]


PAGES: tuple[tuple[str, Any, dict[str, Any]], ...] = (
    ("The country between the tides", ESSAY, {"cover": "shore-1.jpg", "icon": "🌊"}),
    ("Fish soup for bad weather", RECIPE, {"icon": "🍲"}),
    ("Four days along the edge", TRAVEL, {"cover": "shore-2.jpg"}),
    ("A tide in twenty lines", CODE, {}),
    ("The mathematics of high water", MATHS, {}),
    ("“I sign them on the back”", INTERVIEW, {"cover": "tiles.png"}),
    ("Questions we are asked", QUESTIONS, {}),
    ("海辺の詩 · قصيدة", POEM, {}),
    ("Seen, heard & read", LINKS, {}),
    ("In this issue", contents, {}),
)
