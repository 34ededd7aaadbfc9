//! `lead.toml` as text to [`Config`]. Unknown keys and bad values are reported with their place; the rest is still read.

use lead_diag::InOrder;
use lead_diag::{Applicability, Diagnostic, FileId, Fix, Level, Severity, Span, codes};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Config, SourceConfig};
use crate::MONTHS;
use crate::suggest;

type Entry<'t, 'i> = (&'t str, Span, &'t Spanned<DeValue<'i>>);

const SECTIONS: &[&str] = &["lexicon", "lints", "sources", "targets"];
const LEXICON: &[&str] = &["name", "timezone", "fiscal-year-starts", "data", "as-of"];
const SOURCE: &[&str] = &[
    "timezone",
    "time-formats",
    "null",
    "list-separator",
    "delimiter",
    "encoding",
    "decimal",
    "skip-lines",
    "footer-lines",
    "labels",
];
const LEVELS: &[&str] = &["allow", "warn", "error"];

/// Reads `lead.toml`. Always gives settings; what could not be read keeps its default and is reported.
pub fn parse(file: FileId, text: &str) -> (Config, Vec<Diagnostic>) {
    let mut reader = Reader { file, config: Config::default(), diagnostics: Vec::new() };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let range = error.span().unwrap_or(0..0);
        let end = range.end.min(text.len());
        let span = Span::new(file, range.start.min(end), end);
        let what = in_words(error.message());
        let found = Diagnostic::new(codes::BAD_SETTINGS, "`lead.toml` cannot be read here")
            .label(span, what)
            .help("a setting is a line `name = \"value\"` below a heading such as `[lexicon]`");
        reader.diagnostics.push(found);
    }
    reader.root(table.get_ref());
    (reader.config, reader.diagnostics)
}

/// An as-of time or date as `lead.toml` and the command line have it: `2026-03-31`, or with a time and perhaps an offset.
fn is_moment(text: &str) -> bool {
    let text = text.trim();
    text.parse::<jiff::civil::Date>().is_ok() && text.len() == 10
        || text.parse::<jiff::Timestamp>().is_ok()
        || text.parse::<jiff::civil::DateTime>().is_ok()
}

struct Reader {
    file: FileId,
    config: Config,
    diagnostics: Vec<Diagnostic>,
}

