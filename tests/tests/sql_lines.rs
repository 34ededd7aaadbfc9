//! Statements are read by people: no line of what the examples are compiled to is wider than a screen, in any dialect.
#![allow(clippy::unwrap_used, clippy::panic)]

use lead_hir::hir::Lexicon;
use lead_sql::{AsOf, Compiled, Options, Target, compile};
use lead_tests::agree::programs::Program;

/// How long a line may be.
const WIDEST: usize = 180;

/// Whether a line is long for the sake of one literal, which cannot be parted.
fn holds_a_long_literal(line: &str) -> bool {
    line.split('\'').skip(1).step_by(2).any(|literal| line.chars().count() - literal.chars().count() <= WIDEST)
}

/// The statements of all definitions that the dialect can say.
fn statements(lexicon: &Lexicon, options: &Options<'_>) -> Vec<Compiled> {
    compile(lexicon, options, &|_| true).unwrap_or_else(|_| {
        let one = |key: &str| compile(lexicon, options, &|d| d.name.key == key).unwrap_or_default();
        lexicon.def_ids().flat_map(|(_, def)| one(&def.name.key)).collect()
    })
}

#[test]
fn no_line_of_a_statement_is_wider_than_a_screen() {
    let (target, mut wide, mut lines) = (Target::default(), Vec::new(), 0);
    for program in Program::examples() {
        let checked = program.checked().unwrap();
        for dialect in lead_sql::dialect::all() {
            for as_of in [AsOf::At(program.as_of), AsOf::Open] {
                let options = Options { dialect, target: &target, as_of };
                for line in statements(&checked.lexicon, &options).iter().flat_map(|s| s.sql.lines()) {
                    lines += 1;
                    if line.chars().count() > WIDEST && !line.starts_with("--") && !holds_a_long_literal(line) {
                        wide.push(format!("{}, {}:\n{line}", program.name, dialect.name()));
                    }
                }
            }
        }
    }
    assert!(lines > 10_000, "{lines}");
    assert!(wide.is_empty(), "{} lines, such as\n{}", wide.len(), wide[..wide.len().min(12)].join("\n"));
}
