//! What each file is, and how files hang together.

use std::path::Path;

use lead_data::fold_header;
use lead_data::profile::{ColumnProfile, TableProfile, constant_per};
use lead_diag::InOrder;

use crate::names;

/// Tables of a draft, in order of their files.
pub(crate) struct Model {
    pub tables: Vec<TableModel>,
}

/// A file as a table.
pub(crate) struct TableModel {
    pub profile: TableProfile,
    pub name: String,
    pub kind: Kind,
    pub fields: Vec<FieldModel>,
    /// Columns that no field can be read from, with the reason.
    pub skipped: Vec<String>,
    /// Rows that share their key are one record: the file holds events.
    pub from_events: bool,
}

/// What a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Records; the column of the key.
    Entity { key: Option<usize> },
    /// Events; the columns of time and subject.
    Event { time: usize, subject: Option<usize> },
}

/// A field of a draft.
pub(crate) struct FieldModel {
    pub column: usize,
    pub name: String,
    pub ty: FieldType,
    pub note: Option<&'static str>,
}

/// The types that a draft tells apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FieldType {
    Key,
    Text,
    Number,
    Money,
    YesNo,
    Time,
    Date,
    ListOfText,
    OneOf(Vec<String>),
    Reference(usize),
}

/// What events are most likely of, likeliest first.
pub(crate) const SUBJECTS: [&str; 10] =
    ["contact", "lead", "person", "prospect", "user", "customer", "member", "account", "company", "deal"];

/// A reference that was found.
#[derive(Clone, Copy)]
struct Link {
    table: usize,
    /// Whether values were found among the keys.
    joins: bool,
    /// Whether the header says so by itself.
    named: bool,
}

/// Finds out what the files are.
pub(crate) fn infer(dir: &Path, profiles: Vec<TableProfile>) -> Model {
    let files: Vec<&str> = profiles.iter().map(|p| p.file.as_str()).collect();
    let table_names = names::of_files(&files);
    let keys: Vec<Option<usize>> =
        profiles.iter().zip(&table_names).map(|(p, name)| key_of(p, name, &table_names)).collect();
    let links: Vec<Vec<Option<Link>>> =
        (0..profiles.len()).map(|t| links_of(t, &profiles, &table_names, &keys)).collect();
    let is_target = |t: usize| links.iter().flatten().flatten().any(|l| l.table == t && l.joins);
    let kinds: Vec<Kind> = (0..profiles.len())
        .map(|t| match event(&profiles[t], &table_names, t, &links[t], keys[t], is_target(t)) {
            Some(event) => event,
            None => Kind::Entity { key: keys[t] },
        })
        .collect();
    let mut tables = Vec::new();
    for (t, profile) in profiles.into_iter().enumerate() {
        let kept = |l: &Link| matches!(kinds[l.table], Kind::Entity { key: Some(_) });
        let links: Vec<Option<usize>> = links[t].iter().map(|l| l.filter(kept).map(|l| l.table)).collect();
        let (fields, skipped) = fields(&profile, kinds[t], &links, &table_names);
        tables.push(TableModel {
            profile,
            name: table_names[t].clone(),
            kind: kinds[t],
            fields,
            skipped,
            from_events: false,
        });
    }
    for t in 0..tables.len() {
        subject_of_events(dir, t, &mut tables);
    }
    mark_dangling(&mut tables);
    Model { tables }
}

