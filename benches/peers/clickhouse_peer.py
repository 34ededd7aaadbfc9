"""ClickHouse, inside the process: WORK csv|parquet DATA OUTPUT THREADS."""

import sys

from chdb.session import Session

from work import TABLES, ClickHouse, carry_out

work, form, data, output, threads = sys.argv[1:6]
name_of_form = "CSVWithNames" if form == "csv" else "Parquet"
session = Session()
session.query("CREATE DATABASE work ENGINE = Atomic")
session.query("USE work")
for setting in (f"max_threads = {threads}", "join_use_nulls = 1", "session_timezone = 'UTC'", "format_csv_null_representation = ''"):
    session.query(f"SET {setting}")
for table in TABLES:
    session.query(f"CREATE VIEW {table} AS SELECT * FROM file('{data}/{table}.{form}', {name_of_form})")
carry_out(
    work,
    ClickHouse(),
    lambda name, query: session.query(f"CREATE TABLE {name} ENGINE = Memory AS {query}"),
    lambda name, query: session.query(f"{query} INTO OUTFILE '{output}/{name}.{form}' TRUNCATE FORMAT {name_of_form}"),
)
