//! What a finding is recognised by when the files around it change: for baselines, SARIF and code-quality reports.
//!
//! Invariant *stays when moved*: a fingerprint depends on the code, the file's name, the text that stands at the place, and
//! how many like it stand before it in the file; never on a line number or on figures in the message.

use crate::InOrder;
use std::collections::BTreeMap;

use crate::{Code, Diagnostic, SourceMap};

/// The fingerprint of the `ordinal`-th (from 0) finding of a code in a file whose place has this text: 16 digits.
/// Blanks and line ends count as one blank. The same on every machine and in every version.
pub fn fingerprint(code: Code, file: &str, text: &str, ordinal: usize) -> String {
    // FNV-1a with 64 bits: ten lines that can never change under a stored baseline.
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut eat = |bytes: &[u8]| {
        for byte in bytes.iter().chain(&[0]) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    eat(code.id().as_bytes());
    // A file has one name, whatever machine wrote the path.
    eat(file.replace('\\', "/").as_bytes());
    eat(text.split_whitespace().collect::<Vec<_>>().join(" ").as_bytes());
    eat(ordinal.to_string().as_bytes());
    format!("{hash:016x}")
}

/// The fingerprints of findings, in their order. `name` gives the name that a file is to be known by, made of the one in
/// `sources`: relative to the lexicon's folder, say.
///
/// The text of a place is that of its label and of the line that the label begins on; a finding without a place is known by
/// its message with the figures left out.
pub fn fingerprints<'d>(
    diagnostics: impl IntoIterator<Item = &'d Diagnostic>,
    sources: &SourceMap,
    name: impl Fn(&str) -> String,
) -> Vec<String> {
    // Findings may come in any order; which of several alike is the first is a matter of place.
    let mut places: Vec<(usize, Code, String, String, u32)> = Vec::new();
    for (i, found) in diagnostics.into_iter().enumerate() {
        let (file, text, at) = match found.span() {
            Some(span) => {
                let file = sources.file(span.file);
                let line = file.line(file.line_col(span.start).line);
                (name(file.name()), format!("{} {line}", sources.slice(span)), span.start)
            }
            None => (String::new(), found.message.chars().filter(|c| !c.is_ascii_digit()).collect(), 0),
        };
        places.push((i, found.code, file, text, at));
    }
    places.in_order_by(|a, b| (&a.2, a.4, a.0).cmp(&(&b.2, b.4, b.0)));
    let mut seen: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    let mut out = vec![String::new(); places.len()];
    for (i, code, file, text, _) in &places {
        let ordinal = seen.entry((code.id(), file.as_str(), text.as_str())).or_default();
        out[*i] = fingerprint(*code, file, text, *ordinal);
        *ordinal += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{fingerprint, fingerprints};
    use crate::{Diagnostic, SourceMap, Span, codes};

    /// Fingerprints of a finding at each `page` of a text.
    fn at_pages(text: &str) -> Vec<String> {
        let mut sources = SourceMap::new();
        let file = sources.add("sub/main.lead", text);
        let found: Vec<Diagnostic> = text
            .match_indices("page")
            .map(|(at, word)| {
                Diagnostic::new(codes::UNKNOWN_NAME, "no name").label(Span::new(file, at, at + word.len()), "")
            })
            .collect();
        fingerprints(&found, &sources, |n| n.strip_prefix("sub/").unwrap_or(n).to_owned())
    }

    #[test]
    fn they_survive_lines_that_move_and_blanks_that_change() {
        let before = at_pages("a when page > 5\nb when page > 6\n");
        let moved = at_pages("# new\n\na when   page > 5\n\n\nb when page > 6\n");
        assert_eq!(before, moved);
        assert_ne!(before[0], before[1], "another line is another finding");
    }

    #[test]
    fn findings_that_are_alike_are_told_apart_by_their_order() {
        let twice = at_pages("    page page\n    page page\n");
        assert_eq!(twice.len(), 4);
        assert!(twice.iter().enumerate().all(|(i, f)| !twice[..i].contains(f)));
        assert_eq!(at_pages("    page page\n"), twice[..2]);
    }

    #[test]
    fn a_finding_without_a_place_is_known_by_its_words() {
        let of = |message: &str| {
            fingerprints(&[Diagnostic::new(codes::MISSING_FILE, message)], &SourceMap::new(), str::to_owned)
        };
        assert_eq!(of("12 of 4,310 rows"), of("9 of 1,310 rows"));
        assert_ne!(of("12 of 4,310 rows"), of("12 of 4,310 cells"));
    }

    #[test]
    fn it_never_changes() {
        // Written into baselines: another value here would bring every old finding back.
        assert_eq!(fingerprint(codes::UNKNOWN_NAME, "main.lead", "page > 5", 0), "be9f4e673e51994b");
        assert_eq!(
            fingerprint(codes::UNKNOWN_NAME, "a/b.lead", "page  >\n5", 0),
            fingerprint(codes::UNKNOWN_NAME, "a\\b.lead", "page > 5", 0)
        );
    }
}
