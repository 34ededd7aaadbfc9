//! `lead.toml`: the settings of a lexicon.

use std::collections::BTreeMap;

use lead_diag::Span;

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
