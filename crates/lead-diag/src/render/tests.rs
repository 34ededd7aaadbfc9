//! What rendered diagnostics look like, and that no text or span breaks them.

use super::*;
use crate::{Fix, Span, codes};

fn shown(text: &str, needle: &str, width: usize) -> String {
    let mut sources = SourceMap::new();
    let file = sources.add("main.lead", text);
    let at = text.find(needle).expect("the needle is in the text");
    let span = Span::new(file, at, at + needle.len());
    let d = Diagnostic::new(codes::BROKEN_STATEMENT, format!("`{}` is not known here", needle.trim()))
        .label(span, "this name")
        .help("names are declared as `name = …`")
        .note("names compare without regard to case")
        .fix(Fix::replace("write `pages`", Applicability::Safe, span, "pages"));
    human(&d, &sources, &Options { color: false, width })
}

#[test]
fn a_message_with_help_note_and_fix() {
    let text = "pages = count(page view)\nlead when pges > 5\n";
    assert_eq!(
        shown(text, "pges", 80),
        "error[L0101] broken-statement
  × `pges` is not known here
   ╭─[main.lead:2:11]
 1 │ pages = count(page view)
 2 │ lead when pges > 5
   ·           ──┬─
   ·             ╰── this name
   ╰────
  help: names are declared as `name = …`
  note: names compare without regard to case
   fix: write `pages`
"
    );
}

#[test]
fn tabs_and_wide_characters_keep_marks_below_the_text() {
    let out = shown("a\t日本 pges\n", "pges", 80);
    let lines: Vec<&str> = out.lines().collect();
    let text = lines.iter().find(|l| l.contains("pges") && l.contains("日")).expect("the line");
    let mark = lines.iter().find(|l| l.contains('┬')).expect("the mark");
    let before = excerpt::width_of(&text[..text.find("pges").expect("needle")]);
    let start = excerpt::width_of(&mark[..mark.find('─').expect("mark")]);
    assert_eq!(before, start, "{out}");
}

#[test]
fn a_huge_line_is_clipped_around_its_label() {
    let text = format!("{}pges{}\n", "x".repeat(100_000), "y".repeat(100_000));
    let out = shown(&text, "pges", 80);
    assert!(out.contains("main.lead:1:100001"), "{out}");
    assert!(out.lines().all(|l| excerpt::width_of(l) <= 80), "{out}");
    assert!(out.contains("pges") && out.contains('…'));
}

#[test]
fn a_second_file_is_shown_below_the_excerpt() {
    let mut sources = SourceMap::new();
    let a = sources.add("a.lead", "lead when x\n");
    let b = sources.add("b.lead", "# c\n  lead when y\n");
    let d = Diagnostic::new(codes::BROKEN_STATEMENT, "`lead` is defined twice")
        .label(Span::new(a, 0, 4), "again here")
        .label(Span::new(b, 6, 10), "first defined here");
    let out = human(&d, &sources, &Options::default());
    assert!(out.contains("note: first defined here (b.lead:2:3)\n        │ lead when y\n"), "{out}");
    assert!(short(&d, &sources) == "a.lead:1:1: error[L0101]: `lead` is defined twice");
}

#[test]
fn no_span_and_no_text_breaks_the_renderer() {
    let texts =
        ["", "\n", "\r\n\r\n", "a\rb\r", "é\u{0}\u{1b}[31m\u{202e}x", "a\n\n\nb", "\t\t\t", "日本語\n日本", "x\r\n\ty"];
    for text in texts {
        for start in 0..=text.len() + 2 {
            for end in 0..=text.len() + 2 {
                let mut sources = SourceMap::new();
                let file = sources.add("m.lead", text);
                let d = Diagnostic::new(codes::BROKEN_STATEMENT, "m\u{1b}[2J")
                    .label(Span::new(file, start, end), "here")
                    .label(Span::new(file, end, end), "");
                let out = human(&d, &sources, &Options { color: false, width: 10 });
                assert!(
                    !out.contains('\u{1b}') && !out.contains('\u{202e}') && !out.contains("Failed"),
                    "{text:?} {out}"
                );
                human(&d, &sources, &Options { color: true, width: 300 });
                json(&d, &sources);
            }
        }
    }
}

#[test]
fn colours_come_only_when_asked_for() {
    let mut sources = SourceMap::new();
    let file = sources.add("m.lead", "x\n");
    let d = Diagnostic::new(codes::BROKEN_STATEMENT, "m").label(Span::new(file, 0, 1), "here");
    assert!(human(&d, &sources, &Options { color: true, width: 80 }).contains("\u{1b}["));
    assert!(!human(&d, &sources, &Options { color: false, width: 80 }).contains("\u{1b}["));
}
