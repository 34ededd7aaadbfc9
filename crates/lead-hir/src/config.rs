//! `lead.toml`: the settings of a lexicon.

mod parse;

use std::collections::BTreeMap;

use lead_diag::Span;

pub use parse::parse;

/// All of `lead.toml`, with defaults where it is silent. Unknown keys are reported, not ignored.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// `[lexicon] name`
    pub name: Option<String>,
    /// `[lexicon] timezone`: IANA name; UTC by default.
    pub timezone: Option<(String, Option<Span>)>,
    /// `[lexicon] fiscal-year-starts`: 1 to 12.
    pub fiscal_start: Option<i8>,
    /// `[lexicon] data`: folder of the exports, relative to `lead.toml`. Default: the lexicon's own folder.
    pub data: Option<String>,
    /// Where `data` stands.
    pub data_span: Option<Span>,
    /// `[lexicon] as-of`: the as-of time where the command names none (a date or a time, as written).
    pub as_of: Option<String>,
    /// `[lints]`: level by code id, `allow`, `warn` or `error`.
    pub lints: BTreeMap<String, lead_diag::Severity>,
    /// Lints switched off, by code id.
    pub allowed: Vec<String>,
    /// `[sources]`: for every source.
    pub defaults: SourceConfig,
    /// `[sources."events_*.csv"]`: by file name or pattern as written in `from`, or by the name of the file read; later ones win.
    pub sources: Vec<(String, SourceConfig)>,
    /// `[targets.NAME]`, as written; used by `lead compile`.
    pub targets: BTreeMap<String, toml::Table>,
}

/// How a source is to be read. `None`: as the defaults say, else found out from the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceConfig {
    /// `timezone`: IANA name, for times without an offset. Default: the lexicon's.
    pub timezone: Option<String>,
    /// `time-formats`: strptime formats, tried in order before the common ones.
    pub time_formats: Option<Vec<String>>,
    /// `null`: the words that mean nothing, besides the empty cell. Case and blanks ignored.
    pub null: Option<Vec<String>>,
    /// `list-separator`, default `;`.
    pub list_separator: Option<String>,
    /// `delimiter`: one character; found out from the header by default. `tab` is allowed.
    pub delimiter: Option<String>,
    /// `encoding`: a WHATWG label; default UTF-8, or what the byte-order mark says.
    pub encoding: Option<String>,
    /// `decimal`: `.` or `,`.
    pub decimal: Option<String>,
    /// `skip-lines`: lines before the header.
    pub skip_lines: Option<u32>,
    /// `footer-lines`: lines at the end that are not data.
    pub footer_lines: Option<u32>,
    /// `[sources."x".labels."field name"]`: internal value to label.
    pub labels: BTreeMap<String, BTreeMap<String, String>>,
}

impl Config {
    /// How one file is to be read: the defaults, then every entry that matches the name declared in `from` or the name of
    /// the file, later ones over earlier ones. `*` stands for any run of signs and `?` for one.
    pub fn source(&self, declared: &str, file_name: &str) -> SourceConfig {
        let mut merged = self.defaults.clone();
        for (pattern, source) in &self.sources {
            if pattern == declared || matches(pattern, declared) || matches(pattern, file_name) {
                merged.merge(source);
            }
        }
        merged
    }
}

impl SourceConfig {
    /// What `over` says wins; labels are merged field by field.
    pub fn merge(&mut self, over: &SourceConfig) {
        fn take<T: Clone>(own: &mut Option<T>, over: &Option<T>) {
            if over.is_some() {
                own.clone_from(over);
            }
        }
        take(&mut self.timezone, &over.timezone);
        take(&mut self.time_formats, &over.time_formats);
        take(&mut self.null, &over.null);
        take(&mut self.list_separator, &over.list_separator);
        take(&mut self.delimiter, &over.delimiter);
        take(&mut self.encoding, &over.encoding);
        take(&mut self.decimal, &over.decimal);
        take(&mut self.skip_lines, &over.skip_lines);
        take(&mut self.footer_lines, &over.footer_lines);
        for (field, labels) in &over.labels {
            let own = self.labels.entry(field.clone()).or_default();
            own.extend(labels.iter().map(|(k, v)| (k.clone(), v.clone())));
        }
    }
}

/// Whether a pattern with `*` and `?` fits the whole text. Time is bounded by the product of the lengths.
fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let mut reached = vec![false; pattern.len() + 1];
    reached[0] = true;
    for i in 0..pattern.len() {
        reached[i + 1] = reached[i] && pattern[i] == '*';
    }
    for sign in text.chars() {
        let mut before = reached[0];
        reached[0] = false;
        for i in 0..pattern.len() {
            let here = reached[i + 1];
            reached[i + 1] = match pattern[i] {
                '*' => here || reached[i] || before,
                '?' => before,
                exact => before && exact == sign,
            };
            before = here;
        }
    }
    reached[pattern.len()]
}
