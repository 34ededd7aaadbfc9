"""ClickHouse, in this process (chdb)."""

import datetime
import json

from chdb import session

from parameters import ESCAPED, filled

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
        # Statements are longer, and their trees larger, than the engine takes unless it is told to.
        for setting in ("max_query_size", "max_ast_elements", "max_expanded_ast_elements"):
            self.session.query(f"SET {setting} = 100000000")
        self.parameters = {}

    def load(self, tables):
        self.session.query("DROP DATABASE IF EXISTS job")
        self.session.query("CREATE DATABASE job")
        self.session.query("USE job")
        self.parameters = {}
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

    def prepare(self, plan, texts, as_of):
        """Makes a table of each step that several others read, and a view of each other."""
        self.parameters = {"as_of": as_of}
        for step in plan["moments"] + plan["steps"]:
            name = step["name"].replace("\\", "\\\\").replace("`", "``")
            kept = step["kept"] or "WITH RECURSIVE" in texts[step["file"]]
            query = filled(texts[step["file"]], self.parameters, ESCAPED)
            made = f"CREATE TABLE `{name}` ENGINE = Memory AS" if kept else f"CREATE VIEW `{name}` AS"
            self.session.query(f"{made}\n{query}")
            if plan["moments"] and step is plan["moments"][-1]:
                out = json.loads(str(self.session.query(f"SELECT * FROM `{name}`", "JSONEachRow")))
                self.parameters = {k: f"toDateTime64('{v}', 6, 'UTC')" for k, v in out.items()}

    def ask(self, statement, seconds):
        asked = f"{filled(statement, self.parameters, ESCAPED)}, max_execution_time = {seconds}"
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
