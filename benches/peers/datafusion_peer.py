"""DataFusion: WORK csv|parquet DATA OUTPUT THREADS."""

import sys

import pyarrow
from datafusion import SessionConfig, SessionContext

from work import TABLES, Dialect, carry_out

work, form, data, output, threads = sys.argv[1:6]
# It would guess the types of a CSV file from its first rows, and columns that begin empty come out wrong.
TIME, TEXT = pyarrow.timestamp("us"), pyarrow.string()
EVENTS = pyarrow.schema(
    [("event_id", pyarrow.int64()), ("contact_id", TEXT), ("type", TEXT), ("ts", TIME), ("url", TEXT), ("offer", TEXT), ("outcome", TEXT)]
)
session = SessionContext(SessionConfig().with_target_partitions(int(threads)))
for table in TABLES:
    path = f"{data}/{table}.{form}"
    if form == "parquet":
        session.register_parquet(table, path)
    else:
        session.register_csv(table, path, schema=EVENTS if table == "events" else None)
carry_out(
    work,
    Dialect(),
    lambda name, query: session.sql(f"CREATE TABLE {name} AS {query}").collect(),
    lambda name, query: session.sql(f"COPY ({query}) TO '{output}/{name}.{form}' STORED AS {form.upper()}").collect(),
)
