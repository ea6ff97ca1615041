"""Replays the incidents of the field; see Tools/incidents."""

import argparse
import json
import os
import shutil
import sys
import tempfile

from schedules import INCIDENTS
from servers import Postgres, Redis, Tallystick


class Stage:
    """What an incident runs on: servers that are started when asked for, and what is told about them."""

    def __init__(self, folder, tools):
        self.folder = folder
        self.tools = tools
        self.servers = []
        self.lines = {"theirs": [], "ours": []}
        self.speaker = "theirs"

    def redis(self, *options):
        return self.started(Redis(f"{self.folder}/redis{len(self.servers)}", *options))

    def postgres(self):
        return self.started(Postgres(f"{self.folder}/postgres{len(self.servers)}"))

    def tallystick(self):
        self.speaker = "ours"
        return self.started(Tallystick(f"{self.folder}/tally{len(self.servers)}", self.tools))

    def started(self, server):
        self.servers.append(server)
        return server

    def tell(self, line):
        self.lines[self.speaker].append(line)

    def end(self):
        for server in self.servers:
            server.stop()


def play(incident, root, tools):
    folder = tempfile.mkdtemp(prefix="tally-incidents-")
    stage = Stage(folder, tools)
    try:
        theirs, ours, verdict = incident.play(stage)
    finally:
        stage.end()
        shutil.rmtree(folder, ignore_errors=True)
    return {
        "name": incident.__name__.replace("_", "-"), "what": incident.__doc__.strip().split("\n")[0],
        "technique": incident.technique, "theirs": stage.lines["theirs"] + [theirs], "ours": stage.lines["ours"] + [ours],
        "verdict": verdict,
    }


def main():
    options = argparse.ArgumentParser(prog="Tools/incidents", description="Replays the incidents of the field on real servers.")
    options.add_argument("names", nargs="*", metavar="NAME", help="only these")
    options.add_argument("--list", action="store_true", help="name them")
    options.add_argument("--json", action="store_true", help="a line of JSON each")
    options.add_argument("--root", help=argparse.SUPPRESS)
    options.add_argument("--tools", help="where tally and tally-verify are (default: the release build, else the debug build)")
    asked = options.parse_args()
    chosen = {incident.__name__.replace("_", "-"): incident for incident in INCIDENTS}
    if asked.list:
        for name, incident in chosen.items():
            print(f"{name:24} {incident.__doc__.strip().splitlines()[0]}")
        return 0
    for name in asked.names:
        if name not in chosen:
            sys.exit(f"incidents: there is no incident “{name}”; --list names them")
    tools = asked.tools or next(
        (f"{asked.root}/.build/{kind}" for kind in ("release", "debug") if os.path.exists(f"{asked.root}/.build/{kind}/tally")), None)
    if tools is None:
        sys.exit("incidents: build first: swift build -c release")
    for program in ("redis-server", "psql"):
        if shutil.which(program) is None:
            sys.exit(f"incidents: needs {program}: sudo apt-get install redis-server postgresql")
    failed = 0
    for name in asked.names or chosen:
        told = play(chosen[name], asked.root, tools)
        failed += told["verdict"] != "PROVEN"
        if asked.json:
            print(json.dumps(told), flush=True)
            continue
        print(f"{name}: {told['what']}")
        for line in told["theirs"]:
            print(f"    {told['technique']}: {line}")
        for line in told["ours"]:
            print(f"    Tallystick: {line}")
        print(f"    tally-verify: {told['verdict']}\n", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
