//! PostgreSQL.

use super::{Dialect, Fold, Lacks};
use crate::ir::{Sql, Tight, Type};
use crate::regex;

/// PostgreSQL 14 and later, built with ICU as its packages are.
pub struct Postgres;

/// A collation that knows small letters of all scripts.
const LETTERS: &str = "COLLATE \"und-x-icu\"";

impl Dialect for Postgres {
    fn name(&self) -> &'static str {
        "postgres"
    }

    fn title(&self) -> &'static str {
        "PostgreSQL"
    }

    fn name_limit(&self) -> usize {
        63
    }

    fn type_name(&self, ty: Type) -> &'static str {
        match ty {
            Type::Bool => "boolean",
            Type::Int => "bigint",
            Type::Huge => "numeric",
            Type::Double => "double precision",
            Type::Money => "numeric(19, 4)",
            Type::Text => "text",
            Type::Date => "date",
            Type::Time => "timestamp",
        }
    }

    // A number with digits behind the point is a decimal here.
    fn double(&self, n: f64) -> String {
        format!("CAST({} AS double precision)", crate::print::number(n))
    }

    fn row_order(&self, table: &str) -> Option<Sql> {
        Some(Sql::column(table, "ctid"))
    }

    // ICU makes a letter of its own of a capital sigma at the end of a word.
    fn lower(&self, text: Sql) -> Sql {
        Sql::form(&format!("lower(replace({{}}, 'Σ', 'σ') {LETTERS})"), [text])
    }

    fn ends_with(&self, text: Sql, part: Sql) -> Sql {
        let length = Sql::call("length", [part.clone()]);
        Sql::compare(Sql::call("right", [text, length]), "=", part)
    }

    fn matches(&self, text: Sql, pattern: &str) -> Result<Sql, Lacks> {
        Ok(Sql::compare(text, "~", Sql::Text(regex::postgres(pattern)?)))
    }

    fn list(&self, items: Vec<Sql>) -> Sql {
        let places = vec!["{}"; items.len()].join(", ");
        Sql::form(&format!("ARRAY[{places}]"), items)
    }

    fn list_has(&self, list: Sql, item: Sql, fold: Fold) -> Sql {
        match fold {
            Fold::Exact => Sql::form("{} = ANY ({})", [item, list]),
            Fold::Case => {
                let folded = self.lower(Sql::form("btrim(x)", []));
                let text = "EXISTS (SELECT 1 FROM unnest({}) AS items (x) WHERE {} = {})";
                Sql::form(text, [list, folded, item])
            }
        }
    }

    fn list_length(&self, list: Sql) -> Sql {
        Sql::call("cardinality", [list])
    }

    fn later(&self, time: Sql, micros: Sql) -> Sql {
        // Seconds of an interval are whole microseconds; days are kept apart, which a float of seconds would not bear.
        let text = "{} + {} * INTERVAL '1 microsecond'";
        Sql::Template(Tight::Add, Tight::Multiply, text.to_owned(), vec![time, micros])
    }

    fn between(&self, from: Sql, to: Sql) -> Sql {
        Sql::form("CAST(extract(epoch FROM {} - {}) * 1000000 AS bigint)", [to, tightened(from)])
    }

    fn day_plus(&self, day: Sql, days: Sql) -> Sql {
        Sql::Template(Tight::Add, Tight::Add, "{} + CAST({} AS integer)".to_owned(), vec![day, days])
    }

    fn week(&self, day: Sql) -> Result<Sql, Lacks> {
        Ok(Sql::call("to_char", [day, Sql::Text("IYYY\"-W\"IW".to_owned())]))
    }

    fn quotient(&self, n: Sql, by: Sql) -> Sql {
        Sql::call("div", [n.cast(Type::Huge), by.cast(Type::Huge)])
    }

    // What is not finite does not come about here: it is an error.
    fn finite(&self, n: Sql) -> Sql {
        n
    }

    // Floats are rounded half to even here.
    fn rounded(&self, n: Sql) -> Sql {
        let whole = Sql::call("trunc", [n.clone()]);
        let rest = Sql::call("abs", [n.clone().minus(whole.clone())]);
        let more = Sql::when(Sql::compare(rest, ">=", Sql::Number(0.5)), Sql::call("sign", [n]), Some(Sql::Int(0)));
        Sql::Template(Tight::Atom, Tight::Add, "({} + {})".to_owned(), vec![whole, more])
    }

    // A float becomes a decimal by its first 15 digits, and a whole number of 64 bits by all of them.
    fn to_whole(&self, n: Sql) -> Sql {
        let fits = Sql::compare(Sql::call("abs", [n.clone()]), "<", Sql::Double(9e18));
        let large = Sql::form("CAST(CAST({} AS text) AS numeric)", [n.clone()]);
        Sql::when(fits, n.cast(Type::Int).cast(Type::Huge), Some(large))
    }

    fn power_of_two(&self, n: Sql) -> Sql {
        // Less than the least float is an error here, and nothing to the result.
        let n = self.greatest(n, Sql::Int(-1_000));
        Sql::call("power", [self.base_two(), n])
    }

    fn exact_sum(&self, n: Sql, small: bool) -> Sql {
        // Whole parts, the next 32 bits and the 32 behind them, each a whole number of 64 bits, are added exactly.
        let limit = Sql::Double(4_611_686_018_427_387_904.0);
        let kept = if small {
            n.clone()
        } else {
            Sql::when(Sql::compare(Sql::call("abs", [n.clone()]), "<", limit.clone()), n.clone(), None)
        };
        let step = || Sql::Double(4_294_967_296.0);
        let rest = |x: Sql| x.clone().minus(Sql::call("trunc", [x]));
        let middle = rest(kept.clone()).times(step());
        let last = Sql::call("round", [rest(middle.clone()).times(step())]);
        let sum = |x: Sql| Sql::call("sum", [x.cast(Type::Int)]).or_else(Sql::Int(0));
        let total = sum(Sql::call("trunc", [kept]))
            .times(Sql::Int(18_446_744_073_709_551_616))
            .plus(sum(Sql::call("trunc", [middle])).times(Sql::Int(4_294_967_296)))
            .plus(sum(last));
        let unit = "0.0000000000000000000542101086242752217003726400434970855712890625";
        let float = |total: Sql| Sql::form(&format!("CAST(({{}}) * {unit} AS double precision)"), [total]);
        if small {
            return float(total);
        }
        let large = Sql::compare(Sql::call("max", [Sql::call("abs", [n])]), ">=", limit);
        let most = Sql::compare(
            Sql::call("abs", [total.clone()]),
            ">=",
            Sql::form("170141183460469231731687303715884105727", []),
        );
        Sql::Case(vec![(large, Sql::Null), (most, Sql::Null)], Some(Box::new(float(total))))
    }

    fn money_of(&self, whole: Sql) -> Sql {
        Sql::form("CAST({} * 0.0001 AS numeric(19, 4))", [Sql::form("CAST({} AS numeric)", [whole])])
    }

    fn ten_thousandths(&self, money: Sql) -> Sql {
        money.times(Sql::Int(10_000)).cast(Type::Huge)
    }

    fn first(&self, value: Sql, order: Vec<Sql>, last: bool) -> Sql {
        let way = if last { " DESC" } else { "" };
        let keys: Vec<String> = order.iter().map(|_| format!("{{}}{way}")).collect();
        let known = value.clone().is_known();
        let mut args = vec![value];
        args.extend(order);
        let call = Sql::form(&format!("array_agg({{}} ORDER BY {})", keys.join(", ")), args);
        Sql::form("({})[1]", [Sql::Filtered(Box::new(call), vec![known])])
    }

    fn by_bytes(&self, text: Sql) -> Sql {
        Sql::Template(Tight::Sign, Tight::Sign, "{} COLLATE \"C\"".to_owned(), vec![text])
    }
}

impl Postgres {
    fn base_two(&self) -> Sql {
        Sql::Double(2.0)
    }
}

/// An operand right of a minus.
fn tightened(sql: Sql) -> Sql {
    match sql {
        Sql::Infix(..) | Sql::Template(..) => Sql::form("({})", [sql]),
        other => other,
    }
}
