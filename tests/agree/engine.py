"""One engine for one run of the comparison: reads a job a line from standard input, answers each with a line.

A job is {"tables": [{"name": [...], "columns": [[name, type], ...], "rows": [[...], ...]}], "statements": [sql, ...],
"limit": seconds, "steps": null or {"plan": {...}, "texts": {file: sql}, "as_of": sql}}; cells are texts, lists or null; without tables those that are there stay. The answer is a list with
{"rows": [[...], ...]} or {"error": "..."} for each statement. `on_NAME.py` has a class `Engine` with `load(tables)` and `ask(statement, seconds)`;
one that takes statements in steps has `prepare(plan, texts, as_of)`.
"""

import datetime
import decimal
import importlib
import importlib.util
import json
import os
import sys

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


def main():
    # Answers alone go to standard output, whatever an engine prints.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    module = f"on_{sys.argv[1]}"
    engine = importlib.import_module(module if importlib.util.find_spec(module) else "on_parsed").Engine()
    for line in sys.stdin:
        job = json.loads(line)
        if job["tables"] is not None:
            engine.load(job["tables"])
        out = []
        if job["steps"] is not None:
            try:
                engine.prepare(**job["steps"])
            except Exception as error:
                said = {"error": f"{type(error).__name__}: {error}"}
                print(json.dumps([said for _ in job["statements"]]), file=answers, flush=True)
                continue
        for statement in job["statements"]:
            try:
                rows = engine.ask(statement, job["limit"])
                out.append({"rows": [[cell(v) for v in row] for row in rows]})
            except Exception as error:
                out.append({"error": f"{type(error).__name__}: {error}"})
        print(json.dumps(out), file=answers, flush=True)


main()
