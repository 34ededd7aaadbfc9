"""DataFusion, in this process."""

import datafusion
import pyarrow

from arrow_tables import table_of
from parameters import PLAIN, filled


class Engine:
    def load(self, tables):
        # A rule of its optimizer gives two columns one name where queries that share an expression stand in each other.
        rule = "datafusion.optimizer.enable_leaf_expression_pushdown"
        self.session = datafusion.SessionContext(datafusion.SessionConfig().set(rule, "false"))
        self.parameters = {}
        for table in tables:
            made = table_of(table)
            batches = made.to_batches(1000) or [pyarrow.RecordBatch.from_pylist([], made.schema)]
            self.session.register_record_batches(table["name"][-1], [batches])

    def prepare(self, plan, texts, as_of):
        """Makes a table of each step that several others read, and a view of each other."""
        self.parameters = {"as_of": as_of}
        for step in plan["moments"] + plan["steps"]:
            name = step["name"].replace('"', '""')
            kind = "TABLE" if step["kept"] or "WITH RECURSIVE" in texts[step["file"]] else "VIEW"
            query = filled(texts[step["file"]], self.parameters, PLAIN)
            self.session.sql(f'CREATE {kind} "{name}" AS\n{query}').collect()
            if plan["moments"] and step is plan["moments"][-1]:
                row = self.session.sql(f'SELECT * FROM "{name}"').to_pylist()[0]
                self.parameters = {k: f"TIMESTAMP(6) '{v.strftime('%Y-%m-%d %H:%M:%S.%f')}'" for k, v in row.items()}

    def ask(self, statement, seconds):
        batches = self.session.sql(filled(statement, self.parameters, PLAIN)).collect()
        return [row for batch in batches for row in zip(*[column.to_pylist() for column in batch.columns])]
