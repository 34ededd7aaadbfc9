//! What analysts get to read for their likely mistakes: source and message together.
//!
//! Every case is one sentence, a text, and the snapshot of its messages; fixes are shown by the text they give.

use lead_diag::{Applicability, FileId, apply_edits};
use lead_syntax::parse;

/// The messages of a text, with the lines that they point at.
fn messages(text: &str) -> String {
    let parsed = parse(FileId(0), text);
    let mut out = String::new();
    for d in &parsed.diagnostics {
        out.push_str(&format!("{} {}\n", d.code.id(), d.message));
        for label in &d.labels {
            let (start, end) = (label.span.start as usize, label.span.end as usize);
            let line_start = text[..start].rfind('\n').map_or(0, |n| n + 1);
            let line = text[line_start..].lines().next().unwrap_or("");
            let width = text[start..end.min(line_start + line.len()).max(start)].chars().count().max(1);
            let blanks = text[line_start..start].chars().count();
            out.push_str(&format!("  | {line}\n  | {}{} {}\n", " ".repeat(blanks), "^".repeat(width), label.text));
        }
        if let Some(help) = &d.help {
            out.push_str(&format!("  help: {help}\n"));
        }
        for fix in &d.fixes {
            let (new, _) = apply_edits(text, &fix.edits);
            let now = parse(FileId(0), &new).diagnostics.len();
            let sure = match fix.applicability {
                Applicability::Safe => "safe",
                Applicability::Unsafe => "unsafe",
                Applicability::Display => "shown",
            };
            let changed: Vec<&str> = new.lines().filter(|l| !text.lines().any(|old| old == *l)).collect();
            let left = if now == 0 { String::new() } else { format!(" (then {now} left)") };
            out.push_str(&format!("  fix ({sure}): {}{left}\n", fix.title));
            changed.iter().for_each(|l| out.push_str(&format!("    > {l}\n")));
        }
    }
    out
}

macro_rules! mistakes {
    ($($name:ident: $text:expr;)*) => {$(
        #[test]
        fn $name() {
            let text: &str = $text;
            let snapshot = format!("{text}\n---\n{}", messages(text));
            insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
                insta::assert_snapshot!(concat!("message_", stringify!($name)), snapshot);
            });
        }
    )*};
}

