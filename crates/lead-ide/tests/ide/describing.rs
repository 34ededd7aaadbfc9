//! Hover, signature help, symbols, links, renamed files.

use insta::assert_snapshot;
use lead_ide::{Cancel, DocumentSymbol, FileRename, LinkTarget};

use crate::fixture::Fixture;

const DEFINITIONS: &str = "\
for contact

## Pages read.
pages = count(page view)
recently = 90d
reader when pages > 5 and opted in within recently
lead when reader  because \"reads a lot\"
persona group is
    \"technical\" when persona = \"engineer\"
    \"other\" otherwise
";

fn hover(text: &str) -> String {
    let fixture = Fixture::new(&format!("//- definitions.lead\n{DEFINITIONS}\n//- rules.lead\n{text}"));
    match fixture.snapshot.hover(fixture.at()) {
        Some(hover) => format!("{}\n\n{}", fixture.line(hover.span), hover.text),
        None => "nothing".into(),
    }
}

#[test]
fn hover_says_what_a_definition_is_and_over_what_it_is_measured() {
    assert_snapshot!(hover("x when rea$0der"));
}

#[test]
fn hover_says_what_a_measurement_is() {
    assert_snapshot!(hover("x when pag$0es > 3 within 30d"));
}

#[test]
fn hover_says_what_a_field_holds() {
    assert_snapshot!(hover("x when perso$0na = \"engineer\""));
    assert_snapshot!(hover("x when com$0pany.employees > 3"));
}

#[test]
fn hover_says_what_tables_and_values_are() {
    assert_snapshot!(hover("x when any(page vi$0ew)"));
    assert_snapshot!(hover("x when persona = \"engi$0neer\""));
}

#[test]
fn hover_explains_words_of_the_language() {
    assert!(hover("x when pages > 3 with$0in 30d").contains("A window."));
    assert!(hover("x when cou$0nt(visit) > 3").contains("how many there are"));
    assert!(hover("x = fiscal quar$0ter(created at)").contains("FY2026-Q1"));
    assert!(hover("x when was$0 lead 90d ago").contains("as-of time moved back"));
    assert_eq!(hover("x when pages > 3 # with$0in"), "nothing");
}

#[test]
fn hover_says_a_rule_in_plain_words() {
    let said = |rule: &str| {
        let (name, rest) = rule.split_at(1);
        let text = hover(&format!("{name}$0{rest}"));
        text.lines()
            .find(|l| l.starts_with("A ") && l.ends_with('.') || l.starts_with("Of "))
            .unwrap_or("nothing")
            .to_string()
    };
    let rules = [
        "x when pages > 5 and opted in within 90d",
        "x when any(form submit where offer kind = \"meeting\") within 18mo or company.employees >= 500 unless lead",
        "x when persona in [\"engineer\", \"procurement\"] and not reader and company.parent.industry contains \"auto\"",
        "x when any(page view where url starts with \"/p\" then within 14d form submit) and no(visit) within last 2 fiscal quarters",
        "x when created at within this month and was reader 90d ago and became lead within 1y",
        "x = last(form submit.offer)",
        "x = sum(project.amount via role where due >= today)",
        "x = count(distinct quarter(visit.at))",
    ];
    assert_snapshot!(rules.map(|r| format!("{r}\n    {}", said(r))).join("\n"));
}

fn signature(text: &str) -> String {
    let fixture = Fixture::new(text);
    let Some(help) = fixture.snapshot.signature_help(fixture.at()) else { return "nothing".into() };
    match help.active.and_then(|i| help.parts.get(i)) {
        Some(part) => {
            let (start, end) = (part.start as usize, part.end as usize);
            format!("{}[{}]{}", &help.label[..start], &help.label[start..end], &help.label[end..])
        }
        None => help.label,
    }
}

#[test]
fn signature_help_shows_the_part_that_is_being_written() {
    assert_eq!(signature("x = count($0"), "count([records] within … via … where … then …)");
    assert_eq!(signature("x = count(visit where $0)"), "count(records within … via … [where …] then …)");
    assert_eq!(signature("x = sum(project.amount via $0"), "sum(records.value within … [via …] where …)");
    assert_eq!(signature("x = quarter($0"), "quarter([time or date])");
    assert_eq!(signature("x = count(distinct quarter($0"), "quarter([time or date])");
    assert_eq!(signature("x = count(visit) + $0"), "nothing");
    assert!(signature("x when any(visit) within $0").starts_with("within 90d | this quarter"));
    assert!(signature("x when any(visit) since $0").starts_with("since 2026-01-01"));
}