/// A file of events that refers to no other file may name its subjects in a column: they become an entity.
fn subject_of_events(dir: &Path, at: usize, tables: &mut Vec<TableModel>) {
    let Kind::Event { time, subject: None } = tables[at].kind else { return };
    let profile = &tables[at].profile;
    let repeats = |c: &ColumnProfile| c.filled == profile.rows && c.values.len() as u64 * 3 <= profile.rows * 2;
    let candidates = profile.columns.iter().enumerate().filter(|(_, c)| is_id(&c.header) && repeats(c));
    let person = |c: &ColumnProfile| {
        names::words(&c.header).first().and_then(|w| SUBJECTS.iter().position(|s| s == w)).unwrap_or(SUBJECTS.len())
    };
    let best = candidates.min_by_key(|(i, c)| (person(c), c.values.len(), *i)).map(|(i, _)| i);
    let Some(column) = best.filter(|c| tables[at].fields.iter().any(|f| f.column == *c && f.ty == FieldType::Text))
    else {
        return;
    };
    let words = names::words(&profile.columns[column].header);
    let stem = if words.len() > 1 { words[..words.len() - 1].join(" ") } else { "subject".to_owned() };
    let taken: Vec<String> = tables.iter().map(|t| t.name.clone()).collect();
    let name = names::free(stem.clone(), &taken);
    let constant = constant_per(dir, profile, column);
    let mut fields = vec![FieldModel { column, name: "id".to_owned(), ty: FieldType::Key, note: None }];
    let more = tables[at].fields.iter().filter(|f| f.column != column && f.column != time && constant[f.column]);
    fields.extend(more.filter(|f| f.name != "id").map(|f| FieldModel {
        column: f.column,
        name: f.name.clone(),
        ty: f.ty.clone(),
        note: None,
    }));
    let profile = profile.clone();
    let kind = Kind::Entity { key: Some(column) };
    tables.push(TableModel { profile, name, kind, fields, skipped: Vec::new(), from_events: true });
    let target = tables.len() - 1;
    let event = &mut tables[at];
    event.kind = Kind::Event { time, subject: Some(column) };
    let others: Vec<String> = event.fields.iter().filter(|f| f.column != column).map(|f| f.name.clone()).collect();
    for field in event.fields.iter_mut().filter(|f| f.column == column) {
        field.ty = FieldType::Reference(target);
        field.name = names::free(stem.clone(), &others);
    }
}

/// Says of references whose values are in no file that they are.
fn mark_dangling(tables: &mut [TableModel]) {
    let mut none = Vec::new();
    for (t, table) in tables.iter().enumerate() {
        for (f, field) in table.fields.iter().enumerate() {
            let FieldType::Reference(target) = field.ty else { continue };
            let Kind::Entity { key: Some(key) } = tables[target].kind else { continue };
            let column = &table.profile.columns[field.column];
            if overlap(column, &tables[target].profile.columns[key]) == 0 && column.filled > 0 {
                none.push((t, f));
            }
        }
    }
    for (t, f) in none {
        tables[t].fields[f].note = Some("none of its values is a key there, in these files");
    }
}

fn overlap(column: &ColumnProfile, key: &ColumnProfile) -> usize {
    column.values.iter().filter(|v| key.values.contains(v)).count()
}

/// The column that names each row. A column that names another table's record is no key, even where it never repeats.
fn key_of(profile: &TableProfile, table: &str, all: &[String]) -> Option<usize> {
    let own = fold_header(table);
    let last = fold_header(table.rsplit(' ').next().unwrap_or(table));
    let rank = |column: &ColumnProfile, at: usize| {
        let header = fold_header(&column.header);
        let id = |of: &str| header == format!("{of}id") || header == format!("{of}key");
        let ends =
            ["id", "guid", "uuid", "key"].iter().any(|e| names::words(&column.header).last().is_some_and(|w| w == e));
        // `type id`, `source id`: of a kind, not of the row.
        const KINDS: [&str; 7] = ["type", "source", "portal", "app", "parent", "master", "smtp"];
        let kind = names::words(&column.header).iter().any(|w| KINDS.contains(&w.as_str()));
        match () {
            _ if header == "id" || header == "recordid" || header == own => Some(0),
            _ if id(&own) => Some(0),
            _ if all.iter().any(|other| other != table && id(&fold_header(other))) => None,
            _ if id(&last) => Some(1),
            _ if kind || profile.rows < 3 => None,
            _ if ends && at == 0 => Some(2),
            _ if ends => Some(3),
            _ => None,
        }
    };
    let candidates = profile.columns.iter().enumerate().filter(|(_, c)| c.unique && !c.header.is_empty());
    candidates.filter_map(|(i, c)| rank(c, i).map(|r| (r, i))).min().map(|(_, i)| i)
}

