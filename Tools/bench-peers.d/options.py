"""The command line. Run by itself it prints the peers that were asked for."""
import argparse
import sys

PEERS = ["postgresql", "postgresql18", "redis", "valkey", "sqlite", "tallystick"]


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.print_usage(sys.stderr)
        print(f"bench-peers: {message}", file=sys.stderr)
        sys.exit(64)  # EX_USAGE, as Tallystick's own commands


def seconds(text):
    value = float(text)
    if not 0.5 <= value <= 600:
        raise argparse.ArgumentTypeError("is 0.5 to 600")
    return value


def peers(text):
    names = text.split(",")
    for name in names:
        if name not in PEERS:
            raise argparse.ArgumentTypeError(f"there is no peer {name!r}; there are {', '.join(PEERS)}")
    return [peer for peer in PEERS if peer in names]


def parse(arguments):
    parser = Parser(
        prog="Tools/bench-peers", allow_abbrev=False,
        description="Runs one flash sale on PostgreSQL, Redis, Valkey, SQLite and Tallystick in one run on this machine, checks "
        "that none oversold, and prints a table (Markdown) and a chart (SVG). Servers run under a temporary directory "
        "and are stopped; no system service is touched. Takes about 9 minutes with the default --seconds.",
        epilog="Example: Tools/bench-peers --seconds 2 --only redis,tallystick --svg /tmp/peers.svg. Exit codes: 0 done, "
        "1 a peer failed or gave an impossible answer, 64 usage, 69 something is missing, 130 interrupted.")
    parser.add_argument("--seconds", type=seconds, default=5.0, metavar="N", help="length of a measurement (default: 5)")
    parser.add_argument("--only", type=peers, default=PEERS, metavar="PEERS", help=f"some of {','.join(PEERS)}")
    parser.add_argument("--svg", default="peers.svg", metavar="PATH", help="where the chart goes (default: ./peers.svg)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.add_argument(
        "--dir", default="/var/tmp", metavar="DIR",
        help="the disk to measure: every peer's data lies in a new directory here (default: /var/tmp)")
    parser.add_argument("--bin", default=".build/release", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    print(" ".join(parse(sys.argv[1:]).only))
