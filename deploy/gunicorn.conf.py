"""One web host with two cores: gunicorn --config deploy/gunicorn.conf.py example_project.wsgi"""

from __future__ import annotations

bind = "0.0.0.0:8000"  # a private network, where nginx alone comes from
workers = 2  # one a core
worker_class = "gthread"
threads = 8  # more than CHATWIDGET["SERVER_CALLS"]
keepalive = 75  # more than nginx's keepalive_timeout
timeout = 150  # more than nginx's proxy_read_timeout
max_requests = 20_000
max_requests_jitter = 2_000
control_socket_disable = True  # it would stand in a home directory, which is read-only
