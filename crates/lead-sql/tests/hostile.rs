//! Names, texts and comments that try to be SQL.
#![allow(clippy::unwrap_used, clippy::panic)]

use lead_diag::FileId;
use lead_hir::Config;
use lead_sql::{AsOf, Options, Target, compile};

const HOSTILE: &str = r#"entity contact from "x'; drop table y; --.csv"
    id: key from "a""; DROP TABLE contacts; --"
    kind: one of "it's", "b'; DROP TABLE z; --"
    note: text from "select"

event visit of contact from "visits.csv" where `type"` = "o'; --"
    at: time
    url: text

## Says it.*/ 
## -- '; DROP TABLE docs;
`lead"; DROP TABLE w; --` when kind = "b'; DROP TABLE z; --" or note contains "\'; DELETE FROM a; --"
    or any(visit where url starts with "'/*" within 30d)
"#;

/// The statement without its literals, quoted names and comments; `escapes`: a backslash in a literal takes the next sign.
fn bare(sql: &str, escapes: bool) -> String {
    let mut out = String::new();
    let mut chars = sql.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' | '"' | '`' => {
                // A doubled quote is one inside.
                while let Some(inner) = chars.next() {
                    let escaped = escapes && c == '\'' && inner == '\\';
                    if escaped || inner == c && chars.peek() == Some(&c) {
                        chars.next();
                    } else if inner == c {
                        break;
                    }
                }
                out.push('_');
            }
            '-' if chars.peek() == Some(&'-') => while chars.next().is_some_and(|c| c != '\n') {},
            c => out.push(c),
        }
    }
    out
}

#[test]
fn nothing_leaves_its_quotes() {
    let parsed = lead_syntax::parse(FileId(0), HOSTILE);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let lowered = lead_hir::lower(&[(FileId(0), &parsed.file)], &Config::default());
    assert!(lowered.diagnostics.iter().all(|d| !d.is_error()), "{:?}", lowered.diagnostics);
    let target = Target::default();
    for dialect in lead_sql::dialect::all() {
        for as_of in [AsOf::Open, AsOf::At(1_782_864_000_000_000)] {
            let options = Options { dialect, target: &target, as_of };
            let compiled = compile(&lowered.lexicon, &options, &|_| true).unwrap();
            for statement in compiled {
                let bare = bare(&statement.sql, dialect.text("\\").len() > 3);
                // Names keep their letters, and lose the blanks that would make a word of SQL of them.
                let words = bare.to_lowercase();
                assert!(!words.contains("drop ") && !words.contains("delete "), "{bare}");
                assert_eq!(bare.matches(';').count(), 1, "{bare}");
                assert!(!bare.contains("/*") && !bare.contains('\\'), "{bare}");
            }
        }
    }
}
