#!/bin/bash
# What three Python clients of server-sent events make of an event whose connection ended before its blank line.
#
# Seen on 2026-11-28 with sseclient-py 1.9.0, aiohttp-sse-client 0.2.1 (aiohttp 3.14.5) and requests-sse 0.5.3
# (requests 2.34.2), Python 3.11.7. launchdarkly-eventsource 1.7.4 does as the standard says,
# and so does Chromium 156 (by hand, not here).
#
# HTML, 9.2.6 (Interpreting an event stream): what is pending at the end of the stream is discarded; an event that the
# end cuts short is not dispatched. Its id must not count either, since the id is taken when an event is dispatched.
# A body without a length, ended by the connection, as HTTP/1.0 proxies pass it on, ends like any other: no client sees
# an error. The server below resumes behind Last-Event-ID, and its second connection ends right after a reconnection
# time, which is a valid stream without events:
#
#   connection 1   id 1 "tea 500", then of event 2: "id: 2", "data: tea 10" and the end (whole, it is "tea 1000")
#   connection 2   retry: 10
#   connection 3   what comes behind the id that was asked for
#
#   launchdarkly-eventsource 1.7.4   asks behind -, 1, 1: tea 500 | tea 1000 | tea 7
#   sseclient-py 1.9.0               one connection: tea 500 | tea 10            The torn event is handed on, with its id.
#   aiohttp-sse-client 0.2.1         asks behind -, 1, 2: tea 500 | tea 10 | tea 7
#                                    The torn event outlives its connection: the next one's blank line dispatches it.
#   requests-sse 0.5.3               asks behind -, 1, 2: tea 500 | tea 7
#                                    Data is discarded, the id is not: EVENT 2 IS NEVER HANDED ON, and nothing says so.
#
# In chunks, which a torn chunk ends with an error inside the client, requests-sse loses event 2 all the same (by hand).
#
# What it means: "resuming behind Last-Event-ID" is no promise that a client saw what it resumes behind. Whoever keeps
# stock by such a stream keeps the last number it handled itself, asks on from there, and looks for gaps in it; data that
# is one JSON object cannot be torn unnoticed, a bare number can.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check sseclient-py==1.9.0 requests-sse==0.5.3 \
  requests==2.34.2 aiohttp-sse-client==0.2.1 aiohttp==3.14.5 launchdarkly-eventsource==1.7.4 setuptools==65.5.0 ||
  { echo "cannot install the packages: nothing was learned" >&2; exit 75; }

cat > "$folder/run.py" <<'PYTHON'
import asyncio
import http.server
import logging
import threading
import urllib.request
from datetime import timedelta

import requests_sse
import sseclient
from aiohttp_sse_client.client import EventSource
from ld_eventsource import SSEClient
from ld_eventsource.config import ConnectStrategy, ErrorStrategy

logging.disable(logging.CRITICAL)
EVENTS = {1: "tea 500", 2: "tea 1000", 3: "tea 7"}
LAST = "tea 7"


class Shop:
    """Answers the first connection with a torn event, the second without events, all others behind the id asked for."""

    def __init__(self):
        shop = self
        self.asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                behind = self.headers.get("Last-Event-ID")
                shop.asked.append(behind)
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                if len(shop.asked) == 1:
                    self.wfile.write(b"id: 1\ndata: tea 500\n\nid: 2\ndata: tea 10")
                elif len(shop.asked) == 2:
                    self.wfile.write(b"retry: 10\n\n")
                else:
                    for number, text in EVENTS.items():
                        if number > int(behind or 0):
                            self.wfile.write(f"id: {number}\ndata: {text}\n\n".encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/"


def by_launchdarkly(shop):
    seen = []
    client = SSEClient(
        ConnectStrategy.http(shop.url), initial_retry_delay=0.02, error_strategy=ErrorStrategy.always_continue()
    )
    for event in client.events:
        seen.append(event.data)
        if event.data == LAST:
            break
    client.close()
    return seen


def by_sseclient(shop):
    with urllib.request.urlopen(shop.url) as answer:
        return [event.data for event in sseclient.SSEClient(answer).events()]


def by_requests(shop):
    seen = []
    with requests_sse.EventSource(shop.url, reconnection_time=timedelta(milliseconds=20), timeout=10) as source:
        for event in source:
            seen.append(event.data)
            if event.data == LAST:
                return seen


def by_aiohttp(shop):
    async def read():
        seen = []
        async with EventSource(shop.url, reconnection_time=timedelta(milliseconds=20)) as source:
            async for event in source:
                seen.append(event.data)
                if event.data == LAST:
                    return seen

    return asyncio.run(asyncio.wait_for(read(), 20))


wanted = {
    "launchdarkly-eventsource 1.7.4": (by_launchdarkly, [None, "1", "1"], ["tea 500", "tea 1000", "tea 7"]),
    "sseclient-py 1.9.0": (by_sseclient, [None], ["tea 500", "tea 10"]),
    "aiohttp-sse-client 0.2.1": (by_aiohttp, [None, "1", "2"], ["tea 500", "tea 10", "tea 7"]),
    "requests-sse 0.5.3": (by_requests, [None, "1", "2"], ["tea 500", "tea 7"]),
}
changed = False
for name, (read, asked, expected) in wanted.items():
    shop = Shop()
    got = read(shop)
    print(f"{name}: asked behind {shop.asked[:3]}, handed on {got}")
    if (shop.asked[:3], got) != (asked, expected):
        changed = True
        print(f"CHANGED: {name} asked behind {asked} and handed on {expected} on 2026-11-28")
raise SystemExit(1 if changed else 0)
PYTHON
timeout 120 "$folder/venv/bin/python" "$folder/run.py"