mistakes! {
    a_missing_quote: "lead when persona = \"engineer and pages > 5";
    a_missing_backtick: "`cost per = 5";
    two_equal_signs: "lead when persona == \"engineer\"";
    two_ampersands: "lead when pages > 5 && visits > 2";
    two_bars: "lead when pages > 5||visits > 2";
    an_exclamation_mark: "lead when !converted";
    not_equal_as_in_sql: "lead when persona <> \"engineer\"";
    at_least_turned_around: "lead when pages => 5";
    at_most_turned_around: "lead when pages =< 5";
    signs_from_a_text_program: "lead when pages ≥ 5";
    an_entity_without_from: "entity contact \"contacts.csv\"\n    id: key";
    an_entity_without_a_file: "entity contact\n    id: key\n    e-mail: text";
    an_event_without_from: "event visit of contact\n    at: time";
    a_file_without_quotes: "entity contact from contacts.csv\n    id: key";
    if_for_when: "lead if pages > 5";
    if_in_a_score: "score s\n    +5 if lead";
    a_unit_spelled_out: "lead when pages > 5 within 90 days";
    a_unit_spelled_out_and_joined: "lead when pages > 5 within 90days";
    a_unit_in_capitals: "lead when pages > 5 within 90D";
    a_window_without_a_unit: "lead when pages > 5 within 90";
    a_window_in_words: "lead when pages > 5 in the last 90d";
    a_window_in_more_words: "lead when pages > 5 during the past 30 days";
    a_fraction_of_a_unit: "lead when pages > 5 within 1.5y";
    a_percentage_with_a_blank: "lead when share > 20 %";
    a_percentage_in_words: "lead when share > 20 percent";
    a_date_in_german_order: "lead when pages > 5 since 31.3.2026";
    a_date_in_american_order: "lead when pages > 5 since 3/31/2026";
    a_date_in_either_order: "lead when pages > 5 since 3/4/2026";
    a_date_without_zeros: "lead when pages > 5 since 2026-3-1";
    a_day_that_does_not_exist: "lead when pages > 5 since 2026-02-30";
    a_month_that_does_not_exist: "lead when pages > 5 since 2026-13-01";
    a_time_that_does_not_exist: "lead when created at > 2026-03-31T25:00";
    a_time_without_minutes: "lead when created at > 2026-03-31T9";
    a_comma_as_decimal_sign: "lead when share > 2,5";
    a_comma_between_thousands: "lead when amount > 50,000";
    a_number_with_k: "lead when amount > 50k";
    a_currency: "lead when amount > $500";
    a_number_that_starts_with_its_point: "lead when share > .5";
    a_minus_without_blanks: "x = 5-3";
    curly_quotes: "lead when persona = “engineer”";
    single_quotes: "lead when persona = 'engineer'";
    a_statement_indented_by_accident: "pages = count(page view)\n    lead when pages > 5\n    visits = count(visit)";
    a_first_statement_indented: "    lead when pages > 5\n\nvisits = count(visit)";
    an_unclosed_parenthesis: "lead when any(form submit where offer = \"x\" and pages > 5";
    an_unclosed_parenthesis_before_another_clause: "lead\n    when (a or b\n    or when c\n    unless d";
    a_parenthesis_too_many: "lead when pages > 5)";
    a_bracket_closed_by_another: "x = [1, 2)";
    a_trailing_and: "lead when pages > 5 and";
    and_before_unless: "lead\n    when pages > 5 and\n    unless spam";
    or_at_the_start: "lead when or pages > 5";
    and_or: "lead when pages > 5 and or visits > 2";
    a_missing_and_between_names: "lead when converted\n    opted in";
    a_missing_and_before_a_parenthesis: "lead when converted (pages > 5 or visits > 2)";
    a_missing_and_behind_a_value: "lead when pages > 5 visits > 2";
    a_missing_and_before_not: "lead when pages > 5 not converted";
    a_comma_between_conditions: "lead when pages > 5, visits > 2";
    a_missing_type: "entity contact from \"c.csv\"\n    id: key\n    e-mail:\n    phone: text";
    a_misspelled_type: "entity contact from \"c.csv\"\n    id: key\n    size: numbr\n    phone: txt";
    a_type_of_another_system: "entity contact from \"c.csv\"\n    opted in: boolean\n    label: string";
    a_field_without_a_colon: "entity contact from \"c.csv\"\n    e-mail text\n    id: key";
    a_reference_with_another_arrow: "entity contact from \"c.csv\"\n    company => company";
    a_reference_with_a_colon: "entity contact from \"c.csv\"\n    company: -> company";
    values_of_one_of_without_quotes: "entity contact from \"c.csv\"\n    source: one of PPC, Referral";
    list_without_of: "entity contact from \"c.csv\"\n    tags: list text";
    a_header_without_from: "entity contact from \"c.csv\"\n    e-mail: text \"E-mail\"";
    is_null: "lead when persona is null";
    is_not_empty: "lead when persona is not empty";
    is_not_known: "lead when persona is not known";
    is_before_a_text: "lead when persona is \"engineer\"";
    is_not_before_a_text: "lead when persona is not \"engineer\"";
    is_before_yes: "lead when opted in is yes";
    is_not_in: "lead when persona is not in [\"engineer\"]";
    does_not_contain: "lead when job title does not contain \"x\"";
    like: "lead when job title like \"x\"";
    greater_than: "lead when pages greater than 5";
    more_than: "lead when pages is more than 5";
    at_least: "lead when pages at least 5";
    else_for_otherwise: "owner is\n    \"sales\" when lead\n    \"nobody\" else";
    else_at_the_start: "owner is\n    \"sales\" when lead\n    else \"nobody\"";
    a_choice_without_when: "owner is\n    \"sales\" lead\n    \"nobody\" otherwise";
    contains_without_a_text: "lead when job title contains";
    nothing_to_compare_with: "lead when pages > and visits > 2";
    a_list_in_parentheses: "lead when persona in (\"a\", \"b\")";
    in_without_a_list: "lead when persona in \"a\"";
    a_blank_before_a_parenthesis: "pages = count (page view)";
    three_sides: "lead when 5 < pages < 10";
    between_with_to: "lead when pages between 5 to 10";
    between_with_a_comma: "lead when pages between 5, 10";
    was_not: "x when was not lead 90d ago";
    was_without_a_time: "x when was lead and pages > 5";
    since_without_ago: "x when pages > 5 since 90d";
    a_reason_without_quotes: "lead when pages > 5 because reads a lot";
    points_in_words: "score s\n    +10 points when lead";
    points_for_nothing_said: "score s\n    +10 lead";
    a_semicolon: "pages = count(page view);";
    a_full_stop: "lead when pages > 5.";
    curly_brackets: "x = {1, 2}";
    a_misspelled_keyword: "entty contact from \"contacts.csv\"\n    id: key";
    a_sentence_that_defines_nothing: "hello world";
    a_statement_that_starts_with_a_number: "5 = x";
    a_definition_without_its_sign: "pages count(page view)";
    a_name_with_in: "leads in pipeline = count(lead)";
    a_name_with_a_keyword: "metric cost per lead and month = 5";
    an_invisible_character: "lead when pages\u{1} > 5";
    a_table_with_uneven_lines: "examples lead\n    pages | lead\n    5 | yes\n    5\n    6 | 7 | no";
    a_table_without_lines: "examples lead";
    a_story_line_that_is_none: "example \"x\"\n    page view\n    expect lead\n    visit 5 days ago";
    a_story_field_without_quotes: "example \"x\"\n    contact \"c\": persona engineer\n    expect lead";
    a_window_inside_a_comparison: "lead when pages within 90d > 5";
    two_windows: "lead when pages > 5 within 90d since 2026-01-01";
    a_step_that_is_no_term: "funnel journey\n    lead\n    pages > 5\n    prospect";
    otherwise_in_a_term: "lead when a otherwise b";
    an_empty_definition: "pages =\n\nvisits = count(visit)";
    an_empty_term: "lead when";
    an_empty_choice: "owner is";
    a_for_without_a_name: "for";
    a_score_without_a_name: "score\n    +5 when lead";
    a_name_with_and: "cost and benefit = 5";
    a_metric_without_its_sign: "metric leads count(lead) by lead source";
    closing_bracket_in_column_one: "x = [\n    \"a\",\n]";
    a_missing_operator_in_a_where: "event visit of contact from \"v.csv\" where type \"visit\"\n    at: time";
    an_event_line_without_a_time: "example \"x\"\n    visit of \"c\", url \"x\"\n    expect lead";
    a_term_without_when: "lead\n    pages > 5";
    a_wrong_word_for_unless: "lead when pages > 5 except spam";
    two_results: "owner is\n    \"a\" \"b\" when lead";
    a_reason_before_the_condition: "lead because \"x\" when pages > 5";
    per_without_an_event: "score s\n    +1 per";
    an_unknown_option_of_a_score: "score s, max 100\n    +1 per visit";
    a_name_with_a_number: "tier 1 lead when pages > 5";
    a_name_with_a_slash: "cost / lead = 5";
    a_name_with_a_number_in_use: "lead when tier 1 lead and pages > 5";
    too_long_a_duration: "lead when pages > 5 within 99999999999d";
    a_sequence_with_a_window_on_its_first_step: "x when any(visit within 30d then form submit)";
}

