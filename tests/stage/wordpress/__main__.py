"""`python -m tests.stage.wordpress --version newest`: one line of JSON when it serves, then until Ctrl-C."""

import argparse
import dataclasses
import json
import signal
import threading

from tests.stage.wordpress import RELEASES, WordPress

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--version", choices=sorted(RELEASES), default="newest")
parser.add_argument("--plugin", help="folder of a plugin to install and activate")
arguments = parser.parse_args()

end = threading.Event()
for name in (signal.SIGINT, signal.SIGTERM):
    signal.signal(name, lambda *_: end.set())
with WordPress(arguments.version, plugins=[arguments.plugin] if arguments.plugin else []) as wordpress:
    users = {name: dataclasses.asdict(user) for name, user in wordpress.users.items()}
    print(json.dumps({"url": wordpress.url, "release": wordpress.release, "users": users}), flush=True)
    end.wait()
