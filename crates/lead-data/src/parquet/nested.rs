//! Columns with parts: lists, and records in records, put together from what is stored of each part, as texts in JSON.

use std::ops::Range;

use ::parquet::basic::{ConvertedType, LogicalType, Repetition};
use ::parquet::schema::types::Type;

use super::cells::write_value;
use super::leaf::Leaf;
use crate::cells::Arena;

/// A value that may have parts.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// How deep it is defined where it is there.
    defined: i16,
    /// The stored columns of its parts.
    leaves: Range<usize>,
    shape: Shape,
}

#[derive(Clone, Debug)]
enum Shape {
    Value,
    /// Names and parts.
    Record(Vec<(String, Node)>),
    List {
        /// How deep it is defined where it has items.
        filled: i16,
        /// The level of repetition of its items.
        repeated: i16,
        item: Box<Node>,
    },
}

impl Node {
    /// A column of a file, whose first stored column is number `leaf`.
    pub fn of(ty: &Type, leaf: usize) -> Node {
        node(ty, leaf, 0, 0)
    }

    /// Its stored columns.
    pub fn leaves(&self) -> Range<usize> {
        self.leaves.clone()
    }

    /// Whether each row has one value or none.
    pub fn is_plain(&self) -> bool {
        matches!(self.shape, Shape::Value)
    }
}

/// `defined` and `repeated`: of what it is part of.
fn node(ty: &Type, leaf: usize, defined: i16, repeated: i16) -> Node {
    match repetition(ty) {
        // Items without a list around them.
        Repetition::REPEATED => list(defined, repeated + 1, single(ty, leaf, defined + 1, repeated + 1)),
        Repetition::OPTIONAL => single(ty, leaf, defined + 1, repeated),
        Repetition::REQUIRED => single(ty, leaf, defined, repeated),
    }
}

fn list(defined: i16, repeated: i16, item: Node) -> Node {
    let leaves = item.leaves.clone();
    Node { defined, leaves, shape: Shape::List { filled: defined + 1, repeated, item: Box::new(item) } }
}

/// One value, `defined` where it is there.
fn single(ty: &Type, leaf: usize, defined: i16, repeated: i16) -> Node {
    if ty.is_primitive() {
        return Node { defined, leaves: leaf..leaf + 1, shape: Shape::Value };
    }
    if let Some(inner) = inside(ty) {
        let item = if is_item(ty, inner) {
            single(inner, leaf, defined + 1, repeated + 1)
        } else {
            node(&inner.get_fields()[0], leaf, defined + 1, repeated + 1)
        };
        return list(defined, repeated + 1, item);
    }
    let (mut fields, mut next) = (Vec::new(), leaf);
    for field in ty.get_fields() {
        let part = node(field, next, defined, repeated);
        next = part.leaves.end;
        fields.push((field.name().to_owned(), part));
    }
    Node { defined, leaves: leaf..next, shape: Shape::Record(fields) }
}

fn repetition(ty: &Type) -> Repetition {
    let info = ty.get_basic_info();
    if info.has_repetition() { info.repetition() } else { Repetition::REQUIRED }
}

/// What repeats in a list or a map.
fn inside(ty: &Type) -> Option<&Type> {
    let info = ty.get_basic_info();
    let said = matches!(info.logical_type_ref(), Some(LogicalType::List | LogicalType::Map))
        || matches!(info.converted_type(), ConvertedType::LIST | ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE);
    match ty.get_fields() {
        [inner] if said && repetition(inner) == Repetition::REPEATED => Some(inner),
        _ => None,
    }
}

/// Whether what repeats is the item, or only around it.
///
/// The rules: <https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#backward-compatibility-rules>
fn is_item(list: &Type, inner: &Type) -> bool {
    if inner.is_primitive() || inner.get_fields().len() != 1 {
        return true;
    }
    inner.name() == "array" || inner.name() == format!("{}_tuple", list.name())
}

/// Puts the rows of a column together. `leaves`: its stored columns as far as they were read.
pub(crate) fn put_together(node: &Node, leaves: &[Leaf], rows: usize, texts: &mut Arena) {
    let mut reader =
        Reader { leaves, first: node.leaves.start, levels: vec![0; leaves.len()], values: vec![0; leaves.len()] };
    let mut text = String::new();
    texts.clear();
    for _ in 0..rows {
        text.clear();
        reader.write(node, true, &mut text);
        texts.push(&text);
    }
}

struct Reader<'l> {
    leaves: &'l [Leaf],
    /// Number of the first of them in the file.
    first: usize,
    /// By stored column: how many levels, and how many values, were taken.
    levels: Vec<usize>,
    values: Vec<usize>,
}

impl Reader<'_> {
    /// How deep the next value of a stored column is defined.
    fn defined(&self, leaf: usize) -> i16 {
        let levels = &self.leaves[leaf].levels.defined;
        // No levels are stored where all values are there.
        levels.get(self.levels[leaf]).copied().unwrap_or(self.leaves[leaf].deepest)
    }

    fn repeated(&self, leaf: usize) -> Option<i16> {
        self.leaves[leaf].levels.repeated.get(self.levels[leaf]).copied()
    }

    /// Writes the next value; `alone`: it is no part of another, and nothing need not be told from emptiness.
    fn write(&mut self, node: &Node, alone: bool, out: &mut String) {
        let leaf = node.leaves.start - self.first;
        let defined = self.defined(leaf);
        if defined < node.defined {
            self.pass(node);
            if !alone {
                out.push_str("null");
            }
            return;
        }
        match &node.shape {
            Shape::Value => {
                let value = self.values[leaf];
                write_part(&self.leaves[leaf], value, alone, out);
                self.values[leaf] += 1;
                self.levels[leaf] += 1;
            }
            Shape::Record(fields) => {
                for (i, (name, part)) in fields.iter().enumerate() {
                    out.push(if i == 0 { '{' } else { ',' });
                    out.push_str(&serde_json::Value::from(name.as_str()).to_string());
                    out.push(':');
                    self.write(part, false, out);
                }
                out.push('}');
            }
            Shape::List { filled, repeated, item } => {
                if defined < *filled {
                    self.pass(node);
                    if !alone {
                        out.push_str("[]");
                    }
                    return;
                }
                out.push('[');
                loop {
                    self.write(item, false, out);
                    if self.repeated(leaf) != Some(*repeated) {
                        break;
                    }
                    out.push(',');
                }
                out.push(']');
            }
        }
    }

    /// Passes over a value that is not there: each stored column of its parts says so once.
    fn pass(&mut self, node: &Node) {
        for leaf in node.leaves.clone() {
            self.levels[leaf - self.first] += 1;
        }
    }
}

fn write_part(leaf: &Leaf, value: usize, alone: bool, out: &mut String) {
    if alone || leaf.kind.is_bare() {
        write_value(leaf, value, out);
        return;
    }
    let mut text = String::new();
    write_value(leaf, value, &mut text);
    out.push_str(&serde_json::Value::from(text).to_string());
}
