//! Settings compared: those that all answers rest on, and those that say how a source is read.

use std::collections::BTreeMap;

use lead_hir::config::SourceConfig;
use lead_hir::hir::{Lexicon, TableId};
use lead_hir::{Config, MONTHS};

/// A setting that is not as it was: what it is called, before, after.
pub type Setting = (String, String, String);

/// The settings of a lexicon: its time zone and the month that its fiscal years begin with.
pub fn of_lexicon(old: &Lexicon, new: &Lexicon) -> Vec<Setting> {
    let (old, new) = (&old.settings, &new.settings);
    let month =
        |m: i8| usize::try_from(m - 1).ok().and_then(|m| MONTHS.get(m)).copied().unwrap_or("january").to_owned();
    let mut out = Vec::new();
    if old.zone_name != new.zone_name {
        out.push(("timezone".to_owned(), old.zone_name.clone(), new.zone_name.clone()));
    }
    if old.fiscal_start != new.fiscal_start {
        out.push(("fiscal-year-starts".to_owned(), month(old.fiscal_start), month(new.fiscal_start)));
    }
    out
}

/// The settings of sources, and the tables of the newer version that are read otherwise, each with the setting.
pub fn of_sources(old: &Config, new: &Config, lexicon: &Lexicon) -> (Vec<Setting>, Vec<(TableId, String)>) {
    if old.defaults == new.defaults && old.sources == new.sources {
        return (Vec::new(), Vec::new());
    }
    let mut settings: BTreeMap<String, (String, String)> = BTreeMap::new();
    let mut tables = Vec::new();
    for (id, table) in lexicon.table_ids() {
        for source in &table.sources {
            let (was, is) = (old.source(source, source), new.source(source, source));
            for ((key, was), (_, is)) in keys(&was).into_iter().zip(keys(&is)) {
                if was != is {
                    let name = format!("sources.\"{source}\".{key}");
                    tables.push((id, name.clone()));
                    settings.insert(name, (was, is));
                }
            }
        }
    }
    if tables.is_empty() {
        // They are for files whose names only the data show.
        tables.extend(lexicon.table_ids().map(|(id, _)| (id, "sources".to_owned())));
        settings.insert("sources".to_owned(), ("as it was".to_owned(), "changed".to_owned()));
    }
    (settings.into_iter().map(|(name, (was, is))| (name, was, is)).collect(), tables)
}

/// Each setting of a source as it is shown.
fn keys(source: &SourceConfig) -> Vec<(&'static str, String)> {
    let text = |value: &Option<String>| value.clone().map_or_else(|| "not set".to_owned(), |v| format!("\"{v}\""));
    let list = |value: &Option<Vec<String>>| value.as_ref().map_or_else(|| "not set".to_owned(), |v| format!("{v:?}"));
    let count = |value: Option<u32>| value.map_or_else(|| "not set".to_owned(), |v| v.to_string());
    vec![
        ("timezone", text(&source.timezone)),
        ("time-formats", list(&source.time_formats)),
        ("null", list(&source.null)),
        ("list-separator", text(&source.list_separator)),
        ("delimiter", text(&source.delimiter)),
        ("encoding", text(&source.encoding)),
        ("decimal", text(&source.decimal)),
        ("skip-lines", count(source.skip_lines)),
        ("footer-lines", count(source.footer_lines)),
        ("labels", format!("{:?}", source.labels)),
    ]
}
