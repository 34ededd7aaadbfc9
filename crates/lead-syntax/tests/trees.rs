//! How texts are read: precedence, windows, names, literals, places.

use lead_diag::FileId;
use lead_syntax::ast::{Expr, ExprKind, StatementKind};
use lead_syntax::{debug, parse};

/// Reads a text that has no errors, and compares its tree.
fn check(text: &str, expect: &str) {
    let parsed = parse(FileId(0), text);
    let reports: Vec<_> = parsed.diagnostics.iter().map(|d| &d.message).collect();
    assert!(reports.is_empty(), "{text}: {reports:?}");
    assert_eq!(debug(&parsed.file).trim_end(), expect.trim(), "{text}");
}

/// The tree of one condition.
fn check_condition(text: &str, expect: &str) {
    check(&format!("x when {text}"), &format!("term `x`\n  when {expect}"));
}

/// The tree of one value.
fn check_value(text: &str, expect: &str) {
    check(&format!("x = {text}"), &format!("value `x` {expect}"));
}

#[test]
fn the_line_of_the_language() {
    check(
        "lead when pages > 5 and visits >= 2 within 90d",
        "term `lead`\n  when (within 90d (and (> `pages` 5) (>= `visits` 2)))",
    );
}

#[test]
fn or_is_loosest_and_not_is_tighter_than_and() {
    check_condition("a or b and not c or d", "(or `a` (and `b` (not `c`)) `d`)");
    check_condition("(a or b) and c", "(and (paren (or `a` `b`)) `c`)");
    check_condition("not not a", "(not (not `a`))");
    check_condition("not a = b", "(not (= `a` `b`))");
}

#[test]
fn a_window_takes_what_has_none_to_its_left() {
    check_condition("a within 30d and b and c within 90d", "(and (within 30d `a`) (within 90d (and `b` `c`)))");
    check_condition("a or b and c within 90d", "(or `a` (within 90d (and `b` `c`)))");
    check_condition("a within 90d and b", "(and (within 90d `a`) `b`)");
    check_condition("not a within 90d", "(within 90d (not `a`))");
}

#[test]
fn between_is_a_window_if_its_bounds_are_times_written_out() {
    check_condition("a between 2026-01-01 and 2026-03-31", "(between 2026-01-01 and 2026-03-31 `a`)");
    check_condition("a between 90d and 30d ago", "(between 90d and 30d ago `a`)");
    check_condition("a between 90d ago and 30d ago", "(between 90d and 30d ago `a`)");
    check_condition("a between 2026-01-01 and today and b", "(and (between 2026-01-01 and today `a`) `b`)");
    check_condition("a between 5 and 10 and b", "(and (between `a` 5 10) `b`)");
    check_condition("a between start and 2026-03-31", "(between `a` `start` 2026-03-31)");
    check_condition("a between 2026-01-01 and 2026-01-01 + 5d", "(between `a` 2026-01-01 (+ 2026-01-01 5d))");
    check_condition("a between 5d and 10d", "(between `a` 5d 10d)");
}

#[test]
fn arithmetic_goes_from_the_left() {
    check_value("1 - 2 - 3 * 4 / 5", "(- (- 1 2) (/ (* 3 4) 5))");
    check_value("-1 + -a", "(+ (- 1) (- `a`))");
    check_value("a > 1 + 2", "(> `a` (+ 1 2))");
}

#[test]
fn names_have_many_words() {
    check_value("propensity to buy - first source", "(- `propensity to buy` `first source`)");
    check_value("company.parent.lead source", "`company`.`parent`.`lead source`");
    check_condition("opted in and e-mail is known", "(and `opted in` (is-known `e-mail`))");
    check_condition("opted in in industries", "(in `opted in` `industries`)");
    check_condition("R&D and buyer's view and in-house lead", "(and `r&d` `buyer's view` `in-house lead`)");
    check_condition("`in` in [`by`]", "(in `in` (list `by`))");
    check_condition("Job_Title = \"x\"", "(= `job title` \"x\")");
    check_condition("notable and order and android", "(and `notable` `order` `android`)");
    check_condition("last login more than 90d ago", "(more than 90d ago `last login`)");
    check_condition("yes or yes please or not no", "(or yes `yes please` (not no))");
    check_condition("count and now and first", "(and `count` now `first`)");
}

