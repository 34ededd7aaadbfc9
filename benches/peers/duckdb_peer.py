"""DuckDB: WORK csv|parquet DATA OUTPUT THREADS."""

import sys

import duckdb

from work import TABLES, Dialect, carry_out

work, form, data, output, threads = sys.argv[1:6]
session = duckdb.connect()
session.execute(f"SET threads = {threads}")
# The order of rows in the answers is free, which lets it write in parallel.
session.execute("SET preserve_insertion_order = false")
for table in TABLES:
    session.execute(f"CREATE VIEW {table} AS SELECT * FROM read_{form}('{data}/{table}.{form}')")
options = "FORMAT csv, HEADER" if form == "csv" else "FORMAT parquet, COMPRESSION zstd"
carry_out(
    work,
    Dialect(),
    lambda name, query: session.execute(f"CREATE TEMP TABLE {name} AS {query}"),
    lambda name, query: session.execute(f"COPY ({query}) TO '{output}/{name}.{form}' ({options})"),
)