/// By column: the entity that it refers to.
fn links_of(table: usize, profiles: &[TableProfile], names: &[String], keys: &[Option<usize>]) -> Vec<Option<Link>> {
    let own = &profiles[table];
    let link = |(at, column): (usize, &ColumnProfile)| {
        if keys[table] == Some(at) || column.filled == 0 || column.times * 2 > column.filled {
            return None;
        }
        let header = fold_header(&column.header);
        let best = (0..profiles.len()).filter_map(|target| {
            let key = &profiles[target].columns[keys[target]?];
            let id = format!("{}id", fold_header(&names[target]));
            let key_header = fold_header(&key.header);
            let exact = header == id || header == key_header && key_header != "id" && key_header != "key";
            let suffix = header.len() > id.len() && header.ends_with(&id);
            let found = overlap(column, key);
            let share = found * 100 / column.distinct.max(1);
            // Short numbers are found in many columns by chance.
            let telling = column.longest >= 8 && column.distinct >= 3 && column.numbers < column.filled;
            let id_like = is_id(&column.header);
            let rank = match () {
                _ if exact && target != table && found > 0 => 5,
                _ if exact && target != table => 2,
                _ if suffix && id_like && found > 0 => 4,
                _ if telling && share >= 90 => 3,
                _ => return None,
            };
            Some((rank, share, std::cmp::Reverse(names[target].len()), std::cmp::Reverse(target), found > 0, exact))
        });
        let (.., std::cmp::Reverse(target), joins, named) = best.max()?;
        Some(Link { table: target, joins, named })
    };
    own.columns.iter().enumerate().map(link).collect()
}

fn is_id(header: &str) -> bool {
    const WORDS: [&str; 8] = ["id", "ids", "guid", "uuid", "key", "vid", "hash", "token"];
    names::words(header).last().is_some_and(|w| WORDS.contains(&w.as_str()))
}

/// Whether a name is that of a thing that is, not of something that happens.
fn is_thing(name: &str) -> bool {
    const WORDS: [&str; 24] = [
        "contact",
        "lead",
        "person",
        "account",
        "company",
        "customer",
        "user",
        "owner",
        "deal",
        "opportunity",
        "order",
        "project",
        "product",
        "campaign",
        "program",
        "ticket",
        "pipeline",
        "stage",
        "subscription",
        "list",
        "team",
        "item",
        "form",
        "offer",
    ];
    !happens(name) && name.rsplit(' ').next().is_some_and(|w| WORDS.contains(&w))
}

/// Whether the words of a name speak of something that happens.
fn happens(name: &str) -> bool {
    const WORDS: [&str; 26] = [
        "activity",
        "event",
        "touch",
        "session",
        "visit",
        "view",
        "click",
        "submission",
        "history",
        "log",
        "call",
        "meeting",
        "email",
        "engagement",
        "change",
        "send",
        "sent",
        "bounce",
        "bounced",
        "delivered",
        "unsubscribe",
        "open",
        "merge",
        "message",
        "payment",
        "purchase",
    ];
    name.split(' ').any(|w| WORDS.contains(&w))
}

fn event(
    profile: &TableProfile,
    all: &[String],
    at: usize,
    links: &[Option<Link>],
    key: Option<usize>,
    is_target: bool,
) -> Option<Kind> {
    let time = time_of(profile)?;
    if is_target || profile.rows < 2 {
        return None;
    }
    let subject = links
        .iter()
        .enumerate()
        .filter_map(|(column, link)| {
            let link = link.as_ref()?;
            let rank = SUBJECTS.iter().position(|s| *s == all[link.table]).unwrap_or(SUBJECTS.len());
            Some((!link.joins, !link.named, rank, column))
        })
        .min()
        .map(|(.., column)| column);
    let happens = happens(&all[at]);
    let many = subject.is_some_and(|s| {
        let distinct = profile.columns[s].distinct.max(1) as u64;
        profile.columns[s].filled * 2 >= distinct * 3 && profile.columns[s].filled >= 3
    });
    let is_event = many && !(key.is_some() && is_thing(&all[at]))
        || happens && subject.is_some()
        || key.is_none() && subject.is_none() && profile.rows >= 20;
    is_event.then_some(Kind::Event { time, subject })
}

/// The column that says when, if every row has one.
fn time_of(profile: &TableProfile) -> Option<usize> {
    let score = |column: &ColumnProfile| {
        let mut score = i32::from(column.clocks > 0);
        for word in names::words(&column.header) {
            score += match word.as_str() {
                "synced" | "updated" | "modified" | "deleted" | "end" | "last" | "next" | "loaded" => -10,
                "timestamp" | "occurred" | "happened" | "instant" => 5,
                "at" | "time" | "date" | "datetime" | "on" => 3,
                "activity" | "event" | "start" | "sent" | "submitted" => 2,
                "created" | "createdate" | "added" => 1,
                _ => 0,
            };
        }
        score
    };
    let dated = profile.columns.iter().enumerate().filter(|(_, c)| is_most(c.times, c) && c.filled == profile.rows);
    let best = dated.map(|(i, c)| (score(c), std::cmp::Reverse(i))).max()?;
    (best.0 > -5).then_some(best.1.0)
}