#[test]
fn keywords_are_read_in_any_case() {
    check_condition("A AND NOT B OR C WITHIN 90d", "(or (and `a` (not `b`)) (within 90d `c`))");
}

#[test]
fn statements_are_sorted_by_what_follows_their_name() {
    check("event count = 5", "value `event count` 5");
    check("score total = 5", "value `score total` 5");
    check("metric = 5", "value `metric` 5");
    check("metric total = 5", "metric `total` 5");
    check("for sale when a", "term `for sale`\n  when `a`");
    check("funnel position is\n    1 otherwise", "choice `funnel position`\n  1 otherwise");
    check("example lead when a", "term `example lead`\n  when `a`");
    check("for company", "for `company`");
}

#[test]
fn aggregates_have_a_target_a_window_a_way_and_a_condition() {
    check_value(
        "count(distinct quarter(form submit.at) within 12mo via role where a)",
        "(count distinct (call `quarter` `form submit`.`at`) within 12mo via `role` where `a`)",
    );
    check_value("max(deal.amount - deal.cost)", "(max (- `deal`.`amount` `deal`.`cost`))");
    check_value("count(distinct where a)", "(count `distinct` where `a`)");
    check_value("last(visit.at)", "(last `visit`.`at`)");
    check_value("last quarter", "(period within last quarter)");
    check_value("last quarter revenue", "`last quarter revenue`");
}

#[test]
fn sequences_have_steps() {
    check_value(
        "any(a where b then within 14d c then d where e or f)",
        "(any `a` where `b` then within 14d `c` then `d` where (or `e` `f`))",
    );
    check_value("any(a then b within 30d)", "(any `a` then `b` all within 30d)");
}

#[test]
fn time_travel_has_a_time() {
    check_condition("was lead 90d ago", "(was `lead` 90d ago)");
    check_condition("was company.lead on 2026-01-01", "(was `company`.`lead` 2026-01-01)");
    check_condition("was opted in 90d ago", "(was `opted in` 90d ago)");
    check_condition("not was lead on `start`", "(not (was `lead` `start`))");
    check_condition("became lead within 30d", "(within 30d (became `lead`))");
}

#[test]
fn a_line_of_a_score_that_begins_with_a_sign_is_a_new_line() {
    check(
        "score s\n    +5 when a\n        and b\n    -2.5\n    +1 per visit where x = (5\n        + 3), at most 20",
        "score `s`\n  + 5 when (and `a` `b`)\n  - 2.5\n  + 1 per `visit` where (= `x` (paren (+ 5 3))) at-most 20",
    );
}

#[test]
fn stories_tell_records_events_and_expectations() {
    check(
        "example \"x\"\n  as of 2026-06-01\n  contact: opted in yes, seen at now - 30d,\n    came in by \"car\"\n  visit in 30d\n  visit of \"a\" on 2026-01-02, url \"/\"\n  expect a\n    and b because \"c\"",
        "story \"x\"\n  as-of 2026-06-01\n  record `contact` (`opted in` yes) (`seen at` (- now 30d)) (`came in by` \"car\")\n  event `visit` in 30d\n  event `visit` of \"a\" 2026-01-02 (`url` \"/\")\n  expect (and `a` `b`) because \"c\"",
    );
}

#[test]
fn heads_of_events_end_at_the_last_of() {
    check("event change of stage of deal from \"a\"", "event `change of stage` of `deal` from \"a\"");
    check("event sign up from \"a\" where b of c", "event `sign up` from \"a\" where `b of c`");
    check("event sign up of contact\n    from \"a\"", "event `sign up` of `contact` from \"a\"");
}

