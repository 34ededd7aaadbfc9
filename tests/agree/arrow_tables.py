"""Tables of a job as Arrow holds them."""

import datetime
import decimal

import pyarrow


def table_of(table):
    """A job's table as Arrow holds it; times bear no zone."""
    kinds = {
        "text": pyarrow.string(), "number": pyarrow.float64(), "money": pyarrow.decimal128(19, 4),
        "bool": pyarrow.bool_(), "date": pyarrow.date32(), "time": pyarrow.timestamp("us"),
        "duration": pyarrow.int64(), "texts": pyarrow.list_(pyarrow.string()),
        "numbers": pyarrow.list_(pyarrow.float64()),
    }  # fmt: skip
    read = {
        "number": float, "money": decimal.Decimal, "bool": lambda v: v == "true", "duration": int,
        "date": datetime.date.fromisoformat, "time": datetime.datetime.fromisoformat,
        "numbers": lambda v: [None if i is None else float(i) for i in v],
    }  # fmt: skip
    columns = []
    for i, (_, kind) in enumerate(table["columns"]):
        of = read.get(kind, lambda v: v)
        values = [None if row[i] is None else of(row[i]) for row in table["rows"]]
        columns.append(pyarrow.array(values, kinds[kind]))
    return pyarrow.Table.from_arrays(columns, [name for name, _ in table["columns"]])
