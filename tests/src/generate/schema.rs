//! Random schemas: one skeleton with variations.

use super::random::Random;

/// What an expression or field gives.
#[derive(Clone, Debug, PartialEq)]
pub enum T {
    /// Yes or no.
    YesNo,
    /// A number.
    Number,
    /// Money.
    Money,
    /// Text, with the values worth comparing it to; whether the schema lists them.
    Text(Vec<String>, bool),
    /// A day.
    Date,
    /// A time.
    Time,
    /// A duration.
    Duration,
    /// A list of texts, with its values.
    List(Vec<String>),
    /// A key.
    Key,
}

impl T {
    /// Whether it is of the same kind.
    pub fn like(&self, other: &T) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// A field.
#[derive(Clone, Debug)]
pub struct GField {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: T,
    /// Its header in the files.
    pub header: String,
}

/// A reference.
#[derive(Clone, Debug)]
pub struct GRef {
    /// Its name.
    pub name: String,
    /// The table it names.
    pub to: usize,
    /// Its header in the files.
    pub header: String,
}

/// A table.
#[derive(Clone, Debug)]
pub struct GTable {
    /// Its name.
    pub name: String,
    /// Fields that are no references.
    pub fields: Vec<GField>,
    /// References.
    pub refs: Vec<GRef>,
    /// An event and the index of its subject among the references.
    pub event: Option<usize>,
    /// Where its rows go, and the value of the column `type` that marks them.
    pub files: Vec<String>,
    /// The value of `type`.
    pub marker: Option<String>,
}

/// A schema.
#[derive(Clone, Debug)]
pub struct GSchema {
    /// Tables: contact, company, project, role, then events, then spend.
    pub tables: Vec<GTable>,
    /// `same when e-mail` on contacts.
    pub same_when: bool,
}

/// Index of contact.
pub const CONTACT: usize = 0;
/// Index of company.
pub const COMPANY: usize = 1;
/// Index of project.
pub const PROJECT: usize = 2;
/// Index of role.
pub const ROLE: usize = 3;

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|v| v.to_string()).collect()
}

fn field(random: &mut Random, name: &str, ty: T) -> GField {
    let header = match random.below(5) {
        0 => name.to_uppercase(),
        1 => name.replace(' ', "_"),
        2 => format!("The {name}"),
        _ => name.to_string(),
    };
    GField { name: name.to_string(), ty, header }
}

fn reference(random: &mut Random, name: &str, to: usize) -> GRef {
    let header = match random.below(4) {
        0 => format!("{name} id"),
        1 => format!("{name}_ID"),
        2 => format!("Associated {name}"),
        _ => name.to_string(),
    };
    GRef { name: name.to_string(), to, header }
}

