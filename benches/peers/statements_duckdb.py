"""DuckDB over Parquet, by what `lead compile --dialect duckdb` writes: STATEMENTS DATA OUTPUT THREADS."""

import pathlib
import sys

import duckdb

statements, data, output, threads = sys.argv[1:5]
session = duckdb.connect()
session.execute(f"SET threads = {threads}")
# The order of rows in the answers is free, which lets it write in parallel.
session.execute("SET preserve_insertion_order = false")
for table in pathlib.Path(data).glob("*.parquet"):
    session.execute(f"CREATE VIEW {table.stem} AS SELECT * FROM read_parquet('{table}')")
for statement in sorted(pathlib.Path(statements).glob("*.sql")):
    query = statement.read_text(encoding="utf-8").rstrip().rstrip(";")
    session.execute(f"COPY (\n{query}\n) TO '{output}/{statement.stem}.parquet' (FORMAT parquet)")
