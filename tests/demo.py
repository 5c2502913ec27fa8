"""The whole mission on this machine: a real WordPress, a Notion stand-in with a magazine, the service, the posts.

`make demo` runs it; with `--check` it ends by itself, with exit status 0 only if every post answers with its images.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import requests

from tests.stage.notion import NotionStandIn
from tests.stage.notion.magazine import fill
from tests.stage.service import Processes, until
from tests.stage.wordpress import WordPress

IMAGE = re.compile(r'<img[^>]+src="([^"]+)"')
SECRET, TOKEN = "the-secret-of-the-button", "demo"
PLUGIN = Path(__file__).parents[1] / "wp-plugin-stub"
PATIENCE = 180.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="end by itself, after looking at every post")
    check = parser.parse_args().check
    # TERM is as good as Ctrl-C, also where a shell has us ignore the latter.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, signal.default_int_handler)
    try:
        print("Starting a real WordPress, a Notion stand-in with sample pages, and the service ...", flush=True)
        with stage() as (wordpress, notion, service):
            well = show(wordpress, notion, service)
            if check:
                print("\nAll posts answer with their images." if well else "\nNot all is well.")
                return 0 if well else 1
            wait(wordpress, service)
    except KeyboardInterrupt:
        print("\nStopped. Nothing is left running.")
    return 0


@contextlib.contextmanager
def stage() -> Iterator[tuple[WordPress, NotionStandIn, Processes]]:
    """Everything that the demo needs, in a folder of its own; all of it is gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="sidecar-demo-"))
    try:
        with (
            WordPress(version="newest", title="The Tidal Review", plugins=[PLUGIN]) as wordpress,
            NotionStandIn() as notion,
        ):
            fill(notion.content)
            for page_id in notion.content.pages:
                notion.set_status(page_id, "Draft")
            with Processes(folder, settings(wordpress, notion, folder)) as service:
                service.start("service", "up")
                try:
                    until(service.is_up, PATIENCE, "`sidecar up` answers")
                except AssertionError as error:
                    raise SystemExit(f"The service did not start, {error}:\n{service.log('service')[-2000:]}") from None
                connect_plugin(wordpress, service)
                yield wordpress, notion, service
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def settings(wordpress: WordPress, notion: NotionStandIn, folder: Path) -> dict[str, str]:
    """What a user writes into `.env`."""
    editor = wordpress.users["editor"]
    return {
        "NOTION_TOKEN": notion.token,
        "NOTION_DATA_SOURCE_ID": notion.data_source_id,
        "NOTION_BASE_URL": notion.url,
        "WP_URL": wordpress.url,
        "WP_USERNAME": editor.login,
        "WP_APP_PASSWORD": editor.application_password,
        "WP_POST_STATUS": "publish",
        "WEBHOOK_SECRET": SECRET,
        "SYNC_TOKEN": TOKEN,
        "DATABASE_URL": f"sqlite:///{folder}/sidecar.db",
        "MEDIA_ALLOWED_PRIVATE_HOSTS": notion.url.removeprefix("http://"),
    }


def connect_plugin(wordpress: WordPress, service: Processes) -> None:
    """What an administrator enters under Settings > Notion Sidecar."""
    values = f"array('url' => '{service.url}', 'token' => '{TOKEN}')"
    wordpress.php(f"\\NotionSidecar\\save_options({values});")


# --- what is shown ---------------------------------------------------------------------------------------


def show(wordpress: WordPress, notion: NotionStandIn, service: Processes) -> bool:
    """One button, then everything else, then the posts. True when all of it is well."""
    print(f"  WordPress {wordpress.release} at {wordpress.url}, Notion stand-in at {notion.url}")
    print(f"  the service at {service.url}\n", flush=True)
    first, *others = notion.content.pages
    press(notion, service, first)
    print(f"Then the editors set {len(others)} more pages to Adding, and somebody presses Sync now:\n", flush=True)
    for page_id in others:
        notion.set_status(page_id, "Adding")
    sync_now(service)
    pages = notion.content.pages
    until(lambda: {notion.status(page_id) for page_id in pages} <= {"Done", "Error"}, PATIENCE, "all pages are done")
    links = {page_id: notion.said(page_id, "WordPress URL") for page_id in pages}
    for page_id, link in links.items():
        words = link or notion.said(page_id, "WordPress Message")
        print(f"  {notion.status(page_id):<6} {notion.content.title(page_id)[:44]:<44} {words}")
    broken = [problem for link in links.values() if link for problem in problems(link)]
    for problem in broken:
        print(f"  BROKEN {problem}")
    return all(links.values()) and not broken and {notion.status(page_id) for page_id in pages} == {"Done"}


def press(notion: NotionStandIn, service: Processes, page_id: str) -> None:
    """What happens in Notion when a writer presses the button, and what comes of it."""
    title = notion.content.title(page_id)
    print(f"A writer presses the button on “{title}” in Notion ...", flush=True)
    started = time.monotonic()
    notion.set_status(page_id, "Adding")
    delivery = notion.press_button(page_id, f"{service.url}/webhooks/notion/automation", SECRET)
    answered = time.monotonic() - started
    until(lambda: notion.status(page_id) in ("Done", "Error"), PATIENCE, f"the page “{title}” says Done or Error")
    seconds = time.monotonic() - started
    print(f"  the service answers {delivery.status} after {answered:.2f} s; the page says", end=" ")
    print(f"{notion.status(page_id)} after {seconds:.1f} s:")
    print(f"  {notion.said(page_id, 'WordPress URL') or notion.said(page_id, 'WordPress Message')}\n", flush=True)


def sync_now(service: Processes) -> None:
    """`POST /sync`, as *Sync now* in WordPress does."""
    answer = requests.post(f"{service.url}/sync", json={}, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30)
    answer.raise_for_status()


def problems(url: str) -> list[str]:
    """What is wrong with a published post, as a reader's browser would find it."""
    answer = requests.get(url, timeout=30)
    if answer.status_code != 200:
        return [f"{url} answers {answer.status_code}"]
    _, found, article = answer.text.partition("wp-block-post-content")
    images = {urljoin(url, source) for source in IMAGE.findall(article if found else answer.text)}
    return [
        f"{url} shows {image}, which fails"
        for image in sorted(images)
        if requests.get(image, timeout=30).status_code != 200
    ]


def wait(wordpress: WordPress, service: Processes) -> None:
    admin = wordpress.users["admin"]
    print(f"\nLook around:\n  the blog         {wordpress.url}/")
    print(f"  wp-admin         {wordpress.url}/wp-admin/   {admin.login} / {admin.password}")
    print(f"  the plugin       {wordpress.url}/wp-admin/options-general.php?page=notion-sidecar")
    print(f"  its posts        {wordpress.url}/wp-admin/edit.php")
    print(f"  the service      {service.url}/   token: {TOKEN}")
    print("Ctrl-C ends it and leaves nothing running.", flush=True)
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    sys.exit(main())
