"""SQLite in this process: one writer, as SQLite has; the loop over the orders runs inside the sqlite3 module, in C.

Python is not what bounds it: BEGIN and COMMIT from Python cost 4 µs a transaction, and an INSERT without triggers into memory
under 2 µs a row with SQLite's own work, of the 10 to 20 µs that a reservation of a thousand takes."""
import itertools
import os
import random
import shutil
import time

import process
import sale

try:
    import sqlite3
except ImportError:  # then --only leaves it out
    sqlite3 = None

NAME = "SQLite"

# The reservation is one prepared INSERT: triggers check and deduct. IGNORE makes a repeated id, and a sold-out SKU, no row
# and no deduction (https://www.sqlite.org/lang_createtrigger.html#the_raise_function).
SALE = """
CREATE TABLE stock (sku INTEGER PRIMARY KEY, available INTEGER NOT NULL CHECK (available >= 0));
CREATE TABLE orders (id INTEGER PRIMARY KEY, sku INTEGER NOT NULL, quantity INTEGER NOT NULL);
CREATE TRIGGER checks BEFORE INSERT ON orders
  WHEN NOT EXISTS (SELECT 1 FROM stock WHERE sku = NEW.sku AND available >= NEW.quantity)
  BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER deducts AFTER INSERT ON orders
  BEGIN UPDATE stock SET available = available - NEW.quantity WHERE sku = NEW.sku; END;
"""
RESERVE = "INSERT INTO orders (id, sku, quantity) VALUES (?, ?, 1) ON CONFLICT (id) DO NOTHING"


def version():
    return f"{sqlite3.sqlite_version}"


class Shop:
    def __init__(self, directory, synchronous, skus, stock):
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(directory)
        self.database = sqlite3.connect(f"{directory}/shop.db", isolation_level=None)
        self.stock = stock
        # https://www.sqlite.org/pragma.html#pragma_synchronous: with a write-ahead log, FULL syncs it after each transaction,
        # NORMAL "might roll back following a power loss". The cache holds the whole sale, which favours SQLite.
        for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "cache_size=-262144"):
            self.database.execute(f"PRAGMA {pragma}")
        self.database.executescript(SALE)
        self.database.execute("BEGIN")
        self.database.executemany("INSERT INTO stock VALUES (?, ?)", ((sku, stock) for sku in range(skus)))
        self.database.execute("COMMIT")
        self.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def sell(self, orders):
        """One transaction."""
        self.database.execute("BEGIN IMMEDIATE")
        self.database.executemany(RESERVE, orders)
        self.database.execute("COMMIT")

    def counts(self):
        return self.database.execute(
            "SELECT (SELECT count(*) FROM orders), sum(? - available), min(available) FROM stock", (self.stock,)).fetchone()


def figures(bench):
    directory = f"{bench.directory}/sqlite"

    def measure(synchronous, durable, skus, batch):
        what = f"WAL, synchronous={synchronous}, {batch:,} a transaction"

        def once():
            shop = Shop(directory, synchronous, skus, sale.STOCK)
            numbers = random.Random()
            tries, elapsed = 0, 0.0
            bench.settle()
            while elapsed < bench.seconds:
                # The orders are made while the clock stands.
                made = [[(numbers.randrange(sale.IDS), numbers.randrange(skus)) for _ in range(batch)]
                        for _ in range(max(1, 10_000 // batch))]
                for orders in made:
                    start = time.perf_counter()
                    shop.sell(orders)
                    elapsed += time.perf_counter() - start
                    tries += batch
                    if elapsed >= bench.seconds:
                        break
            orders, deducted, lowest = shop.counts()
            shop.database.close()
            sale.check(f"SQLite, {what}", orders, deducted, lowest)
            return sale.Figure(NAME, what, "library", durable, skus, orders, orders / elapsed, detail={
                "tries": tries, "seconds": round(elapsed, 3), "clients": 1})
        return bench.measured(once)

    rehearse(directory)
    try:
        for synchronous, durable in (("FULL", True), ("NORMAL", False)):
            for skus, batch in itertools.product((1, sale.SKUS), (1, 1_000)):
                yield measure(synchronous, durable, skus, batch)
    except sqlite3.Error as error:
        raise process.Failure(f"{error}; is there room under {bench.directory}?") from error


def rehearse(directory):
    shop = Shop(directory, "FULL", 1, sale.REHEARSAL_STOCK)
    for _ in range(sale.REHEARSAL_TRIES):
        shop.sell([(random.randrange(sale.REHEARSAL_IDS), 0) for _ in range(sale.CLIENTS)])
    counts = shop.counts()
    shop.database.close()
    sale.check_rehearsal("SQLite", *counts)
