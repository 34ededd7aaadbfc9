//! What people set in their editor. Whatever is missing or of the wrong kind has its default.

use std::collections::BTreeMap;
use std::time::Duration;

use lead_diag::{Code, Severity};
use serde_json::Value;

/// The settings, with defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Hints at the window of a signal.
    pub hint_windows: bool,
    /// Hints at the type of a value.
    pub hint_types: bool,
    /// Hints at the subject of a file.
    pub hint_subjects: bool,
    /// Lenses with uses.
    pub lens_uses: bool,
    /// Lenses with examples.
    pub lens_examples: bool,
    /// Whether lines are laid out as they end.
    pub format_on_type: bool,
    /// Levels of lints by id.
    pub lints: BTreeMap<&'static str, Shown>,
    /// How long nothing is typed before findings are shown.
    pub debounce: Duration,
    /// The as-of time, as written.
    pub as_of: Option<String>,
}

/// How a lint is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Not at all.
    Off,
    /// As a hint, which editors hardly show.
    Hint,
    /// As an information.
    Information,
    /// As this.
    As(Severity),
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            hint_windows: true,
            hint_types: true,
            hint_subjects: true,
            lens_uses: true,
            lens_examples: true,
            format_on_type: true,
            lints: BTreeMap::new(),
            debounce: Duration::from_millis(25),
            as_of: None,
        }
    }
}

/// A pause longer than this is taken for a mistake.
const LONGEST_PAUSE: u64 = 10_000;

impl Settings {
    /// From what an editor sends: the section `lead`, or an object that holds it; nested, or with dots in its keys.
    pub fn read(value: &Value) -> Settings {
        let value = match value.get("lead") {
            Some(section) if section.is_object() => section,
            _ => value,
        };
        let flag = |path: &str, default: bool| at(value, path).and_then(Value::as_bool).unwrap_or(default);
        let group = |name: &str| match at(value, name) {
            Some(Value::Bool(on)) => *on,
            _ => flag(&format!("{name}.enable"), true),
        };
        let (hints, lens) = (group("inlayHints"), group("codeLens"));
        let lints = at(value, "lints").and_then(Value::as_object);
        let lints = lints.into_iter().flatten().filter_map(|(name, level)| {
            let code = Code::find(name).filter(|c| c.is_lint())?;
            Some((code.id(), shown(level.as_str()?)?))
        });
        let debounce = at(value, "diagnostics.debounce").and_then(Value::as_u64).filter(|ms| *ms <= LONGEST_PAUSE);
        let as_of = at(value, "asOf").and_then(Value::as_str).map(str::trim).filter(|t| !t.is_empty());
        let default = Settings::default();
        Settings {
            hint_windows: hints && flag("inlayHints.windows", true),
            hint_types: hints && flag("inlayHints.types", true),
            hint_subjects: hints && flag("inlayHints.subjects", true),
            lens_uses: lens && flag("codeLens.uses", true),
            lens_examples: lens && flag("codeLens.examples", true),
            format_on_type: flag("format.onType", true),
            lints: lints.collect(),
            debounce: debounce.map_or(default.debounce, Duration::from_millis),
            as_of: as_of.map(str::to_owned),
        }
    }
}

/// A value by the names on its path, where some of them may be joined with dots.
fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    if let Some(found) = value.get(path) {
        return Some(found);
    }
    path.match_indices('.').find_map(|(i, _)| at(value.get(&path[..i])?, &path[i + 1..]))
}

fn shown(level: &str) -> Option<Shown> {
    Some(match level {
        "off" | "allow" => Shown::Off,
        "hint" => Shown::Hint,
        "information" | "info" => Shown::Information,
        "warning" | "warn" => Shown::As(Severity::Warning),
        "error" => Shown::As(Severity::Error),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_are_read_nested_dotted_and_in_their_section() {
        let all = [
            json!({ "lead": { "inlayHints": { "types": false }, "diagnostics": { "debounce": 0 } } }),
            json!({ "inlayHints.types": false, "diagnostics.debounce": 0 }),
            json!({ "inlayHints": { "types": false }, "diagnostics.debounce": 0 }),
        ];
        for value in all {
            let settings = Settings::read(&value);
            assert!(!settings.hint_types && settings.hint_windows, "{value}");
            assert_eq!(settings.debounce, Duration::ZERO, "{value}");
        }
        let off = Settings::read(&json!({ "inlayHints": false, "codeLens": { "enable": false } }));
        assert!(!off.hint_windows && !off.lens_uses && off.format_on_type);
    }

    #[test]
    fn what_cannot_be_read_has_its_default() {
        let value = json!({ "format": 3, "lints": { "nonsense": "off", "L0101": "off" }, "diagnostics": [] });
        assert_eq!(Settings::read(&value), Settings::default());
        assert_eq!(Settings::read(&Value::Null), Settings::default());
    }

    #[test]
    fn lints_are_named_by_code_or_name() {
        let settings = Settings::read(&json!({ "lints": { "repeated-step": "off", "L0601": "error" } }));
        assert_eq!(settings.lints.values().filter(|s| **s == Shown::Off).count(), 1);
        assert_eq!(settings.lints.get("L0601"), Some(&Shown::As(Severity::Error)));
    }
}