impl GSchema {
    /// A random schema.
    pub fn new(r: &mut Random) -> GSchema {
        let persona = T::Text(texts(&["engineer", "maintenance", "procurement"]), true);
        let industry = T::Text(texts(&["Automotive", "Aerospace", "Machine building"]), true);
        let title = T::Text(texts(&["Sales Engineer", "head of IT", "Ärztin", "buyer", "engineer"]), false);
        let url = T::Text(texts(&["/pricing", "/pricing/x", "/about", "/Docs"]), false);
        let stage = T::Text(texts(&["open", "won", "lost", "on hold"]), r.chance(50));
        let source = T::Text(texts(&["PPC", "Referral", "Trade show"]), r.chance(50));
        let interests = T::List(texts(&["cars", "planes", "Pumps", "valves"]));
        let mut contact = vec![
            field(r, "id", T::Key),
            field(r, "e-mail", T::Text(texts(&["a@x.com", "b@x.com", "c@y.org"]), false)),
            field(r, "job title", title),
            field(r, "persona", persona),
            field(r, "lead source", source.clone()),
            field(r, "age", T::Number),
            field(r, "budget", T::Money),
            field(r, "opted in", T::YesNo),
            field(r, "created at", T::Time),
            field(r, "due", T::Date),
            field(r, "interests", interests),
        ];
        r.shuffle(&mut contact[1..]);
        let company = vec![
            field(r, "id", T::Key),
            field(r, "name", T::Text(texts(&["Acme", "Bolt & Co", "Zeta"]), false)),
            field(r, "employees", T::Number),
            field(r, "revenue", T::Money),
            field(r, "industry", industry),
            field(r, "customer", T::YesNo),
            field(r, "founded", T::Date),
        ];
        let project = vec![
            field(r, "id", T::Key),
            field(r, "title", T::Text(texts(&["Line 1", "Refit", "New plant"]), false)),
            field(r, "worth", T::Money),
            field(r, "starts", T::Date),
            field(r, "urgent", T::YesNo),
        ];
        let role =
            vec![field(r, "kind", T::Text(texts(&["buyer", "blocker", "user"]), true)), field(r, "weight", T::Number)];
        let visit = vec![
            field(r, "at", T::Time),
            field(r, "pages", T::Number),
            field(r, "url", url),
            field(r, "paid", T::YesNo),
        ];
        let order = vec![
            field(r, "at", T::Time),
            field(r, "amount", T::Money),
            field(r, "quantity", T::Number),
            field(r, "offer", T::Text(texts(&["RFQ", "brochure", "demo"]), true)),
            field(r, "ships", T::Date),
        ];
        let mut meeting =
            vec![field(r, "note", T::Text(texts(&["good", "bad", "so-so"]), false)), field(r, "seats", T::Number)];
        meeting.push(if r.chance(50) { field(r, "held on", T::Date) } else { field(r, "at", T::Time) });
        let change = vec![field(r, "at", T::Time), field(r, "old stage", stage.clone()), field(r, "new stage", stage)];
        let spend = vec![
            field(r, "lead source", source),
            field(r, "amount", T::Money),
            field(r, "clicks", T::Number),
            field(r, "spent on", T::Date),
        ];
        let shared = r.chance(50);
        let file = |own: &str| vec![if shared { "events.csv".to_string() } else { format!("{own}.csv") }];
        let marker = |own: &str| shared.then(|| own.to_string());
        let table = |name: &str, fields, refs, files: &[&str]| GTable {
            name: name.to_string(),
            fields,
            refs,
            event: None,
            files: texts(files),
            marker: None,
        };
        let contact_files: &[&str] = if r.chance(30) { &["contacts.csv", "fair.csv"] } else { &["contacts.csv"] };
        let mut tables = vec![
            table("contact", contact, vec![reference(r, "company", COMPANY)], contact_files),
            table("company", company, vec![reference(r, "parent", COMPANY)], &["companies.csv"]),
            table("project", project, Vec::new(), &["projects.csv"]),
            table(
                "role",
                role,
                vec![reference(r, "contact", CONTACT), reference(r, "project", PROJECT)],
                &["roles.csv"],
            ),
        ];
        if r.chance(50) {
            tables[PROJECT].refs.push(reference(r, "company", COMPANY));
        }
        let event = |name: &str, fields, refs: Vec<GRef>| GTable {
            name: name.to_string(),
            fields,
            refs,
            event: Some(0),
            files: file(name),
            marker: marker(name),
        };
        let of_contact = |r: &mut Random| reference(r, "contact", CONTACT);
        let visit_refs = vec![of_contact(r)];
        tables.push(event("visit", visit, visit_refs));
        let mut order_refs = vec![of_contact(r)];
        if r.chance(60) {
            order_refs.push(reference(r, "project", PROJECT));
        }
        tables.push(event("order", order, order_refs));
        if r.chance(60) {
            let refs = vec![reference(r, "company", COMPANY)];
            tables.push(event("meeting", meeting, refs));
        }
        if r.chance(60) {
            let refs = vec![reference(r, "project", PROJECT)];
            tables.push(event("stage change", change, refs));
        }
        if shared {
            // Rows of all events stand in one file, so each header must mean one thing there.
            for table in tables.iter_mut().filter(|t| t.event.is_some()) {
                table.fields.iter_mut().for_each(|f| f.header = f.name.clone());
                table.refs.iter_mut().for_each(|f| f.header = f.name.clone());
            }
        }
        tables.push(table("spend", spend, Vec::new(), &["spend.csv"]));
        GSchema { tables, same_when: r.chance(20) }
    }

    /// As a lexicon says it.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for table in &self.tables {
            let files: Vec<String> = table.files.iter().map(|f| format!("{f:?}")).collect();
            let files = files.join(", ");
            match table.event {
                Some(of) => {
                    out += &format!("event {} of {} from {files}", table.name, table.refs[of].name);
                    if let Some(marker) = &table.marker {
                        out += &format!(" where type = {marker:?}");
                    }
                }
                None => out += &format!("entity {} from {files}", table.name),
            }
            out.push('\n');
            for f in &table.fields {
                out += &format!("    {}: {}{}\n", f.name, type_text(&f.ty), header_text(&f.name, &f.header));
            }
            for f in &table.refs {
                out += &format!("    {} -> {}{}\n", f.name, self.tables[f.to].name, header_text(&f.name, &f.header));
            }
            if table.name == "contact" && self.same_when {
                out += "    same when e-mail\n";
            }
            out.push('\n');
        }
        out
    }
}

/// A header is written out where it does not match by itself.
fn header_text(name: &str, header: &str) -> String {
    let squeeze = |s: &str| s.to_lowercase().replace(['_', ' '], "");
    if squeeze(header) == squeeze(name) || squeeze(header) == squeeze(name) + "id" {
        String::new()
    } else {
        format!(" from {header:?}")
    }
}

fn type_text(ty: &T) -> String {
    match ty {
        T::YesNo => "yes/no".to_string(),
        T::Number => "number".to_string(),
        T::Money => "money".to_string(),
        T::Text(values, true) => {
            format!("one of {}", values.iter().map(|v| format!("{v:?}")).collect::<Vec<_>>().join(", "))
        }
        T::Text(_, false) => "text".to_string(),
        T::Date => "date".to_string(),
        T::Time => "time".to_string(),
        T::Duration => "duration".to_string(),
        T::List(_) => "list of text".to_string(),
        T::Key => "key".to_string(),
    }
}