#[test]
fn ten_broken_statements_give_ten_messages_and_the_rest() {
    let text = "\
pages = count(page view)
a when > 5
b = (1
c is
    5 when
    6 otherwise
entity d
    id: key
lead when pages > 5
e when x == 5
score f
    +5 if lead
funnel g
    a > b
metric h = sum(
i when \"x
examples j
    a | b
    1 | 2 | 3
visits = count(visit)
";
    let parsed = parse(FileId(0), text);
    let ids: Vec<_> = parsed.diagnostics.iter().map(|d| format!("{} {}", d.code.id(), d.message)).collect();
    assert_eq!(ids.len(), 10, "{ids:#?}");
    assert_eq!(parsed.file.statements.len(), 13);
    let tree = lead_syntax::debug(&parsed.file);
    assert!(tree.contains("value `pages` (count `page view`)"));
    assert!(tree.contains("term `lead`\n  when (> `pages` 5)"));
    assert!(tree.contains("value `visits` (count `visit`)"));
}

#[test]
fn every_rule_of_the_grammar_is_explained() {
    let grammar = include_str!("../../../grammar/lead.pest");
    let lines: Vec<&str> = grammar.lines().collect();
    for (i, line) in lines.iter().enumerate() {
        if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
            assert!(i > 0 && lines[i - 1].starts_with("/// "), "{line}");
        }
    }
}

#[test]
fn no_message_shows_a_rule_of_the_grammar_or_ends_with_a_full_stop() {
    let grammar = include_str!("../../../grammar/lead.pest");
    let rules: Vec<&str> = grammar
        .lines()
        .filter_map(|l| l.split_once(" = ").map(|(name, _)| name))
        .filter(|name| name.contains('_') && !name.contains(' '))
        .collect();
    assert!(rules.len() > 50);
    for text in [
        "lead when pages >",
        "x = [",
        "entity",
        "event x of",
        "score",
        "a b c",
        "metric x",
        "examples",
        "example",
        "for",
        "q is 5 when",
    ] {
        for d in parse(FileId(0), text).diagnostics {
            assert!(!rules.iter().any(|r| d.message.contains(r)), "{}", d.message);
            assert!(!d.message.ends_with('.') && !d.message.contains('\n'), "{}", d.message);
            assert!(d.message.starts_with(|c: char| c.is_lowercase() || c == '`'), "{}", d.message);
        }
    }
}
