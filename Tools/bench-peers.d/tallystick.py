"""Tallystick: tally-bench's own figures, and `tally append` on the hot SKU; tally-verify then replays every log."""
import json
import os
import random
import shutil
import subprocess
import time

import process
import sale

NAME = "Tallystick"

# Figure of tally-bench, what it is, its SKUs, callers that each wait for a sync.
FIGURES = [
    ("append-single", "one caller, one reservation at a time", 1_000, 1),
    ("append-async-64", "64 async callers, one reservation each", 1_000, 64),
    ("append-async-1024", "1,024 async callers, one reservation each", 1_000, 1_024),
    ("append-bulk-hot", "batches of 8,192, sequential order numbers", 1, None),
    ("append-bulk-commands", "batches of 8,192 commands made of strings", 100_000, None),
    ("append-bulk-sequential", "batches of 8,192, sequential order numbers", 100_000, None),
    ("append-bulk-uuid", "batches of 8,192, random UUIDs", 100_000, None),
]


def version():
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    described = subprocess.run(
        ["git", "-C", root, "describe", "--always", "--dirty"], capture_output=True, text=True, check=False).stdout.strip()
    return described or "of this directory"


def figures(bench):
    directory = f"{bench.directory}/tallystick"
    os.makedirs(directory)

    def run(name, events):
        """tally-bench's own object, and what the auditor says of the log it left."""
        logs = f"{directory}/{name}"
        shutil.rmtree(logs, ignore_errors=True)
        os.makedirs(logs)
        bench.settle()
        out = process.run([
            f"{bench.binaries}/tally-bench", name, "--json", "--events", max(1_000, round(events)), "--dir", directory,
            "--keep", logs])
        (log,) = [entry.path for entry in os.scandir(logs) if entry.is_dir()]
        return json.loads(out), audit(bench, log)

    def measure(name, what, skus, callers):
        def once():
            if callers:
                # Reservations that a disk as it is now takes about that long for; tally-bench has its own upper limit.
                events = bench.seconds * callers / (bench.bare / 1e6)
            else:
                probe, _ = run(name, 500_000)
                events = min(probe["value"] * bench.seconds, 20_000_000)
            figure, proven = run(name, events)
            # tally-bench itself fails if one reservation was not accepted.
            accepted = int(figure["detail"]["reservations"])
            if proven["reservations"] != accepted:
                raise sale.Impossible(f"{name} accepted {accepted} and recorded {proven['reservations']} reservations")
            is_median = figure["unit"] == "µs"
            rate = 1e6 / figure["value"] if is_median else figure["value"]
            note = f"a second ÷ the median of {figure['value']:,} µs" if is_median else ""
            return sale.Figure(NAME, what, "library", True, skus, accepted, rate, note, detail={
                "tally_bench": figure["name"], "clients": callers or 1, **figure["detail"]})
        return bench.measured(once)

    rehearse(bench, directory)
    yield measure_pipe(bench, directory)
    for name, what, skus, callers in FIGURES:
        yield measure(name, what, skus, callers)


def audit(bench, log):
    """Replays every event of the log and judges every rule after each: never oversold is one of them."""
    try:
        return json.loads(process.run([f"{bench.binaries}/tally-verify", "--json", log]))
    except process.Failure as failure:
        raise sale.Impossible(f"tally-verify did not prove the log: {failure}") from failure


def pipe(bench, directory, orders, stock):
    """Sells the hot SKU through `tally append`; returns seconds, orders, deducted, and what is left."""
    log, commands = f"{directory}/hot.tally", f"{directory}/orders.jsonl"
    shutil.rmtree(log, ignore_errors=True)
    tally = f"{bench.binaries}/tally"
    process.run([tally, "init", "--log", log])
    process.run([tally, "receive", f"hot={stock}", "--log", log])
    with open(commands, "w") as file:
        file.writelines(f'{{"op":"reserve","id":"order-{order}","lines":[{{"sku":"hot","qty":1}}]}}\n' for order in orders)
    bench.settle()
    start = time.perf_counter()
    answers = process.run([tally, "append", commands, "--log", log], fine=(0, 1))  # 1: some were sold out
    elapsed = time.perf_counter() - start
    if answers.count("\n") != len(orders):
        raise sale.Impossible(f"tally append answered {answers.count(chr(10))} of {len(orders)} commands")
    stocked = json.loads(process.run([tally, "stock", "--json", "--log", log]))
    return elapsed, audit(bench, log)["reservations"], stocked["held"], stocked["available"]


def rehearse(bench, directory):
    crowd = [random.randrange(sale.REHEARSAL_IDS) for _ in range(sale.CLIENTS * sale.REHEARSAL_TRIES)]
    sale.check_rehearsal("tally append", *pipe(bench, directory, crowd, sale.REHEARSAL_STOCK)[1:])


def measure_pipe(bench, directory):
    def once():
        count, elapsed = 20_000, 0.0
        # A short one says how many are long enough; a million lines are 80 MB of commands, and enough.
        for _ in range(2):
            orders = [random.randrange(sale.IDS) for _ in range(count)]
            elapsed, *counts = pipe(bench, directory, orders, sale.STOCK)
            sale.check("tally append", *counts)
            tried, count = count, min(1_000_000, round(count / elapsed * bench.seconds))
        return sale.Figure(
            NAME, "`tally append`: commands and answers as JSON Lines, with start and end of the process", "pipe", True, 1,
            counts[0], counts[0] / elapsed, detail={"tries": tried, "seconds": round(elapsed, 3), "clients": 1})
    return bench.measured(once)