impl Reader {
    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    /// Entries in order of place.
    fn entries<'t, 'i>(&self, table: &'t DeTable<'i>) -> Vec<Entry<'t, 'i>> {
        let mut entries: Vec<Entry> =
            table.iter().map(|(k, v)| (k.get_ref().as_ref(), self.span(k.span()), v)).collect();
        entries.in_order_by_key(|(_, span, _)| span.start);
        entries
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn unknown_key(&mut self, key: &str, span: Span, place: &str, known: &[&str]) {
        let mut found = Diagnostic::new(codes::BAD_SETTINGS, format!("`{key}` is no setting of {place}"))
            .label(span, "not known here");
        match suggest::nearest(key, known.iter().copied()) {
            Some(near) => {
                found = found.help(format!("did you mean `{}`?", near.name)).fix(Fix::replace(
                    format!("write `{}`", near.name),
                    near.applicability(),
                    span,
                    near.name,
                ));
            }
            None => found = found.help(format!("the settings of {place} are {}", suggest::list(known.iter().copied()))),
        }
        self.report(found);
    }

    fn bad_value(&mut self, key: &str, value: &Spanned<DeValue>, wanted: &str) {
        let span = self.span(value.span());
        self.report(
            Diagnostic::new(codes::BAD_SETTINGS, format!("`{key}` wants {wanted}"))
                .label(span, format!("this is {}", kind(value.get_ref()))),
        );
    }

    fn text(&mut self, key: &str, value: &Spanned<DeValue>) -> Option<String> {
        let text = value.get_ref().as_str().map(str::to_string);
        if text.is_none() {
            self.bad_value(key, value, "a text in quotes");
        }
        text
    }

    fn texts(&mut self, key: &str, value: &Spanned<DeValue>) -> Option<Vec<String>> {
        if let Some(one) = value.get_ref().as_str() {
            return Some(vec![one.to_string()]);
        }
        let Some(items) = value.get_ref().as_array() else {
            self.bad_value(key, value, "a list of texts, such as `[\"null\", \"n/a\"]`");
            return None;
        };
        Some(items.iter().filter_map(|item| self.text(key, item)).collect())
    }

    fn count(&mut self, key: &str, value: &Spanned<DeValue>) -> Option<u32> {
        let number = value.get_ref().as_integer().and_then(|i| u32::from_str_radix(i.as_str(), i.radix()).ok());
        if number.is_none() {
            self.bad_value(key, value, "a whole number of lines, such as `3`");
        }
        number
    }

    fn zone(&mut self, key: &str, value: &Spanned<DeValue>) -> Option<String> {
        let name = self.text(key, value)?;
        let db = jiff::tz::db();
        // Offsets and abbreviations are no zones with a calendar of their own; the database alone decides.
        if let Ok(zone) = db.get(&name) {
            return Some(zone.iana_name().map_or(name, str::to_string));
        }
        let span = self.span(value.span());
        let mut found = Diagnostic::new(codes::UNKNOWN_TIME_ZONE, format!("`{name}` is no time zone that is known"))
            .label(span, "not in the list of time zones");
        let known: Vec<String> = db.available().map(|z| z.as_str().to_string()).collect();
        // `Berlin` is as good as `Europe/Berlin`.
        let city = known.iter().find(|z| z.rsplit('/').next().is_some_and(|c| same_city(c, &name))).cloned();
        let near = city.or_else(|| suggest::nearest(&name, known.iter().map(String::as_str)).map(|n| n.name));
        match near {
            Some(near) => {
                found = found.help(format!("did you mean `{near}`?")).fix(Fix::replace(
                    format!("write `{near}`"),
                    Applicability::Unsafe,
                    span,
                    format!("\"{near}\""),
                ));
            }
            None => found = found.help("a time zone is named by region and city, such as `Europe/Berlin`, or `UTC`"),
        }
        self.report(found);
        None
    }

    fn root(&mut self, root: &DeTable) {
        for (key, span, value) in self.entries(root) {
            let Some(table) = value.get_ref().as_table() else {
                if SECTIONS.contains(&key) {
                    self.bad_value(key, value, &format!("a heading `[{key}]` with settings below it"));
                } else if LEXICON.contains(&key) {
                    self.report(
                        Diagnostic::new(codes::BAD_SETTINGS, format!("`{key}` stands above every heading"))
                            .label(span, "a setting of the lexicon")
                            .help("write the line `[lexicon]` above it"),
                    );
                } else {
                    self.unknown_key(key, span, "`lead.toml`", SECTIONS);
                }
                continue;
            };
            match key {
                "lexicon" => self.lexicon(table),
                "lints" => self.lints(table),
                "sources" => self.sources(table),
                "targets" => self.targets(table),
                _ => self.unknown_key(key, span, "`lead.toml`", SECTIONS),
            }
        }
    }

    fn lexicon(&mut self, table: &DeTable) {
        for (key, span, value) in self.entries(table) {
            match key {
                "name" => self.config.name = self.text(key, value),
                "timezone" => {
                    let at = self.span(value.span());
                    self.config.timezone = self.zone(key, value).map(|z| (z, Some(at)));
                }
                "fiscal-year-starts" => self.fiscal(key, value),
                "data" => {
                    self.config.data = self.text(key, value);
                    self.config.data_span = Some(self.span(value.span()));
                }
                "as-of" => self.as_of(key, value),
                _ => self.unknown_key(key, span, "`[lexicon]`", LEXICON),
            }
        }
    }

    fn as_of(&mut self, key: &str, value: &Spanned<DeValue>) {
        let text = match value.get_ref() {
            DeValue::Datetime(moment) => moment.to_string().replace(' ', "T"),
            DeValue::String(text) => text.to_string(),
            _ => return self.bad_value(key, value, "a date or time, such as `\"2026-03-31\"`"),
        };
        if !is_moment(&text) {
            return self.bad_value(key, value, "a date or time, such as `\"2026-03-31\"` or `\"2026-03-31T14:00\"`");
        }
        self.config.as_of = Some(text);
    }

    fn fiscal(&mut self, key: &str, value: &Spanned<DeValue>) {
        let number = value.get_ref().as_integer().and_then(|i| i.as_str().parse::<i8>().ok());
        if let Some(month) = number.filter(|m| (1..=12).contains(m)) {
            self.config.fiscal_start = Some(month);
            return;
        }
        let Some(text) = value.get_ref().as_str() else {
            return self.bad_value(key, value, "the name of a month, such as `\"april\"`");
        };
        let name = text.trim().to_lowercase();
        let month = MONTHS.iter().position(|m| *m == name || name.len() == 3 && m.starts_with(&name));
        match month {
            Some(month) => self.config.fiscal_start = Some(month as i8 + 1),
            None => self.one_of_words(key, text, value, &MONTHS, "the name of a month"),
        }
    }

    /// A text that should be one of a few words.
    fn one_of_words(&mut self, key: &str, text: &str, value: &Spanned<DeValue>, words: &[&str], wanted: &str) {
        let span = self.span(value.span());
        let mut found = Diagnostic::new(codes::BAD_SETTINGS, format!("`{key}` wants {wanted}"))
            .label(span, format!("`{text}` is not one"));
        if let Some(near) = suggest::nearest(text, words.iter().copied()) {
            found = found.help(format!("did you mean `{}`?", near.name)).fix(Fix::replace(
                format!("write `{}`", near.name),
                near.applicability(),
                span,
                format!("\"{}\"", near.name),
            ));
        } else {
            found = found.help(format!("it is one of {}", suggest::list(words.iter().copied())));
        }
        self.report(found);
    }

    fn lints(&mut self, table: &DeTable) {
        for (key, span, value) in self.entries(table) {
            let code = lead_diag::Code::find(key);
            let lints = || lead_diag::CODES.iter().filter(|c| c.is_lint());
            let Some(code) = code.filter(|c| c.is_lint()) else {
                if code.is_some() {
                    self.report(
                        Diagnostic::new(codes::BAD_SETTINGS, format!("`{key}` is not a lint, its level is fixed"))
                            .label(span, "always reported")
                            .help("only lints can be set here: codes `L06…`, and warnings about data, `L10…`"),
                    );
                } else {
                    let known: Vec<&str> = lints().flat_map(|c| [c.slug(), c.id()]).collect();
                    self.unknown_key(key, span, "`[lints]`", &known);
                }
                continue;
            };
            let Some(level) = self.text(key, value) else { continue };
            let id = code.id().to_string();
            match level.to_lowercase().as_str() {
                "allow" | "off" => self.config.allowed.push(id),
                "warn" => drop(self.config.lints.insert(id, Severity::Warning)),
                "error" => drop(self.config.lints.insert(id, Severity::Error)),
                _ => self.one_of_words(key, &level, value, LEVELS, "`allow`, `warn` or `error`"),
            }
            debug_assert!(code.info().level != Level::Error);
        }
    }

    fn sources(&mut self, table: &DeTable) {
        for (key, span, value) in self.entries(table) {
            if SOURCE.contains(&key) {
                let mut defaults = std::mem::take(&mut self.config.defaults);
                self.source_key(&mut defaults, key, value);
                self.config.defaults = defaults;
            } else if let Some(inner) = value.get_ref().as_table() {
                let mut source = SourceConfig::default();
                for (key, span, value) in self.entries(inner) {
                    if SOURCE.contains(&key) {
                        self.source_key(&mut source, key, value);
                    } else {
                        self.unknown_key(key, span, "a source", SOURCE);
                    }
                }
                self.config.sources.push((key.to_string(), source));
            } else {
                self.unknown_key(key, span, "`[sources]`", SOURCE);
            }
        }
    }

    fn source_key(&mut self, source: &mut SourceConfig, key: &str, value: &Spanned<DeValue>) {
        match key {
            "timezone" => source.timezone = self.zone(key, value),
            "time-formats" => source.time_formats = self.texts(key, value),
            "null" => source.null = self.texts(key, value),
            "list-separator" => source.list_separator = self.text(key, value),
            "delimiter" => source.delimiter = self.delimiter(key, value),
            "encoding" => source.encoding = self.text(key, value),
            "decimal" => {
                source.decimal = self.text(key, value);
                if let Some(text) = source.decimal.take_if(|t| t != "." && t != ",") {
                    self.one_of_words(key, &text, value, &[".", ","], "`.` or `,`");
                }
            }
            "skip-lines" => source.skip_lines = self.count(key, value),
            "footer-lines" => source.footer_lines = self.count(key, value),
            _ => self.labels(source, key, value),
        }
    }

    fn delimiter(&mut self, key: &str, value: &Spanned<DeValue>) -> Option<String> {
        let text = self.text(key, value)?;
        match text.as_str() {
            "tab" | "\t" => Some("\t".to_string()),
            one if one.len() == 1 && one != "\"" && one != "\n" && one != "\r" => Some(text),
            _ => {
                self.bad_value(key, value, "one sign, such as `\";\"`, or `\"tab\"`");
                None
            }
        }
    }

    fn labels(&mut self, source: &mut SourceConfig, key: &str, value: &Spanned<DeValue>) {
        let wanted = "a table per field, such as `[sources.\"deals.csv\".labels.\"deal stage\"]`";
        let Some(fields) = value.get_ref().as_table() else {
            return self.bad_value(key, value, wanted);
        };
        for (field, _, value) in self.entries(fields) {
            let Some(pairs) = value.get_ref().as_table() else {
                self.bad_value(field, value, "lines of the form `\"internal value\" = \"label\"`");
                continue;
            };
            let labels = source.labels.entry(field.to_string()).or_default();
            for (internal, _, label) in self.entries(pairs) {
                if let Some(label) = self.text(internal, label) {
                    labels.insert(internal.to_string(), label);
                }
            }
        }
    }

    fn targets(&mut self, table: &DeTable) {
        for (key, _, value) in self.entries(table) {
            match value.get_ref().as_table() {
                Some(inner) => drop(self.config.targets.insert(key.to_string(), plain_table(inner))),
                None => self.bad_value(key, value, &format!("a heading `[targets.{key}]` with settings below it")),
            }
        }
    }
}

/// What the reader of the format says, for people who do not know the format.
fn in_words(message: &str) -> &'static str {
    let has = |word: &str| message.contains(word);
    if has("duplicate") {
        "set a second time"
    } else if has("string") {
        "a text begins here or before, and its closing quote is missing"
    } else if has("array") || has("table") || has("]") {
        "a bracket is missing or stands in the wrong place"
    } else {
        "neither a text in quotes, a number, a list in brackets, nor a heading"
    }
}

fn same_city(zone: &str, name: &str) -> bool {
    let plain = |s: &str| s.replace(['_', '-'], " ").to_lowercase();
    plain(zone) == plain(name.trim())
}

fn kind(value: &DeValue) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn plain_table(table: &DeTable) -> toml::Table {
    table.iter().map(|(k, v)| (k.get_ref().to_string(), plain(v.get_ref()))).collect()
}

fn plain(value: &DeValue) -> toml::Value {
    match value {
        DeValue::String(text) => toml::Value::String(text.to_string()),
        DeValue::Integer(i) => i64::from_str_radix(i.as_str(), i.radix())
            .map_or_else(|_| toml::Value::String(i.as_str().to_string()), toml::Value::Integer),
        DeValue::Float(f) => {
            f.as_str().parse().map_or_else(|_| toml::Value::String(f.as_str().to_string()), toml::Value::Float)
        }
        DeValue::Boolean(b) => toml::Value::Boolean(*b),
        DeValue::Datetime(d) => toml::Value::Datetime(*d),
        DeValue::Array(items) => toml::Value::Array(items.iter().map(|i| plain(i.get_ref())).collect()),
        DeValue::Table(inner) => toml::Value::Table(plain_table(inner)),
    }
}