fn outline(symbols: &[DocumentSymbol], depth: usize, out: &mut String) {
    for symbol in symbols {
        assert!(symbol.whole.start <= symbol.focus.start && symbol.focus.end <= symbol.whole.end, "{symbol:?}");
        let detail = symbol.detail.clone().unwrap_or_default();
        out.push_str(&format!("{}{} ({:?}) {detail}\n", "  ".repeat(depth), symbol.name, symbol.kind));
        outline(&symbol.children, depth + 1, out);
    }
}

#[test]
fn an_outline_groups_definitions_by_subject() {
    let fixture = Fixture::whole(
        "//- a.lead\nentity contact from \"c.csv\"\n    id: key\n    boss -> contact\nevent visit of contact from \"v.csv\"\n    at: time\n\
         for contact\nvisits = count(visit)\nrecently = 90d\nlead when visits > 2\nscore heat\n    +1 per visit\n\
         example \"one\"\n    contact: id \"1\"\n    expect not lead\nfor company\nbroken when (\nmetric m = count(lead)\n",
    );
    let mut out = String::new();
    outline(&fixture.snapshot.document_symbols(fixture.files[0].1), 0, &mut out);
    assert_snapshot!(out, @r"
    contact (Entity) 
      id (Field) key
      boss (Reference) -> contact
    visit (Event) of contact
      at (Field) time
    for contact (Subject) 
      visits (Value) number
      recently (Period) 
      lead (Term) 
      heat (Score) 
      one (Example) example
    for company (Subject) 
      broken (Term) 
      m (Metric) 
    ");
}

#[test]
fn workspace_symbols_are_found_by_a_part_of_their_name() {
    let fixture = Fixture::new(DEFINITIONS);
    let names = |typed: &str| -> Vec<String> {
        fixture.snapshot.workspace_symbols(typed, &Cancel::new()).unwrap().into_iter().map(|s| s.name).collect()
    };
    assert_eq!(names("pages")[0], "pages");
    assert!(names("pv").contains(&"page view".to_string()));
    assert!(names("source").contains(&"lead source".to_string()));
    assert!(names("zzz").is_empty());
    assert!(names("").len() > 20);
}

#[test]
fn links_lead_to_exports_and_pages() {
    let fixture = Fixture::new(
        "# allow: unwindowed-signal because of L0601 and größe L0203, not L9999\nentity x from \"x.csv\", \"y.csv\"\n    id: key from \"A\" in \"x.csv\"\n",
    );
    let found = fixture.snapshot.document_links(fixture.files.iter().find(|f| f.0 == "rules.lead").unwrap().1);
    let shown: Vec<String> = found
        .iter()
        .map(|l| {
            let text = fixture.snapshot.slice(l.span);
            match &l.target {
                LinkTarget::Export(name) => format!("{text} opens {name}"),
                LinkTarget::Code(code) => format!("{text} opens the page of {}", code.id()),
            }
        })
        .collect();
    assert_snapshot!(shown.join("\n"), @r"
    unwindowed-signal opens the page of L0601
    L0601 opens the page of L0601
    x.csv opens x.csv
    y.csv opens y.csv
    x.csv opens x.csv
    ");
}

#[test]
fn renamed_files_are_followed() {
    let fixture = Fixture::whole(
        "//- lead.toml\n[lexicon]\nname = \"x\"\n\n[sources.\"crm/c.csv\"]\ndelimiter = \";\"\n\
         //- a.lead\n# See rules/b.lead, and not xb.lead.\nentity c from \"crm/c.csv\", \"d.csv\"\n    id: key from \"A\" in \"crm/c.csv\"\n",
    );
    let export = |from: &str, to: &str| FileRename::Export { from: from.into(), to: to.into() };
    let edits = fixture.snapshot.rename_files(&[export("crm/c.csv", "people.csv")]);
    let text = fixture.edited("a.lead", &edits);
    assert!(text.contains("from \"people.csv\", \"d.csv\"") && text.contains("in \"people.csv\""), "{text}");
    assert_eq!(edits.len(), 3);
    let edits = fixture.snapshot.rename_files(&[export("crm", "hubspot")]);
    assert!(fixture.edited("a.lead", &edits).contains("from \"hubspot/c.csv\""));
    let rename = FileRename::Lexicon { from: "rules/b.lead".into(), to: "rules/c.lead".into() };
    let edits = fixture.snapshot.rename_files(&[rename]);
    assert!(fixture.edited("a.lead", &edits).starts_with("# See rules/c.lead, and not xb.lead.\n"));
}
