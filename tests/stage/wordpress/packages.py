"""WordPress from Debian's packages, unpacked and never installed: `prepare(version)` gives a folder to copy.

No host is named anywhere: another suite's source is derived from the system's own apt sources, in a private apt
configuration that changes nothing in the system.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

CACHE = Path(__file__).parents[3] / ".cache" / "wordpress"
HERE = Path(__file__).parent
LIBRARIES = ("php-getid3", "libjs-cropper", "libjs-underscore", "libphp-phpmailer", "libjs-lodash", "libjs-jquery-ui")


@dataclass(frozen=True)
class Release:
    """A WordPress and where it comes from: the suites to try in turn, its default theme, its SQLite drop-in."""

    suites: tuple[str, ...]
    theme: str
    sqlite: str
    sqlite_zip: str


NEW_SQLITE = ("@wp-playground/cli@3.1.56", "package/sqlite-database-integration.zip")
OLD_SQLITE = (
    "@wp-playground/wordpress-builds@0.9.19",
    "package/src/sqlite-database-integration/sqlite-database-integration.zip",
)
RELEASES = {
    "newest": Release(("sid", "forky", "trixie"), "twentytwentyfive", *NEW_SQLITE),
    "6.8": Release(("trixie",), "twentytwentyfive", *NEW_SQLITE),
    "6.1": Release(("bookworm",), "twentytwentythree", *OLD_SQLITE),
}


def prepare(version: str) -> Path:
    """The files of a WordPress with the SQLite drop-in, unpacked once and kept."""
    release = RELEASES[version]
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(CACHE / f"{version}.lock"):
        ready = CACHE / version / "site"
        if not (CACHE / version / "done").exists():
            shutil.rmtree(CACHE / version, ignore_errors=True)
            _build(release, CACHE / version)
            (CACHE / version / "done").touch()
        return ready


def _build(release: Release, folder: Path) -> None:
    problems = []
    for suite in release.suites:
        try:
            _download(suite, release.theme, folder / suite)
            _assemble(folder / suite, folder / "site")
            _add_sqlite(release, folder)
            return
        except subprocess.CalledProcessError as error:
            problems.append(f"{suite}: {error.stderr.decode(errors='replace').strip()[-400:]}")
    raise RuntimeError("WordPress could not be fetched from Debian's packages:\n" + "\n".join(problems))


def _download(suite: str, theme: str, folder: Path) -> None:
    for name in ("parts", "lists/partial", "cache/archives/partial", "deb"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "parts" / f"{suite}.sources").write_text(_source(suite))
    configuration = folder / "apt.conf"
    configuration.write_text(
        f'Dir::Etc::SourceList "/dev/null"; Dir::Etc::SourceParts "{folder}/parts";\n'
        f'Dir::State::Lists "{folder}/lists";\n'
        f'Dir::State::status "/dev/null"; Dir::Cache "{folder}/cache"; APT::Sandbox::User "root";\n'
        'Acquire::Languages "none"; Acquire::Retries "3";\n'
    )
    environment = {**os.environ, "APT_CONFIG": str(configuration)}
    _run(["apt-get", "-qq", "update"], env=environment)
    packages = ["wordpress", f"wordpress-theme-{theme}", *LIBRARIES]
    _run(["apt-get", "-qq", "download", *packages], env=environment, cwd=folder / "deb")


def _source(suite: str) -> str:
    """The system's own apt source with another suite, in the deb822 form."""
    now = re.search(r"VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text())
    codename = now[1] if now else "bookworm"
    for path in sorted(Path("/etc/apt/sources.list.d").glob("*.sources")):
        for paragraph in re.split(r"\n\s*\n", path.read_text()):
            if re.search(rf"^Suites:.*\b{codename}(\s|$)", paragraph, re.MULTILINE):
                return re.sub(r"(?m)^Suites:.*$", f"Suites: {suite}", paragraph) + "\n"
    one_line = re.compile(rf"^deb\s+(\[[^\]]*\]\s+)?(\S+)\s+{codename}\s+(.*)$", re.MULTILINE)
    for path in [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*.list"))]:
        found = one_line.search(path.read_text()) if path.exists() else None
        if found:
            return f"Types: deb\nURIs: {found[2]}\nSuites: {suite}\nComponents: {found[3].split()[0]}\n"
    raise RuntimeError("There is no apt source of this Debian release to derive the suite's from.")


def _assemble(folder: Path, site: Path) -> None:
    for package in sorted((folder / "deb").glob("*.deb")):
        _run(["dpkg-deb", "-x", str(package), str(folder / "tree")])
    shutil.rmtree(site, ignore_errors=True)
    tree = folder / "tree"
    # Debian ships links into the packages of libraries; some of them point to absolute paths of the system.
    _copy(tree / "usr/share/wordpress", site, tree)
    for name in ("wp-config.php", ".htaccess"):
        (site / name).unlink(missing_ok=True)
    for name in ("plugins", "mu-plugins", "uploads"):
        (site / "wp-content" / name).mkdir(parents=True, exist_ok=True)
    certificates = Path("/etc/ssl/certs/ca-certificates.crt")
    if certificates.exists():
        shutil.copy(certificates, site / "wp-includes/certificates/ca-bundle.crt")


def _copy(source: Path, target: Path, tree: Path) -> None:
    """Copies a folder with its links resolved inside the unpacked tree; a link to nothing is left out."""
    target.mkdir(parents=True, exist_ok=True)
    for entry in os.scandir(source):
        path = Path(entry.path)
        if entry.is_symlink():
            aim = Path(os.readlink(path))
            path = tree / aim.relative_to("/") if aim.is_absolute() else Path(os.path.normpath(path.parent / aim))
            if path.is_symlink():
                path = Path(os.path.realpath(path))
        if path.is_dir():
            _copy(path, target / entry.name, tree)
        elif path.is_file():
            shutil.copy(path, target / entry.name)


def _add_sqlite(release: Release, folder: Path) -> None:
    work = folder / "sqlite"
    work.mkdir(parents=True, exist_ok=True)
    _run(["npm", "pack", "--silent", release.sqlite], cwd=work)
    with tarfile.open(next(work.glob("*.tgz"))) as archive:
        member = archive.extractfile(release.sqlite_zip)
        assert member is not None
        (work / "plugin.zip").write_bytes(member.read())
    with zipfile.ZipFile(work / "plugin.zip") as archive:
        archive.extractall(work / "unpacked")
    plugin = folder / "site/wp-content/plugins/sqlite-database-integration"
    inside = work / "unpacked"
    if not (inside / "load.php").exists():
        inside = next(path.parent for path in inside.glob("*/load.php"))
    shutil.copytree(inside, plugin)
    for name in ("router.php", "wp-config.php"):
        shutil.copy(HERE / name, folder / "site" / name)
    shutil.rmtree(work)


def add_drop_in(site: Path) -> None:
    """WordPress's database drop-in; it holds the absolute path of its plugin, so it is written for each copy."""
    plugin = site / "wp-content/plugins/sqlite-database-integration"
    text = (plugin / "db.copy").read_text()
    text = text.replace("{SQLITE_IMPLEMENTATION_FOLDER_PATH}", str(plugin))
    text = text.replace("{SQLITE_PLUGIN}", "sqlite-database-integration/load.php")
    (site / "wp-content/db.php").write_text(text)


def _run(command: list[str], **more: object) -> None:
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, **more
    )  # type: ignore[call-overload]
