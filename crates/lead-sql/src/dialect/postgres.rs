//! PostgreSQL.

use super::shared::{half_away, ordered};
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

    fn recursive_union_is_distinct(&self) -> bool {
        true
    }

    fn reads_local_times(&self) -> bool {
        true
    }

    fn row_order(&self, table: &str) -> Option<Sql> {
        Some(Sql::column(table, "ctid"))
    }

    // Without a list of them, blanks alone are trimmed.
    fn trim(&self, text: Sql) -> Sql {
        Sql::form("btrim({}, E' \\t\\r\\n')", [text])
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

    fn list_has(&self, list: Sql, item: Sql, fold: Fold) -> Result<Sql, Lacks> {
        Ok(match fold {
            Fold::Exact => Sql::form("{} = ANY ({})", [item, list]),
            Fold::Case => {
                let folded = self.lower(self.trim(Sql::form("x", [])));
                let text = "EXISTS (\nSELECT 1 FROM unnest({}) AS items (x)\nWHERE {} = {}\r)";
                Sql::form(text, [list, folded, item])
            }
        })
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

    // What is not finite does not come about here: it is an error. So it is seen beforehand.
    fn finite(&self, n: Sql) -> Sql {
        n
    }

    fn reckoned(&self, op: &'static str, left: Sql, right: Sql) -> Sql {
        let size = |n: &Sql| Sql::call("abs", [n.clone()]);
        let tight = if matches!(op, "+" | "-") { Tight::Add } else { Tight::Multiply };
        let value = |left: &Sql, right: &Sql| Sql::Infix(tight, op, vec![left.clone(), right.clone()]);
        let constant = |n: &Sql| if let Sql::Double(n) = n { Some(n.abs()) } else { None };
        let little = |side: &Sql, times: f64| {
            let nothing = Sql::compare(size(side), "<=", Sql::Double(times * f64::from_bits(1) / 2.0));
            Sql::when(nothing, Sql::Double(0.0), Some(value(&left, &right)))
        };
        // The most that the other side may be, where one is written out.
        let bound = match (op, constant(&left), constant(&right)) {
            ("*", Some(c), _) if c > 1.0 => Some((&right, f64::MAX / c)),
            ("*", _, Some(c)) if c > 1.0 => Some((&left, f64::MAX / c)),
            ("/", _, Some(c)) if c < 1.0 && c > 0.0 => Some((&left, f64::MAX * c)),
            ("+" | "-", _, Some(c)) if c < 1e290 => return value(&left, &right),
            // Next to nothing is an error as well.
            ("*", _, Some(c)) if c > 0.0 && c < 1e-100 => return little(&left, c.recip()),
            ("*", Some(c), _) if c > 0.0 && c < 1e-100 => return little(&right, c.recip()),
            ("/", _, Some(c)) if c > 1e100 => return little(&left, c),
            ("*" | "/", _, Some(_)) | ("*", Some(_), _) => return value(&left, &right),
            _ => None,
        };
        if let Some((side, most)) = bound {
            return Sql::when(Sql::compare(size(side), "<=", Sql::Double(most)), value(&left, &right), None);
        }
        if tight == Tight::Add {
            // Halves tell whether it fits, and do fit.
            let half = |n: &Sql| n.clone().over(Sql::Int(2));
            let halves = value(&half(&left), &half(&right));
            let fits = Sql::compare(Sql::call("abs", [halves]), "<", Sql::Double(8.988_465_674_311_58e307));
            return Sql::when(fits, value(&left, &right), None);
        }
        // Decimals of any size say how large it will be.
        let decimal = |n: &Sql| n.clone().cast(Type::Huge);
        let exact = match op {
            "*" => value(&decimal(&left), &decimal(&right)),
            _ => {
                // Of a quotient, the sizes on both sides say as much.
                let digits = |n: &Sql| Sql::call("log", [Sql::call("nullif", [size(n), Sql::Int(0)])]);
                let digits = digits(&left).minus(digits(&right));
                let large = Sql::compare(digits.clone(), ">=", Sql::Number(308.25));
                let little = Sql::compare(digits, "<=", Sql::Int(-323));
                let arms = vec![(large, Sql::Null), (little, Sql::Double(0.0))];
                return Sql::Case(arms, Some(Box::new(value(&left, &right))));
            }
        };
        let large = Sql::compare(Sql::call("abs", [exact.clone()]), ">", Sql::Double(f64::MAX).cast(Type::Huge));
        let little = Sql::compare(Sql::call("abs", [exact]), "<", Sql::form("1e-323", []));
        let arms = vec![(large, Sql::Null), (little, Sql::Double(0.0))];
        Sql::Case(arms, Some(Box::new(value(&left, &right))))
    }

    // Floats are rounded half to even here.
    fn rounded(&self, n: Sql) -> Sql {
        half_away(n)
    }

    // A float becomes a decimal by its first 15 digits, and a whole number of 64 bits by all of them. So a large one is parted.
    fn to_whole(&self, n: Sql) -> Sql {
        let fits = Sql::compare(Sql::call("abs", [n.clone()]), "<", Sql::Double(9e18));
        let step = || Sql::Double(4_294_967_296.0);
        let upper = Sql::call("trunc", [n.clone().over(step())]);
        let lower = n.clone().minus(upper.clone().times(step()));
        let large = upper.cast(Type::Int).cast(Type::Huge).times(Sql::Int(4_294_967_296)).plus(lower.cast(Type::Int));
        // More than that is more than anything that is made of it.
        let fits_parted = Sql::compare(Sql::call("abs", [n.clone()]), "<", Sql::Double(3e28));
        Sql::Case(vec![(fits, self.small_to_whole(n)), (fits_parted, large)], None)
    }

    fn small_to_whole(&self, n: Sql) -> Sql {
        n.cast(Type::Int).cast(Type::Huge)
    }

    // Totals of whole numbers of 64 bits are decimals.
    fn small_sum(&self, n: Sql) -> Sql {
        self.whole_sum(n.cast(Type::Int))
    }

    // Of points that a score takes, less than 2^-100 is nothing; a share that is no less leaves tiny points room.
    fn small_share(&self, n: Sql) -> Sql {
        let n = self.least(self.greatest(n, Sql::Int(-100)), Sql::Int(200));
        Sql::call("power", [self.base_two(), n])
    }

    fn power_of_two(&self, n: Sql) -> Sql {
        // Less than the least float and more than the greatest are errors here; the one is nothing to the result, and the
        // other far more than a score takes.
        let n = self.least(self.greatest(n, Sql::Int(-1_000)), Sql::Int(200));
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
        let float = |total: Sql| Sql::form(&format!("CAST(({{}})\n* {unit} AS double precision)"), [total]);
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

    fn first(&self, value: Sql, order: Vec<Sql>, last: bool) -> Option<Sql> {
        let known = value.clone().is_known();
        let call = ordered("array_agg(\n{}\nORDER BY {ORDER}\r)", value, order, last);
        Some(Sql::form("({})[1]", [Sql::Filtered(Box::new(call), vec![known])]))
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
