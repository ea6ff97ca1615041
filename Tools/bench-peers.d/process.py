"""Programs that are started here end here: each in its own session, so that Ctrl-C reaches only who started them, who stops
them in order; and with a parent-death signal, so that not even `kill -9` of that one leaves one running. For bench-peers
and incidents."""
import os
import signal
import subprocess
import tempfile

_running = []


class Failure(Exception):
    """What failed and what to do about it: a message for people."""


def start(command, log, user=None):
    """Starts a server that writes all it says to the file `log`."""
    with open(log, "ab") as out:
        return _start(command, user, stdin=subprocess.DEVNULL, stdout=out, stderr=out)


def talk(command):
    """Starts a program whose lines are read, and which is written to."""
    return _start(command, None, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1)


def run(command, user=None, text="", timeout=900, fine=(0,)):
    """Runs a program to its end and returns its standard output; an exit code that is not `fine` is a failure."""
    with tempfile.TemporaryFile() as source:
        source.write(text.encode())
        source.seek(0)
        process = _start(command, user, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        raise Failure(f"{command[0]} did not end in {timeout} s; is the machine or its disk busy?") from None
    _running.remove(process)
    if process.returncode not in fine:
        said = (err + out).decode(errors="replace").strip()[-2000:]
        raise Failure(f"`{' '.join(map(str, command))}` ended with {process.returncode}:\n{said}")
    return out.decode()


def stop(process, ask=signal.SIGTERM):
    """Asks, waits, insists."""
    if process.poll() is None:
        os.kill(process.pid, ask)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if process in _running:
        _running.remove(process)


def stop_all():
    for process in reversed(_running[:]):
        # To PostgreSQL SIGINT is the fast shutdown; Redis and every client end by it too.
        stop(process, signal.SIGINT)


def _start(command, user, **streams):
    become = [f"--reuid={user}", f"--regid={user}", "--init-groups"] if user and os.getuid() == 0 else []
    # The kernel forgets a parent-death signal when the user changes: setpriv sets it after that.
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig", "TERM", *become, "--", *map(str, command)], start_new_session=True, cwd="/", **streams)
    _running.append(process)
    return process
