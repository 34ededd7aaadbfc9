//! Which column of a file feeds a field.

use lead_hir::hir::{Field, FieldId, Lexicon, TableId, Ty};

/// What a search among headers gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    /// This column.
    Column(usize),
    /// No column fits.
    Missing,
    /// Several fit, and none fits better.
    Repeated(Vec<usize>),
}

/// What headers are compared by: capitals, blanks, `_` and `-` ignored.
pub fn fold_header(header: &str) -> String {
    header.chars().filter(|c| !c.is_whitespace() && *c != '_' && *c != '-').flat_map(char::to_lowercase).collect()
}

fn pick(headers: &[String], fits: impl Fn(&str) -> bool) -> Match {
    let found: Vec<usize> = headers.iter().enumerate().filter(|(_, h)| fits(h)).map(|(i, _)| i).collect();
    match found.as_slice() {
        [] => Match::Missing,
        [one] => Match::Column(*one),
        _ => Match::Repeated(found),
    }
}

fn or_else(found: Match, next: impl FnOnce() -> Match) -> Match {
    if found == Match::Missing { next() } else { found }
}

/// A header named in the lexicon: exactly, else ignoring case and blanks around it.
fn written(wanted: &str, headers: &[String]) -> Match {
    let lower = wanted.trim().to_lowercase();
    or_else(pick(headers, |h| h == wanted), || pick(headers, |h| h.trim().to_lowercase() == lower))
}

/// A header in the `where` of a source: as written, else as names match.
pub(crate) fn of_filter(wanted: &str, headers: &[String]) -> Match {
    let folded = fold_header(wanted);
    or_else(written(wanted, headers), || pick(headers, |h| fold_header(h) == folded))
}

/// The column of a field in a file read for `source`.
pub(crate) fn of_field(lexicon: &Lexicon, table: TableId, field: FieldId, source: &str, headers: &[String]) -> Match {
    let declared = lexicon.field(table, field);
    let own: Vec<&str> = decls(declared, |s| s == Some(source));
    let general: Vec<&str> = decls(declared, |s| s.is_none());
    let mut found = Match::Missing;
    for header in if own.is_empty() { &general } else { &own } {
        found = or_else(found, || written(header, headers));
    }
    if !own.is_empty() || !general.is_empty() {
        return found;
    }
    // Headers that were declared for other sources may fit here as well, after the name.
    let folded = fold_header(&declared.name.text);
    found = pick(headers, |h| h == declared.name.text);
    found = or_else(found, || pick(headers, |h| fold_header(h) == folded));
    if let Ty::Record(target) = declared.ty {
        let with_id = format!("{folded}id");
        found = or_else(found, || pick(headers, |h| fold_header(h) == with_id));
        found = or_else(found, || of_target_key(lexicon, table, field, target, source, headers));
    }
    found
}

/// The header of the key that a reference points to, if no other field of the table claims it.
fn of_target_key(
    lexicon: &Lexicon,
    table: TableId,
    field: FieldId,
    target: TableId,
    source: &str,
    headers: &[String],
) -> Match {
    let Some(key) = lexicon.table(target).key.map(|k| lexicon.field(target, k)) else { return Match::Missing };
    let mut found = Match::Missing;
    for header in decls(key, |_| true) {
        found = or_else(found, || written(header, headers));
    }
    let folded = fold_header(&key.name.text);
    if found == Match::Missing && key.headers.is_empty() {
        found = pick(headers, |h| fold_header(h) == folded);
    }
    let Match::Column(column) = found else { return Match::Missing };
    let claimed = lexicon.table(table).fields.iter().enumerate().any(|(i, other)| {
        let other_id = FieldId(i as u32);
        other_id != field
            && !matches!(other.ty, Ty::Record(_))
            && of_field(lexicon, table, other_id, source, headers) == Match::Column(column)
    });
    if claimed { Match::Missing } else { Match::Column(column) }
}

fn decls(field: &Field, source: impl Fn(Option<&str>) -> bool) -> Vec<&str> {
    field.headers.iter().filter(|d| source(d.source.as_deref())).map(|d| d.header.as_str()).collect()
}

/// Whether the field names a header for this very source.
pub(crate) fn is_declared_for(field: &Field, source: &str) -> bool {
    field.headers.iter().any(|d| d.source.as_deref() == Some(source))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(names: &[&str]) -> Vec<String> {
        names.iter().map(|n| (*n).to_owned()).collect()
    }

    #[test]
    fn a_written_header_fits_exactly_before_it_fits_without_case() {
        assert_eq!(written("Email", &list(&["email", "Email"])), Match::Column(1));
        assert_eq!(written("EMAIL", &list(&["email", "x"])), Match::Column(0));
        assert_eq!(written("EMAIL", &list(&["email", "Email"])), Match::Repeated(vec![0, 1]));
        assert_eq!(written("E-mail", &list(&["email"])), Match::Missing);
    }

    #[test]
    fn names_fit_without_case_blanks_and_joins() {
        assert_eq!(fold_header("Job_Title "), fold_header("job title"));
        assert_eq!(of_filter("page type", &list(&["PageType"])), Match::Column(0));
        assert_eq!(of_filter("e-mail", &list(&["E_Mail"])), Match::Column(0));
    }
}
