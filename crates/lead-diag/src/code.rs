//! The registry of diagnostic codes: `L` and four digits, the first two the stage, never reused.
//!
//! Invariant *a page per code*: `docs/codes/<ID>.md` exists for every entry; a test checks it, and `lead explain`
//! prints it.

use serde::{Serialize, Serializer};

/// The level a code has unless `lead.toml` says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// An error.
    Error,
    /// A warning.
    Warn,
    /// Not shown unless asked for.
    Allow,
}

/// What is known of a code.
#[derive(Debug, PartialEq, Eq)]
pub struct CodeInfo {
    /// `L0203`.
    pub id: &'static str,
    /// `unknown-field`.
    pub slug: &'static str,
    /// The level where nothing else is said.
    pub level: Level,
    /// The page of the documentation, in Markdown.
    pub page: &'static str,
}

/// A reference to an entry of the registry. Serialised as its id.
#[derive(Clone, Copy, Debug)]
pub struct Code(pub &'static CodeInfo);

impl Code {
    /// The entry.
    pub fn info(self) -> &'static CodeInfo {
        self.0
    }

    /// `L0203`.
    pub fn id(self) -> &'static str {
        self.0.id
    }

    /// `unknown-field`.
    pub fn slug(self) -> &'static str {
        self.0.slug
    }

    /// The code of an id or a slug, case ignored.
    pub fn find(id_or_slug: &str) -> Option<Code> {
        let wanted = id_or_slug.trim();
        CODES.iter().find(|c| c.id().eq_ignore_ascii_case(wanted) || c.slug().eq_ignore_ascii_case(wanted)).copied()
    }

    /// Whether it is a lint, whose level `lead.toml` may set.
    pub fn is_lint(self) -> bool {
        self.id().starts_with("L06") || self.is_of_data() && self.0.level != Level::Error
    }

    /// Whether it is found in rules beside data, and nowhere else.
    pub fn is_of_data(self) -> bool {
        self.id().starts_with("L10")
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Code) -> bool {
        self.0.id == other.0.id
    }
}
impl Eq for Code {}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.0.id)
    }
}

macro_rules! registry {
    ($($name:ident $id:ident $slug:literal $level:ident)*) => {
        /// Every code, by name.
        pub mod codes {
            use super::{Code, CodeInfo, Level};
            $(
                #[doc = concat!("`", stringify!($id), "`: ", $slug)]
                pub const $name: Code = Code(&CodeInfo {
                    id: stringify!($id),
                    slug: $slug,
                    level: Level::$level,
                    page: include_str!(concat!("../../../docs/codes/", stringify!($id), ".md")),
                });
            )*
        }
        /// Every code, in order.
        pub const CODES: &[Code] = &[$(codes::$name),*];
    };
}

