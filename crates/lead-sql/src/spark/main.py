# Written by `lead compile --spark`. What is changed here is lost: change the lexicon.
"""Answers a lexicon on Spark: reads its tables, works out the statements of this folder one by one, writes the answers.

    spark-submit main.py --tables s3a://bucket/exports --output s3a://bucket/answers

plan.json says which statements there are, in which order, and which tables and columns they read.
"""

import argparse
import json
import os
import re
import time

from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DateType, StringType, TimestampNTZType, TimestampType


def arguments(told=None):
    parser = argparse.ArgumentParser(description="Answers a lexicon on Spark.")
    parser.add_argument("--tables", metavar="PATH", help="folder with NAME.parquet, a file or a folder, for each table")
    parser.add_argument("--table", metavar="NAME=PATH", action="append", default=[], help="where one table stands; may be repeated")
    parser.add_argument("--output", metavar="PATH", required=True, help="folder for the answers; those of an earlier run are replaced")
    parser.add_argument("--format", choices=["parquet", "csv", "jsonl"], default="parquet")
    parser.add_argument("--as-of", metavar="TIME", help="the time that answers hold for, such as 2026-06-30 or 2026-06-30T14:00")
    parser.add_argument("--work", metavar="PATH", help="folder for rows that several statements read, as Parquet; without it executors keep them, and one that is lost ends the run")
    parser.add_argument("--folder", metavar="PATH", help="this folder, where Spark is to read it: needed where main.py runs without the files beside it")
    return parser.parse_args(told)


def statements(spark, folder):
    """The plan, and the text of each statement by the name of its file."""
    if folder is None:
        here = os.path.dirname(os.path.abspath(__file__))

        def read(name):
            with open(os.path.join(here, name), encoding="utf-8") as file:
                return file.read()

        plan = json.loads(read("plan.json"))
        steps = plan["moments"] + plan["steps"] + plan["answers"]
        return plan, {step["file"]: read(step["file"]) for step in steps}
    texts = spark.read.option("recursiveFileLookup", True).text(folder, wholetext=True)
    rows = texts.select(F.col("_metadata.file_path").alias("path"), "value").collect()
    found = {"/".join(row.path.split("/")[-2:]): row.value for row in rows}
    found.update({row.path.split("/")[-1]: row.value for row in rows if row.path.endswith("/plan.json")})
    return json.loads(found["plan.json"]), found


def as_of_time(spark, told, zone):
    """The as-of time as a literal, in UTC. A day stands for its end, a time is one of the lexicon's zone unless it has an offset."""
    if told is None:
        return "current_timestamp()"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", told):
        query = "convert_timezone(:zone, 'UTC', CAST(date_add(CAST(:told AS DATE), 1) AS TIMESTAMP_NTZ)) - INTERVAL '0.000001' SECOND"
    elif re.search(r"(Z|[+-]\d\d:?\d\d)$", told, re.IGNORECASE):
        query = "CAST(CAST(:told AS TIMESTAMP) AS TIMESTAMP_NTZ)"
    else:
        query = "convert_timezone(:zone, 'UTC', CAST(:told AS TIMESTAMP_NTZ))"
    return literal(spark.sql(f"SELECT {query} AS as_of", args={"told": told, "zone": zone}).first().as_of)


def literal(value):
    return f"TIMESTAMP_NTZ '{value.isoformat(' ')}'"


def quoted(name):
    return "`" + name.replace("`", "``") + "`"


def source(spark, table, options):
    """The table as it stands somewhere: where an option says, or else under its name in the catalog."""
    name = table["name"]
    own = dict(option.split("=", 1) for option in options.table if "=" in option)
    if name in own:
        return spark.read.parquet(own[name])
    if options.tables is None:
        return spark.table(".".join(quoted(part) for part in table["parts"]))
    folder = options.tables.rstrip("/")
    try:
        return spark.read.parquet(f"{folder}/{name}.parquet")
    except AnalysisException as error:
        if error.getCondition() != "PATH_NOT_FOUND":
            raise
    try:
        return spark.read.parquet(f"{folder}/{name}")
    except AnalysisException as error:
        if error.getCondition() != "PATH_NOT_FOUND":
            raise
    raise SystemExit(f"there is neither {folder}/{name}.parquet nor {folder}/{name}; `--table {name}=PATH` says where the table is")


def column_of(frame, column, name):
    """The column that a field is read from: as the lexicon names it, or else without regard to case, blanks, `_` and `-`."""
    def folded(text):
        return re.sub(r"[\s_-]", "", text).lower()

    for same in (lambda a, b: a == b), (lambda a, b: a.strip().lower() == b.strip().lower()), (lambda a, b: folded(a) == folded(b)):
        for header in column["headers"]:
            found = [c for c in frame.columns if same(c, header)]
            if len(found) == 1:
                return found[0]
            if found:
                raise SystemExit(f"table {name}: several columns fit {header!r}: {', '.join(found)}")
    raise SystemExit(f"table {name} has no column {column['headers'][0]!r}; it has {', '.join(frame.columns)}")


