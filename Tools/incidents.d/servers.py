"""The real servers: each started by hand on loopback, in a folder that is deleted afterwards."""

import glob
import os
import shutil
import signal
import socket
import subprocess
import threading
import time


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
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder, *self.options]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for("redis-server", lambda: self.connect()("PING") == "PONG", self.process)

    def connect(self):
        return Connection(self.port)

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

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
        self.data = folder + "/data"
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin")) or [os.path.dirname(shutil.which("postgres"))]
        self.programs = found[-1]
        os.makedirs(folder, exist_ok=True)
        # PostgreSQL refuses to run as root.
        self.prefix = []
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
            os.chmod(os.path.dirname(folder), 0o755)
            self.prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        self.run("initdb", "-D", self.data, "-A", "trust", "-U", "shop")
        self.process = subprocess.Popen(
            [*self.prefix, f"{self.programs}/postgres", "-D", self.data, "-p", str(self.port), "-h", "127.0.0.1", "-k", self.data],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        wait_for("postgres", lambda: self.is_ready(), self.process)

    def run(self, program, *arguments):
        subprocess.run(
            [*self.prefix, f"{self.programs}/{program}", *arguments], check=True, cwd="/", stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)

    def is_ready(self):
        asked = [f"{self.programs}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(asked, cwd="/").returncode == 0

    def session(self):
        return Session(self)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()


class Session:
    """One psql that stays connected: what a buyer's request does, statement by statement."""

    MARK = "-- done --"

    def __init__(self, server):
        self.process = subprocess.Popen(
            ["psql", "-X", "-q", "-A", "-t", "-h", "127.0.0.1", "-p", str(server.port), "-U", "shop", "-d", "postgres",
             "-v", "VERBOSITY=terse"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1)

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

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Tallystick:
    def __init__(self, folder, tools):
        self.tools = tools
        self.log = folder + "/shop.tally"
        os.makedirs(folder, exist_ok=True)
        self.tally("init")
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [self.tools + "/tally", "serve", "--log", self.log, "--resp", "127.0.0.1:0", "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        ready = self.process.stdout.readline()
        if not ready:
            raise SystemExit("incidents: tally serve did not start")
        self.port = int(ready.split('"resp":"127.0.0.1:')[1].split('"')[0])

    def tally(self, *words):
        return subprocess.run(
            [self.tools + "/tally", *words, "--log", self.log], capture_output=True, text=True).stdout.strip()

    def connect(self):
        return Connection(self.port)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()

    def verdict(self):
        """What the independent verifier says, and what is left on hand and held."""
        self.stop()
        checked = subprocess.run([self.tools + "/tally-verify", self.log], capture_output=True, text=True)
        return checked.stdout.split()[0] if checked.stdout else checked.stderr.strip()
