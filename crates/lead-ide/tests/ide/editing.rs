//! Tokens, folds, selections, linked places, layout, hints and lenses.

use insta::assert_snapshot;
use lead_diag::apply_edits;
use lead_ide::{Encoding, HintSettings, LensSettings, delta, encode};

use crate::fixture::Fixture;

/// The file that a fixture is about.
fn rules(fixture: &Fixture) -> lead_diag::FileId {
    fixture.files.iter().find(|(name, _)| name == "rules.lead").expect("there is one").1
}

fn tokens(fixture: &Fixture) -> String {
    let file = rules(fixture);
    let text = fixture.snapshot.text(file);
    let show = |t: lead_ide::Token| {
        let words: Vec<&str> = std::iter::once(t.class.name()).chain(t.modifiers.names()).collect();
        format!("{:<24} {}", &text[t.range.start as usize..t.range.end as usize], words.join("."))
    };
    fixture.snapshot.semantic_tokens(file, None).into_iter().map(show).collect::<Vec<_>>().join("\n")
}

const STATEMENTS: &str = "\
## Comes back and reads.
anonymous lead
    when pages > 5 and visits >= 2 within 90d  because \"reads\"
    or when persona = \"engineer\" and job title matches \"(?i)eng\"
    unless company.target account  # ours

pages = count(page view)
visits = count(visit)
recently = 90d
fresh when created at within recently
owner is
    \"field sales\" when company.employees >= 50_000
    \"nurture\" otherwise
metric spending = sum(spend.amount) by quarter(at) as quarter
";

#[test]
fn each_word_has_its_class() {
    assert_snapshot!(tokens(&Fixture::new(STATEMENTS)));
}

#[test]
fn fields_and_stories_have_theirs() {
    let text = "entity thing from \"a.csv\" where Type = \"x\"\n    id: key from \"No.\"\n    kind: one of \"a\", \"b\"\n    paid: yes/no\n    tags: list of text\n    parent -> thing\n\nevent ping of thing from \"b.csv\"\n    at: time\n\nfor thing\n\nok when paid\n\nexample \"a story\"\n    as of 2026-06-01\n    thing \"t1\": paid yes, kind \"a\"\n    ping of \"t1\" 20d ago\n    expect \"t1\": ok\n\nexamples ok\n    paid | ok\n    yes | yes\n";
    assert_snapshot!(tokens(&Fixture::whole(text)));
}

#[test]
fn broken_statements_keep_their_signs_and_reserved_words() {
    assert_snapshot!(tokens(&Fixture::new("lead when and pages > > 5 within \"x\" text number\n")));
}

#[test]
fn a_name_that_is_not_to_be_used_is_struck_through() {
    let text = "## Deprecated: use `pages`.\nold pages = count(page view)\n\nreader when old pages > 5 within 90d\n";
    assert_snapshot!(tokens(&Fixture::new(text)));
}

#[test]
fn a_delta_leads_from_old_tokens_to_new_ones() {
    let encoded = |text: &str| {
        let fixture = Fixture::new(text);
        let file = rules(&fixture);
        encode(&fixture.snapshot.semantic_tokens(file, None), &fixture.snapshot.lines(file), Encoding::Utf16)
    };
    let old = encoded(STATEMENTS);
    for new in [
        encoded(&STATEMENTS.replace("> 5", "> 5 and opted in")),
        encoded(&STATEMENTS.replace("visits = count(visit)\n", "")),
        encoded(""),
        encoded(&format!("# new\n{STATEMENTS}")),
    ] {
        let change = delta(&old, &new).expect("they differ");
        let mut kept = old.clone();
        kept.splice(change.start as usize..(change.start + change.delete) as usize, change.insert.iter().copied());
        assert_eq!(kept, new);
        assert!(change.insert.len() <= new.len());
    }
    assert_eq!(delta(&old, &old), None);
}

#[test]
fn a_range_has_the_tokens_of_its_statements_alone() {
    let fixture = Fixture::new(STATEMENTS);
    let file = rules(&fixture);
    let text = fixture.snapshot.text(file);
    let at = text.find("visits = count").unwrap() as u32;
    let part = fixture.snapshot.semantic_tokens(file, Some(at..at + 5));
    let all = fixture.snapshot.semantic_tokens(file, None);
    assert_eq!(part.len(), 4);
    assert!(part.iter().all(|t| all.contains(t)));
}

