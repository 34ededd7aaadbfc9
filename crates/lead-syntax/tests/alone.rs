//! Statements read alone are those of the whole text.

mod support;

use lead_diag::{Diagnostic, FileId};
use lead_syntax::{parse, pieces, read_alone};
use support::{Random, Writer};

const FILE: FileId = FileId(3);

fn check(text: &str) {
    let whole = parse(FILE, text);
    let (pieces, comments, mut diagnostics) = pieces(FILE, text);
    let mut statements = Vec::new();
    for piece in pieces {
        let source = &text[piece.start as usize..piece.end as usize];
        let (mut read, found) = read_alone(FileId(77), source, piece.docs);
        read.iter_mut().for_each(|s| s.shift_into(FILE, i64::from(piece.start)));
        statements.extend(read);
        diagnostics.extend(found.into_iter().map(|d| moved(d, piece.start)));
    }
    assert_eq!(format!("{statements:?}"), format!("{:?}", whole.file.statements), "{text}");
    assert_eq!(format!("{comments:?}"), format!("{:?}", whole.file.comments), "{text}");
    let sorted = |mut all: Vec<Diagnostic>| {
        all.sort_by_key(|d| (d.span(), d.message.clone()));
        format!("{all:?}")
    };
    assert_eq!(sorted(diagnostics), sorted(whole.diagnostics), "{text}");
}

fn moved(mut found: Diagnostic, by: u32) -> Diagnostic {
    let labels = found.labels.iter_mut().map(|l| &mut l.span);
    for span in labels.chain(found.fixes.iter_mut().flat_map(|f| &mut f.edits).map(|e| &mut e.span)) {
        (span.file, span.start, span.end) = (FILE, span.start + by, span.end + by);
    }
    found
}

#[test]
fn random_lexicons_with_random_damage() {
    let mut random = Random::new(5);
    for seed in 0..200 {
        let text = Writer::lexicon(seed, true);
        check(&text);
        let mut damaged: Vec<char> = text.chars().collect();
        for _ in 0..6 {
            let at = random.below(damaged.len() as u64 + 1) as usize;
            let sign = ['(', ')', '"', '\n', ' ', '#', 'x', '\u{1}', '\u{feff}', '`'][random.below(10) as usize];
            damaged.insert(at, sign);
            check(&damaged.iter().collect::<String>());
        }
    }
}

#[test]
fn odd_beginnings() {
    for text in [
        "",
        "  a = 1\nb = 2",
        ")\na = 1",
        "  )\n]",
        "\u{feff}a = 1\n\u{feff}b = 2",
        "\u{feff}  a = 1",
        "## doc\n  a = 1",
        "\n## doc\na = 1 # x\n",
    ] {
        check(text);
    }
}
