"""The product's own service: behind nginx and Apache beside a real WordPress, and locked in as it is deployed."""

import ctypes
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests

from tests.deploy.fronts import FRONTS
from tests.deploy.service import SECRETS, running
from tests.make import PAGE_ID
from tests.stage.notion import art
from tests.stage.notion import build as b

BEARER = {"Authorization": f"Bearer {SECRETS['SYNC_TOKEN']}"}
ROOT = Path(__file__).parents[2]
PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN = 65, 1
WRITABLE_AND_EXECUTABLE = "import mmap; mmap.mmap(-1, 4096, prot=7)"


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("service")
    with running("serve", folder, {"TRUSTED_PROXIES": "1", "WP_URL": "https://blog.example"}) as url:
        yield url


@pytest.fixture(scope="module", params=sorted(FRONTS))
def front(request, service, running_wordpress):
    with FRONTS[request.param]("notion-sidecar", service, running_wordpress.url) as url:
        yield f"{url}/notion-sidecar"


def test_the_service_is_well_behind_the_front_and_so_is_the_blog(front, running_wordpress):
    assert requests.get(f"{front}/healthz", timeout=20).json()["status"] == "ok"
    assert requests.get(f"{front}/readyz", timeout=20).json()["database"] == "ok"
    blog = requests.get(front.removesuffix("notion-sidecar"), timeout=20)
    assert blog.status_code == 200
    assert running_wordpress._title in blog.text


def test_a_button_is_accepted_with_its_secret_and_refused_without(front):
    where = f"{front}/webhooks/notion/automation"
    body = {"source": {"event_id": f"event of {front}"}, "data": {"object": "page", "id": PAGE_ID}}
    right = {"X-Sidecar-Secret": SECRETS["WEBHOOK_SECRET"]}
    assert requests.post(where, json=body, headers=right, timeout=20).status_code == 202
    assert requests.post(where, json=body, timeout=20).status_code == 401


def test_every_address_that_is_handed_out_lies_under_the_prefix(front):
    accepted = requests.post(f"{front}/sync", json={"page_id": PAGE_ID}, headers=BEARER, timeout=20)
    assert accepted.status_code == 202
    shown = urljoin(f"{front}/", accepted.json()["status_url"])
    job = requests.get(shown, headers={**BEARER, "Accept": "application/json"}, timeout=20)
    assert job.json()["job_id"] == accepted.json()["job_id"]
    page = requests.get(f"{front}/", timeout=20)
    assert page.url.startswith(front)
    linked = re.findall(r'(?:href|src|action)="(/[^"]*|http[^"]*)"', page.text)
    assert linked
    assert all(urljoin(page.url, link).startswith(front) for link in linked), linked
    styles = [link for link in linked if ".css" in link]
    assert styles
    assert all(requests.get(urljoin(page.url, link), timeout=20).status_code == 200 for link in styles)


def test_the_largest_body_that_the_sidecar_takes_gets_through(front):
    body = {"source": {"event_id": "large"}, "data": {"object": "page", "id": PAGE_ID}, "more": "x" * 250_000}
    right = {"X-Sidecar-Secret": SECRETS["WEBHOOK_SECRET"]}
    assert requests.post(f"{front}/webhooks/notion/automation", json=body, headers=right, timeout=20).ok
    body["more"] *= 2
    answer = requests.post(f"{front}/webhooks/notion/automation", json=body, headers=right, timeout=20)
    assert answer.status_code == 413


# --- locked in -------------------------------------------------------------------------------------------

READ_ONLY = """
set -e
mount --bind "$1" /mnt
mount --bind "$2" /srv
mount -t tmpfs tmpfs /tmp
mkdir -p "$2"
mount --bind /srv "$2"
mount -o remount,bind,ro "$2"
umount /srv
mount -o remount,bind,ro /
cd /mnt
shift 2
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
"""
"""As compose and the units run it: /mnt is the service's folder, and /tmp is its own; nothing else can be written. The
program is where it was, also when that is somewhere in /tmp."""


def locked_in(folder):
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", "--mount", *as_root, "sh", "-c", READ_ONLY, "sh", str(folder), str(ROOT)]


def refuse_new_code():
    """What MemoryDenyWriteExecute is in the units. Older kernels do not know it."""
    ctypes.CDLL(None).prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0)


def inside(folder, *command):
    return subprocess.run(
        [*locked_in(folder), *command], preexec_fn=refuse_new_code, capture_output=True, text=True, check=False
    )


@pytest.fixture
def folder(tmp_path):
    tried = inside(tmp_path, "true")
    if tried.returncode != 0:
        pytest.skip(f"no private mounts may be made here: {tried.stderr.strip()}")
    return tmp_path


def test_the_lock_holds(folder):
    writing = "touch here /tmp/here && ! touch /usr/here && ! touch /var/tmp/here && ! chown 1 here"
    done = inside(folder, "sh", "-c", writing)
    assert done.returncode == 0, done.stderr
    assert (folder / "here").exists()


@pytest.mark.skipif(
    ctypes.CDLL(None).prctl(PR_SET_MDWE + 1, 0, 0, 0, 0) < 0, reason="this kernel cannot refuse new code"
)
def test_no_memory_is_writable_and_executable(folder):
    done = inside(folder, sys.executable, "-c", WRITABLE_AND_EXECUTABLE)
    assert "PermissionError" in done.stderr


BROKERS = {"a private Redis": [], "no Redis at all": ["env", "PATH=/nowhere"]}


@pytest.mark.parametrize("broker", BROKERS)
def test_it_publishes_with_no_rights_and_a_read_only_file_system(folder, magazine, broker):
    """Everything that a sync does, pictures too, needs its own folder and /tmp, and nothing else."""
    content = magazine.notion.content
    content.add_file("shore.jpg", art.jpeg(art.landscape(1)))
    page = content.add_page("Low water", [b.paragraph("Text"), b.image("shore.jpg")])
    settings = {name: value for name, value in magazine.settings.items() if name != "DATABASE_URL"}
    with running("up", folder, settings, [*locked_in(folder), *BROKERS[broker]], refuse_new_code) as url:
        requests.post(f"{url}/sync", headers=BEARER, timeout=20).raise_for_status()
        wait_until(lambda: content.status(page) == "Done", folder)
    assert [post["marker"] for post in magazine.posts()] == [page]
    assert len(magazine.library()) == 1
    assert (folder / "sidecar.db").exists()
    assert (folder / ".sidecar-redis").exists() == (broker == "a private Redis")


def wait_until(is_so, folder):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError((folder / "service.log").read_text(errors="replace")[-5000:])
