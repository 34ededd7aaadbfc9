"""Spark, on a small cluster of its own."""

import importlib.util
import os
import pathlib
import tempfile
import threading

from pyarrow import parquet
from pyspark.sql import SparkSession

from arrow_tables import table_of


def program():
    """What `lead compile --spark` writes to run its steps."""
    file = pathlib.Path(__file__).parents[2] / "crates/lead-sql/src/spark/main.py"
    spec = importlib.util.spec_from_file_location("lead_on_spark", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# Said with a table, so that no file is looked into before it is asked.
TYPES = {
    "text": "STRING", "number": "DOUBLE", "money": "DECIMAL(19, 4)", "bool": "BOOLEAN", "date": "DATE", "time": "TIMESTAMP_NTZ",
    "duration": "BIGINT", "texts": "ARRAY<STRING>", "numbers": "ARRAY<DOUBLE>",
}  # fmt: skip

QUICK = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m -XX:+UseSerialGC"


def quoted(name):
    return "`" + name.replace("`", "``") + "`"


class Engine:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="lead-agree-spark-")
        settings = {
            "spark.ui.enabled": "false", "spark.driver.memory": "1g", "spark.executor.memory": "768m",
            "spark.executor.cores": "1", "spark.sql.shuffle.partitions": "2", "spark.sql.session.timeZone": "Asia/Tokyo",
            "spark.ui.showConsoleProgress": "false", "spark.sql.warehouse.dir": self.folder.name,
            "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1",
            # Tables are small and statements many: a compiler that is quick does more good than one that is thorough.
            "spark.driver.extraJavaOptions": QUICK, "spark.executor.extraJavaOptions": QUICK,
            # Each query is written out beforehand for a page that nobody reads, which takes longer than to answer it.
            "spark.sql.debug.maxToStringFields": "1", "spark.sql.ui.explainMode": "simple",
        }  # fmt: skip
        # Two executors, each a process of its own.
        master = os.environ.get("LEAD_AGREE_SPARK", "local-cluster[2,1,1024]")
        builder = SparkSession.builder.appName("agree").master(master)
        for name, value in settings.items():
            builder = builder.config(name, value)
        self.session = builder.getOrCreate()
        self.session.sparkContext.setLogLevel("OFF")
        self.program = program()
        self.jobs = 0
        self.views = []
        self.parameters = {}

    def load(self, tables):
        for view in self.views:
            self.session.catalog.dropTempView(view)
        self.views = [table["name"][-1] for table in tables]
        self.parameters = {}
        self.jobs += 1
        for i, table in enumerate(tables):
            file = os.path.join(self.folder.name, f"{self.jobs}-{i}.parquet")
            parquet.write_table(table_of(table), file)
            columns = ", ".join(f"{quoted(column)} {TYPES[kind]}" for column, kind in table["columns"])
            name = quoted(table["name"][-1])
            self.session.sql(f"CREATE TEMPORARY VIEW {name} ({columns}) USING parquet OPTIONS (path 'file://{file}')")

    def prepare(self, plan, texts, as_of):
        self.views += [step["name"] for step in plan["moments"] + plan["steps"]]
        self.parameters = self.program.prepare(self.session, plan, texts, as_of)

    def ask(self, statement, seconds):
        timer = threading.Timer(seconds, self.session.sparkContext.cancelAllJobs)
        timer.start()
        try:
            return [list(row) for row in self.session.sql(statement, args=self.parameters).collect()]
        finally:
            timer.cancel()
