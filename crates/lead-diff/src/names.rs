//! Canonical names: what the things of a lexicon are called in a comparison. A thing of the newer side that was renamed bears the
//! name that it had, so that nothing which uses it looks changed.

use lead_hir::hir::{DefId, FieldId, Lexicon, TableId};

/// Canonical names of one side, by id.
#[derive(Clone, Debug)]
pub struct Names {
    tables: Vec<String>,
    fields: Vec<Vec<String>>,
    defs: Vec<String>,
}

impl Names {
    /// Everything by its own name.
    pub fn of(lexicon: &Lexicon) -> Names {
        Names {
            tables: lexicon.tables.iter().map(|t| t.name.key.clone()).collect(),
            fields: lexicon.tables.iter().map(|t| t.fields.iter().map(|f| f.name.key.clone()).collect()).collect(),
            defs: lexicon.defs.iter().map(|d| d.name.key.clone()).collect(),
        }
    }

    /// The name of a table.
    pub fn table(&self, id: TableId) -> &str {
        &self.tables[id.0 as usize]
    }

    /// The name of a field.
    pub fn field(&self, table: TableId, field: FieldId) -> &str {
        &self.fields[table.0 as usize][field.0 as usize]
    }

    /// The name of a definition.
    pub fn def(&self, id: DefId) -> &str {
        &self.defs[id.0 as usize]
    }

    /// The table of a name.
    pub fn table_named(&self, name: &str) -> Option<TableId> {
        self.tables.iter().position(|t| t == name).map(|i| TableId(i as u32))
    }

    /// The field of a name.
    pub fn field_named(&self, table: TableId, name: &str) -> Option<FieldId> {
        self.fields[table.0 as usize].iter().position(|f| f == name).map(|i| FieldId(i as u32))
    }

    /// The definition of a name. Unnamed ones, and those that a name stands for twice, are found by the first.
    pub fn def_named(&self, name: &str) -> Option<DefId> {
        self.defs.iter().position(|d| d == name).map(|i| DefId(i as u32))
    }

    /// Calls a table by another name.
    pub fn rename_table(&mut self, id: TableId, name: &str) {
        self.tables[id.0 as usize] = name.to_owned();
    }

    /// Calls a field by another name.
    pub fn rename_field(&mut self, table: TableId, field: FieldId, name: &str) {
        self.fields[table.0 as usize][field.0 as usize] = name.to_owned();
    }

    /// Calls a definition by another name.
    pub fn rename_def(&mut self, id: DefId, name: &str) {
        self.defs[id.0 as usize] = name.to_owned();
    }
}
