"""The real servers: each started by hand on loopback, in a folder that is deleted afterwards."""

import os
import pwd
import shutil
import signal
import socket
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "bench-peers.d"))
import process  # noqa: E402
from postgresql import binary  # noqa: E402


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RefusedByServer(Exception):
    """An error that a server answered."""


class Connection:
    """Redis's protocol, version 2, as Redis and Tallystick speak it."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.file = self.socket.makefile("rb")

    def send(self, *words):
        parts = [str(word).encode() for word in words]
        self.socket.sendall(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts))

    def answer(self):
        line = self.file.readline()
        if not line:
            raise ConnectionError("the server closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest.decode()
        if kind == b"-":
            raise RefusedByServer(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self.file.read(int(rest) + 2)[:-2].decode()
        if kind == b"*":
            return None if rest == b"-1" else [self.answer() for _ in range(int(rest))]
        raise ConnectionError(f"not Redis's protocol: {line!r}")

    def __call__(self, *words):
        self.send(*words)
        return self.answer()

    def close(self):
        self.file.close()
        self.socket.close()


def wait_for(what, is_ready, process=None):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if process is not None and process.poll() is not None:
            raise SystemExit(f"incidents: {what} ended at once with {process.returncode}")
        try:
            if is_ready():
                return
        except (OSError, RefusedByServer, ConnectionError):
            pass
        time.sleep(0.02)
    raise SystemExit(f"incidents: {what} did not become ready in 30 s")


class Redis:
    def __init__(self, folder, *options):
        self.port = free_port()
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.options = options
        self.start()

    def start(self):
        command = ["redis-server", "--port", self.port, "--bind", "127.0.0.1", "--dir", self.folder, *self.options]
        self.server = process.start(command, self.folder + "/log")
        wait_for("redis-server", lambda: self.connect()("PING") == "PONG", self.server)

    def connect(self):
        return Connection(self.port)

    def kill(self):
        process.stop(self.server, signal.SIGKILL)

    stop = kill


class Wire:
    """A way from one server to another that can be cut without either noticing at once."""

    def __init__(self, port):
        self.target = port
        self.is_cut = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                return
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self.carry, args=(source, sink), daemon=True).start()

    def carry(self, source, sink):
        try:
            while data := source.recv(65536):
                if not self.is_cut:
                    sink.sendall(data)
        except OSError:
            pass
        finally:
            source.close()
            sink.close()

    def stop(self):
        self.listener.close()


class Postgres:
    def __init__(self, folder):
        self.port = free_port()
        data = folder + "/data"
        os.makedirs(folder, exist_ok=True)
        # PostgreSQL refuses to run as root.
        user = None
        if os.getuid() == 0:
            user = next((user.pw_name for user in pwd.getpwall() if user.pw_name == "postgres"), "nobody")
            shutil.chown(folder, user)
            os.chmod(os.path.dirname(folder), 0o755)
        process.run([binary("initdb"), "-D", data, "-A", "trust", "-U", "shop"], user)
        self.server = process.start(
            [binary("postgres"), "-D", data, "-p", self.port, "-h", "127.0.0.1", "-k", data], folder + "/log", user)
        wait_for("postgres", self.is_ready, self.server)

    def is_ready(self):
        try:
            process.run([binary("pg_isready"), "-q", "-h", "127.0.0.1", "-p", self.port])
        except process.Failure:
            return False
        return True

    def session(self):
        return Session(self)

    def stop(self):
        process.stop(self.server, signal.SIGINT)


class Session:
    """One psql that stays connected: what a buyer's request does, statement by statement."""

    MARK = "-- done --"

    def __init__(self, server):
        self.process = process.talk([
            "psql", "-X", "-q", "-A", "-t", "-h", "127.0.0.1", "-p", server.port, "-U", "shop", "-d", "postgres",
            "-v", "VERBOSITY=terse"])

    def send(self, statement):
        self.process.stdin.write(f"{statement};\n\\echo {self.MARK}\n")
        self.process.stdin.flush()

    def answer(self):
        lines = []
        while True:
            line = self.process.stdout.readline()
            if not line:
                raise SystemExit("incidents: psql ended: " + " ".join(lines))
            if line.strip() == self.MARK:
                return "\n".join(lines)
            if line.strip():
                lines.append(line.strip())

    def __call__(self, statement):
        self.send(statement)
        return self.answer()


class Tallystick:
    def __init__(self, folder, tools):
        self.tools = tools
        self.log = folder + "/shop.tally"
        os.makedirs(folder, exist_ok=True)
        process.run([tools + "/tally", "init", "--log", self.log])
        self.start()

    def start(self):
        self.server = process.talk([
            self.tools + "/tally", "serve", "--log", self.log, "--resp", "127.0.0.1:0", "--json"])
        ready = self.server.stdout.readline()
        if '"resp":"127.0.0.1:' not in ready:
            raise SystemExit(f"incidents: tally serve did not start: {ready.strip()}")
        self.port = int(ready.split('"resp":"127.0.0.1:')[1].split('"')[0])

    def connect(self):
        return Connection(self.port)

    def kill(self):
        process.stop(self.server, signal.SIGKILL)

    def stop(self):
        process.stop(self.server)

    def verdict(self):
        """What the independent verifier says."""
        self.stop()
        return process.run([self.tools + "/tally-verify", self.log], fine=(0, 1, 65)).split()[0]
