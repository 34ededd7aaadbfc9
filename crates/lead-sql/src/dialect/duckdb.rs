//! DuckDB.

use super::shared::bracketed;
use super::{Dialect, Fold, Lacks, Shift};
use crate::ir::{Sql, Tight, Type};
use crate::regex;

/// DuckDB 1.2 and later.
pub struct DuckDb;

impl Dialect for DuckDb {
    fn name(&self) -> &'static str {
        "duckdb"
    }

    fn title(&self) -> &'static str {
        "DuckDB"
    }

    fn type_name(&self, ty: Type) -> &'static str {
        match ty {
            Type::Huge => "HUGEINT",
            Type::Bool => "BOOLEAN",
            Type::Int => "BIGINT",
            Type::Double => "DOUBLE",
            Type::Money => "DECIMAL(19, 4)",
            Type::Text => "VARCHAR",
            Type::Date => "DATE",
            Type::Time => "TIMESTAMP",
        }
    }

    fn recursive_union_is_distinct(&self) -> bool {
        true
    }

    fn reads_local_times(&self) -> bool {
        true
    }

    fn row_order(&self, table: &str) -> Option<Sql> {
        Some(Sql::column(table, "rowid"))
    }

    // Without a list of them, blanks alone are trimmed.
    fn trim(&self, text: Sql) -> Sql {
        Sql::form("trim({}, E' \\t\\r\\n')", [text])
    }

    // DuckDB makes one letter of `İ`.
    fn odd_letters(&self) -> &'static [(&'static str, &'static str)] {
        &[("İ", "i̇")]
    }

    fn contains(&self, text: Sql, part: Sql) -> Sql {
        Sql::call("contains", [text, part])
    }

    fn matches(&self, text: Sql, pattern: &str) -> Result<Sql, Lacks> {
        Ok(Sql::call("regexp_matches", [text, Sql::Text(regex::re2(pattern)?)]))
    }

    fn list(&self, items: Vec<Sql>) -> Sql {
        bracketed(items)
    }

    fn known_of(&self, list: Sql) -> Sql {
        Sql::form("[x FOR x IN {} IF x IS NOT NULL]", [list])
    }

    fn list_has(&self, list: Sql, item: Sql, fold: Fold) -> Result<Sql, Lacks> {
        Ok(match fold {
            Fold::Exact => Sql::call("list_contains", [list, item]),
            Fold::Case => {
                let folded = self.lower(self.trim(Sql::form("x", [])));
                Sql::form("list_contains([{} FOR x IN {}], {})", [folded, list, item])
            }
        })
    }

    fn list_length(&self, list: Sql) -> Sql {
        Sql::call("len", [list])
    }

    // DuckDB takes three months and ninety days for one interval, and works out only one of two expressions that differ in
    // that alone. So months are always added and days always taken away.
    fn moved(&self, time: Sql, by: Shift) -> Sql {
        let mut out = time;
        for (op, n, unit) in [("+", by.months, "month"), ("-", -by.days, "day")] {
            if n != 0 {
                out = Sql::Template(Tight::Add, Tight::Add, format!("{{}} {op} INTERVAL '{n}' {unit}"), vec![out]);
            }
        }
        out
    }

    fn later(&self, time: Sql, micros: Sql) -> Sql {
        Sql::Template(Tight::Add, Tight::Add, "{} + to_microseconds({})".to_owned(), vec![time, micros])
    }

    fn between(&self, from: Sql, to: Sql) -> Sql {
        Sql::call("date_diff", [Sql::Text("microsecond".to_owned()), from, to])
    }

    fn days_between(&self, from: Sql, to: Sql) -> Sql {
        Sql::call("date_diff", [Sql::Text("day".to_owned()), from, to])
    }

    fn day_plus(&self, day: Sql, days: Sql) -> Sql {
        Sql::Template(Tight::Add, Tight::Add, "{} + CAST({} AS INTEGER)".to_owned(), vec![day, days])
    }

    fn week(&self, day: Sql) -> Result<Sql, Lacks> {
        Ok(Sql::call("strftime", [day, Sql::Text("%G-W%V".to_owned())]))
    }

    fn finite(&self, n: Sql) -> Sql {
        Sql::when(Sql::call("isfinite", [n.clone()]), n, None)
    }

    fn quotient(&self, n: Sql, by: Sql) -> Sql {
        Sql::Infix(Tight::Multiply, "//", vec![n, by])
    }

    fn to_whole(&self, n: Sql) -> Sql {
        Sql::form("TRY_CAST({} AS HUGEINT)", [n])
    }

    fn small_to_whole(&self, n: Sql) -> Sql {
        n.cast(Type::Huge)
    }

    fn small_sum(&self, n: Sql) -> Sql {
        self.whole_sum(Sql::form("TRY_CAST({} AS BIGINT)", [n]))
    }

    fn exact_sum(&self, n: Sql, small: bool) -> Sql {
        let step = || Sql::Double(18_446_744_073_709_551_616.0);
        let total = |n: Sql| Sql::call("sum", [self.to_whole(n.times(step()))]).or_else(Sql::Int(0));
        if small {
            return self.float_of(total(n)).over(step());
        }
        // Whole parts apart: their total shows in time that the sum would leave 128 bits.
        let whole = Sql::call("trunc", [n.clone()]);
        let large = Sql::compare(
            Sql::call("max", [Sql::call("abs", [n.clone()])]),
            ">=",
            Sql::Double(4_611_686_018_427_387_904.0),
        );
        let kept = Sql::when(
            Sql::compare(Sql::call("abs", [n.clone()]), "<", Sql::Double(4_611_686_018_427_387_904.0)),
            whole.clone(),
            None,
        );
        let wholes = Sql::call("sum", [self.to_whole(kept)]);
        let rests = Sql::call("sum", [self.to_whole(n.minus(whole).times(step()))]);
        let most = Sql::compare(Sql::call("abs", [wholes.clone()]), ">=", Sql::Int(9_223_372_036_854_775_807));
        let sum = wholes.or_else(Sql::Int(0)).times(Sql::form("18446744073709551616::HUGEINT", []));
        let sum = self.float_of(sum.plus(rests.or_else(Sql::Int(0)))).over(step());
        Sql::Case(vec![(large, Sql::Null), (most, Sql::Null)], Some(Box::new(sum)))
    }

    // A cast of 128 bits to a float rounds twice; the text of the number is read right.
    fn float_of(&self, n: Sql) -> Sql {
        n.cast(Type::Text).cast(Type::Double)
    }

    fn money_of(&self, whole: Sql) -> Sql {
        // Decimals are divided as floats here, and multiplied exactly.
        Sql::form("CAST({} * 0.0001 AS DECIMAL(19, 4))", [Sql::form("CAST({} AS DECIMAL(30, 0))", [whole])])
    }

    fn first(&self, value: Sql, order: Vec<Sql>, last: bool) -> Option<Sql> {
        let name = if last { "arg_max" } else { "arg_min" };
        let keys = Sql::form(&format!("({})", vec!["{}"; order.len()].join(", ")), order);
        Some(Sql::call(name, [value, keys]))
    }
}
