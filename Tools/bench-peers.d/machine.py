"""What the figures depend on: the processor, the kernel, and above all the disk."""
import os
import platform
import re
import statistics
import time
from pathlib import Path


def description():
    text = Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*:\s*(.+)$", text, re.M)
    memory = int(re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())[1]) / 2**20
    return {
        "cpu": model[1] if model else platform.machine(), "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory, 1), "kernel": platform.release(), "load": round(os.getloadavg()[0], 1)}


def memory_bytes():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def bare_sync(directory):
    """The median, in µs, of overwriting 4 KiB of a preallocated file and fdatasync: what no durable answer can beat alone.
    The same as tally-bench's own, in a quarter of a second."""
    path = os.path.join(directory, "bare-sync")
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.pwrite(file, bytes(64 << 10), 0)
        os.fsync(file)
        block = b"\7" * 4096
        times = []
        end = time.perf_counter() + 0.25
        while len(times) < 3 or (len(times) < 1000 and time.perf_counter() < end):
            start = time.perf_counter()
            os.pwrite(file, block, len(times) % 16 * 4096)
            os.fdatasync(file)
            times.append(time.perf_counter() - start)
        return statistics.median(times) * 1e6
    finally:
        os.close(file)
        os.unlink(path)
