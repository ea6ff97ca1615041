"""Redis, and Valkey: the sale as a Lua script, driven by redis-benchmark; and as a lock, by a small client (redis_lock.py)."""
import os
import re
import shutil
import time
from pathlib import Path

import process
import redis_lock
import sale

RESERVE = (Path(__file__).parent / "redis" / "reserve.lua").read_text()

# https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/ : "always" is the one that answers only
# when the append-only file is synced; "everysec" may lose a second, and is the default.
PERSISTENCE = [
    ("appendfsync always", True, ["--appendonly", "yes", "--appendfsync", "always"]),
    ("appendfsync everysec", False, ["--appendonly", "yes", "--appendfsync", "everysec"]),
    ("no persistence", False, ["--appendonly", "no"]),
]


class Peer:
    """A server of that protocol, by its program."""

    def __init__(self, name, program, settings=()):
        self.NAME = name
        self.program = program
        # What this one has for such a load beyond the others.
        self.settings = settings

    def version(self):
        return re.search(r"v=(\S+)", process.run([self.program, "--version"]))[1]

    def figures(self, bench):
        return figures(self, bench)


class Redis:
    def __init__(self, peer, directory, log, settings):
        self.directory = directory
        self.socket = f"{directory}/redis.sock"
        os.makedirs(directory, mode=0o700)
        # Two settings favour it in so short a run: no snapshots, and no rewriting of the append-only file meanwhile.
        self.server = process.start([
            peer.program, "--port", "0", "--unixsocket", self.socket, "--dir", directory, "--save", "",
            "--auto-aof-rewrite-percentage", "0", *peer.settings, *settings], log)
        for _ in range(300):
            if self.server.poll() is not None:
                raise process.Failure(f"{peer.NAME} ended while it started")
            if os.path.exists(self.socket) and self.ask("PING") == "PONG":
                break
            time.sleep(0.1)
        else:
            raise process.Failure(f"{peer.NAME} was not ready after 30 s")
        self.reserve = self.ask("SCRIPT", "LOAD", RESERVE)

    def stop(self):
        process.stop(self.server)
        shutil.rmtree(self.directory)

    def ask(self, *words):
        return process.run(["redis-cli", "-s", self.socket, "-e", *words]).strip()

    def script(self, text, *arguments):
        return self.ask("EVAL", text, 0, *arguments)

    def open_sale(self, skus, stock):
        self.ask("FLUSHALL", "SYNC")
        self.script("for sku = 0, ARGV[1] - 1 do redis.call('SET', 'stock:' .. sku, ARGV[2]) end", skus, stock)

    def sell(self, skus, ids, pipeline, tries):
        """Returns the seconds that so many tries took."""
        out = process.run([
            "redis-benchmark", "-s", self.socket, "-c", sale.CLIENTS, "-P", pipeline, "-n", tries, "-r", ids, "--csv",
            "EVALSHA", self.reserve, 1, "order:__rand_int__", "__rand_int__", skus, 1])
        # "test","rps",…: the command itself is the test's name, and has no quotes or commas in it.
        return tries / float(out.splitlines()[-1].split('","')[1])

    def counts(self, skus, stock):
        # Every key is a SKU's stock or an order.
        orders = int(self.ask("DBSIZE")) - skus
        left, lowest = self.script(
            "local sum, low = 0, math.huge; for sku = 0, ARGV[1] - 1 do local left = tonumber(redis.call('GET', 'stock:' .. sku));"
            " sum = sum + left; low = math.min(low, left) end; return {string.format('%.0f', sum), string.format('%.0f', low)}",
            skus).split()
        return orders, skus * stock - int(left), int(lowest)


def figures(peer, bench):
    place = peer.NAME.lower()
    for setting, durable, options in PERSISTENCE:
        server = Redis(peer, f"{bench.directory}/{place}", bench.log(place), options)
        rehearse(peer, server, setting)
        for skus in (1, sale.SKUS):
            for pipeline in (1, 16, 64):
                yield measure(peer, bench, server, f"Lua, {setting}, pipeline {pipeline}", durable, skus, pipeline)
        if durable:
            yield measure_lock(peer, bench, server, f"SETNX lock, get, decrement, {setting}")
        server.stop()


def rehearse(peer, server, setting):
    server.open_sale(1, sale.REHEARSAL_STOCK)
    server.sell(1, sale.REHEARSAL_IDS, 1, sale.CLIENTS * sale.REHEARSAL_TRIES)
    sale.check_rehearsal(f"{peer.NAME}, Lua, {setting}", *server.counts(1, sale.REHEARSAL_STOCK))


def measure(peer, bench, server, what, durable, skus, pipeline):
    def once():
        server.open_sale(skus, sale.STOCK)
        # redis-benchmark counts tries, not seconds: a short run says how many tries are long enough.
        tries = 3_000
        elapsed = server.sell(skus, sale.IDS, pipeline, tries)
        tries = max(10_000, round(tries / elapsed * 0.3))
        elapsed = server.sell(skus, sale.IDS, pipeline, tries)
        tries = max(10_000, round(tries / elapsed * bench.seconds))
        server.open_sale(skus, sale.STOCK)
        bench.settle()
        elapsed = server.sell(skus, sale.IDS, pipeline, tries)
        orders, deducted, lowest = server.counts(skus, sale.STOCK)
        sale.check(what, orders, deducted, lowest)
        return sale.Figure(peer.NAME, what, "socket", durable, skus, orders, orders / elapsed, detail={
            "tries": tries, "seconds": round(elapsed, 3), "clients": sale.CLIENTS, "pipeline": pipeline})
    return bench.measured(once)


def measure_lock(peer, bench, server, what):
    def once():
        server.open_sale(1, sale.REHEARSAL_STOCK)
        redis_lock.sell(server.socket, sale.CLIENTS, sale.REHEARSAL_IDS, 1.0)
        sale.check_rehearsal(f"{peer.NAME}, {what}", *server.counts(1, sale.REHEARSAL_STOCK), sells_out=False)
        server.open_sale(1, sale.STOCK)
        bench.settle()
        result = redis_lock.sell(server.socket, sale.CLIENTS, sale.IDS, bench.seconds)
        orders, deducted, lowest = server.counts(1, sale.STOCK)
        sale.check(what, orders, deducted, lowest)
        note = f"{result.lock_tries / orders:.0f} lock tries a reservation; client busy {result.busy:.0%} of a core"
        return sale.Figure(peer.NAME, what, "socket", True, 1, orders, orders / result.seconds, note, detail={
            "lock_tries": result.lock_tries, "seconds": round(result.seconds, 3), "clients": sale.CLIENTS})
    return bench.measured(once)
