//! Answers that several dialects give alike.

use super::{Dialect, Shift};
use crate::ir::{Sql, Tight, Type};

/// The name of a type in the words that most engines share.
pub fn type_name(ty: Type) -> &'static str {
    match ty {
        Type::Bool => "BOOLEAN",
        Type::Int => "BIGINT",
        Type::Huge => "DECIMAL(38, 0)",
        Type::Double => "DOUBLE",
        Type::Money => "DECIMAL(19, 4)",
        Type::Text => "VARCHAR",
        Type::Date => "DATE",
        Type::Time => "TIMESTAMP",
    }
}

/// A text literal where a backslash begins a sign.
pub fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n").replace('\r', "\\r");
    format!("'{text}'")
}

/// A name between backticks.
pub fn backticked(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A float rounded half to even, by floats alone: added to this, no float has digits behind the point.
pub fn half_to_even(n: Sql) -> Sql {
    let few = Sql::compare(Sql::call("abs", [n.clone()]), "<", Sql::Double(2_251_799_813_685_248.0));
    let magic = || Sql::Double(6_755_399_441_055_744.0);
    Sql::when(few, n.clone().plus(magic()).minus(magic()), Some(n))
}

/// [`Dialect::exact_sum`] where a cast of a float to a long decimal is not exact, or unknown: whole parts, the next 32 bits and the 32
/// behind them are each added as whole numbers.
pub fn sum_in_parts<D: Dialect + ?Sized>(d: &D, n: Sql, small: bool) -> Sql {
    let limit = || Sql::Double(4_611_686_018_427_387_904.0);
    let size = Sql::call("abs", [n.clone()]);
    let kept = if small { n.clone() } else { Sql::when(Sql::compare(size.clone(), "<", limit()), n.clone(), None) };
    let step = || Sql::Double(4_294_967_296.0);
    let rest = |x: Sql| x.clone().minus(d.truncated(x)).times(step());
    let middle = rest(kept.clone());
    let last = d.rounded_even(rest(middle.clone()));
    let sum = |x: Sql| Sql::call("sum", [x.cast(Type::Int).cast(Type::Huge)]).or_else(Sql::Int(0));
    let wholes = sum(d.truncated(kept));
    let total = wholes
        .clone()
        .cast(Type::Huge)
        .times(Sql::Int(18_446_744_073_709_551_616))
        .plus(sum(d.truncated(middle)).times(Sql::Int(4_294_967_296)))
        .plus(sum(last));
    let float = d.float_of(total).over(Sql::Double(18_446_744_073_709_551_616.0));
    if small {
        return float;
    }
    let large = Sql::compare(Sql::call("max", [size]), ">=", limit());
    let reaches = |n: i128| Sql::compare(Sql::call("abs", [wholes.clone()]), ">=", Sql::Int(n));
    // Past 38 digits of the smallest parts, whole parts say all that a float holds.
    let arms = vec![
        (large, Sql::Null),
        (reaches(9_223_372_036_854_775_807), Sql::Null),
        (reaches(5_000_000_000_000_000_000), d.float_of(wholes.clone())),
    ];
    Sql::Case(arms, Some(Box::new(float)))
}

/// A list that is looked through for texts in small letters, where no function of its items can be: put together with a sign
/// that texts do not hold.
pub fn found_in_joined(d: &dyn Dialect, joined: Sql, item: Sql) -> Sql {
    let sign = || Sql::call("chr", [Sql::Int(1)]);
    let around = |text: Sql| Sql::Infix(Tight::Add, "||", vec![sign(), text, sign()]);
    d.contains(around(joined), around(item))
}

/// The quotient of whole numbers where that of decimals is rounded, or has places: what is left over is taken off before.
pub fn remainder_off(n: Sql, by: Sql) -> Sql {
    Sql::Template(Tight::Multiply, Tight::Atom, "({}\n- {} % {})\n/ {}".to_owned(), vec![n.clone(), n, by.clone(), by])
}

/// A float as a whole number, half to even, where floats become decimals by their shortest digits: by a whole number of 64 bits, which has
/// all of them.
pub fn whole_by_64_bits<D: Dialect + ?Sized>(d: &D, n: Sql) -> Sql {
    let n = d.rounded_even(n);
    let fits = Sql::compare(Sql::call("abs", [n.clone()]), "<", Sql::Double(9e18));
    Sql::when(fits, n.clone().cast(Type::Int).cast(Type::Huge), Some(Sql::form(d.long_decimal(), [n])))
}

/// A float rounded half away from zero, where `round` takes the even one of two that are as near.
pub fn half_away(n: Sql) -> Sql {
    let whole = Sql::call("trunc", [n.clone()]);
    let rest = Sql::call("abs", [n.clone().minus(whole.clone())]);
    let more = Sql::when(Sql::compare(rest, ">=", Sql::Number(0.5)), Sql::call("sign", [n]), Some(Sql::Int(0)));
    Sql::Template(Tight::Atom, Tight::Add, "({} + {})".to_owned(), vec![whole, more])
}

/// A list between square brackets.
pub fn bracketed(items: Vec<Sql>) -> Sql {
    Sql::form(&format!("[{}]", vec!["{}"; items.len()].join(", ")), items)
}

/// A time in UTC as the local time of a zone, where `convert_timezone` says so.
pub fn converted(time: Sql, zone: &str) -> Sql {
    Sql::call("convert_timezone", [Sql::Text("UTC".to_owned()), Sql::Text(zone.to_owned()), time])
}

/// A time so many units later, where `dateadd` says so.
pub fn dateadd(unit: &str, n: Sql, time: Sql) -> Sql {
    Sql::form(&format!("dateadd({unit},\n{{}},\n{{}}\r)"), [n, time])
}

/// A time moved by months, then by days, likewise.
pub fn dateadd_moved(time: Sql, by: Shift) -> Sql {
    let add = |time: Sql, n: i32, unit: &str| match n {
        0 => time,
        n => dateadd(unit, Sql::Int(i128::from(n)), time),
    };
    add(add(time, by.months, "month"), by.days, "day")
}

/// Units from one time to another, where `datediff` says so.
pub fn datediff(unit: &str, from: Sql, to: Sql) -> Sql {
    Sql::form(&format!("datediff({unit},\n{{}},\n{{}}\r)"), [from, to])
}

/// An ISO week as text, of the numbers of its year and its week.
pub fn week_of(d: &dyn Dialect, year: Sql, week: Sql) -> Sql {
    d.joined(vec![d.digits(year, 4), Sql::Text("-W".to_owned()), d.digits(week, 2)])
}

/// A value and what it is ordered by as operands of a text of an engine, in which `{ORDER}` stands for the latter; the last come first if
/// asked for.
pub fn ordered(text: &str, value: Sql, order: Vec<Sql>, last: bool) -> Sql {
    let key = if last { "{} DESC" } else { "{}" };
    let keys = vec![key; order.len()].join(", ");
    let mut args = vec![value];
    args.extend(order);
    Sql::form(&text.replace("{ORDER}", &keys), args)
}

/// The value that stands beside the least or greatest of what it is ordered by, put together by `tuple`, among rows that have one.
pub fn beside_extreme(value: Sql, tuple: &str, order: Vec<Sql>, last: bool) -> Sql {
    let known = value.clone().is_known();
    let call = Sql::call(if last { "max_by" } else { "min_by" }, [value, Sql::call(tuple, order)]);
    Sql::Filtered(Box::new(call), vec![known])
}
