#!/bin/bash
# CloudEvents' own Python SDK changes values when it passes an event on from structured to binary mode.
#
# Seen on 2026-11-28 with cloudevents 2.2.0 (the API of cloudevents.core, python-dateutil 4.0.0), Python 3.11.7.
#
# A receiver takes valid events in structured mode (application/cloudevents+json) with from_http_event and passes each
# on with to_binary_event, as a gateway does; to_structured_event of the same event is right each time.
#
#   in JSON                           out in binary mode                       read again by the same SDK
#   "data": "17"                      body 17                                  the number 17
#   "data": "true"                    body true                                the boolean
#   "data": "tea"                     body tea, which is no JSON               the text tea
#   "data": ["tea", null]             body ['tea', None], which is no JSON     the TEXT "['tea', None]"
#   "data": false                     body False, which is no JSON             the TEXT "False"
#   "partial": false (an extension)   ce-partial: False                        the text "False"
#   no "time"                         ce-time: the moment of reading           a time that nobody wrote
#
# All have datacontenttype application/json. JSON event format 1.0.2, 3.1: such data is a JSON value of any kind, a
# string is a JSON string; HTTP binding 1.0.2, 3.1.2: the body is that data in the media type of its Content-Type, hence
# with its quotes. Specification 1.0.2, type system: a boolean's text is true or false, in small letters; "time" is
# optional, says when it happened, and is the producer's to set. No error is raised.
#
# What it means: objects as data pass unharmed, so that ids and numbers are safe inside of one. An identifier of digits as
# bare data becomes a number, a list becomes text that only looks like one, and the time of passing on looks like the
# time of the event. A gateway that uses this SDK keeps to structured mode.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cloudevents==2.2.0 python-dateutil==4.0.0 ||
  { echo "cannot install the packages: nothing was learned" >&2; exit 75; }

cat > "$folder/run.py" <<'PYTHON'
import json
from datetime import datetime, timedelta, timezone

from cloudevents.core.bindings.http import (
    HTTPMessage,
    from_http_event,
    to_binary_event,
    to_structured_event,
)

WHOLE = {
    "specversion": "1.0",
    "id": "shop/1",
    "source": "/shop",
    "type": "org.example.stock",
    "time": "2026-11-28T12:00:00Z",
    "datacontenttype": "application/json",
}
changed = False


def check(what, got, expected):
    global changed
    print(f"{what}: {got!r}")
    if got != expected:
        changed = True
        print(f"CHANGED: it was {expected!r} on 2026-11-28")


def received(message):
    body = json.dumps(message).encode()
    return from_http_event(HTTPMessage({"content-type": "application/cloudevents+json"}, body))


for data, body, again in [
    ({"sku": "17"}, b'{"sku": "17"}', {"sku": "17"}),
    ("17", b"17", 17),
    ("true", b"true", True),
    ("tea", b"tea", "tea"),
    (["tea", None], b"['tea', None]", "['tea', None]"),
    (False, b"False", "False"),
]:
    event = received(WHOLE | {"data": data})
    structured = json.loads(to_structured_event(event).body)["data"]
    check(f"data {json.dumps(data)}, structured again", structured, data)
    message = to_binary_event(event)
    check(f"data {json.dumps(data)}, binary", (message.headers["content-type"], message.body), ("application/json", body))
    check(f"data {json.dumps(data)}, read again", from_http_event(message).get_data(), again)

message = to_binary_event(received(WHOLE | {"partial": False, "data": {}}))
check("extension false, binary", message.headers["ce-partial"], "False")

timeless = {name: value for name, value in WHOLE.items() if name != "time"}
message = to_binary_event(received(timeless | {"data": {}}))
invented = message.headers.get("ce-time")
recent = invented is not None and abs(
    datetime.fromisoformat(invented.replace("Z", "+00:00").replace("%3A", ":")) - datetime.now(timezone.utc)
) < timedelta(minutes=5)
check("no time in, the present time out", recent, True)
raise SystemExit(1 if changed else 0)
PYTHON
"$folder/venv/bin/python" "$folder/run.py"