#[test]
fn statements_comments_brackets_and_subjects_fold() {
    let text = "# one\n# two\n\n## Docs of it,\n## on two lines.\nlead\n    when pages > 5\n    or when any(\n        page view where url = \"x\"\n    )\n\nfor company\n\nlarge when employees > 5\n\n# last\n\nfor contact\n\npages = count(page view)\n";
    let fixture = Fixture::new(text);
    let file = rules(&fixture);
    let text = fixture.snapshot.text(file);
    let line = |at: u32| text[..at as usize].matches('\n').count() + 1;
    let folds = fixture.snapshot.folding_ranges(file).into_iter();
    let shown = folds.map(|f| {
        format!("{}-{} {:?} {}", line(f.range.start), line(f.range.end), f.kind, f.collapsed.unwrap_or_default())
    });
    assert_snapshot!(shown.collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_selection_grows_from_the_word_to_the_file() {
    let text = "for contact\n\n## Docs.\nlead when pages > 5 and an$0ymous visits >= 2 within 90d  because \"x\"\n\npages = count(page view)\nanymous visits = count(visit)\n";
    let fixture = Fixture::whole(&format!("//- rules.lead\n{text}"));
    let at = fixture.at();
    let text = fixture.snapshot.text(at.file);
    let shown = fixture
        .snapshot
        .selection_ranges(at)
        .into_iter()
        .map(|r| format!("{:?}", &text[r.start as usize..r.end as usize]));
    assert_snapshot!(shown.collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_selection_grows_inside_texts_and_comments() {
    for (name, text) in [
        ("text", "lead when job title = \"Head of ma$0intenance\"\n"),
        ("comment", "# one thing\n# and an$0other\n## Docs.\nlead when opted in\n"),
    ] {
        let fixture = Fixture::whole(&format!("//- rules.lead\n{text}"));
        let at = fixture.at();
        let text = fixture.snapshot.text(at.file);
        let ranges = fixture.snapshot.selection_ranges(at).into_iter();
        let shown = ranges.map(|r| format!("{:?}", &text[r.start as usize..r.end as usize]));
        assert_snapshot!(name, shown.collect::<Vec<_>>().join("\n"));
    }
}

fn linked(text: &str) -> String {
    let fixture = Fixture::new(text);
    let at = fixture.at();
    let Some(linked) = fixture.snapshot.linked_editing_ranges(at) else { return "nothing".into() };
    let spans = linked.ranges.iter().map(|r| lead_diag::Span { file: at.file, start: r.start, end: r.end });
    fixture.lines(spans)
}

#[test]
fn the_keys_of_a_story_are_linked() {
    assert_snapshot!(linked(
        "large when company.employees > 5\n\nexample \"x\"\n    company \"a$0c\": employees 6\n    contact \"c1\": company \"ac\", job title \"ac\"\n    visit of \"c1\" 2d ago\n    expect \"c1\": large\n"
    ));
}

#[test]
fn names_that_a_statement_says_twice_are_linked() {
    assert_eq!(linked("lead when pag$0es > 5\npages = 5\n"), "nothing");
    assert_snapshot!(linked("examples le$0ad\n    opted in | lead\n    yes | yes\n\nlead when opted in\n"));
}

fn laid_out(text: &str) -> String {
    // Blanks at ends of lines count, so they are shown.
    lay_out(text).replace(' ', "·")
}

fn lay_out(text: &str) -> String {
    let fixture = Fixture::whole(&format!("//- rules.lead\n{text}"));
    let (file, range) = fixture.range();
    let edits = match range.is_empty() {
        true => fixture.snapshot.format_on_line_end(fixture.at()),
        false => fixture.snapshot.format_range(file, range),
    };
    apply_edits(fixture.snapshot.text(file), &edits.unwrap()).0
}

#[test]
fn a_range_is_laid_out_and_nothing_else() {
    assert_snapshot!(laid_out("one   when   a\ntwo $0  when   b $0\nthree   when   c\n"));
}

#[test]
fn a_new_line_is_indented_as_what_is_above_asks() {
    assert_snapshot!("head", laid_out("owner is\n$0"));
    assert_snapshot!("name", laid_out("anonymous lead\n$0\n\nother when a\n"));
    assert_snapshot!("and", laid_out("lead when a and\n$0"));
    assert_snapshot!("field", laid_out("entity a from \"a.csv\"\n    id: key\n$0"));
    assert_snapshot!("ended", laid_out("lead   when a\n    $0"));
    assert_snapshot!("blank", laid_out("entity a from \"a.csv\"\n    id:    key\n    \n    $0"));
    assert_snapshot!("below_a_comment", laid_out("## Docs\n  $0\nlead when a\n"));
    assert_snapshot!("middle", laid_out("lead when a\n$0and b\n"));
}

fn hints(text: &str) -> String {
    let fixture = Fixture::new(text);
    let file = rules(&fixture);
    let mut text = fixture.snapshot.text(file).to_string();
    let end = text.len() as u32;
    for hint in fixture.snapshot.inlay_hints(file, 0..end, &HintSettings::default()).iter().rev() {
        text.insert_str(hint.offset as usize, &format!("⟨{}⟩", hint.label));
    }
    text
}

#[test]
fn windows_types_and_subjects_are_hinted() {
    assert_snapshot!(hints(
        "pages = count(page view)\nlimit = 5\nlast offer = last(form submit.offer)\nrecently = 90d\n\nlead\n    when pages > 5 and count(visit) >= 2\n        and any(form submit within 7d) within recently\nseen when pages > 5 and visited within 90d\nvisited = any(visit)\nlone when pages > 5 within 30d\nopen when pages > 5 or no(visit)\nnew when first(visit.at) within 30d\n\nfor company\n\nbig = employees * 2\nawake when count(contact where pages > 5) >= 2 within 30d\n"
    ));
}

#[test]
fn uses_and_examples_are_counted() {
    let fixture = Fixture::new(
        "pages = count(page view)\nreader when pages > 5 within 90d\nbusy when reader and pages > 9\n\nexamples reader\n    pages | reader\n    6 | yes\n\nexample \"x\"\n    contact: opted in yes\n    expect not reader\n",
    );
    let file = rules(&fixture);
    let text = fixture.snapshot.text(file);
    let lenses = fixture.snapshot.code_lenses(file, &LensSettings::default()).into_iter();
    let shown = lenses.map(|l| format!("{}: {}", &text[l.range.start as usize..l.range.end as usize], l.title()));
    assert_snapshot!(shown.collect::<Vec<_>>().join("\n"));
}

#[test]
fn diagnostics_have_help_related_places_and_tags() {
    let fixture = Fixture::new(
        "lead when opted in and opted in\nlead when pagess > 5\nowner is\n    \"a\" otherwise\n    \"b\" when opted in\n",
    );
    let file = rules(&fixture);
    let text = fixture.snapshot.text(file);
    let report = fixture.snapshot.diagnostics(file);
    let shown = report.diagnostics.iter().map(|d| {
        let related: Vec<String> = d.related.iter().map(|(s, t)| format!("\n  {}: {t}", fixture.line(*s))).collect();
        let at = &text[d.range.start as usize..d.range.end as usize];
        format!("{} {:?} `{at}` {:?}\n{}{}", d.code.id(), d.severity, d.tags, d.message, related.join(""))
    });
    assert_snapshot!(shown.collect::<Vec<_>>().join("\n\n"));
    let again = Fixture::new("lead when opted in\n");
    assert_ne!(report.result_id, again.snapshot.diagnostics(rules(&again)).result_id);
    assert_eq!(report, fixture.snapshot.diagnostics(file));
}

#[test]
fn a_definition_is_unfolded_and_planned() {
    let fixture = Fixture::new(
        "pages = count(page view)\nper visit = pages / count(visit)\nknown when e-mail is known\nlead$0\n    when per visit > 2 and not known within 90d because \"reads\"\n    or when first(visit.at) within 30d and company.employees > 5\n    unless was known 1y ago\n",
    );
    let def = fixture.snapshot.def_for_command(fixture.at()).unwrap();
    assert_snapshot!("unfolded", fixture.snapshot.show_unfolded(def).unwrap());
    assert_snapshot!("plan", fixture.snapshot.show_plan(def, 1_750_000_000_000_000).unwrap());
    assert!(fixture.snapshot.to_explain(def, 1_750_000_000_000_000).is_some());
    assert_eq!(fixture.snapshot.find_def("Known"), fixture.snapshot.find_def(" `known` "));
}
