"""Somebody who asks the plugin without a browser, and all the routes that there are to ask."""

import re

import requests

PATIENCE = 60.0
ROUTES = [
    # method, path, who may
    ("POST", "/check", {"admin"}),
    ("POST", "/sync", {"admin", "editor"}),
    ("GET", "/jobs", {"admin", "editor"}),
    ("GET", "/jobs/7", {"admin", "editor"}),
    ("POST", "/posts/{editor}/sync", {"admin", "editor"}),
    ("GET", "/posts/{editor}/jobs/7", {"admin", "editor"}),
    ("POST", "/posts/{author}/sync", {"admin", "editor", "author"}),
    ("GET", "/posts/{author}/jobs/7", {"admin", "editor", "author"}),
    ("GET", "/posts?ids={editor}", {"admin", "editor", "author", "contributor"}),
]


class Visitor:
    """Somebody with a browser's cookies, and the nonces that WordPress gave them."""

    def __init__(self, wordpress, login):
        self.url, self.http = wordpress.url, requests.Session()
        if login:
            said = {"log": login, "pwd": wordpress.users[login].password, "testcookie": "1"}
            self.http.cookies.set("wordpress_test_cookie", "WP%20Cookie%20check")
            self.http.post(f"{self.url}/wp-login.php", data=said, timeout=PATIENCE, allow_redirects=False)
            assert any(name.startswith("wordpress_logged_in") for name in self.http.cookies.keys())  # noqa: SIM118 (a jar gives cookies)

    def page(self, path):
        return self.http.get(f"{self.url}/{path}", timeout=PATIENCE)

    def nonce(self):
        return self.page("wp-admin/admin-ajax.php?action=rest-nonce").text

    def field_nonce(self):
        page = self.page("wp-admin/options-general.php?page=notion-sidecar").text
        return re.search(r'name="_wpnonce" value="(\w+)"', page)[1]

    def ask(self, method, path, nonce):
        headers = {} if nonce is None else {"X-WP-Nonce": nonce}
        url = f"{self.url}/wp-json/notion-sidecar/v1{path}"
        return self.http.request(method, url, headers=headers, timeout=PATIENCE)

    def send(self, **fields):
        return self.http.post(
            f"{self.url}/wp-admin/admin-post.php", data=fields, timeout=PATIENCE, allow_redirects=False
        )
