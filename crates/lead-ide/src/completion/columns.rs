//! Columns of exports: headers for fields, lines for columns that no field reads yet, headers as names.

use std::collections::HashSet;

use lead_hir::hir::{AggregateFn, DefId, DefKind, ExprKind, FieldId, Lexicon, TableId, Target, Ty};

use super::CompletionKind;
use super::candidate::Candidate;
use super::list::List;
use super::named::fit;
use super::offer::{Like, Want};
use super::values::fold_header;
use crate::facts::{self, quoted};
use crate::snapshot::Snapshot;
use crate::spelling::written;

/// The columns that a field is read from, as source and header.
pub(crate) fn columns_of(snapshot: &Snapshot, table: TableId, field: FieldId) -> Vec<(String, String)> {
    let of = snapshot.lexicon().table(table);
    let field = snapshot.lexicon().field(table, field);
    let mut columns = Vec::new();
    for source in &of.sources {
        let Some(headers) = snapshot.exports().headers(source) else { continue };
        let declared: Vec<&str> = field
            .headers
            .iter()
            .filter(|h| h.source.as_ref().is_none_or(|s| s == source))
            .map(|h| h.header.as_str())
            .collect();
        let wanted: Vec<String> = match declared.as_slice() {
            [] => vec![fold_header(&field.name.key)],
            names => names.iter().map(|n| fold_header(n)).collect(),
        };
        let found = wanted.iter().find_map(|w| headers.iter().find(|h| fold_header(h) == *w));
        columns.extend(found.map(|h| (source.clone(), h.clone())));
    }
    columns
}

/// The field that a value measures without changing it: `last(form submit.offer)`, `company.industry`.
pub(crate) fn measured_field(lexicon: &Lexicon, def: DefId) -> Option<(TableId, FieldId)> {
    let DefKind::Value(expr) = &lexicon.def(def).kind else { return None };
    let (start, get) = match &expr.kind {
        ExprKind::Aggregate(aggregate) if matches!(aggregate.function, AggregateFn::First | AggregateFn::Last) => {
            (aggregate.records.table, aggregate.argument.as_ref()?)
        }
        _ => (lexicon.def(def).subject?, expr),
    };
    let ExprKind::Get { up: 0, path, target: Target::Field(field) } = &get.kind else { return None };
    let mut table = start;
    for reference in path {
        match lexicon.table(table).fields.get(reference.0 as usize)?.ty {
            Ty::Record(to) => table = to,
            _ => return None,
        }
    }
    Some((table, *field))
}

