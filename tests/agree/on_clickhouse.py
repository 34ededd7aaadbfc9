"""ClickHouse, in this process (chdb)."""

import datetime
import json

from chdb import session

TYPES = {
    "text": "Nullable(String)", "number": "Nullable(Float64)", "money": "Nullable(Decimal(19, 4))",
    "bool": "Nullable(Bool)", "date": "Nullable(Date32)", "time": "Nullable(DateTime64(6, 'UTC'))",
    "duration": "Nullable(Int64)", "texts": "Array(Nullable(String))", "numbers": "Array(Nullable(Float64))",
}  # fmt: skip


class Engine:
    def __init__(self):
        self.session = session.Session()
        for setting in ("quote_decimals", "quote_64bit_integers", "quote_denormals"):
            self.session.query(f"SET output_format_json_{setting} = 1")

    def load(self, tables):
        self.session.query("DROP DATABASE IF EXISTS job")
        self.session.query("CREATE DATABASE job")
        self.session.query("USE job")
        for table in tables:
            names = [f"`{name}`" for name, _ in table["columns"]]
            kinds = [TYPES[kind] for _, kind in table["columns"]]
            lists = [i for i, (_, kind) in enumerate(table["columns"]) if kind in ("texts", "numbers")]
            columns = ", ".join(f"{n} {k}" for n, k in zip(names, kinds))
            name = f"`{table['name'][-1]}`"
            self.session.query(f"CREATE TABLE {name} ({columns}) ENGINE = Memory")
            # A list is never NULL there: an empty one is unknown.
            words = {"true": True, "false": False}
            bools = [i for i, (_, kind) in enumerate(table["columns"]) if kind == "bool"]
            rows = [
                [words.get(v) if i in bools else [] if v is None and i in lists else v for i, v in enumerate(row)]
                for row in table["rows"]
            ]
            if rows:
                values = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
                self.session.query(f"INSERT INTO {name} FORMAT JSONCompactEachRow\n{values}")

    def ask(self, statement, seconds):
        asked = f"{statement}, max_execution_time = {seconds}"
        out = str(self.session.query(asked, "JSONCompactEachRowWithNamesAndTypes")).splitlines()
        if not out:
            return []
        kinds = json.loads(out[1])
        return [[self.value(v, k) for v, k in zip(json.loads(line), kinds)] for line in out[2:]]

    def value(self, value, kind):
        if value is None:
            return None
        if kind.startswith("Array("):
            return [self.value(v, kind[6:-1]) for v in value]
        kind = kind.removeprefix("Nullable(")
        if kind.startswith("DateTime"):
            return datetime.datetime.fromisoformat(value)
        if kind.startswith("Date"):
            return datetime.date.fromisoformat(value)
        return float(value) if kind.startswith("Float") else value
