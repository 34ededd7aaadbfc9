//! Which definitions use something, and what a definition uses.

use lead_diag::Span;
use lead_hir::index::{Role, Target};

use crate::completion::{def_detail, def_kind};
use crate::snapshot::{FilePosition, Snapshot};
use crate::symbols::{SymbolKind, def_symbol};

/// A definition, table or field that uses or is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallItem {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: SymbolKind,
    /// More, in a few words.
    pub detail: String,
    /// The whole declaration.
    pub whole: Span,
    /// The name in it. Asking at its start finds the same item again.
    pub focus: Span,
}

/// An item, and the places where it is used or uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The other end.
    pub item: CallItem,
    /// Where the use stands: for what uses, in it; for what is used, in the definition that was asked about.
    pub places: Vec<Span>,
}

impl Snapshot {
    /// What stands at a position, to ask further of it.
    pub fn call_items(&self, at: FilePosition) -> Vec<CallItem> {
        let mut items: Vec<CallItem> = self.places_at(at).iter().filter_map(|p| self.call_item(p.target)).collect();
        items.dedup();
        items
    }

    /// The definitions that use what stands at a position.
    pub fn incoming_calls(&self, at: FilePosition) -> Vec<Call> {
        let mut calls: Vec<Call> = Vec::new();
        for asked in self.places_at(at) {
            for place in self.checked().places_of(asked.target) {
                if place.role != Role::Use {
                    continue;
                }
                let Some(def) = self.names().def_around(place.span) else { continue };
                let target = Target::Def(def);
                if target != asked.target {
                    self.add_call(&mut calls, target, place.span);
                }
            }
        }
        calls
    }

    /// What the definition at a position uses: definitions, tables and fields, in order of place.
    pub fn outgoing_calls(&self, at: FilePosition) -> Vec<Call> {
        let mut calls: Vec<Call> = Vec::new();
        for asked in self.places_at(at) {
            let Target::Def(def) = asked.target else { continue };
            let span = self.lexicon().def(def).span;
            let places = self.checked().places_in(span.file);
            let from = places.partition_point(|p| p.span.start < span.start);
            for place in places.get(from..).unwrap_or(&[]).iter().take_while(|p| p.span.end <= span.end) {
                if place.role == Role::Use && place.target != asked.target {
                    self.add_call(&mut calls, place.target, place.span);
                }
            }
        }
        calls
    }

    fn add_call(&self, calls: &mut Vec<Call>, target: Target, place: Span) {
        let Some(item) = self.call_item(target) else { return };
        match calls.iter_mut().find(|c| c.item.focus == item.focus) {
            Some(call) if !call.places.contains(&place) => call.places.push(place),
            Some(_) => {}
            None => calls.push(Call { item, places: vec![place] }),
        }
    }

    fn call_item(&self, target: Target) -> Option<CallItem> {
        let lexicon = self.lexicon();
        let (name, kind, detail) = match target {
            Target::Def(id) => (&lexicon.def(id).name.text, def_symbol(def_kind(self, id)), def_detail(self, id)),
            Target::Table(id) => {
                let table = lexicon.table(id);
                if table.is_event() {
                    (&table.name.text, SymbolKind::Event, "event".to_string())
                } else {
                    (&table.name.text, SymbolKind::Entity, "entity".to_string())
                }
            }
            Target::Field(table, id) => {
                let field = lexicon.table(table).fields.get(id.0 as usize)?;
                let detail =
                    format!("{} of {}", crate::facts::short_type(lexicon, &field.ty), lexicon.table(table).name.text);
                (&field.name.text, SymbolKind::Field, detail)
            }
            Target::Value(..) | Target::Dimension(..) => return None,
        };
        let goto = self.goto(self.checked().declaration(target)?.span, target)?;
        Some(CallItem { name: name.clone(), kind, detail, whole: goto.whole, focus: goto.name })
    }
}
