"""How gunicorn serves us: `gunicorn -c python:webhook.gunicorn_conf`. What the command line says wins over this."""

from pathlib import Path

from sidecar import logs
from webhook.wsgi import shared

_config = shared()
_host = f"[{_config.host}]" if ":" in _config.host else _config.host

wsgi_app = "webhook.wsgi:app()"
bind = [f"{_host}:{_config.port}"]

# One process with several threads: the ledger's statements take turns inside it. Several processes would meet in
# SQLite's lock, whose waiting is unfair: measured, the slowest request takes ten times as long then.
workers = 1
worker_class = "gthread"
threads = 8

timeout = 30
graceful_timeout = 30
keepalive = 5
# No max_requests: measured, a worker that is replaced under load leaves requests on kept-alive connections without an
# answer, and Notion pauses an automation for that.
limit_request_line = 4094

# The heartbeat is a file: on a busy disk it would be late, and the worker killed for it.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# Nothing is to be steered from outside, and a read-only container has no place for it.
control_socket_disable = True
errorlog = "-"
accesslog = None
proc_name = "notion-sidecar"

if _config.log_format == "json":
    # gunicorn's own few lines are JSON then, too: whoever reads them reads nothing else.
    logs.to_stderr(_config)
    logconfig_dict = {
        "root": {"level": "WARNING", "handlers": ["told"]},
        "handlers": {"told": {"class": "sidecar.logs.Told"}},
        "loggers": {"gunicorn.error": {"level": "INFO", "handlers": ["told"], "propagate": False}},
    }
