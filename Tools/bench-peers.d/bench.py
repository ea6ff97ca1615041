"""Holds the sale on each peer in turn, prints the table, draws the chart. Tools/bench-peers starts it."""
import json
import os
import shlex
import shutil
import signal
import sys
import tempfile
import time

import chart
import machine
import options
import packages
import postgresql
import process
import redis
import sqlite
import table
import tallystick

PEERS = {
    "postgresql": postgresql.Peer("PostgreSQL"),
    "postgresql18": postgresql.Peer("PostgreSQL 18", packages.postgresql18, packages.POSTGRESQL18_SETTINGS),
    "redis": redis.Peer("Redis", "redis-server"),
    "valkey": redis.Peer("Valkey", packages.VALKEY_SERVER, packages.VALKEY_SETTINGS),
    "sqlite": sqlite,
    "tallystick": tallystick,
}


def say(text):
    print(f"bench-peers: {text}", file=sys.stderr, flush=True)


class Bench:
    """One run: where the data lies, how long a measurement is, and how steady the disk was."""

    def __init__(self, directory, seconds, binaries):
        self.directory = directory
        self.seconds = seconds
        self.binaries = os.path.abspath(binaries)
        self.bare = machine.bare_sync(directory)

    def log(self, peer):
        return f"{self.directory}/{peer}.log"

    def settle(self):
        """Called right before the clock starts, when everything is prepared. Removed files may keep the disk busy for
        seconds after (ext4 discards their blocks): waits until it answers as at the run's start, ten seconds at most."""
        os.sync()
        end = time.monotonic() + 10
        while True:
            self.before = machine.bare_sync(self.directory)
            if self.before <= 1.5 * self.bare or time.monotonic() > end:
                return
            time.sleep(0.5)

    def measured(self, once):
        """Measures between two looks at the disk. A disk that is more than twice as slow or as fast as at the run's start
        makes ratios worthless: then the measurement is made once more, and marked if that did not help."""
        for _ in range(2):
            figure = once()
            after = machine.bare_sync(self.directory)
            figure.bare = round((self.before + after) / 2, 1)
            figure.steady = max(self.before, after, self.bare) <= 2 * min(self.before, after, self.bare)
            if figure.steady:
                break
        say(f"{figure.peer}, {figure.what}, {table.shape(figure)}: {figure.rate:,.0f}/s")
        return figure


def main(arguments):
    given = options.parse(arguments)
    started = time.strftime("%Y-%m-%d %H:%M %Z")
    try:
        # Closed to others: the servers ask for no password. PostgreSQL's own user must pass through it.
        directory = tempfile.mkdtemp(prefix="bench-peers-", dir=given.dir)
        os.chmod(directory, 0o711)
    except OSError as error:
        say(f"cannot make a directory under {given.dir}: {error.strerror}; name another disk with --dir")
        return 1

    figures, versions, failed = [], {}, False
    try:
        bench = Bench(directory, given.seconds, given.bin)
        for name in given.only:
            peer = PEERS[name]
            try:
                versions[peer.NAME] = peer.version()
                figures += peer.figures(bench)
            except process.Failure as failure:
                failed = True
                say(f"{peer.NAME} failed: {failure}")
                keep_log(bench.log(name))
            finally:
                process.stop_all()
                # The next peer finds the disk as this one did.
                for path in os.scandir(directory):
                    shutil.rmtree(path) if path.is_dir(follow_symlinks=False) else os.unlink(path)
    finally:
        # Once is enough: a second Ctrl-C must not leave a server behind.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        process.stop_all()
        shutil.rmtree(directory, ignore_errors=True)

    if not figures:
        return 1
    command = shlex.join(["Tools/bench-peers", *without_bin(arguments)])
    run = {"machine": machine.description(), "date": started, "versions": versions, "command": command,
           "directory": given.dir, "bare_sync_us": round(bench.bare, 1), "seconds": given.seconds}
    table.compare(figures)
    if given.json:
        print(json.dumps({**run, "figures": [figure.as_json() for figure in figures]}, indent=1, ensure_ascii=False))
    else:
        print(table.markdown(run, figures))
    try:
        with open(given.svg, "w") as file:
            file.write(chart.svg(run, figures))
        say(f"the chart is {os.path.abspath(given.svg)}")
    except OSError as error:
        failed = True
        say(f"cannot write the chart to {given.svg}: {error.strerror}; name another place with --svg")
    return 1 if failed else 0


def keep_log(path):
    """What a failed peer said outlives the run's directory."""
    if os.path.exists(path) and os.path.getsize(path):
        kept = tempfile.mkdtemp(prefix="bench-peers-log-") + "/" + os.path.basename(path)
        shutil.copyfile(path, kept)
        say(f"its log is {kept}; the other peers go on; run this one again with --only")


def without_bin(arguments):
    return arguments[2:] if arguments[:1] == ["--bin"] else arguments


def interrupted(number, frame):
    raise KeyboardInterrupt


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        say("interrupted: every server is stopped and the data removed")
        sys.exit(130)
