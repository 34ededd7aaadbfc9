"""One engine for one run of the comparison: reads a job a line from standard input, answers each with a line.

A job is {"tables": [{"name": [...], "columns": [[name, type], ...], "rows": [[...], ...]}], "statements": [sql, ...]};
cells are texts, lists or null; without tables those that are there stay. The answer is a list with {"rows": [[...], ...]} or {"error": "..."} for each statement.
"""

import datetime
import decimal
import json
import os
import sys
import tempfile

EPOCH = datetime.datetime(1970, 1, 1)


def cell(value):
    """A value as a text that says all of it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, datetime.datetime):
        if value.tzinfo is not None:
            value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
        delta = value - EPOCH
        return str((delta.days * 86400 + delta.seconds) * 1_000_000 + delta.microseconds)
    if isinstance(value, datetime.date):
        return str((value - EPOCH.date()).days)
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, (list, tuple)):
        return [cell(v) for v in value]
    return str(value)


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


class DuckDb:
    types = {
        "text": "VARCHAR", "number": "DOUBLE", "money": "DECIMAL(19, 4)", "bool": "BOOLEAN", "date": "DATE",
        "time": "TIMESTAMP", "duration": "BIGINT", "texts": "VARCHAR[]", "numbers": "DOUBLE[]",
    }  # fmt: skip

    def __init__(self):
        import duckdb

        self.session = duckdb.connect(os.environ.get("LEAD_AGREE_DUCKDB", ":memory:"))
        # Nothing may depend on it.
        self.session.execute("SET TimeZone = 'Asia/Tokyo'")
        self.session.execute("SET threads = 1")

    def load(self, tables):
        self.session.execute("DROP SCHEMA IF EXISTS job CASCADE")
        self.session.execute("CREATE SCHEMA job")
        self.session.execute("USE job")
        for table in tables:
            name = ".".join(quoted(p) for p in table["name"])
            kinds = [self.types[kind] for _, kind in table["columns"]]
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

    def ask(self, statement):
        return self.session.execute(statement).fetchall()


class Postgres:
    types = {
        "text": "text", "number": "double precision", "money": "numeric(19, 4)", "bool": "boolean", "date": "date",
        "time": "timestamp", "duration": "bigint", "texts": "text[]", "numbers": "double precision[]",
    }  # fmt: skip

    def __init__(self):
        import psycopg

        self.session = psycopg.connect(os.environ["LEAD_AGREE_POSTGRES"], autocommit=True)
        self.session.execute("SET TIME ZONE 'Asia/Tokyo'")

    def load(self, tables):
        with self.session.cursor() as cursor:
            cursor.execute("SET client_min_messages = warning")
            cursor.execute("DROP SCHEMA IF EXISTS job CASCADE")
            cursor.execute("CREATE SCHEMA job")
            cursor.execute("SET search_path = job")
            for table in tables:
                name = ".".join(quoted(p) for p in table["name"])
                columns = ", ".join(f"{quoted(c)} {self.types[k]}" for c, k in table["columns"])
                cursor.execute(f"CREATE TABLE {name} ({columns})")
                names = ", ".join(quoted(c) for c, _ in table["columns"])
                with cursor.copy(f"COPY {name} ({names}) FROM STDIN") as copy:
                    for row in table["rows"]:
                        copy.write_row(row)

    def ask(self, statement):
        # Without a plan for parameters, so that `%` is no sign of one.
        return self.session.execute(statement.encode(), prepare=False).fetchall()


ENGINES = {"duckdb": DuckDb, "postgres": Postgres}


def main():
    engine = ENGINES[sys.argv[1]]()
    for line in sys.stdin:
        job = json.loads(line)
        if job["tables"] is not None:
            engine.load(job["tables"])
        out = []
        for statement in job["statements"]:
            try:
                rows = engine.ask(statement)
                out.append({"rows": [[cell(v) for v in row] for row in rows]})
            except Exception as error:
                out.append({"error": f"{type(error).__name__}: {error}"})
        print(json.dumps(out), flush=True)


main()
