"""The main job for real, on this machine: a WordPress, a Notion stand-in with a magazine, one sync, the posts.

`make demo` runs it; with `--check` it ends by itself, with exit status 0 only if every post answers with its images.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urljoin

import requests

from tests.stage.notion import NotionStandIn
from tests.stage.notion.magazine import fill
from tests.stage.wordpress import WordPress

ROOT = Path(__file__).parents[1]
IMAGE = re.compile(r'<img[^>]+src="([^"]+)"')


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="end by itself, after looking at every post")
    check = parser.parse_args().check
    started = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="sidecar-demo-"))
    try:
        print("Starting a real WordPress and a Notion stand-in ...", flush=True)
        with WordPress(version="newest", title="The Tidal Review") as wordpress, NotionStandIn() as notion:
            fill(notion.content)
            return show(wordpress, notion, folder, started, check)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def show(wordpress: WordPress, notion: NotionStandIn, folder: Path, started: float, check: bool) -> int:
    print(f"  WordPress {wordpress.release} at {wordpress.url}, Notion stand-in at {notion.url}\n", flush=True)
    result = sync(wordpress, notion, folder)
    failed = [page for page in result["pages"] if page["status"] != "Success"]
    print(f"\n{len(result['pages'])} pages in {result['metrics']['seconds']:.1f} s, {time.monotonic() - started:.1f} s")
    print("with the start of WordPress. The posts:\n")
    for page in result["pages"]:
        print(f"  {page['status']:<8} {page['title'][:44]:<44} {page['post_url'] or page['error']}")
    broken = [problem for page in result["pages"] if page["post_url"] for problem in problems(page["post_url"])]
    for problem in broken:
        print(f"  BROKEN   {problem}")
    if check:
        is_well = bool(result["pages"]) and not failed and not broken
        print("\nAll posts answer with their images." if is_well else f"\nNot all is well. {result['error'] or ''}")
        return 0 if is_well else 1
    wait(wordpress)
    return 0


def sync(wordpress: WordPress, notion: NotionStandIn, folder: Path) -> dict:
    """`sidecar sync --json`, the command a user runs, with a ledger of its own."""
    editor = wordpress.users["editor"]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("NOTION_", "WP_", "TELEGRAM_"))},
        "NOTION_TOKEN": notion.token,
        "NOTION_DATA_SOURCE_ID": notion.data_source_id,
        "NOTION_BASE_URL": notion.url,
        "WP_URL": wordpress.url,
        "WP_USERNAME": editor.login,
        "WP_APP_PASSWORD": editor.application_password,
        "WP_POST_STATUS": "publish",
        "DATABASE_URL": f"sqlite:///{folder}/sidecar.db",
        "MEDIA_ALLOWED_PRIVATE_HOSTS": notion.url.removeprefix("http://"),
    }
    command = [sys.executable, "-m", "sidecar", "sync", "--json"]
    done = subprocess.run(command, env=environment, cwd=folder, stdout=subprocess.PIPE, text=True, check=False)
    if not done.stdout:
        raise SystemExit(f"sidecar sync ended with {done.returncode} and said nothing.")
    return json.loads(done.stdout)


def problems(url: str) -> list[str]:
    """What is wrong with a published post, as a reader's browser would find it."""
    answer = requests.get(url, timeout=30)
    if answer.status_code != 200:
        return [f"{url} answers {answer.status_code}"]
    article = (
        answer.text.split('class="wp-block-post-content', 1)[-1]
        if "wp-block-post-content" in answer.text
        else answer.text
    )
    images = {urljoin(url, source) for source in IMAGE.findall(article)}
    return [
        f"{url} shows {image}, which fails"
        for image in sorted(images)
        if requests.get(image, timeout=30).status_code != 200
    ]


def wait(wordpress: WordPress) -> None:
    admin = wordpress.users["admin"]
    print(f"\nLook around: {wordpress.url}/   wp-admin: {wordpress.url}/wp-admin/ as {admin.login} / {admin.password}")
    print("Ctrl-C ends it and leaves nothing running.", flush=True)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        print("\nStopping.")


if __name__ == "__main__":
    sys.exit(main())
