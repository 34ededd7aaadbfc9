"""DuckDB, in this process."""

import json
import os
import tempfile
import threading

import duckdb

TYPES = {
    "text": "VARCHAR", "number": "DOUBLE", "money": "DECIMAL(19, 4)", "bool": "BOOLEAN", "date": "DATE",
    "time": "TIMESTAMP", "duration": "BIGINT", "texts": "VARCHAR[]", "numbers": "DOUBLE[]",
}  # fmt: skip


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


class Engine:
    # In memory, or in the file that LEAD_AGREE_DUCKDB names.
    def __init__(self):
        self.session = duckdb.connect(os.environ.get("LEAD_AGREE_DUCKDB", ":memory:"))
        # Nothing may depend on it.
        self.session.execute("SET TimeZone = 'Asia/Tokyo'")
        self.session.execute("SET threads = 1")

    def load(self, tables):
        # A file has the tables in the place where others look for them.
        if "LEAD_AGREE_DUCKDB" not in os.environ:
            self.session.execute("DROP SCHEMA IF EXISTS job CASCADE")
            self.session.execute("CREATE SCHEMA job")
            self.session.execute("USE job")
        for table in tables:
            name = ".".join(quoted(p) for p in table["name"])
            kinds = [TYPES[kind] for _, kind in table["columns"]]
            columns = ", ".join(f"{quoted(c)} {k}" for (c, _), k in zip(table["columns"], kinds))
            self.session.execute(f"CREATE TABLE {name} ({columns})")
            if not table["rows"]:
                continue
            with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
                for row in table["rows"]:
                    file.write(json.dumps({f"c{i}": v for i, v in enumerate(row)}) + "\n")
            fields = ", ".join(f"'c{i}': '{k}'" for i, k in enumerate(kinds))
            names = ", ".join(f"c{i}" for i in range(len(kinds)))
            self.session.execute(
                f"INSERT INTO {name} SELECT {names} FROM read_json('{file.name}',"
                f" format = 'newline_delimited', columns = {{{fields}}})"
            )
            os.unlink(file.name)

    def ask(self, statement, seconds):
        timer = threading.Timer(seconds, self.session.interrupt)
        timer.start()
        try:
            return self.session.execute(statement).fetchall()
        finally:
            timer.cancel()
