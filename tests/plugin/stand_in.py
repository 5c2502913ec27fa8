"""Somebody who answers like a sidecar, with the worst words there are."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = "11111111-1111-4111-8111-111111111111"
EVIL = "<img src=x onerror='window.owned=1'></script><script>window.owned=1</script>\"'>"


def evil_job(number):
    page = {"page_id": PAGE, "title": EVIL, "page_url": "javascript:window.owned=1", "post_url": 'https://x/"><b>'}
    page |= {"action": EVIL, "status": "Success", "error": EVIL, "post_id": "1"}
    page |= {"warnings": [{"type": EVIL, "message": EVIL, "block_id": EVIL}]}
    working = {"page_id": PAGE, "title": EVIL, "percent": EVIL, "words": EVIL}
    job = {"job_id": number, "type": EVIL, "status": "Completed", "error": EVIL, "metrics": EVIL, "site": EVIL}
    return {**job, "started_at": "2026-11-24T12:00:00Z", "finished_at": EVIL, "pages": [page], "working": [working]}


class Sidecar:
    """`asked` holds every request. `job` is what there is to tell of a job, instead of the worst."""

    def __enter__(self):
        self.asked, self.redirect, self.job, sidecar = [], "", None, self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self):
                sidecar.asked.append((self.command, self.path, self.headers["Authorization"]))
                self.rfile.read(int(self.headers["Content-Length"] or 0))
                self.send_response(302 if sidecar.redirect else 200)
                if sidecar.redirect:
                    self.send_header("Location", sidecar.redirect)
                self.end_headers()
                self.wfile.write(json.dumps(self.said()).encode())

            do_POST = do_GET

            def said(self):
                if self.path.startswith("/jobs?"):
                    return {"jobs": [sidecar.job or evil_job(7)]}
                if self.path == "/status":
                    sign = {"state": EVIL, "words": EVIL, "more": EVIL}
                    return {"version": EVIL, "headline": sign, "far_ends": [{"name": EVIL, **sign}]}
                if self.path == "/check":
                    return {"wordpress": {"url": EVIL, "version": EVIL, "error": None}}
                return {"job_id": 7} if self.path == "/sync" else sidecar.job or evil_job(7)

            def log_message(self, *_): ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
