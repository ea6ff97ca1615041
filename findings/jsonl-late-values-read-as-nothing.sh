#!/bin/bash
# DuckDB and Polars read a log of JSON Lines without an error, and without values that first occur late in it.
#
# Seen on 2026-11-28 with duckdb 2.0.1 (2.0.0 the same; 1.5.6 kept the first two, as text of type JSON) and polars 2.1.0,
# Python 3.11.7. All settings as they are.
#
# Both guess each column's type from the file's beginning, DuckDB from 20,480 lines (sample_size), Polars from 100
# (infer_schema_length), as their documentation says. What it does not say is what becomes of a line further on that does
# not fit: DuckDB's ignore_errors, and Polars', are off, so that one expects an error, and other cases give one. But:
#
#   DuckDB  "v": null in 20,480 lines, then "v": 1700000000123         NULL   (its column has the type "NULL")
#           "v": {"c": null}, then {"c": "c-7"}                        {c: NULL}
#           "v": 1 in 20,480 lines, then 2.5                           2
#           "v": 1 in 20,480 lines, then true                          1
#           "v": 1 in 20,480 lines, then "c-7"                         an error, as it should be
#           no "v" in 20,480 lines, then "v": 5                        an error, as it should be
#   Polars  no "v" in 100 lines, then "v": 5                           no such column: the value is gone
#           "v": null in 100 lines, then "v": 5                        an error, as it should be
#
# So each is silent where the other is not: DuckDB where the writer says null, Polars where it leaves the name out.
#
# What it means: an event log is the very file whose first lines look like no later ones: deliveries first, customers,
# holds with an end, and returns later. Read with sample_size = -1 or infer_schema_length=None, or name the columns.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check duckdb==2.0.1 polars==2.1.0 ||
  { echo "cannot install the packages: nothing was learned" >&2; exit 75; }

cat > "$folder/run.py" <<'PYTHON'
import sys

import duckdb
import polars

path = sys.argv[1] + "/events.jsonl"
changed = False


def write(lines, early, late):
    """So many lines with the early text behind the number, and one with the late."""
    with open(path, "w") as file:
        for number in range(1, lines + 1):
            file.write(f'{{"seq":{number}{early}}}\n')
        file.write(f'{{"seq":{lines + 1}{late}}}\n')


def check(what, got, expected):
    global changed
    print(f"{what}: {got!r}")
    if got != expected:
        changed = True
        print(f"CHANGED: it was {expected!r} on 2026-11-28")


def by_duckdb(options=""):
    try:
        return duckdb.sql(f"SELECT v FROM read_json('{path}'{options}) ORDER BY seq DESC LIMIT 1").fetchall()[0][0]
    except duckdb.Error as error:
        return type(error).__name__


def by_polars(**options):
    try:
        return polars.read_ndjson(path, **options).row(-1, named=True).get("v", "no such column")
    except polars.exceptions.PolarsError as error:
        return type(error).__name__


for early, late, silent, right in [
    (',"v":null', ',"v":1700000000123', None, 1700000000123),
    (',"v":{"c":null}', ',"v":{"c":"c-7"}', {"c": None}, {"c": "c-7"}),
    (',"v":1', ',"v":2.5', 2, 2.5),
    (',"v":1', ',"v":true', 1, "true"),
    (',"v":1', ',"v":"c-7"', "InvalidInputException", '"c-7"'),
]:
    write(20_480, early, late)
    check(f"DuckDB {early[1:]} and then {late[1:]}", by_duckdb(), silent)
    if right is not None:
        check("       with sample_size = -1", by_duckdb(", sample_size = -1"), right)
write(20_479, ',"v":null', ',"v":1700000000123')
check("DuckDB, one line less", by_duckdb(), 1700000000123)
write(20_480, "", ',"v":5')
check("DuckDB, nothing and then 5", by_duckdb(), "BinderException")

write(100, "", ',"v":5')
check("Polars, nothing and then 5", by_polars(), "no such column")
check("       with infer_schema_length=None", by_polars(infer_schema_length=None), 5)
write(99, "", ',"v":5')
check("Polars, one line less", by_polars(), 5)
write(100, ',"v":null', ',"v":5')
check("Polars, null and then 5", by_polars(), "ComputeError")
raise SystemExit(1 if changed else 0)
PYTHON
"$folder/venv/bin/python" "$folder/run.py" "$folder"
