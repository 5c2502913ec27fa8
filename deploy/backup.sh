#!/bin/sh
# Copies what cannot be made again into one archive: ledger, .env, sidecar.toml. Safe while the sidecar runs.
#   sh deploy/backup.sh /var/lib/notion-sidecar /var/backups
# To restore: stop the sidecar, unpack the archive into its folder, start it. With PostgreSQL or MariaDB the ledger is in
# there, and the archive holds the settings alone: use pg_dump or mariadb-dump for the rest.
set -eu
umask 077
from=$1 to=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for name in .env sidecar.toml; do [ ! -f "$from/$name" ] || cp -p "$from/$name" "$work/"; done
# A plain copy of a database in use may be torn; this is SQLite's own way to a whole one.
[ ! -f "$from/sidecar.db" ] || python3 - "$from/sidecar.db" "$work/sidecar.db" <<'PYTHON'
import sqlite3, sys
source, target = (sqlite3.connect(path) for path in sys.argv[1:])
with target:
    source.backup(target)
PYTHON
archive="$to/notion-sidecar-$(date +%Y-%m-%d-%H%M%S).tar.gz"
tar -C "$work" -czf "$archive" .
echo "$archive"
