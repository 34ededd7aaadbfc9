"""DataFusion, in this process."""

import datafusion
import pyarrow

from arrow_tables import table_of


class Engine:
    def load(self, tables):
        self.session = datafusion.SessionContext()
        for table in tables:
            made = table_of(table)
            batches = made.to_batches(1000) or [pyarrow.RecordBatch.from_pylist([], made.schema)]
            self.session.register_record_batches(table["name"][-1], [batches])

    def ask(self, statement, seconds):
        batches = self.session.sql(statement).collect()
        return [row for batch in batches for row in zip(*[column.to_pylist() for column in batch.columns])]
