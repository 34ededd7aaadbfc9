//! Findings in words.

use lead_diag::InOrder;
use lead_diag::{Code, Level, Severity, codes, grouped};
use lead_hir::hir::{FieldId, Lexicon, TableId, Ty};

use crate::report::{Findings, Place, Problem, Reject, Report, SourceSummary, Subject, Tally};

/// The severity of a code of stage 07.
pub(crate) fn severity(code: Code) -> Severity {
    match code.info().level {
        Level::Error => Severity::Error,
        Level::Warn => Severity::Warning,
        Level::Allow => Severity::Hint,
    }
}

/// Why a value or row was not taken, for the list of rejects.
pub(crate) fn reason(code: Code) -> &'static str {
    match code.id() {
        "L0710" => "it has no key",
        "L0711" => "its key was there before in this file",
        "L0714" => "it does not read as a number",
        "L0715" => "it does not read as an amount of money",
        "L0716" => "it does not read as yes or no",
        "L0717" => "it does not read as a time",
        "L0718" => "it does not read as a date",
        "L0719" => "it does not read as a length of time",
        "L0720" => "it is not in the list of the field",
        "L0721" => "it names no record",
        "L0723" => "an earlier row has another value",
        _ => code.slug(),
    }
}

/// Whether a finding means that something was not taken.
pub(crate) fn is_reject(code: Code) -> bool {
    code != codes::VALUE_NOT_LISTED && code != codes::MERGE_CONFLICT
}

/// A problem about a file, column or setting.
pub(crate) fn problem(code: Code, message: String, help: Option<String>) -> Problem {
    Problem {
        code,
        severity: severity(code),
        table: None,
        field: None,
        file: None,
        message,
        count: 1,
        places: Vec::new(),
        help,
    }
}

/// `1 row`, `2 rows`.
fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(i128::from(n)), if n == 1 { one } else { many })
}

/// The report of everything found.
pub(crate) fn report(
    lexicon: &Lexicon,
    files: &[String],
    order: &[(TableId, usize)],
    fixed: &[Problem],
    findings: &Findings,
    broken: &dyn Fn(TableId) -> bool,
) -> Report {
    let mut problems = fixed.to_vec();
    for (subject, tally) in &findings.tallies {
        if subject.code == codes::DANGLING_REFERENCE.id()
            && target(lexicon, subject).is_some_and(|t| broken(t) || lexicon.table(t).key.is_none())
        {
            continue;
        }
        problems.extend(told(lexicon, files, subject, tally));
    }
    problems.in_order_by_key(|p| std::cmp::Reverse(p.severity));
    let name = |file: u32| files.get(file as usize).cloned().unwrap_or_default();
    let table_name = |table: u32| lexicon.tables.get(table as usize).map_or(String::new(), |t| t.name.text.clone());
    let mut sources = Vec::new();
    for (table, file) in order {
        let Some(counts) = findings.counts.get(&(*file as u32, table.0)) else { continue };
        sources.push(SourceSummary {
            file: name(*file as u32),
            table: table_name(table.0),
            rows: counts.rows,
            selected: counts.selected,
            taken: counts.selected - counts.rejected,
            rejected: counts.rejected,
        });
    }
    let mut rejects: Vec<Reject> = findings
        .rejects
        .iter()
        .map(|(file, table, line, kind, column, value, reason)| Reject {
            file: name(*file),
            line: *line,
            table: table_name(*table),
            kind: *kind,
            column: column.clone(),
            value: value.clone(),
            reason: reason.clone(),
        })
        .collect();
    rejects.in_order();
    Report { problems, sources, rejects }
}

fn target(lexicon: &Lexicon, subject: &Subject) -> Option<TableId> {
    let field = lexicon.tables.get(subject.table? as usize)?.fields.get(subject.field? as usize)?;
    match &field.ty {
        Ty::Record(target) => Some(*target),
        Ty::List(item) => match item.as_ref() {
            Ty::Record(target) => Some(*target),
            _ => None,
        },
        _ => None,
    }
}