fn is_most(count: u64, column: &ColumnProfile) -> bool {
    column.filled > 0 && (count == column.filled || column.filled >= 50 && count * 100 >= column.filled * 98)
}

fn fields(
    profile: &TableProfile,
    kind: Kind,
    links: &[Option<usize>],
    tables: &[String],
) -> (Vec<FieldModel>, Vec<String>) {
    let (mut fields, mut skipped, mut taken) = (Vec::new(), Vec::new(), Vec::<String>::new());
    if matches!(kind, Kind::Event { .. }) {
        taken.push("at".to_owned());
    }
    for (at, column) in profile.columns.iter().enumerate() {
        let header = &column.header;
        let words = names::words(header);
        if words.is_empty() || header.contains(['\n', '\r']) {
            skipped.push(format!("column {} has no header that could be written in a lexicon", at + 1));
            continue;
        }
        if profile.columns.iter().filter(|c| c.header == *header).count() > 1 {
            if !skipped.iter().any(|s| s.contains(&names::quoted(header))) {
                skipped.push(format!("the header {} stands over several columns", names::quoted(header)));
            }
            continue;
        }
        let plain = words.join(" ");
        let (name, ty) = match kind {
            Kind::Event { time, .. } if time == at => {
                ("at".to_owned(), if column.clocks > 0 { FieldType::Time } else { FieldType::Date })
            }
            Kind::Entity { key } if key == Some(at) => (plain, FieldType::Key),
            _ => match links[at] {
                Some(target) => {
                    let parts: Vec<&str> = words.iter().map(String::as_str).collect();
                    let stem = match parts.as_slice() {
                        [_] => tables[target].clone(),
                        ["record", "id"] => tables[target].clone(),
                        [stem @ .., last] if is_id(last) => stem.join(" "),
                        _ => plain.clone(),
                    };
                    (if taken.contains(&stem) { plain } else { stem }, FieldType::Reference(target))
                }
                None => (plain, type_of(column)),
            },
        };
        let name = if name == "at" && ty != FieldType::Key && matches!(kind, Kind::Event { time, .. } if time == at) {
            name
        } else {
            names::free(name, &taken)
        };
        taken.push(name.clone());
        fields.push(FieldModel { column: at, name, ty, note: None });
    }
    (fields, skipped)
}

fn type_of(column: &ColumnProfile) -> FieldType {
    let words = names::words(&column.header);
    let has = |all: &[&str]| words.iter().any(|w| all.contains(&w.as_str()));
    if column.filled == 0 {
        return FieldType::Text;
    }
    let is_flag = is_most(column.flags, column) && column.distinct <= 6;
    if is_flag
        && (column.numbers == 0 || words.first().is_some_and(|w| ["is", "has", "was", "can"].contains(&w.as_str())))
    {
        return FieldType::YesNo;
    }
    if is_most(column.times, column) {
        return if column.clocks > 0 { FieldType::Time } else { FieldType::Date };
    }
    let named =
        is_id(&column.header) || has(&["zip", "postal", "postcode", "phone", "fax", "mobile", "code", "version", "ip"]);
    if named {
        return if column.lists * 5 >= column.filled { FieldType::ListOfText } else { FieldType::Text };
    }
    if is_most(column.numbers, column) && column.padded == 0 {
        let money = has(&[
            "amount",
            "price",
            "revenue",
            "cost",
            "spend",
            "budget",
            "acv",
            "arr",
            "mrr",
            "fee",
            "annualrevenue",
        ]);
        return if money { FieldType::Money } else { FieldType::Number };
    }
    if column.lists * 5 >= column.filled {
        return FieldType::ListOfText;
    }
    let free_text =
        has(&["name", "firstname", "lastname", "email", "url", "description", "address", "street", "subject"]);
    if let Some(few) = &column.few {
        let wide = few.len() <= 20 && column.filled >= 10 && column.filled >= 3 * few.len() as u64;
        let writable = few.values().all(|(text, _)| text.chars().count() <= 60 && !text.contains(char::is_control));
        if wide && writable && !free_text {
            let mut values: Vec<String> = few.values().map(|(text, _)| text.clone()).collect();
            values.in_order();
            return FieldType::OneOf(values);
        }
    }
    FieldType::Text
}