// Stages: 00 lexicon and lead.toml · 01 syntax · 02 names and schema · 03 types · 04 windows and time ·
// 05 definitions as a whole · 06 lints · 07 data · 08 the run · 09 SQL · 10 rules beside data ·
// 11 changes between versions.
registry! {
    // 00: the lexicon and lead.toml
    UNREADABLE_FILE L0001 "unreadable-file" Error
    BAD_SETTINGS L0002 "bad-settings" Error
    UNKNOWN_TIME_ZONE L0003 "unknown-time-zone" Error
    OUTSIDE_FOLDER L0004 "outside-folder" Error
    NO_LEXICON L0005 "no-lexicon" Error
    SKIPPED_LINK L0006 "skipped-link" Warn
    // 01: syntax
    BROKEN_STATEMENT L0101 "broken-statement" Error
    TOO_DEEP L0102 "too-deep" Error
    TOO_LARGE L0103 "too-large" Error
    INDENTED_START L0104 "indented-start" Error
    UNCLOSED_TEXT L0105 "unclosed-text" Error
    BAD_NUMBER L0106 "bad-number" Error
    BAD_DATE L0107 "bad-date" Error
    GLUED_NAMES L0108 "glued-names" Error
    LAYOUT_CHANGES_MEANING L0109 "layout-changes-meaning" Error
    // 02: names and schema
    UNKNOWN_NAME L0201 "unknown-name" Error
    MISSING_AND L0202 "missing-and" Error
    UNKNOWN_FIELD L0203 "unknown-field" Error
    UNKNOWN_RECORDS L0204 "unknown-records" Error
    DUPLICATE_NAME L0205 "duplicate-name" Error
    DUPLICATE_FIELD L0206 "duplicate-field" Error
    CYCLE L0207 "cycle" Error
    NOT_RECORDS L0208 "not-records" Error
    AMBIGUOUS_RELATION L0209 "ambiguous-relation" Error
    NO_RELATION L0210 "no-relation" Error
    WRONG_SUBJECT L0211 "wrong-subject" Error
    TOO_FAR_OUT L0212 "too-far-out" Error
    NO_TIME_FIELD L0213 "no-time-field" Error
    BAD_KEY L0214 "bad-key" Error
    UNKNOWN_SOURCE L0215 "unknown-source" Error
    BAD_SOURCE_FILTER L0216 "bad-source-filter" Error
    BAD_SUBJECT L0217 "bad-subject" Error
    NOT_A_REFERENCE L0218 "not-a-reference" Error
    NOT_A_TERM L0219 "not-a-term" Error
    BAD_FIELD_TYPE L0220 "bad-field-type" Error
    // 03: types
    UNLIKE_THINGS L0301 "unlike-things" Error
    NOT_A_CONDITION L0302 "not-a-condition" Error
    BAD_ARITHMETIC L0303 "bad-arithmetic" Error
    NOT_ONE_OF L0304 "not-one-of" Error
    BAD_PATTERN L0305 "bad-pattern" Error
    OUT_OF_RANGE L0306 "out-of-range" Error
    UNKNOWN_FUNCTION L0307 "unknown-function" Error
    BAD_ARGUMENT L0308 "bad-argument" Error
    BAD_AGGREGATE L0309 "bad-aggregate" Error
    MIXED_LIST L0310 "mixed-list" Error
    RECORD_AS_VALUE L0311 "record-as-value" Error
    // 04: windows and time
    WINDOW_COVERS_NOTHING L0401 "window-covers-nothing" Error
    EMPTY_WINDOW L0402 "empty-window" Error
    NOT_A_PERIOD L0403 "not-a-period" Error
    NEEDS_WINDOW L0404 "needs-window" Error
    WINDOW_WITHOUT_START L0405 "window-without-start" Error
    WINDOW_ON_RECORDS L0406 "window-on-records" Error
    MOVING_BOUND L0407 "moving-bound" Error
    PERIOD_AS_VALUE L0408 "period-as-value" Error
    // 05: definitions as a whole
    MIXED_CHOICE L0501 "mixed-choice" Error
    OTHERWISE_NOT_LAST L0502 "otherwise-not-last" Error
    BAD_FUNNEL_STEP L0503 "bad-funnel-step" Error
    BAD_SCORE L0504 "bad-score" Error
    BAD_METRIC L0505 "bad-metric" Error
    MISSING_DIMENSION L0506 "missing-dimension" Error
    BAD_EXAMPLE L0507 "bad-example" Error
    // 06: lints
    UNWINDOWED_SIGNAL L0601 "unwindowed-signal" Warn
    WINDOW_ON_LAST_BRANCH L0602 "window-on-last-branch" Warn
    UNUSED_VALUE L0603 "unused-value" Allow
    UNUSED_TERM L0604 "unused-term" Allow
    REPEATED_STEP L0605 "repeated-step" Warn
    MONTHS_AS_LENGTH L0606 "months-as-length" Warn
    ALWAYS_UNKNOWN L0607 "always-unknown" Warn
    NO_OTHERWISE L0608 "no-otherwise" Allow
    PAST_WITHOUT_HISTORY L0609 "past-without-history" Warn
    PAST_OF_FIELDS L0610 "past-of-fields" Allow
    REPEATED_CONDITION L0611 "repeated-condition" Warn
    CONTRADICTION L0612 "contradiction" Warn
    BAD_ALLOW L0613 "bad-allow" Warn
    DEPRECATED_NAME L0614 "deprecated-name" Warn
    NEVER_TRUE L0615 "never-true" Warn
    ALWAYS_TRUE L0616 "always-true" Warn
    COVERED L0617 "covered-alternative" Warn
    UNREACHABLE_LINE L0618 "unreachable-line" Warn
    GAP_IN_CHOICE L0619 "gap-in-choice" Warn
    STEP_SKIPPED L0620 "step-skipped" Allow
    SAME_MEANING L0621 "same-meaning" Warn
    UNUSED_ALLOW L0622 "unused-allow" Warn
    UNTESTED_TERM L0623 "untested-term" Allow
    // 07: data
    MISSING_FILE L0701 "missing-file" Error
    NO_FILE_MATCHES L0702 "no-file-matches" Error
    PATH_OUTSIDE_DATA L0703 "path-outside-data" Error
    UNREADABLE_DATA L0704 "unreadable-data" Error
    EMPTY_FILE L0705 "empty-file" Error
    WRONG_ENCODING L0706 "wrong-encoding" Error
    MISSING_COLUMN L0707 "missing-column" Error
    REPEATED_COLUMN L0708 "repeated-column" Error
    UNCLOSED_QUOTE L0709 "unclosed-quote" Error
    MISSING_KEY L0710 "missing-key" Error
    DUPLICATE_KEY L0711 "duplicate-key" Error
    RAGGED_ROW L0712 "ragged-row" Warn
    EVENT_WITHOUT_TIME L0713 "event-without-time" Warn
    UNREADABLE_NUMBER L0714 "unreadable-number" Warn
    UNREADABLE_MONEY L0715 "unreadable-money" Warn
    UNREADABLE_YES_NO L0716 "unreadable-yes-no" Warn
    UNREADABLE_TIME L0717 "unreadable-time" Warn
    UNREADABLE_DATE L0718 "unreadable-date" Warn
    UNREADABLE_DURATION L0719 "unreadable-duration" Warn
    VALUE_NOT_LISTED L0720 "value-not-listed" Warn
    DANGLING_REFERENCE L0721 "dangling-reference" Warn
    UNCLEAR_DAY_ORDER L0722 "unclear-day-order" Warn
    MERGE_CONFLICT L0723 "merge-conflict" Allow
    COLUMN_NOT_IN_EVERY_FILE L0724 "column-not-in-every-file" Allow
    BAD_SOURCE_SETTING L0725 "bad-source-setting" Error
    UNREADABLE_ROW L0726 "unreadable-row" Warn
    // 08: the run
    MONEY_OVERFLOW L0801 "money-overflow" Error
    EXAMPLE_FAILS L0802 "example-fails" Error
    // 09: SQL
    NOT_IN_DIALECT L0901 "not-in-dialect" Error
    BAD_TARGET L0902 "bad-target" Error
    // 10: rules beside data
    NEVER_FILLED L1001 "never-filled" Warn
    VALUE_NOT_SEEN L1002 "value-not-seen" Warn
    THRESHOLD_BEYOND_DATA L1003 "threshold-beyond-data" Warn
    TERM_PARTS_NOBODY L1004 "term-parts-nobody" Warn
    NEAR_TWINS L1005 "near-twins" Warn
    RENAMED_HEADER L1006 "renamed-header" Error
    // 11: changes between versions
    BREAKING_CHANGE L1101 "breaking-change" Warn
    NARROWER_TERM L1102 "narrower-term" Allow
    WIDER_TERM L1103 "wider-term" Allow
    CHANGED_ANSWERS L1104 "changed-answers" Allow
}
