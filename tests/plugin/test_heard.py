"""What is heard and what stays put while a job is shown: for those who use a screen reader or a keyboard, and for large
jobs. In a real browser, beside somebody who answers like a sidecar."""

import pytest
from playwright.sync_api import expect

from tests.plugin.desk import keep, state
from tests.plugin.stand_in import PAGE, Sidecar
from tests.stage.ports import free_port

ALL, SHOWN = 500, 200
SPOKEN = "#a11y-speak-polite"


@pytest.fixture
def sidecar(desk):
    with Sidecar() as sidecar:
        desk.set_up(url=sidecar.url)
        yield sidecar


def job(done, status="Running"):
    """A large job, of which this many pages are published; the first one has a note."""
    pages = [
        {"page_id": f"{number:032x}", "title": f"Page {number}", "action": "create", "warnings": []}
        | {"status": "Success" if number < done else "Pending"}
        for number in range(ALL)
    ]
    pages[0]["warnings"] = [{"type": "embed", "message": "Shown as a link."}]
    ended = "2026-11-24T12:05:00Z" if status == "Completed" else None
    times = {"started_at": "2026-11-24T12:00:00Z", "finished_at": ended}
    return {"job_id": 7, "type": "manual", "status": status, "error": None, "pages": pages, "working": [], **times}


def test_a_large_job_is_counted_whole_spoken_of_in_quarters_and_what_is_unfolded_stays_open(browser, desk, sidecar):
    sidecar.job = job(130)
    with desk.window(browser) as page:
        desk.settings(page)
        page.get_by_role("link", name="Sync now").click()
        progress = page.locator("#notion-sidecar-progress")
        expect(progress).to_contain_text("Published: 130, Under way: 370")
        expect(progress).to_contain_text(f"And {ALL - SHOWN} more pages")
        assert progress.locator("progress").get_attribute("value") == "26"
        expect(page.locator(SPOKEN)).to_have_text("25 percent")
        progress.locator("summary").click()
        progress.locator("summary").evaluate("one => { window.unfolded = one; one.focus(); }")
        sidecar.job = job(260)
        expect(progress).to_contain_text("Published: 260")
        expect(page.locator(SPOKEN)).to_have_text("50 percent")
        keep(page, "large-job", full_page=True)
        assert page.evaluate("document.activeElement === window.unfolded && window.unfolded.parentElement.open")
        sidecar.job = job(ALL, "Completed")
        expect(progress).to_contain_text(f"Finished. Published: {ALL}")
        expect(page.locator(SPOKEN)).to_contain_text(f"Finished. Published: {ALL}")
        expect(page.locator("#notion-sidecar-list")).to_contain_text(f"Published: {ALL}")
        assert page.locator("#wpbody [aria-live] *").count() == 0, "nothing that is drawn anew is read out whole"


def test_why_a_page_failed_can_be_read_with_a_keyboard_and_silence_is_said(browser, desk, sidecar):
    title = "From a page that fails"
    post = desk.wordpress.php(f"""
        $id = wp_insert_post(array('post_title' => '{title}', 'post_status' => 'publish'));
        update_post_meta($id, '_notion_page_id', '{PAGE}'); return $id;""")
    failed = {
        "page_id": PAGE,
        "title": title,
        "action": "update",
        "status": "Failed",
        "error": "No picture.",
        "warnings": [],
    }
    sidecar.job = {**job(0, "Completed"), "pages": [failed], "status": "Failed"}
    try:
        with desk.window(browser) as page:
            desk.admin(page, "edit.php?notion=any")
            expect(state(page, post)).to_contain_text("Failed")
            state(page, post).locator("summary").press("Enter")
            expect(state(page, post).get_by_text("No picture.")).to_be_visible()
            assert page.locator(".notice-warning").count() == 0
            desk.set_up(url=f"http://127.0.0.1:{free_port()}")
            page.reload()
            expect(page.locator(".notice-warning")).to_contain_text("cannot be reached")
            expect(state(page, post)).to_contain_text("Failed")
            desk.set_up(url="")
            page.reload()
            expect(state(page, post).locator("summary")).to_be_visible()
            assert page.locator(".notice-warning").count() == 0, "a site without a sidecar is not told so on each page"
    finally:
        desk.wordpress.php(f"return wp_delete_post({post}, true);")
