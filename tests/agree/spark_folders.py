"""Runs folders of `lead compile --spark` on a cluster of two executors, and compares what they write with files of `lead run`.

    spark_folders.py JOBS.json

A job is {"name", "folder", "tables": what `engine.py` takes, "native": folder of `lead run`, "format", "options": [...], "submit": whether by
`spark-submit`, "places": where tables are and rows of steps are kept}. Tables are written as Parquet beside the folder, answers too. One line for each job goes to standard output; what differs makes the exit code 1.
"""

import csv
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import pyarrow
from pyarrow import dataset, parquet

from arrow_tables import table_of

# Tables are small and statements many: a compiler that is quick does more good than one that is thorough.
QUICK = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m -XX:+UseSerialGC"
SETTINGS = {
    "spark.ui.enabled": "false", "spark.driver.memory": "1g", "spark.executor.memory": "768m",
    "spark.executor.cores": "1", "spark.sql.shuffle.partitions": "2", "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.log.level": "ERROR",
    "spark.driver.extraJavaOptions": QUICK, "spark.executor.extraJavaOptions": QUICK,
    # Nothing may depend on it.
    "spark.sql.session.timeZone": "Asia/Tokyo",
}  # fmt: skip
MASTER = os.environ.get("LEAD_AGREE_SPARK", "local-cluster[2,1,1024]")


def write_tables(job):
    """Parquet of a job's tables, times as moments: as most programs write them."""
    folder = job["folder"] + "-tables"
    os.makedirs(folder, exist_ok=True)
    for table in job["tables"]:
        made = table_of(table)
        for i, field in enumerate(made.schema):
            if pyarrow.types.is_timestamp(field.type):
                made = made.set_column(i, field.name, made.column(i).cast(pyarrow.timestamp("us", tz="UTC")))
        name = ".".join(table["name"])
        # Files and folders of files are both tables.
        if made.num_rows > 4:
            os.makedirs(f"{folder}/{name}.parquet", exist_ok=True)
            half = made.num_rows // 2
            parquet.write_table(made.slice(0, half), f"{folder}/{name}.parquet/part-0.parquet")
            parquet.write_table(made.slice(half), f"{folder}/{name}.parquet/part-1.parquet")
        else:
            parquet.write_table(made, f"{folder}/{name}.parquet")
    return folder


def program(folder):
    spec = importlib.util.spec_from_file_location("main", os.path.join(folder, "main.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def in_catalog(session, tables):
    """The files of a folder as tables of Spark's catalog, a column told by what the file says."""
    for file in sorted(os.listdir(tables)):
        name = "`" + file.removesuffix(".parquet").replace("`", "``") + "`"
        session.sql(f"DROP TABLE IF EXISTS {name}")
        session.sql(f"CREATE TABLE {name} USING parquet LOCATION 'file://{os.path.join(tables, file)}'")


def run(job, tables, session):
    output = job["folder"] + "-answers"
    options = ["--output", output, "--format", job["format"], *job["options"]]
    if job["places"] == "catalog":
        in_catalog(session(), tables)
        options += ["--work", job["folder"] + "-work"]
    else:
        options += ["--tables", tables]
    if job["places"] == "apart":
        file = sorted(os.listdir(tables))[0]
        apart = os.path.join(os.path.dirname(tables), "apart")
        os.rename(os.path.join(tables, file), apart)
        options += ["--table", f"{file.removesuffix('.parquet')}={apart}"]
    if job["submit"]:
        # As in cluster mode: the program is sent along, and reads its folder by Spark.
        alone = tempfile.mkdtemp(prefix="lead-spark-main-")
        main = shutil.copy(os.path.join(job["folder"], "main.py"), alone)
        submit = os.path.join(os.path.dirname(sys.executable), "spark-submit")
        settings = [part for name, value in SETTINGS.items() for part in ("--conf", f"{name}={value}")]
        command = [submit, "--master", MASTER, *settings, main, *options, "--folder", "file://" + job["folder"]]
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYSPARK_PYTHON": sys.executable})
        shutil.rmtree(alone)
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
    else:
        module = program(job["folder"])
        module.answer(session(), module.arguments(options))
    return output


def rows_of_parquet(path):
    table = dataset.dataset(path, format="parquet", exclude_invalid_files=False).to_table()
    return table.column_names, [tuple(row.values()) for row in table.to_pylist()]


def cell(text):
    """A cell of CSV as what it says: numbers may be written in several ways."""
    try:
        return float(text)
    except ValueError:
        return text


def rows_of_csv(path):
    files = [path] if os.path.isfile(path) else sorted(os.path.join(path, f) for f in os.listdir(path) if f.startswith("part-"))
    header, rows = None, []
    for file in files:
        with open(file, encoding="utf-8", newline="") as lines:
            first, *rest = list(csv.reader(lines)) or [None]
            header = first or header
            rows.extend(tuple(cell(c) for c in row) for row in rest)
    return header, rows


def rows_of_lines(path):
    """Rows of JSON lines: numbers may be written in several ways, and all names stand in every line."""
    files = [path] if os.path.isfile(path) else sorted(os.path.join(path, f) for f in os.listdir(path) if f.startswith("part-"))
    rows = []
    for file in files:
        with open(file, encoding="utf-8") as lines:
            rows.extend(json.loads(line, parse_int=float) for line in lines)
    names = list(rows[0]) if rows else []
    return names, [tuple(row[name] for name in names) for row in rows]


READERS = {"parquet": rows_of_parquet, "csv": rows_of_csv, "jsonl": rows_of_lines}


def differences(job, output):
    """What differs, and how many answers there are."""
    found, count = [], 0
    read = READERS[job["format"]]
    for file in sorted(os.listdir(job["native"])):
        names, rows = read(os.path.join(job["native"], file))
        own_names, own = read(os.path.join(output, file))
        if names != own_names:
            found.append(f"{file}: columns {own_names}, natively {names}")
            continue
        count += len(rows) * (len(names) - 1)
        # Records come in any order.
        texts, own_texts = sorted(map(repr, rows)), sorted(map(repr, own))
        if texts == own_texts:
            continue
        by_key = {row[0]: row for row in own}
        if len(own) != len(rows):
            found.append(f"{file}: {len(own)} rows, natively {len(rows)}")
        for row in rows:
            other = by_key.get(row[0])
            for name, value, its in zip(names, row, other or []):
                if repr(value) != repr(its):
                    found.append(f"{file}, {row[0]}, {name}: {its!r}, natively {value!r}")
            if other is None:
                found.append(f"{file}: no {row[0]!r}")
    missing = set(os.listdir(output)) - set(os.listdir(job["native"])) 
    found.extend(f"{file} is not written natively" for file in sorted(missing))
    return found, count


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        jobs = json.load(file)
    cluster = []

    def session():
        if not cluster:
            from pyspark.sql import SparkSession

            builder = SparkSession.builder.appName("folders").master(MASTER)
            for name, value in SETTINGS.items():
                builder = builder.config(name, value)
            cluster.append(builder.getOrCreate())
        return cluster[0]

    wrong = False
    for job in jobs:
        began = time.monotonic()
        output = run(job, write_tables(job), session)
        found, count = differences(job, output)
        seconds = time.monotonic() - began
        print(f"{job['name']}: {count} answers, {len(found)} different, {seconds:.0f} s", flush=True)
        for line in found[:10]:
            print(f"  {line}")
        wrong |= bool(found) or count == 0
    for one in cluster:
        one.stop()
    sys.exit(1 if wrong else 0)


main()
