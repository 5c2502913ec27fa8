"""The companion plugin's list of words to translate, and the zip that WordPress can upload: `make plugin`.

The same files give the same bytes.
"""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "wp-plugin-stub"
FOLDER = "notion-sidecar"
NO_TIME = (1980, 1, 1, 0, 0, 0)
POT = SOURCE / "languages" / "notion-sidecar.pot"
KEYWORDS = ("__", "_e", "_n:1,2", "esc_html__", "esc_html_e", "esc_attr__", "esc_attr_e")
HEAD = """# Copyright: the authors of the Notion WordPress Sidecar. MIT, as the plugin.
msgid ""
msgstr ""
"Project-Id-Version: Notion Sidecar\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"X-Domain: notion-sidecar\\n"
"""


def build(target: Path) -> Path:
    """The zip, its files in the folder that the plugin will have."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in SOURCE.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(f"{FOLDER}/{path.relative_to(SOURCE).as_posix()}", NO_TIME)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    return target


def pot() -> str:
    """Every word that can be translated, as GNU gettext finds it in PHP and JavaScript."""
    sources = sorted(path.relative_to(SOURCE).as_posix() for end in ("php", "js") for path in SOURCE.rglob(f"*.{end}"))
    words = [f"--keyword={keyword}" for keyword in KEYWORDS]
    options = ["--from-code=UTF-8", "--add-comments=translators:", "--no-wrap", "--sort-by-file", "--output=-"]
    command = ["xgettext", *options, *words, *sources]
    found = subprocess.run(command, cwd=SOURCE, check=True, capture_output=True, text=True)  # noqa: S603
    # Its own head holds the time, and its lines of places change with every line that is written above.
    body = found.stdout.partition("\n\n")[2]
    return HEAD + "\n" + re.sub(r"^#: (.*)$", _files, body, flags=re.MULTILINE)


def _files(places: re.Match[str]) -> str:
    return "#: " + " ".join(dict.fromkeys(place.rpartition(":")[0] for place in places[1].split()))


if __name__ == "__main__":
    POT.write_text(pot(), encoding="utf-8")
    print(build(Path(sys.argv[1])))
