//! How one file is read: the settings of `lead.toml` that apply to it, checked and ready for use.

use lead_diag::InOrder;
use std::collections::BTreeMap;

use encoding_rs::Encoding;
use jiff::tz::TimeZone;
use lead_hir::{Config, SourceConfig};

use crate::column::fold_text;

/// Settings in force for a file read for a source.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Zone of times without an offset.
    pub zone: TimeZone,
    /// strptime formats to try first.
    pub formats: Vec<String>,
    /// Words that mean nothing.
    pub nulls: Nulls,
    /// Between the items of a list.
    pub list_separator: String,
    /// Between cells, where it is set.
    pub delimiter: Option<u8>,
    /// Of the file, where it is set.
    pub encoding: Option<&'static Encoding>,
    /// Whether `1,5` is one and a half.
    pub decimal_comma: bool,
    /// Lines before the header.
    pub skip_lines: u32,
    /// Lines at the end that are not data.
    pub footer_lines: u32,
    /// By name of the field, folded as headers are: internal value (folded) to label.
    pub labels: BTreeMap<String, BTreeMap<String, String>>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            zone: TimeZone::UTC,
            formats: Vec::new(),
            nulls: Nulls::default(),
            list_separator: ";".to_owned(),
            delimiter: None,
            encoding: None,
            decimal_comma: false,
            skip_lines: 0,
            footer_lines: 0,
            labels: BTreeMap::new(),
        }
    }
}

/// Words that mean nothing, case and blanks ignored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Nulls {
    words: Vec<String>,
}

