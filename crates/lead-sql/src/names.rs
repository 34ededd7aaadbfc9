//! Names of tables, columns and queries: made unique, kept within the dialect's length, quoted by its rules.

use std::collections::HashSet;

use crate::dialect::Dialect;

/// Words that no dialect here takes as a bare name everywhere.
const RESERVED: &[&str] = &[
    "all",
    "alter",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "at",
    "authorization",
    "between",
    "binary",
    "both",
    "by",
    "case",
    "cast",
    "check",
    "cluster",
    "collate",
    "collation",
    "column",
    "concurrently",
    "connect",
    "constraint",
    "contains",
    "create",
    "cross",
    "cube",
    "current",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "date",
    "default",
    "deferrable",
    "define",
    "delete",
    "desc",
    "describe",
    "distinct",
    "do",
    "drop",
    "else",
    "end",
    "enum",
    "escape",
    "except",
    "exclude",
    "execute",
    "exists",
    "extract",
    "false",
    "fetch",
    "filter",
    "final",
    "first",
    "following",
    "for",
    "foreign",
    "format",
    "freeze",
    "from",
    "full",
    "function",
    "global",
    "grant",
    "group",
    "grouping",
    "groups",
    "hash",
    "having",
    "if",
    "ignore",
    "ilike",
    "in",
    "increment",
    "initially",
    "inner",
    "insert",
    "intersect",
    "interval",
    "into",
    "is",
    "isnull",
    "issue",
    "join",
    "key",
    "language",
    "last",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "local",
    "localtime",
    "localtimestamp",
    "lookup",
    "merge",
    "minus",
    "minute",
    "month",
    "natural",
    "new",
    "no",
    "not",
    "notnull",
    "null",
    "nulls",
    "of",
    "offset",
    "old",
    "on",
    "only",
    "option",
    "or",
    "order",
    "outer",
    "over",
    "overlaps",
    "partition",
    "percent",
    "placing",
    "preceding",
    "primary",
    "prewhere",
    "proto",
    "qualify",
    "quarter",
    "range",
    "recursive",
    "references",
    "regexp",
    "respect",
    "returning",
    "revoke",
    "right",
    "rlike",
    "rollup",
    "row",
    "rows",
    "sample",
    "schema",
    "second",
    "select",
    "session_user",
    "set",
    "settings",
    "show",
    "similar",
    "some",
    "start",
    "summarize",
    "symmetric",
    "system",
    "table",
    "tablesample",
    "tag",
    "then",
    "time",
    "timestamp",
    "to",
    "top",
    "trailing",
    "treat",
    "trigger",
    "true",
    "unbounded",
    "union",
    "unique",
    "unnest",
    "unpivot",
    "update",
    "user",
    "using",
    "value",
    "values",
    "variadic",
    "verbose",
    "view",
    "week",
    "when",
    "whenever",
    "where",
    "window",
    "with",
    "within",
    "without",
    "year",
    "pivot",
    "lead",
    "lag",
    "rank",
    "level",
    "share",
    "mode",
    "start",
];

/// A name as the dialect takes it: bare where that is safe, else quoted.
pub fn quoted(name: &str, dialect: &dyn Dialect) -> String {
    if is_plain(name) { name.to_owned() } else { dialect.quoted(name) }
}

/// Whether a name is safe without quotes.
pub fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !RESERVED.contains(&name)
}

/// Names in use; each is given once.
#[derive(Clone, Debug, Default)]
pub struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// Nobody else gets it.
    pub fn reserve(&mut self, name: &str) {
        self.taken.insert(name.to_lowercase());
    }

    /// A name like the wanted one that nobody has, of at most `limit` bytes.
    pub fn fresh(&mut self, wanted: &str, limit: usize) -> String {
        let wanted = if wanted.is_empty() { "unnamed" } else { wanted };
        let base = short(wanted, limit);
        let mut name = base.to_owned();
        let mut number = 1;
        while !self.taken.insert(name.to_lowercase()) {
            number += 1;
            let end = format!("_{number}");
            name = format!("{}{end}", short(wanted, limit.saturating_sub(end.len())));
        }
        name
    }
}

/// The beginning of a text, of at most so many bytes.
fn short(text: &str, limit: usize) -> &str {
    let mut end = text.len().min(limit);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
