//! Random lexicons over random data, by seed: schema, definitions of every kind, files.

use std::collections::{BTreeMap, BTreeSet};

use lead_diag::FileId;

use crate::reference::Reference;

pub mod aggregate;
pub mod condition;
pub mod data;
pub mod definition;
pub mod expr;
pub mod random;
pub mod schema;
pub mod setting;

use data::Sheet;
use random::Random;
use schema::{GSchema, T};
use setting::Setting;

/// A definition.
#[derive(Clone, Debug)]
pub struct GDef {
    /// Its name.
    pub name: String,
    /// Its table.
    pub subject: usize,
    /// What it gives.
    pub ty: T,
    /// The whole statement.
    pub text: String,
    /// Whether a window reaches through it.
    pub covers: bool,
    /// Whether it is a term.
    pub term: bool,
    /// Whether it is a metric (or a period, which nothing asks either).
    pub metric: bool,
    /// Whether it is the same for every record, so that any subject may use it.
    pub constant: bool,
    /// Definitions that it names.
    pub uses: BTreeSet<usize>,
}

/// A lexicon with its data.
#[derive(Clone, Debug)]
pub struct Generated {
    /// Zone, fiscal year, as-of time.
    pub setting: Setting,
    /// Tables.
    pub schema: GSchema,
    /// Definitions; each uses earlier ones alone.
    pub defs: Vec<GDef>,
    /// Files by name.
    pub sheets: BTreeMap<String, Sheet>,
}

/// What makes definitions.
pub struct Maker<'a> {
    random: &'a mut Random,
    schema: &'a GSchema,
    reference: &'a Reference,
    defs: Vec<GDef>,
    periods: Vec<(String, usize)>,
    used: BTreeSet<usize>,
    last_via: String,
    last_values: (Vec<String>, bool),
    last_covers: bool,
}

impl Generated {
    /// The lexicon and data of a seed.
    pub fn new(seed: u64) -> Generated {
        let mut random = Random::new(seed);
        let setting = Setting::new(&mut random);
        let schema = GSchema::new(&mut random);
        let parsed = lead_syntax::parse(FileId(0), &schema.text());
        assert!(parsed.diagnostics.is_empty(), "seed {seed}: {:?}\n{}", parsed.diagnostics, schema.text());
        let reference = Reference::new(&[(FileId(0), parsed.file)], jiff::tz::TimeZone::UTC, 1, Vec::new());
        let mut maker = Maker {
            random: &mut random,
            schema: &schema,
            reference: &reference,
            defs: Vec::new(),
            periods: Vec::new(),
            used: BTreeSet::new(),
            last_via: String::new(),
            last_values: (Vec::new(), false),
            last_covers: false,
        };
        maker.definitions();
        let defs = maker.defs;
        let sheets = data::make(&mut random, &schema, &setting);
        Generated { setting, schema, defs, sheets }
    }

    /// `lead.toml`.
    pub fn toml(&self) -> String {
        format!(
            "[lexicon]\nname = \"Random\"\ntimezone = {:?}\nfiscal-year-starts = {:?}\n",
            self.setting.zone, self.setting.fiscal
        )
    }

    /// The `.lead` files: the schema, and the definitions that are kept, each below the `for` of its subject. Their order means
    /// nothing, so they stand in any.
    pub fn lexicon(&self, keep: &dyn Fn(usize) -> bool) -> Vec<(String, String)> {
        let mut order: Vec<usize> = (0..self.defs.len()).filter(|i| keep(*i)).collect();
        Random::new(self.defs.len() as u64).shuffle(&mut order);
        let (first, second) = order.split_at(order.len() * 2 / 3);
        let schema = ("schema.lead".to_string(), self.schema.text());
        vec![schema, ("a.lead".to_string(), self.statements(first)), ("b.lead".to_string(), self.statements(second))]
    }

    fn statements(&self, order: &[usize]) -> String {
        let (mut text, mut subject) = (String::new(), usize::MAX);
        for def in order.iter().map(|i| &self.defs[*i]) {
            if def.subject != subject && !def.metric {
                subject = def.subject;
                text += &format!("for {}\n\n", self.schema.tables[subject].name);
            }
            text += &def.text;
            text.push('\n');
        }
        text
    }

    /// A definition and all that it needs.
    pub fn needed(&self, def: usize) -> BTreeSet<usize> {
        let mut needed = BTreeSet::from([def]);
        let mut open = vec![def];
        while let Some(at) = open.pop() {
            for used in &self.defs[at].uses {
                if needed.insert(*used) {
                    open.push(*used);
                }
            }
        }
        needed
    }
}