impl Nulls {
    /// From the words of `lead.toml`.
    pub fn new(words: &[String]) -> Nulls {
        let mut words: Vec<String> = words.iter().map(|w| fold_text(w)).filter(|w| !w.is_empty()).collect();
        words.in_order();
        words.dedup();
        Nulls { words }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether a trimmed text is one of them.
    #[inline]
    pub fn contains(&self, text: &str) -> bool {
        if self.words.is_empty() {
            return false;
        }
        if text.is_ascii() {
            return self.words.iter().any(|w| w.len() == text.len() && w.eq_ignore_ascii_case(text));
        }
        self.words.contains(&fold_text(text))
    }
}

/// The zone that settings name for times without an offset in a source, if they name one.
pub fn source_zone(config: &Config, source: &str) -> Option<String> {
    let file = source.rsplit('/').next().unwrap_or(source);
    let own = config.sources.iter().filter(|(pattern, _)| applies(pattern, source, file));
    own.filter_map(|(_, settings)| settings.timezone.clone()).next_back().or_else(|| config.defaults.timezone.clone())
}

/// The settings for a file named `file`, read for a source written `source`; and what is wrong with them.
pub fn settings_for(config: &Config, lexicon_zone: &TimeZone, source: &str, file: &str) -> (Settings, Vec<String>) {
    let mut merged = config.defaults.clone();
    for (pattern, own) in &config.sources {
        if applies(pattern, source, file) {
            merge(&mut merged, own);
        }
    }
    let mut wrong = Vec::new();
    let mut settings = Settings { zone: lexicon_zone.clone(), ..Settings::default() };
    if let Some(name) = &merged.timezone {
        match TimeZone::get(name) {
            Ok(zone) => settings.zone = zone,
            Err(_) => wrong.push(format!("`timezone = \"{name}\"` is no time zone, such as `Europe/Berlin`")),
        }
    }
    for format in merged.time_formats.iter().flatten() {
        let probe = jiff::Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
        match jiff::fmt::strtime::BrokenDownTime::from(&probe).to_string(format) {
            Ok(_) => settings.formats.push(format.clone()),
            Err(_) => wrong.push(format!("`time-formats` has `{format}`, which holds an unknown sign after `%`")),
        }
    }
    settings.nulls = Nulls::new(merged.null.as_deref().unwrap_or_default());
    if let Some(separator) = &merged.list_separator {
        match separator.as_str() {
            "" => wrong.push("`list-separator` is empty".to_owned()),
            "tab" => settings.list_separator = "\t".to_owned(),
            other => settings.list_separator = other.to_owned(),
        }
    }
    if let Some(delimiter) = &merged.delimiter {
        match delimiter.as_bytes() {
            b"tab" | b"\\t" => settings.delimiter = Some(b'\t'),
            [one] if *one != b'"' && *one != b'\n' && *one != b'\r' => settings.delimiter = Some(*one),
            _ => wrong.push(format!("`delimiter = \"{delimiter}\"` is no single character")),
        }
    }
    if let Some(label) = &merged.encoding {
        settings.encoding = Encoding::for_label(label.as_bytes());
        if settings.encoding.is_none() {
            wrong.push(format!("`encoding = \"{label}\"` is no encoding, such as `windows-1252`"));
        }
    }
    match merged.decimal.as_deref() {
        None | Some(".") => {}
        Some(",") => settings.decimal_comma = true,
        Some(other) => wrong.push(format!("`decimal = \"{other}\"` is neither `.` nor `,`")),
    }
    settings.skip_lines = merged.skip_lines.unwrap_or(0);
    settings.footer_lines = merged.footer_lines.unwrap_or(0);
    for (field, labels) in &merged.labels {
        let folded = labels.iter().map(|(from, to)| (fold_text(from), to.clone())).collect();
        settings.labels.insert(crate::headers::fold_header(field), folded);
    }
    (settings, wrong)
}

fn applies(pattern: &str, source: &str, file: &str) -> bool {
    if pattern == source || pattern == file {
        return true;
    }
    let base = file.rsplit('/').next().unwrap_or(file);
    pattern == base || glob::Pattern::new(pattern).is_ok_and(|p| p.matches(file) || p.matches(base))
}

fn merge(into: &mut SourceConfig, own: &SourceConfig) {
    macro_rules! take {
        ($($field:ident)*) => { $( if own.$field.is_some() { into.$field = own.$field.clone(); } )* };
    }
    take!(timezone time_formats null list_separator delimiter encoding decimal skip_lines footer_lines);
    for (field, labels) in &own.labels {
        into.labels.entry(field.clone()).or_default().extend(labels.iter().map(|(a, b)| (a.clone(), b.clone())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_sources_win_over_defaults_and_earlier_ones() {
        let mut config = Config::default();
        config.defaults.decimal = Some(",".into());
        config.defaults.null = Some(vec![" Select ".into(), "N/A".into()]);
        config
            .sources
            .push(("events_*.csv".into(), SourceConfig { delimiter: Some("tab".into()), ..Default::default() }));
        config
            .sources
            .push(("events_2.csv".into(), SourceConfig { delimiter: Some("|".into()), ..Default::default() }));
        let (one, wrong) = settings_for(&config, &TimeZone::UTC, "events_*.csv", "events_1.csv");
        assert!(wrong.is_empty() && one.decimal_comma && one.delimiter == Some(b'\t'));
        assert!(one.nulls.contains("select") && one.nulls.contains("n/a") && !one.nulls.contains("x"));
        let (two, _) = settings_for(&config, &TimeZone::UTC, "events_*.csv", "events_2.csv");
        assert_eq!(two.delimiter, Some(b'|'));
    }

    #[test]
    fn unusable_settings_are_named() {
        let defaults = SourceConfig {
            timezone: Some("Berlin".into()),
            encoding: Some("utf-99".into()),
            delimiter: Some("::".into()),
            time_formats: Some(vec!["%Y-%!".into()]),
            decimal: Some("'".into()),
            ..Default::default()
        };
        let config = Config { defaults, ..Config::default() };
        assert_eq!(settings_for(&config, &TimeZone::UTC, "a.csv", "a.csv").1.len(), 5);
    }
}