def value_of(frame, column, found, zone):
    """The column with values as statements take them: times in UTC without a zone, days of the lexicon's zone. Times without a zone are local."""
    value, stored = F.col(quoted(found)), frame.schema[found].dataType
    to_utc = lambda local: F.convert_timezone(F.lit(zone), F.lit("UTC"), local.cast("timestamp_ntz"))
    if isinstance(stored, StringType) and column["kind"] != "text":
        value = F.nullif(F.trim(value), F.lit(""))
    if column["kind"] == "time":
        if isinstance(stored, TimestampType):
            return value.cast("timestamp_ntz")
        if isinstance(stored, (TimestampNTZType, DateType)):
            return to_utc(value)
        has_offset = value.rlike(r"([Zz]|[+-]\d\d:?\d\d)$")
        return F.when(has_offset, value.cast("timestamp").cast("timestamp_ntz")).otherwise(to_utc(value))
    if column["kind"] == "date" and isinstance(stored, TimestampType):
        return F.convert_timezone(F.lit("UTC"), F.lit(zone), value.cast("timestamp_ntz")).cast("date")
    if column["kind"] == "list" and not isinstance(stored, ArrayType):
        raise SystemExit(f"column {found!r} holds {stored.simpleString()}, and an array is wanted")
    return value


def read_table(spark, table, options):
    """A view of a table with the columns that statements read, under the names that they use."""
    frame = source(spark, table, options)
    columns = []
    for column in table["columns"]:
        found = column_of(frame, column, table["name"])
        columns.append(value_of(frame, column, found, table["zone"]).alias(column["name"]))
    if table["order"] is not None:
        # Rows as they came in: by file, then by their place in it.
        place = F.struct(F.col("_metadata.file_path"), F.col("_metadata.row_index"))
        columns.append(place.alias(table["order"]))
    frame.select(*(columns or [F.lit(1).alias("one")])).createOrReplaceTempView(quoted(table["view"]))


def write(frame, answer, options, zone):
    """Writes answers the way that `lead run` does: times as moments, in CSV and JSON lines as local ones with their offset."""
    columns = []
    for name, kind in answer["columns"]:
        value = F.col(quoted(name))
        if kind == "number" and options.format == "parquet":
            value = value.cast("double")
        elif kind == "time":
            value = value.cast("timestamp")
        elif kind == "list" and options.format == "csv":
            value = F.concat_ws(";", value)
        columns.append(value.alias(name))
    frame = frame.select(*columns)
    if answer["sorted"]:
        frame = frame.coalesce(1)
    writer = frame.write.mode("overwrite").format({"jsonl": "json"}.get(options.format, options.format))
    if options.format != "parquet":
        writer = writer.option("timeZone", zone).option("timestampFormat", "yyyy-MM-dd'T'HH:mm:ss[.SSSSSS]XXX")
    if options.format == "csv":
        writer = writer.option("header", True).option("escape", '"').option("emptyValue", "")
    if options.format == "jsonl":
        writer = writer.option("ignoreNullFields", False)
    writer.save(f"{options.output.rstrip('/')}/{answer['name']}.{options.format}")


def prepare(spark, plan, texts, as_of, work=None):
    """Makes a view of each step. Gives the parameters of the statements that read them: the times that windows begin and end with."""
    parameters = {"as_of": F.expr(as_of)}
    for step in plan["moments"]:
        moments = spark.sql(texts[step["file"]], args=parameters)
        moments.createOrReplaceTempView(quoted(step["name"]))
    parameters = {name: F.expr(literal(value)) for name, value in moments.first().asDict().items()}
    for step in plan["steps"]:
        rows = spark.sql(texts[step["file"]], args=parameters)
        if step["kept"]:
            # Several steps read it: its rows are worked out once, and what is planned from here on begins with them.
            began = time.monotonic()
            if work is None:
                rows = rows.localCheckpoint()
            else:
                place = f"{work.rstrip('/')}/{step['name']}.parquet"
                rows.write.mode("overwrite").parquet(place)
                rows = spark.read.parquet(place)
            print(f"{step['name']}: {time.monotonic() - began:.1f} s", flush=True)
        rows.createOrReplaceTempView(quoted(step["name"]))
    return parameters


def answer(spark, options):
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    spark.conf.set("spark.sql.ansi.enabled", True)
    spark.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
    plan, texts = statements(spark, options.folder)
    for table in plan["tables"]:
        read_table(spark, table, options)
    as_of = as_of_time(spark, options.as_of or plan["as_of"], plan["zone"])
    parameters = prepare(spark, plan, texts, as_of, options.work)
    for one in plan["answers"]:
        began = time.monotonic()
        write(spark.sql(texts[one["file"]], args=parameters), one, options, plan["zone"])
        print(f"{one['name']}.{options.format}: {time.monotonic() - began:.1f} s", flush=True)


def main():
    options = arguments()
    spark = SparkSession.builder.appName("lead").getOrCreate()
    answer(spark, options)
    spark.stop()


if __name__ == "__main__":
    main()
