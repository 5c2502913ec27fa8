"""WordPress's own block editor, asked for its verdict: `with Editor("6.8") as editor: editor.verdict(markup)`.

The scripts are those of the WordPress under test, in the order in which that WordPress itself would load them; they
run in jsdom, in one node process per version that answers any number of documents.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from tests.stage.wordpress import WordPress, prepare

HERE = Path(__file__).parent
CACHE = Path(__file__).parents[3] / ".cache" / "editor"
JSDOM = "jsdom@26.1.0"
"""The newest that runs on Debian's node."""

SCRIPTS = """
$scripts = wp_scripts();
$scripts->all_deps(['wp-block-library', 'wp-format-library', 'wp-blocks']);
return array_map(function ($handle) use ($scripts) {
    $script = $scripts->registered[$handle];
    $path = $script->src ? preg_replace('#^https?://[^/]+|\\?.*#', '', $script->src) : null;
    return ['handle' => $handle, 'path' => $path, 'after' => $script->extra['after'] ?? []];
}, array_values($scripts->to_do));
"""


@dataclass(frozen=True)
class Verdict:
    """What the editor says of a document. `problems` are its blocks that are not valid, in the editor's words."""

    blocks: int
    problems: tuple[str, ...]
    saved: str
    """What the editor would save if somebody opened the document and saved it unchanged."""

    def is_clean(self, markup: str) -> bool:
        """True when every block is valid, none is a classic or a missing one, and saving changes nothing."""
        return not self.problems and self.saved == markup


class Editor:
    """The editor of one WordPress version; ends its process at the end."""

    def __init__(self, version: str) -> None:
        self.version = version

    def __enter__(self) -> Editor:
        site = prepare(self.version)
        command = ["node", str(HERE / "answer.js"), str(_modules()), str(site), str(_scripts(self.version))]
        # Its input closes with us, whatever ends us, and with its input it ends.
        self._node = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started = self._read()
        self.block_types: tuple[str, ...] = tuple(started["types"])
        return self

    def __exit__(self, *_: object) -> None:
        self._node.stdin.close()  # type: ignore[union-attr]
        try:
            self._node.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._node.kill()
            self._node.wait()
        self._node.stdout.close()  # type: ignore[union-attr]

    def verdict(self, markup: str) -> Verdict:
        return self.verdicts([markup])[0]

    def verdicts(self, documents: Sequence[str]) -> list[Verdict]:
        """The verdict on each document, in order."""
        answers = [self._ask({"parse": document}) for document in documents]
        return [Verdict(it["blocks"], tuple(it["problems"]), it["saved"]) for it in answers]

    def canonical(self, name: str, attributes: dict[str, Any], inner: Sequence[Any] = ()) -> str:
        """The markup that the editor itself writes for a block; `inner` are [name, attributes, inner] of others."""
        return str(self._ask({"create": [name, attributes, list(inner)]})["saved"])

    def _ask(self, question: dict[str, Any]) -> Any:
        assert self._node.stdin is not None
        self._node.stdin.write(json.dumps(question) + "\n")
        self._node.stdin.flush()
        return self._read()

    def _read(self) -> Any:
        assert self._node.stdout is not None
        line = self._node.stdout.readline()
        if not line:
            raise RuntimeError(f"The editor of WordPress {self.version} ended: node says why, above.")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"The editor of WordPress {self.version}: {answer['error']}")
        return answer


def _modules() -> Path:
    """The folder with jsdom, fetched once by npm."""
    folder = CACHE / JSDOM.replace("@", "-")
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(CACHE / "modules.lock"):
        if not (folder / "done").exists():
            if shutil.which("npm") is None:
                raise RuntimeError("There is no npm here. `make test` installs what it needs.")
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), JSDOM]
            done = subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
            if done.returncode != 0:
                raise RuntimeError(f"npm could not install {JSDOM}:\n{done.stdout[-1000:]}{done.stderr[-1000:]}")
            (folder / "done").touch()
    return folder / "node_modules"


def _scripts(version: str) -> Path:
    """The list of the editor's scripts, as a running WordPress of that version gives it; asked once and kept."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(CACHE / f"{version}.lock"):
        path = CACHE / f"{version}.json"
        # A WordPress that was fetched anew has other scripts.
        if not path.exists() or path.stat().st_mtime < (prepare(version).parent / "done").stat().st_mtime:
            with WordPress(version) as wordpress:
                found = wordpress.php(SCRIPTS)
            fresh = path.with_suffix(".new")
            fresh.write_text(json.dumps(found), encoding="utf-8")
            os.replace(fresh, path)
    return path