#[test]
fn literals_are_as_written() {
    check_value("[50_000, 2.5, 20%, 0.00]", "(list 50000 2.5 20% 0.00)");
    check_value("\"a \"\"b\"\" \\d\"", "\"a \\\"b\\\" \\\\d\"");
    check_value("2026-03-31T14:00:30-05:30", "2026-03-31T14:00:30-05:30");
    check_value("2028-02-29", "2028-02-29");
    check_value("45min", "45min");
}

#[test]
fn line_ends_of_windows_and_no_break_spaces_are_blanks() {
    check("lead\r\n    when a\r\n    unless b\r\n", "term `lead`\n  when `a`\n  unless `b`");
    check("\u{FEFF}lead\u{A0}when a", "term `lead`\n  when `a`");
    check("lead\twhen\ta", "term `lead`\n  when `a`");
}

#[test]
fn comments_belong_to_nobody_and_documentation_to_what_is_below() {
    check(
        "## one\n## two\nlead when a # why\n    # deeper\n    or when b",
        "docs \"one\\ntwo\"\nterm `lead`\n  when `a`\n  when `b`",
    );
    check("## lost\n\nlead when a", "term `lead`\n  when `a`");
    check("lead when a = \"# no comment\"", "term `lead`\n  when (= `a` \"# no comment\")");
    let parsed = parse(FileId(0), "# a\nlead when b  # c\n");
    let comments: Vec<_> = parsed.file.comments.iter().map(|c| (c.text.as_str(), c.own_line)).collect();
    assert_eq!(comments, [("# a", true), ("# c", false)]);
}

#[test]
fn broken_parts_leave_the_rest_a_tree() {
    let parsed = parse(FileId(0), "lead\n    when > 5\n    or when b because \"c\"\n    unless d");
    assert_eq!(parsed.diagnostics.len(), 1);
    assert_eq!(debug(&parsed.file), "term `lead`\n  when ERROR\n  when `b` because \"c\"\n  unless `d`\n");
    let parsed = parse(FileId(0), "entity a from \"a\"\n    id: key\n    b: txt\n    c -> d");
    assert_eq!(parsed.diagnostics.len(), 1);
    assert_eq!(debug(&parsed.file), "entity `a` from \"a\"\n  field `id` key\n  field `b` ERROR\n  field `c` -> `d`\n");
}

/// Calls `visit` with an expression and everything inside it.
fn walk(expr: &Expr, visit: &mut dyn FnMut(&Expr)) {
    visit(expr);
    match &expr.kind {
        ExprKind::List(items) | ExprKind::And(items) | ExprKind::Or(items) => items.iter().for_each(|i| walk(i, visit)),
        ExprKind::Call { args, .. } => args.iter().for_each(|i| walk(i, visit)),
        ExprKind::Paren(inner) | ExprKind::Not(inner) | ExprKind::Negate(inner) => walk(inner, visit),
        ExprKind::Arithmetic { left, right, .. } | ExprKind::Compare { left, right, .. } => {
            walk(left, visit);
            walk(right, visit);
        }
        ExprKind::Windowed { value, .. } | ExprKind::IsKnown { value, .. } => walk(value, visit),
        _ => {}
    }
}

#[test]
fn every_place_covers_exactly_its_text() {
    let text = "x when  ( a  or -b )  and not c . d > count(e  where f ) within 90d  # g\n  because \"h\"";
    let parsed = parse(FileId(0), &text.replace(" . ", "."));
    let text = text.replace(" . ", ".");
    let StatementKind::Term(term) = &parsed.file.statements[0].kind else { unreachable!("no term") };
    let mut found = Vec::new();
    walk(&term.alternatives[0].condition, &mut |e| found.push(text[e.span.range()].to_string()));
    insta::assert_snapshot!(found.join("\n"), @r"
    ( a  or -b )  and not c.d > count(e  where f ) within 90d
    ( a  or -b )  and not c.d > count(e  where f )
    ( a  or -b )
    a  or -b
    a
    -b
    b
    not c.d > count(e  where f )
    c.d > count(e  where f )
    c.d
    count(e  where f )
    ");
    assert_eq!(&text[term.alternatives[0].span.range()], &text[2..]);
    assert_eq!(parsed.file.statements[0].span.end as usize, text.len());
}
