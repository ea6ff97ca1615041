#!/bin/bash
# Two Python clients of server-sent events make events of blank lines that end nothing.
#
# Seen on 2026-11-28 with py-sse-client 1.0.1 and httpx-sse 0.4.3 (httpx 0.28.1, aiohttp 3.14.5), Python 3.11.7;
# sseclient-py 1.9.0 reads the same stream as the standard has it, as does Chromium 156 (by hand, not here).
#
# The stream: a reconnection time, an event, a comment as servers send it to keep a quiet connection open, an event.
# Each of the four blocks ends with a blank line. HTML, 9.2.6 (Interpreting an event stream): at a blank line with an
# empty data buffer nothing is dispatched, and 9.2.7 (Authoring notes) itself advises comment lines every 15 s or so.
# So a reader sees two events.
#
#   sseclient-py 1.9.0    1 sold-1 | 2 sold-2
#   httpx-sse 0.4.3       retry: (empty) | 1 sold-1 | 1 (empty) | 2 sold-2
#                         Once an id has been seen, every comment is an event with no data and the LAST event's id.
#   py-sse-client 1.0.1   (nothing yet) | sold-1 | sold-1 AGAIN | sold-2
#                         At every comment the callback gets the last event once more, unchanged.
#
# What it means: a program that adds up what was sold counts the last sale again at each heartbeat of a quiet shop with
# the one, and trips over json.loads("") with the other. Skip events without data with httpx-sse; compare the number in
# the data, not the fact that something came, with py-sse-client, which keeps no ids.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  py-sse-client==1.0.1 aiohttp==3.14.5 httpx-sse==0.4.3 httpx==0.28.1 sseclient-py==1.9.0 ||
  { echo "cannot install the packages: nothing was learned" >&2; exit 75; }

cat > "$folder/run.py" <<'PYTHON'
import asyncio
import http.server
import threading
import urllib.request

import httpx
import httpx_sse
import pysse.client
import sseclient

STREAM = (
    b"retry: 1000\n\n"
    b'id: 1\ndata: "sold-1"\n\n'
    b": nothing new\n\n"
    b'id: 2\ndata: "sold-2"\n\n'
)


class Shop(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(STREAM)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/"


def by_sseclient():
    with urllib.request.urlopen(url) as answer:
        return [(event.id, event.data) for event in sseclient.SSEClient(answer).events()]


def by_httpx():
    with httpx.Client() as client, httpx_sse.connect_sse(client, "GET", url) as source:
        return [(event.id, event.data) for event in source.iter_sse()]


def by_pysse():
    seen = []
    client = pysse.client.Client(url, lambda event: seen.append(event.data))
    asyncio.run(asyncio.wait_for(client.connect(), 20))
    return seen


wanted = {
    "sseclient-py 1.9.0": (by_sseclient, [("1", '"sold-1"'), ("2", '"sold-2"')]),
    "httpx-sse 0.4.3": (by_httpx, [("", ""), ("1", '"sold-1"'), ("1", ""), ("2", '"sold-2"')]),
    "py-sse-client 1.0.1": (by_pysse, ["", "sold-1", "sold-1", "sold-2"]),
}
changed = False
for name, (read, expected) in wanted.items():
    got = read()
    print(f"{name}: {got}")
    if got != expected:
        changed = True
        print(f"CHANGED: {name} gave {expected} on 2026-11-28")
raise SystemExit(1 if changed else 0)
PYTHON
"$folder/venv/bin/python" "$folder/run.py"