fn told(lexicon: &Lexicon, files: &[String], subject: &Subject, tally: &Tally) -> Option<Problem> {
    let code = Code::find(subject.code)?;
    let table = subject.table.and_then(|t| lexicon.tables.get(t as usize));
    let field = table.zip(subject.field).and_then(|(t, f)| t.fields.get(f as usize));
    let file = subject.file.and_then(|f| files.get(f as usize)).cloned().unwrap_or_default();
    let (t, f) = (table.map_or("", |t| &t.name.text), field.map_or("", |f| &f.name.text));
    let n = tally.count;
    let values = counted(n, "value", "values");
    let rows = counted(n, "row", "rows");
    let (do_not, count_as) = if n == 1 { ("does not", "counts") } else { ("do not", "count") };
    let unreadable = |what: &str| {
        format!("{values} of `{t}`'s `{f}` in `{file}` {do_not} read as {what}, and {count_as} as unknown")
    };
    let nulls = "words that mean nothing can be listed as `null` for the source in `lead.toml`";
    let (message, help) = match code.id() {
        "L0710" => (
            format!("{rows} of `{file}` {} no key for `{t}`", if n == 1 { "has" } else { "have" }),
            format!("fill the column in the export, leave such rows out with `where … is known`, or give `{t}` a second key with `same when`"),
        ),
        "L0711" => (
            format!("{rows} of `{file}` {} a key of `{t}` that was there before", if n == 1 { "has" } else { "have" }),
            "export one row per record; rows that are versions of one record can be read as an event".to_owned(),
        ),
        "L0712" => (
            format!("{rows} of `{file}` {} more or fewer cells than the header, and {} left out",
                if n == 1 { "has" } else { "have" }, if n == 1 { "is" } else { "are" }),
            "a cell that holds the delimiter needs quotation marks; `footer-lines` in `lead.toml` leaves out lines at the end".to_owned(),
        ),
        "L0713" => (
            format!("{rows} of `{file}` {} no readable time for `{t}`, and {} left out",
                if n == 1 { "has" } else { "have" }, if n == 1 { "is" } else { "are" }),
            "an unusual way of writing times can be declared as `time-formats` for the source in `lead.toml`".to_owned(),
        ),
        "L0714" => (unreadable("a number"), format!("{nulls}; a comma as the decimal sign is declared with `decimal = \",\"`")),
        "L0715" => (unreadable("an amount of money"), format!("{nulls}; a comma as the decimal sign is declared with `decimal = \",\"`")),
        "L0716" => (unreadable("yes or no"), "other words for yes and no can be given as `labels` for the source in `lead.toml`".to_owned()),
        "L0717" => (unreadable("a time"), format!("{nulls}; an unusual way of writing times is declared as `time-formats`")),
        "L0718" => (unreadable("a date"), format!("{nulls}; an unusual way of writing dates is declared as `time-formats`")),
        "L0719" => (unreadable("a length of time"), "lengths need a unit, as in `36h`; a bare number is a field of type `number`".to_owned()),
        "L0720" => (
            format!("{values} of `{t}`'s `{f}` in `{file}` {} not in its `one of`", if n == 1 { "is" } else { "are" }),
            format!("add what is missing to the list of `{f}`, or turn it into a listed value with `labels` in `lead.toml`"),
        ),
        "L0721" => {
            let to = target(lexicon, subject).map_or("", |t| &lexicon.table(t).name.text);
            (
                format!("{} of `{t}`'s `{f}` in `{file}` {} no record of `{to}`, and {count_as} as unknown",
                    counted(n, "reference", "references"), if n == 1 { "names" } else { "name" }),
                format!("references compare exactly, capitals included; is the export of `{to}` complete?"),
            )
        }
        "L0722" => (
            format!("{values} of `{t}`'s `{f}` in `{file}` {} not show whether the day or the month comes first; the month is taken to",
                if n == 1 { "does" } else { "do" }),
            "if the day comes first, declare `time-formats = [\"%d/%m/%Y %H:%M\", \"%d/%m/%Y\"]` for the source in `lead.toml`".to_owned(),
        ),
        "L0723" => (
            format!("{values} of `{t}`'s `{f}` in `{file}` {} from an earlier row of the same record, which wins",
                if n == 1 { "differs" } else { "differ" }),
            "list the file to be trusted most first".to_owned(),
        ),
        "L0726" => (
            format!("{} of `{file}` {} no object with names and values, and {} left out",
                counted(n, "line", "lines"), if n == 1 { "is" } else { "are" }, if n == 1 { "is" } else { "are" }),
            "JSON lines hold one whole object on each line".to_owned(),
        ),
        _ => return None,
    };
    let mut problem = problem(code, message, (!help.is_empty()).then_some(help));
    problem.table = table.map(|t| t.name.text.clone());
    problem.field = field.map(|f| f.name.text.clone());
    problem.file = subject.file.map(|_| file.clone());
    problem.count = n;
    problem.places = tally
        .spots
        .iter()
        .map(|s| Place { file: file.clone(), line: s.line, column: s.column.clone(), value: s.value.clone() })
        .collect();
    Some(problem)
}

/// Names in a row: `a`, `b` and 3 more.
pub(crate) fn listed<'n>(names: impl IntoIterator<Item = &'n str>, most: usize) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let shown: Vec<String> = names.iter().take(most).map(|n| format!("`{n}`")).collect();
    let rest = names.len() - shown.len();
    if rest > 0 { format!("{} and {rest} more", shown.join(", ")) } else { shown.join(", ") }
}

/// The field's name, or nothing.
pub(crate) fn field_name(lexicon: &Lexicon, table: TableId, field: Option<FieldId>) -> Option<String> {
    field.map(|f| lexicon.field(table, f).name.text.clone())
}
