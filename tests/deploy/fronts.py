"""nginx and Apache in front of a real WordPress and an upstream, each with the snippets of deploy/ in it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.stage.ports import free_port

DEPLOY = Path(__file__).parents[2] / "deploy"
APACHE, APACHE_MODULES = "/usr/sbin/apache2", "/usr/lib/apache2/modules"
START_SECONDS = 30.0
LOADED = ["mpm_event", "authz_core", "authz_host", "authn_core", "alias", "dir", "rewrite"]
ENABLED = ["proxy", "proxy_http", "headers"]
"""What the snippet tells people to a2enmod."""

NGINX_CONF = """
daemon off;
{user}
pid nginx.pid;
events {{ }}
http {{
    access_log off;
    client_body_temp_path body; proxy_temp_path proxied; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
    server {{
        listen 127.0.0.1:{port};
        include snippets/{snippet}.conf;
        location / {{ proxy_pass {blog}; proxy_set_header Host {blog_host}; }}
        location ~ \\.php$ {{ proxy_pass {blog}; proxy_set_header Host {blog_host}; }}
    }}
}}
"""

APACHE_CONF = """
ServerRoot {folder}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile apache.pid
ErrorLog error.log
Mutex file:{folder}
{modules}
{user}
<VirtualHost 127.0.0.1:{port}>
    Include {folder}/snippets/{snippet}.conf
    {blog}
</VirtualHost>
"""

WORDPRESS_HTACCESS = """
# BEGIN WordPress
RewriteEngine On
RewriteBase /
RewriteRule ^index\\.html$ - [L]
RewriteCond %{REQUEST_FILENAME} !-f
RewriteCond %{REQUEST_FILENAME} !-d
RewriteRule . /index.html [L]
# END WordPress
"""
"""What WordPress writes into its folder, with a static page in the place of index.php."""


@contextmanager
def nginx(snippet: str, upstream: str, blog: str) -> Iterator[str]:
    with _folder("nginx", upstream) as folder:
        port = free_port()
        text = NGINX_CONF.format(
            user="user root;" if os.geteuid() == 0 else "",
            port=port,
            snippet=snippet,
            blog=blog,
            blog_host=blog.removeprefix("http://"),
        )
        (folder / "nginx.conf").write_text(text)
        with _serving(["nginx", "-e", "stderr", "-p", str(folder), "-c", "nginx.conf"], folder, port) as url:
            yield url


PLAIN_NGINX_CONF = """
daemon off;
{user}
pid nginx.pid;
events {{ }}
http {{
    access_log off;
    client_body_temp_path body; proxy_temp_path proxied; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
    server {{
        listen 127.0.0.1:{port};
        {lines}
        location / {{ proxy_pass {blog}; proxy_set_header Host {blog_host}; }}
    }}
}}
"""


@contextmanager
def plain_nginx(lines: str, blog: str) -> Iterator[str]:
    """nginx in front of a WordPress, with some lines of an administrator's own."""
    user, host = "user root;" if os.geteuid() == 0 else "", blog.removeprefix("http://")
    with tempfile.TemporaryDirectory(prefix="sidecar-nginx-") as made:
        folder, port = Path(made), free_port()
        text = PLAIN_NGINX_CONF.format(user=user, port=port, lines=lines, blog=blog, blog_host=host)
        (folder / "nginx.conf").write_text(text)
        with _serving(["nginx", "-e", "stderr", "-p", str(folder), "-c", "nginx.conf"], folder, port) as url:
            yield url


@contextmanager
def apache(snippet: str, upstream: str, blog: str) -> Iterator[str]:
    with _apache(snippet, upstream, f'ProxyPass "/" "{blog}/"') as url:
        yield url


@contextmanager
def apache_with_htaccess(snippet: str, upstream: str) -> Iterator[str]:
    """Apache over a folder of files, with WordPress's own rules for pretty addresses in it."""
    with tempfile.TemporaryDirectory(prefix="sidecar-htdocs-") as files:
        Path(files).chmod(0o755)
        Path(files, ".htaccess").write_text(WORDPRESS_HTACCESS)
        Path(files, "index.html").write_text("the blog")
        allow = f'DocumentRoot "{files}"\n<Directory "{files}">\nAllowOverride All\nRequire all granted\n</Directory>'
        with _apache(snippet, upstream, allow) as url:
            yield url


@contextmanager
def _apache(snippet: str, upstream: str, blog: str) -> Iterator[str]:
    with _folder("apache", upstream) as folder:
        port = free_port()
        text = APACHE_CONF.format(
            folder=folder,
            port=port,
            snippet=snippet,
            blog=blog,
            modules="\n".join(f"LoadModule {name}_module {APACHE_MODULES}/mod_{name}.so" for name in LOADED + ENABLED),
            # Apache does not serve as root.
            user="User nobody\nGroup nogroup" if os.geteuid() == 0 else "",
        )
        (folder / "apache.conf").write_text(text)
        with _serving([APACHE, "-X", "-f", str(folder / "apache.conf")], folder, port) as url:
            yield url


FRONTS = {"nginx": nginx, "apache": apache}


@contextmanager
def _folder(kind: str, upstream: str) -> Iterator[Path]:
    """A private folder with the snippets of one kind, which name the upstream instead of port 8787."""
    with tempfile.TemporaryDirectory(prefix=f"sidecar-{kind}-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        shutil.copytree(DEPLOY / kind, folder / "snippets")
        for snippet in (folder / "snippets").iterdir():
            snippet.write_text(snippet.read_text().replace("http://127.0.0.1:8787", upstream))
        yield folder


@contextmanager
def _serving(command: list[str], folder: Path, port: int) -> Iterator[str]:
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=folder)
    try:
        _wait(port, server, folder)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(port: int, server: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError("".join(log.read_text(errors="replace") for log in folder.glob("*.log")))
