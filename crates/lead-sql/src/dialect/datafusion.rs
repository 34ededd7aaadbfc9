//! Apache DataFusion.

use super::shared::{bracketed, found_in_joined, half_to_even, type_name};
use super::{Dialect, Fold, Lacks, at_zone};
use crate::ir::{Sql, Tight, Type};
use crate::regex;

/// DataFusion 50 and later.
pub struct DataFusion;

impl Dialect for DataFusion {
    fn name(&self) -> &'static str {
        "datafusion"
    }

    fn title(&self) -> &'static str {
        "DataFusion"
    }

    // Times are to the nanosecond unless they are told not to be, and then end in 2262.
    fn type_name(&self, ty: Type) -> &'static str {
        match ty {
            Type::Time => "TIMESTAMP(6)",
            other => type_name(other),
        }
    }

    // A number with digits behind the point is a float here.
    fn money(&self, m: i64) -> String {
        let digits = crate::print::money(m);
        if digits.contains('.') { format!("CAST('{digits}' AS DECIMAL(19, 4))") } else { digits }
    }

    fn time(&self, micros: i64) -> String {
        format!("TIMESTAMP(6) '{}'", super::time_text(micros))
    }

    fn now(&self) -> Sql {
        Sql::form("now()", [])
    }

    // A capital sigma at the end of a word becomes a letter of its own here.
    fn odd_letters(&self) -> &'static [(&'static str, &'static str)] {
        &[("Σ", "σ")]
    }

    fn length(&self, text: Sql) -> Sql {
        Sql::call("character_length", [text])
    }

    // The engine reads patterns by the same rules as a run.
    fn matches(&self, text: Sql, pattern: &str) -> Result<Sql, Lacks> {
        Ok(Sql::call("regexp_like", [text, Sql::Text(regex::rust(pattern)?)]))
    }

    fn list(&self, items: Vec<Sql>) -> Sql {
        bracketed(items)
    }

    fn known_of(&self, list: Sql) -> Sql {
        Sql::call("array_compact", [list])
    }

    fn list_has(&self, list: Sql, item: Sql, fold: Fold) -> Result<Sql, Lacks> {
        Ok(match fold {
            Fold::Exact => Sql::call("array_has", [list, item]),
            Fold::Case => {
                let joined = Sql::form("array_to_string({}, chr(1))", [list]);
                found_in_joined(self, self.lower(joined), item)
            }
        })
    }

    fn list_length(&self, list: Sql) -> Sql {
        Sql::call("array_length", [list]).cast(Type::Int)
    }

    fn local(&self, time: Sql, zone: &str) -> Sql {
        Sql::call("to_local_time", [at_zone(at_zone(time, "UTC"), zone)]).cast(Type::Time)
    }

    fn day_plus(&self, day: Sql, days: Sql) -> Sql {
        Sql::Template(Tight::Add, Tight::Add, "{} + CAST({} AS INTEGER)".to_owned(), vec![day, days])
    }

    fn later(&self, time: Sql, micros: Sql) -> Sql {
        Sql::call("to_timestamp_micros", [time.cast(Type::Int).plus(micros)])
    }

    fn between(&self, from: Sql, to: Sql) -> Sql {
        Sql::form("({} - {})", [to.cast(Type::Int), from.cast(Type::Int)])
    }

    fn week(&self, day: Sql) -> Result<Sql, Lacks> {
        Ok(Sql::call("to_char", [day, Sql::Text("%G-W%V".to_owned())]))
    }

    // Decimals keep places when they are divided; what is left over is taken off before.
    fn quotient(&self, n: Sql, by: Sql) -> Sql {
        let mut long = false;
        crate::ir::walk(&n, &mut |s| long |= matches!(s, Sql::Cast(_, Type::Huge)));
        if matches!(by, Sql::Int(_)) && !long {
            return Sql::Infix(Tight::Multiply, "/", vec![n, by]);
        }
        Sql::call("trunc", [n.cast(Type::Huge).over(by)])
    }

    fn to_whole(&self, n: Sql) -> Sql {
        Sql::form("TRY_CAST({} AS DECIMAL(38, 0))", [half_to_even(n)])
    }

    fn small_to_whole(&self, n: Sql) -> Sql {
        self.to_whole(n)
    }

    fn sign(&self, n: Sql) -> Sql {
        Sql::call("signum", [n]).cast(Type::Int)
    }

    fn money_of(&self, whole: Sql) -> Sql {
        Sql::form("CAST({} / 10000 AS DECIMAL(19, 4))", [whole.cast(Type::Huge)])
    }

    fn first(&self, value: Sql, order: Vec<Sql>, last: bool) -> Option<Sql> {
        // Aggregates in orders of their own cannot stand beside each other.
        let known = value.clone().is_known();
        let named = |(i, key): (usize, Sql)| [Sql::Text(format!("k{}", i + 1)), key];
        let mut parts: Vec<Sql> = order.into_iter().enumerate().flat_map(named).collect();
        parts.extend([Sql::Text("v".to_owned()), value]);
        let call = Sql::call(if last { "max" } else { "min" }, [Sql::call("named_struct", parts)]);
        Some(Sql::form("get_field({}, 'v')", [Sql::Filtered(Box::new(call), vec![known])]))
    }
}