impl List<'_> {
    /// Export files.
    pub fn files(&mut self) {
        let files = self.snapshot.exports().files();
        self.add_texts(40, &files, CompletionKind::File, "an export");
    }

    /// Headers for a field; those that no field reads yet come first.
    pub fn headers(&mut self, sources: &[String]) {
        let read = self.read_headers(sources);
        for source in sources {
            let Some(headers) = self.snapshot.exports().headers(source) else { continue };
            for (i, header) in headers.iter().enumerate() {
                let free = if read.contains(&fold_header(header)) { 0 } else { 30 };
                let detail = if free > 0 { "column of the export" } else { "column that another field reads" };
                let candidate = Candidate::Text { value: header.clone(), kind: CompletionKind::Header, detail };
                self.add(60 + free - (i as i32).min(25), candidate);
            }
        }
    }

    /// The folded headers that fields of the table with these sources read.
    fn read_headers(&self, sources: &[String]) -> HashSet<String> {
        let lexicon = self.snapshot.lexicon();
        let mut read = HashSet::new();
        for id in self.snapshot.names().tables() {
            let table = lexicon.table(*id);
            if table.sources != sources || table.span.file != self.at.file || !table.span.touches(self.at.offset) {
                continue;
            }
            for field in &table.fields {
                if field.span.touches(self.at.offset) {
                    continue;
                }
                match field.headers.as_slice() {
                    [] => {
                        read.insert(fold_header(&field.name.key));
                    }
                    headers => read.extend(headers.iter().map(|h| fold_header(&h.header))),
                }
            }
        }
        read
    }

    /// Whole lines for columns that no field reads yet.
    pub fn field_lines(&mut self, sources: &[String], taken: &[String], event: bool) {
        let read = self.read_headers(sources);
        let has = |name: &str| taken.iter().any(|t| t == name);
        if event && !has("at") {
            self.line("at: time".into(), "at: time".into(), "when it happened", 50);
        }
        if !event && !has("id") && taken.is_empty() {
            self.line("id: key".into(), "id: key".into(), "the key of the record", 50);
        }
        for source in sources {
            let Some(headers) = self.snapshot.exports().headers(source) else { continue };
            for (i, header) in headers.iter().enumerate() {
                let folded = fold_header(header);
                if folded.is_empty() || read.contains(&folded) || taken.iter().any(|t| fold_header(t) == folded) {
                    continue;
                }
                let (text, detail) = self.field_line(source, header, i == 0 && !event);
                self.line(text.clone(), text, detail, 40 - (i as i32).min(30));
            }
        }
    }

    fn line(&mut self, label: String, insert: String, detail: &'static str, score: i32) {
        let insert = insert.replace('$', "\\$");
        self.add(score, Candidate::Snippet { label, insert, kind: CompletionKind::Field, detail: detail.into() });
    }

    /// `employees: number from "No. of employees"`: a name, a type that its values suggest, and the header if need be.
    fn field_line(&self, source: &str, header: &str, first: bool) -> (String, &'static str) {
        let lexicon = self.snapshot.lexicon();
        let folded = fold_header(header);
        let is_id =
            folded.ends_with("id") || folded.ends_with("ids") || folded.ends_with("no") || folded.ends_with("key");
        let named = self
            .snapshot
            .names()
            .tables()
            .iter()
            .map(|t| lexicon.table(*t))
            .find(|t| !t.is_event() && t.key.is_some() && folded.contains(&fold_header(&t.name.key)));
        if let Some(table) = named.filter(|_| is_id && !first) {
            let name = written(&table.name.text);
            return (format!("{name} -> {name} from {}", quoted(header)), "a reference");
        }
        let name = name_of(header);
        let from = if fold_header(&name) == folded { String::new() } else { format!(" from {}", quoted(header)) };
        let ty = if first && is_id { "key" } else { guess(&self.snapshot.exports().samples(source, header)) };
        (format!("{}: {ty}{from}", written(&name)), "a column that is not read yet")
    }

    /// Headers as names, in the `where` of a source.
    pub fn header_names(&mut self, sources: &[String], want: &Want) {
        if let Some(Like::Header(header)) = &want.like {
            self.column_values(sources, header, 60);
        }
        for source in sources {
            let Some(headers) = self.snapshot.exports().headers(source) else { continue };
            for header in headers.iter().filter(|h| !h.trim().is_empty() && !h.contains(['`', '\n', '\r'])) {
                self.add(50 + fit(want, &Ty::Error), Candidate::Header(header.clone()));
            }
        }
        if want.condition {
            let not = Candidate::Plain { text: "not".into(), kind: CompletionKind::Keyword, detail: "the contrary" };
            self.add(10, not);
        }
    }
}

/// A name for a column: its words in small letters, without signs.
fn name_of(header: &str) -> String {
    let cleaned: String =
        header.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '\'' | '&') { c } else { ' ' }).collect();
    let words: Vec<String> = cleaned.split_whitespace().map(str::to_lowercase).collect();
    let name = words.join(" ");
    if name.starts_with(|c: char| c.is_alphabetic()) { name } else { header.trim().to_lowercase().replace('`', "") }
}

/// The type that the values of a column suggest.
fn guess(samples: &[String]) -> &'static str {
    let known: Vec<&str> = samples.iter().map(|s| s.trim()).filter(|s| !s.is_empty()).collect();
    let all = |test: &dyn Fn(&str) -> bool| !known.is_empty() && known.iter().all(|s| test(s));
    let digits = |s: &str| s.chars().filter(char::is_ascii_digit).count();
    let day = |s: &str| {
        let b = s.as_bytes();
        b.len() >= 10 && b[4] == b'-' && b[7] == b'-' && digits(&s[..10]) == 8
    };
    if all(&|s| matches!(s.to_lowercase().as_str(), "yes" | "no" | "true" | "false")) {
        "yes/no"
    } else if all(&|s| s.is_ascii() && day(s)) {
        if all(&|s| s.len() == 10) { "date" } else { "time" }
    } else if all(&|s| s.parse::<f64>().is_ok() && !(s.len() > 1 && s.starts_with('0') && !s.contains('.'))) {
        "number"
    } else {
        let _ = facts::short_type;
        "text"
    }
}
