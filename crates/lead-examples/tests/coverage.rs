//! What examples have seen of small lexicons, counted by hand.

use lead_diag::{SourceMap, Span};
use lead_examples::{ConditionCoverage, Coverage, Mark, OutcomeKind, Suite};
use lead_hir::Config;

const AS_OF: i64 = 1_780_272_000_000_000; // 2026-06-01T00:00Z

const SCHEMA: &str = r#"entity contact from "contacts.csv"
    id: key
    employees: number
    budget: money
    source: one of "PPC", "Trade show"

event visit of contact from "events.csv"
    at: time
    pages: number

visits = count(visit)
"#;

struct Seen {
    coverage: Coverage,
    suite: Suite,
    sources: SourceMap,
}

fn seen(text: &str) -> Seen {
    let mut sources = SourceMap::new();
    let text = format!("{SCHEMA}\n{text}");
    let file = sources.add("main.lead", text.as_str());
    let parsed = lead_syntax::parse(file, &text);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let lowered = lead_hir::lower(&[(file, &parsed.file)], &Config::default());
    let errors: Vec<_> = lowered.diagnostics.iter().filter(|d| d.is_error()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let suite = Suite::new(&lowered.lexicon, AS_OF);
    assert!(suite.run_all(1, |_| true).iter().all(|o| o.passed()));
    let coverage = suite.coverage(2);
    Seen { coverage, suite, sources }
}

impl Seen {
    fn def(&self, name: &str) -> &lead_examples::DefCoverage {
        let named = |d: &&lead_examples::DefCoverage| self.suite.lexicon().def(d.def).name.text == name;
        self.coverage.defs.iter().find(named).expect("the definition")
    }

    /// `yes no untold | decides yes, no | at, beyond` of a condition, `-` for what cannot be.
    #[track_caller]
    fn condition(&self, def: &str, text: &str, expected: &str) {
        let slice = |span: Span| self.sources.slice(span).to_string();
        let all: Vec<&ConditionCoverage> = self.def(def).decisions.iter().flat_map(|d| &d.conditions).collect();
        let texts: Vec<String> = all.iter().map(|c| c.text(&slice)).collect();
        assert!(texts.iter().any(|t| t == text), "{texts:?}");
        let c = all[texts.iter().position(|t| t == text).expect("the condition")];
        let n = |m: &Mark| if m.wanted { m.seen.to_string() } else { "-".to_string() };
        let mut shown =
            format!("{} {} {} | {} {}", n(&c.yes), n(&c.no), n(&c.unknown), n(&c.decides_yes), n(&c.decides_no));
        if let Some(b) = &c.border {
            shown.push_str(&format!(" | {} {}", n(&b.at), n(&b.beyond)));
        }
        assert_eq!(shown, expected, "{def}: {text}");
    }
}

#[test]
fn each_part_of_an_and_decides_where_the_others_hold() {
    let seen = seen(
        "a when visits > 5 and employees >= 100\nexamples a\n    visits | employees | a\n    6 | 100 | yes\n    5 | 100 | no\n    5 | 99 | no\n    6 | | \n",
    );
    seen.condition("a", "visits > 5", "2 2 - | 1 1 | 2 2");
    seen.condition("a", "employees >= 100", "2 1 1 | 1 0 | 2 1");
    let score = seen.def("a").score();
    assert_eq!((score.met, score.wanted), (12, 13));
    assert_eq!(seen.def("a").examples, 1);
}

#[test]
fn an_exception_decides_where_an_alternative_holds() {
    let seen = seen(
        "a when visits > 5 unless source = \"PPC\"\nexamples a\n    visits | source | a\n    6 | \"PPC\" | no\n    6 | \"Trade show\" | yes\n    0 | \"PPC\" | no\n",
    );
    seen.condition("a", "source = \"PPC\"", "2 1 0 | 1 1");
    seen.condition("a", "visits > 5", "2 1 - | 1 0 | 0 2");
}

#[test]
fn both_ends_of_a_between_are_thresholds() {
    let seen = seen(
        "a when budget between 10 and 20\nexamples a\n    budget | a\n    10 | yes\n    9 | no\n    21 | no\n    500 | no\n",
    );
    seen.condition("a", "budget >= 10", "3 1 0 | 1 1 | 1 1");
    seen.condition("a", "budget <= 20", "2 2 0 | 1 2 | 0 1");
}

#[test]
fn what_a_table_gives_is_not_worked_out() {
    let seen = seen("a when visits > 5\nb when a\nexamples b\n    a | b\n    yes | yes\n    no | no\n");
    seen.condition("b", "a", "1 1 - | 1 1");
    seen.condition("a", "visits > 5", "0 0 - | 0 0 | 0 0");
    assert_eq!(seen.def("a").examples, 0);
    assert_eq!(seen.coverage.def(seen.def("a").def).map(|d| d.score().met), Some(0));
}

#[test]
fn a_story_shows_the_where_of_what_it_counts_and_only_events_of_the_window() {
    let seen = seen(
        "deep = count(visit where pages >= 3)\na when deep > 0 within 30d\nexample \"s\"\n    contact: employees 5\n    visit 1d ago, pages 3\n    visit 2d ago, pages 2\n    visit 90d ago, pages 9\n    expect a\n",
    );
    seen.condition("deep", "pages >= 3", "1 1 0 | 1 1 | 1 1");
    seen.condition("a", "deep > 0", "1 0 - | 1 0 | 0 1");
}

#[test]
fn lines_steps_and_points_are_seen_where_they_answer() {
    let seen = seen(
        "big when employees > 100\nreader when visits > 0\nsize is\n    \"L\" when big\n    \"S\" otherwise\nscore heat\n    +1 per visit, at most 2\n    +5 when big\nfunnel way\n    reader\n    big\nexamples size\n    big | size\n    yes | \"L\"\nexample \"s\"\n    contact: employees 5\n    visit 1d ago\n    expect heat = 1 and way = \"reader\"\n",
    );
    let of = |name: &str| -> Vec<(OutcomeKind, bool)> {
        seen.def(name).outcomes.iter().map(|o| (o.kind, o.mark.met())).collect()
    };
    assert_eq!(of("size"), [(OutcomeKind::Line, true), (OutcomeKind::Line, false)]);
    assert_eq!(of("heat"), [(OutcomeKind::Points, true), (OutcomeKind::Capped, false)]);
    assert_eq!(of("way"), [(OutcomeKind::Step(0), true), (OutcomeKind::Step(1), false)]);
    assert_eq!(of("visits"), [(OutcomeKind::Known, true)]);
    seen.condition("size", "big", "1 0 0 | 1 0");
    seen.condition("heat", "big", "0 1 0 | 0 1");
}

#[test]
fn only_records_that_were_asked_count() {
    let seen = seen(
        "a when employees > 10\nexample \"s\"\n    contact \"one\": employees 10\n    contact \"two\": employees 11\n    expect \"one\": not a\n",
    );
    seen.condition("a", "employees > 10", "0 1 0 | 0 1 | 1 0");
}

#[test]
fn threads_do_not_change_what_was_seen() {
    let mut text = "a when visits > 1 or employees > 10\n".to_string();
    for i in 0..20 {
        text.push_str(&format!(
            "example \"s{i}\"\n    contact: employees {i}\n    expect visits = 0\n    expect a = (employees > 10)\n"
        ));
    }
    let seen = seen(&text);
    assert_eq!(seen.suite.coverage(1).score(), seen.suite.coverage(7).score());
    seen.condition("a", "employees > 10", "9 11 0 | 9 11 | 1 1");
}
