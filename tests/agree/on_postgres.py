"""PostgreSQL: the server that LEAD_AGREE_POSTGRES names."""

import os

import psycopg

TYPES = {
    "text": "text", "number": "double precision", "money": "numeric(19, 4)", "bool": "boolean", "date": "date",
    "time": "timestamp", "duration": "bigint", "texts": "text[]", "numbers": "double precision[]",
}  # fmt: skip


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


class Engine:
    def __init__(self):
        self.connect()

    def connect(self):
        self.session = psycopg.connect(os.environ["LEAD_AGREE_POSTGRES"], autocommit=True)
        # Nothing may depend on it.
        self.session.execute("SET TIME ZONE 'Asia/Tokyo'")
        self.session.execute("SET client_min_messages = warning")

    def load(self, tables):
        # A server that stopped a session starts again by itself.
        if self.session.closed:
            self.connect()
        with self.session.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("DROP SCHEMA IF EXISTS job CASCADE")
            cursor.execute("CREATE SCHEMA job")
            cursor.execute("SET search_path = job")
            for table in tables:
                name = ".".join(quoted(p) for p in table["name"])
                columns = ", ".join(f"{quoted(c)} {TYPES[k]}" for c, k in table["columns"])
                cursor.execute(f"CREATE TABLE {name} ({columns})")
                names = ", ".join(quoted(c) for c, _ in table["columns"])
                with cursor.copy(f"COPY {name} ({names}) FROM STDIN") as copy:
                    for row in table["rows"]:
                        copy.write_row(row)

    def ask(self, statement, seconds):
        self.session.execute(f"SET statement_timeout = '{seconds}s'")
        # Without a plan for parameters, so that `%` is no sign of one.
        return self.session.execute(statement.encode(), prepare=False).fetchall()
