//! The numbers of a report, and of the list of what is missing, are those of the reference interpreter, on random lexicons over random data.
//!
//! `LEAD_REPORT_SEEDS=n` tries n seeds instead of the usual few.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use lead_syntax::ast::fold_name;
use lead_tests::command::{lead, root};
use lead_tests::compare::{Sheets, as_of, expected, reference};
use lead_tests::generate::Generated;
use lead_tests::generate::schema::T;
use lead_tests::reference::{DefBody, RefValue, Reference};

/// So many seeds in a plain run.
const SEEDS: u64 = 24;

fn seeds() -> u64 {
    std::env::var("LEAD_REPORT_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(SEEDS)
}

/// The lexicon of a seed in a folder.
fn laid_out(generated: &Generated) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let setting = &generated.setting;
    let toml = format!(
        "[lexicon]\nname = \"Test\"\ntimezone = \"{}\"\nfiscal-year-starts = \"{}\"\nas-of = \"{}\"\n",
        setting.zone, setting.fiscal, setting.as_of
    );
    std::fs::write(dir.path().join("lead.toml"), toml).unwrap();
    for (name, text) in generated.lexicon(&|_| true) {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    for (name, sheet) in &generated.sheets {
        std::fs::write(dir.path().join(name), sheet.text()).unwrap();
    }
    dir
}

/// What a command prints; nothing where it fails.
fn printed(args: &[&str], dir: &Path) -> Option<String> {
    let done = Command::new(lead()).args(args).arg(dir).output().unwrap();
    done.status.success().then(|| String::from_utf8(done.stdout).unwrap())
}

/// A page, read as a person reads it.
struct Page(String);

/// A row: its head, and its numbers by their heads.
type Row = (String, BTreeMap<String, String>);

impl Page {
    /// The card of a definition.
    fn card(&self, name: &str) -> Option<&str> {
        let head = format!("\">{name}</a></h3>");
        let at = self.0.find(&head)?;
        self.0[at..].split("</article>").next()
    }
}

/// Text without tags and entities.
fn plain(html: &str) -> String {
    let text: String = html.split('<').map(|t| t.split_once('>').map_or(t, |p| p.1)).collect();
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// The rows of the table whose caption begins with a text.
fn rows(html: &str, caption: &str) -> Vec<Row> {
    let Some((_, rest)) = html.split_once(&format!("<caption>{caption}")) else { return Vec::new() };
    let body = rest.split("<tbody>").nth(1).unwrap().split("</tbody>").next().unwrap();
    let row = |text: &str| {
        let head = plain(text.split_once("<th scope=\"row\"").unwrap().1.split("</th>").next().unwrap());
        let cells = text.split("data-h=\"").skip(1).map(|cell| {
            let (name, value) = cell.split_once("\">").unwrap();
            (name.to_owned(), plain(value.split("</td>").next().unwrap()))
        });
        (head.trim_start_matches('>').to_owned(), cells.collect())
    };
    body.split("<tr>").skip(1).map(row).collect()
}

/// `1,234` or `−5.25%`, and half a unit of its last place.
fn number(text: &str) -> (f64, f64) {
    let plain: String = text.trim_end_matches(" days").replace(',', "").replace('−', "-");
    let (digits, by) = plain.strip_suffix('%').map_or((plain.as_str(), 1.0), |d| (d, 100.0));
    let places = digits.split_once('.').map_or(0, |d| d.1.len());
    let n: f64 = digits.parse().unwrap_or_else(|_| panic!("`{text}` is no number"));
    (n / by, 0.5000001 / 10f64.powi(places as i32) / by)
}

fn whole(row: &Row, head: &str) -> usize {
    row.1[head].replace(',', "").parse().unwrap_or_else(|_| panic!("{row:?}"))
}

/// A value that the reference shows as `12`, `12 money` or `12 s`.
fn size(shown: &str) -> Option<f64> {
    if let Some(seconds) = shown.strip_suffix(" s") {
        return seconds.parse::<f64>().ok().map(|s| s / 86_400.0);
    }
    shown.strip_suffix(" money").unwrap_or(shown).parse().ok()
}

fn near(page: &str, wanted: f64, what: &str) {
    let (n, half) = number(page);
    assert!((n - wanted).abs() <= half + wanted.abs() * 1e-9, "{what}: {page} is not {wanted}");
}

/// What has been compared.
#[derive(Debug, Default)]
struct Seen {
    reports: usize,
    terms: usize,
    sources: usize,
    choices: usize,
    scores: usize,
    steps: usize,
    metrics: usize,
}

#[test]
fn the_numbers_of_a_report_are_those_of_the_reference() {
    let mut seen = Seen::default();
    for seed in 0..seeds() {
        let generated = Generated::new(seed);
        let dir = laid_out(&generated);
        let Some(text) = printed(&["report"], dir.path()) else { continue };
        seen.reports += 1;
        let reference = reference(&generated, &generated.lexicon(&|_| true), &generated.sheets);
        compare(seed, &generated, &Page(text), &reference, &mut seen);
    }
    assert!(seen.reports * 3 > seeds() as usize * 2, "{seen:?}");
    for least in [seen.terms, seen.sources, seen.choices, seen.scores, seen.steps, seen.metrics] {
        assert!(least >= 10, "{seen:?}");
    }
}

fn compare(seed: u64, generated: &Generated, page: &Page, reference: &Reference, seen: &mut Seen) {
    let as_of = as_of(generated);
    let glance: BTreeMap<String, Row> =
        rows(&page.0, "All terms at a glance").into_iter().map(|r| (fold_name(&r.0), r)).collect();
    for def in &generated.defs {
        let what = format!("seed {seed}, `{}`", def.name);
        let Some(answers) = expected(reference, &def.name, as_of) else { continue };
        let said: Vec<&str> = answers.iter().map(|a| a.1.as_str()).collect();
        let of = |answer: &str| said.iter().filter(|a| **a == answer).count();
        let body = &reference.schema.defs[reference.schema.def(&def.name).unwrap()];
        match &body.body {
            DefBody::Term(_) => {
                let row = &glance[&fold_name(&def.name)];
                let found = [whole(row, "Yes"), whole(row, "Cannot tell"), whole(row, "No")];
                assert_eq!(found, [of("yes"), of("?"), of("no")], "{what}");
                seen.terms += 1;
                seen.sources += by_source(page.card(&def.name).unwrap(), reference, body.subject, &said, &what);
            }
            DefBody::Choice(_) => {
                let rows = rows(page.card(&def.name).unwrap(), "How often");
                if !said.iter().all(|a| *a == "?" || a.starts_with('"')) || rows.is_empty() {
                    continue;
                }
                for row in &rows {
                    let answer =
                        if row.0 == "cannot tell" { "?".to_owned() } else { format!("{:?}", row.0).to_lowercase() };
                    let wanted = said.iter().filter(|a| a.to_lowercase() == answer).count();
                    assert_eq!(whole(row, "Records"), wanted, "{what}: {row:?}");
                }
                assert_eq!(rows.iter().map(|r| whole(r, "Records")).sum::<usize>(), said.len(), "{what}");
                seen.choices += 1;
            }
            DefBody::Score(_) => seen.scores += score(page.card(&def.name).unwrap(), &said, &what),
            DefBody::Funnel(_) => {
                let (funnels, _) = page.0.split_once("id=\"terms\"").unwrap_or((&page.0, ""));
                let rows = rows(funnels, &format!("<strong>{}</strong>", def.name));
                let found: Vec<usize> = rows.iter().map(|r| whole(r, "Reached")).collect();
                assert_eq!(found, reference.reached(&def.name, as_of), "{what}");
                seen.steps += found.len();
            }
            DefBody::Metric(_) => {
                let card = page.card(&def.name).unwrap();
                let shown: Vec<String> = match card.split_once("<p class=\"figure\">") {
                    Some((_, rest)) => vec![rest.split("</p>").next().unwrap().to_owned()],
                    None => card
                        .split("data-h=\"")
                        .skip(1)
                        .map(|c| plain(c.split_once("\">").unwrap().1.split("</td>").next().unwrap()))
                        .collect(),
                };
                for (row, (shown, wanted)) in shown.iter().zip(&said).enumerate() {
                    let wanted = wanted.rsplit(" | ").next().unwrap();
                    match size(wanted) {
                        Some(wanted) => near(shown, wanted, &format!("{what}, row {row}")),
                        None if wanted == "?" => assert_eq!(shown, "cannot tell", "{what}, row {row}"),
                        None => continue,
                    }
                    seen.metrics += 1;
                }
            }
            _ => {}
        }
    }
}

/// The rows of a term by source.
fn by_source(card: &str, reference: &Reference, table: usize, said: &[&str], what: &str) -> usize {
    let Some(field) = reference.schema.tables[table].fields.iter().position(|f| f.name == "lead source") else {
        return 0;
    };
    let fold = |text: &str| text.trim().to_lowercase();
    let rows = rows(card, "By lead source");
    for row in &rows {
        let same = |n: &usize| match &reference.rows[table][*n][field] {
            RefValue::Text(text) => row.0 != "not known" && fold(text) == fold(&row.0),
            _ => row.0 == "not known",
        };
        let of = |answer: &str| (0..said.len()).filter(|n| said[*n] == answer).filter(same).count();
        let found = [whole(row, "Yes"), whole(row, "Cannot tell"), whole(row, "No")];
        assert_eq!(found, [of("yes"), of("?"), of("no")], "{what}, by {row:?}");
    }
    let all: usize = rows.iter().map(|r| whole(r, "Yes") + whole(r, "Cannot tell") + whole(r, "No")).sum();
    assert_eq!(all, said.len(), "{what}");
    rows.len()
}

/// The average of a score, and that its ranges hold as many as there are.
fn score(card: &str, said: &[&str], what: &str) -> usize {
    let points: Vec<f64> = said.iter().filter_map(|a| a.parse().ok()).collect();
    if points.is_empty() {
        return 0;
    }
    let mean = points.iter().sum::<f64>() / points.len() as f64;
    let Some((_, rest)) = card.split_once("how many points: ") else {
        let all = card.split_once(" records have ").unwrap().1.split(" points").next().unwrap();
        near(all, mean, what);
        return 1;
    };
    near(rest.split(" on average").next().unwrap(), mean, what);
    let ranges = card.split_once("how many points: ").unwrap().1.split("</tbody>").next().unwrap();
    let counts: Vec<usize> = ranges
        .split("<tr>")
        .skip(2)
        .map(|r| {
            plain(r.split("<td class=\"num\">").nth(1).unwrap().split("</td>").next().unwrap())
                .replace(',', "")
                .parse()
                .unwrap()
        })
        .collect();
    assert_eq!(counts.iter().sum::<usize>(), points.len(), "{what}");
    // Counted again between the limits that the table names.
    for (row, count) in ranges.split("<tr>").skip(2).zip(&counts) {
        let head = plain(row.split("</th>").next().unwrap().split("<th scope=\"row\">").nth(1).unwrap());
        let (from, to) = head.split_once(" to ").unwrap();
        let (from, below) = (number(from).0, to.strip_prefix("below "));
        let to = number(below.unwrap_or(to)).0;
        // Limits that are rounded when they are shown tell too little.
        if from.fract() == 0.0 && to.fract() == 0.0 {
            let inside = |p: &&f64| **p >= from && (**p < to || below.is_none() && **p <= to);
            assert_eq!(points.iter().filter(inside).count(), *count, "{what}: {head}");
        }
    }
    1
}

/// What decides, decides: filled with a value, whatever it is, it makes so many answers known.
#[test]
fn a_value_that_is_said_to_decide_answers_decides_them() {
    let (mut tried, mut decided) = (0, 0);
    for seed in 0..seeds() {
        let generated = Generated::new(seed);
        let dir = laid_out(&generated);
        let Some(text) = printed(&["enrich", "--format", "json"], dir.path()) else { continue };
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let files = generated.lexicon(&|_| true);
        let as_of = as_of(&generated);
        let before = reference(&generated, &files, &generated.sheets);
        let values = json["values"].as_array().unwrap().iter();
        for value in values.filter(|v| v["kind"] == "value" && v["decides"].as_u64().unwrap() > 0).take(4) {
            let text = |key: &str| value[key].as_str().unwrap().to_owned();
            let defs: Vec<String> =
                value["answers_of"].as_array().unwrap().iter().map(|d| d.as_str().unwrap().to_owned()).collect();
            let all_of = |reference: &Reference| -> Vec<String> {
                defs.iter().flat_map(|d| expected(reference, &fold_name(d), as_of).unwrap()).map(|a| a.1).collect()
            };
            let was = all_of(&before);
            for choice in 0..2 {
                let Some(filled) = filled(&generated, &text("entity"), &text("key"), &text("missing"), choice) else {
                    continue;
                };
                let now = all_of(&reference(&generated, &files, &filled));
                let newly = was.iter().zip(&now).filter(|(a, b)| *a == "?" && *b != "?").count();
                let wanted = value["decides"].as_u64().unwrap() as usize;
                assert!(newly >= wanted, "seed {seed}: {value} makes {newly} known");
                tried += 1;
                decided += newly;
            }
        }
    }
    assert!(tried >= 40 && decided >= tried, "only {tried} values were tried");
}

/// The data with a value filled in; nothing where it stands in no single cell.
fn filled(generated: &Generated, entity: &str, key: &str, missing: &str, choice: usize) -> Option<Sheets> {
    let table = generated.schema.tables.iter().find(|t| t.name == entity && t.event.is_none() && t.files.len() == 1)?;
    let field = table.fields.iter().find(|f| f.name == missing)?;
    let value = match &field.ty {
        T::YesNo => ["yes", "no"][choice].to_owned(),
        T::Number | T::Money => ["0", "100000"][choice].to_owned(),
        T::Text(all, _) => all.get(choice)?.clone(),
        T::Date => ["2019-05-06", "2026-05-06"][choice].to_owned(),
        T::Time => ["2019-05-06 07:08", "2026-05-06 07:08"][choice].to_owned(),
        _ => return None,
    };
    let mut sheets = generated.sheets.clone();
    let sheet = sheets.get_mut(&table.files[0])?;
    let id = table.fields.iter().find(|f| f.ty == T::Key)?;
    let at = |header: &str| sheet.header.iter().position(|h| h == header);
    let (id, cell) = (at(&id.header)?, at(&field.header)?);
    let found: Vec<usize> = (0..sheet.rows.len()).filter(|r| sheet.rows[*r][id].trim() == key).collect();
    let [row] = found[..] else { return None };
    sheet.rows[row][cell] = value;
    Some(sheets)
}

/// The measures and decisions that every company asks for (LEXICON.md D and E) work in the example, and stand in its report with numbers.
#[test]
fn every_measure_and_decision_stands_in_the_report_of_the_industrial_example() {
    let text = printed(&["report"], &root().join("examples/industrial")).unwrap();
    assert!(text.len() < 1_000_000, "{} bytes", text.len());
    let page = Page(text);
    let measures = [
        ("cost per lead", "lead source"),
        ("cost per qualified prospect", "lead source"),
        ("leads to meetings", "lead source"),
        ("leads to qualified projects", "lead source"),
        ("leads to orders", "lead source"),
        ("revenue per lead", "lead source"),
        ("customer acquisition cost", ""),
        ("average lifetime value", "industry"),
        ("days to proposal", "buying process"),
        ("days to order", "buying process"),
        ("share contacted promptly", "lead source"),
        ("attempts per lead", "lead source"),
        ("hit rate of last year", ""),
        ("buyers missed last year", ""),
    ];
    for (name, by) in measures {
        let card = page.card(name).unwrap_or_else(|| panic!("no `{name}`"));
        let shown: Vec<String> = match card.split_once("<p class=\"figure\">") {
            Some((_, rest)) => vec![rest.split("</p>").next().unwrap().to_owned()],
            None => {
                let heads =
                    plain(card.split("<thead>").nth(1).unwrap().split("</thead>").next().unwrap()).to_lowercase();
                assert!(!by.is_empty() && heads.contains(by), "`{name}` is not by {by}: {heads}");
                card.split("data-h=\"")
                    .skip(1)
                    .map(|c| plain(c.split_once("\">").unwrap().1.split("</td>").next().unwrap()))
                    .collect()
            }
        };
        let numbers = shown.iter().filter(|s| s.chars().any(|c| ('1'..='9').contains(&c))).count();
        assert!(numbers >= if by.is_empty() { 1 } else { 3 }, "`{name}`: {shown:?}");
    }
    let decisions = [
        "direct contact",
        "owner",
        "paid ads",
        "notify",
        "attempts wanted",
        "channels",
        "chat greeting",
        "outreach",
        "forecast",
        "confidence",
        "bright line",
    ];
    for name in decisions {
        let card = page.card(name).unwrap_or_else(|| panic!("no `{name}`"));
        let rows = rows(card, "How often");
        assert!(rows.iter().filter(|r| whole(r, "Records") > 0).count() >= 2, "`{name}`: {rows:?}");
    }
    // Who owns a definition, and where it is written.
    let cost = plain(page.card("cost per lead").unwrap());
    assert!(cost.contains("OwnerMarketing") && cost.contains("Written inmeasures.lead, line 68"), "{cost}");
    // And the page has every section, every term, and the chart of each funnel.
    for id in ["funnel", "terms", "trend", "map", "scores", "metrics", "decisions", "unknown", "quality", "glossary"] {
        assert!(page.0.contains(&format!("<section id=\"{id}\"")), "no section `{id}`");
    }
    assert_eq!(page.0.matches("<svg class=\"lines\"").count(), 2);
    assert!(rows(&page.0, "All terms at a glance").len() >= 40);
}
