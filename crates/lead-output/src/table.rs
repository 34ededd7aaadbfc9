//! Answers as tables ready to be written: names for files and columns, values, and how many rows.

use std::collections::BTreeSet;
use std::sync::Arc;

use lead_data::Column;
use lead_hir::hir::Ty;

/// A table to write. All columns have `rows` rows.
#[derive(Clone, Debug)]
pub struct Table {
    /// Stem of the file's name.
    pub stem: String,
    /// How many rows.
    pub rows: usize,
    /// In order.
    pub columns: Vec<TableColumn>,
}

/// A column to write.
#[derive(Clone, Debug)]
pub struct TableColumn {
    /// In snake case, each once in a table.
    pub name: String,
    /// Type of the values.
    pub ty: Ty,
    /// The values.
    pub column: Arc<Column>,
}

impl Table {
    /// A table with names that are made different where they clash.
    pub fn new(stem: String, rows: usize, columns: Vec<TableColumn>) -> Table {
        let mut table = Table { stem, rows, columns };
        apart(table.columns.iter_mut().map(|c| &mut c.name));
        table
    }
}

/// Makes names different from all before them: `e_mail`, `e_mail_2`. Case does not tell names apart, as on some
/// file systems and in most warehouses.
pub fn apart<'a>(names: impl Iterator<Item = &'a mut String>) {
    let mut taken = BTreeSet::new();
    for name in names {
        let (first, mut n) = (name.clone(), 1);
        while !taken.insert(name.to_lowercase()) {
            n += 1;
            *name = format!("{first}_{n}");
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_that_clash_are_numbered() {
        let mut names = ["a_b", "a_b", "A_B", "c", "a_b_2"].map(String::from);
        super::apart(names.iter_mut());
        assert_eq!(names, ["a_b", "a_b_2", "A_B_3", "c", "a_b_2_2"]);
    }
}
