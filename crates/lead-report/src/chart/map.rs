//! How terms build on each other: a graph in layers, from left to right.
//!
//! A term stands right of all that it builds on. Lines over several layers run through places of their own there, so that they pass
//! between boxes, and boxes of a layer are ordered so that few lines cross.

use lead_diag::InOrder;
use std::collections::{BTreeMap, BTreeSet};

use lead_hir::hir::{DefId, DefKind};
use maud::{Markup, html};

use crate::entry::Book;

/// More boxes than this make no picture that anybody reads.
const MOST: usize = 160;
/// Height of a box with one line, and of each line more.
const BOX: f64 = 34.0;
const LINE: f64 = 15.0;
/// Longer names are broken where a word ends.
const BROKEN: usize = 17;
const GAP: f64 = 12.0;
const BEND: f64 = 9.0;
const BETWEEN: f64 = 48.0;
/// Width of a letter, generously.
const LETTER: f64 = 7.5;

/// Terms and what they build on, terms alone.
pub(crate) struct Graph {
    /// Each term and the terms below it.
    pub below: BTreeMap<DefId, BTreeSet<DefId>>,
}

impl Graph {
    pub fn new(book: &Book) -> Graph {
        let terms = book.lexicon.def_ids().filter(|(_, d)| matches!(d.kind, DefKind::Term(_)));
        Graph { below: terms.map(|(id, _)| (id, book.uses.terms_below(book.lexicon, id))).collect() }
    }

    /// Terms that build on one or are built on.
    fn joined(&self) -> BTreeSet<DefId> {
        let mut joined = BTreeSet::new();
        for (id, below) in self.below.iter().filter(|(_, b)| !b.is_empty()) {
            joined.insert(*id);
            joined.extend(below);
        }
        joined
    }

    /// Whether there is anything to draw.
    pub fn is_drawn(&self) -> bool {
        let joined = self.joined().len();
        joined > 1 && joined <= MOST
    }
}

/// A box, or a place where a line passes a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Spot {
    Term(DefId),
    /// The line between two terms, in a layer.
    Bend(DefId, DefId),
}

struct Layout {
    layers: Vec<Vec<Spot>>,
    /// Between neighbouring layers: from, to.
    lines: Vec<BTreeSet<(Spot, Spot)>>,
}

fn layer_of(graph: &Graph, id: DefId, known: &mut BTreeMap<DefId, usize>) -> usize {
    if let Some(layer) = known.get(&id) {
        return *layer;
    }
    let below = graph.below.get(&id).cloned().unwrap_or_default();
    let layer = below.iter().map(|b| layer_of(graph, *b, known) + 1).max().unwrap_or(0);
    known.insert(id, layer);
    layer
}

fn lay_out(graph: &Graph) -> Layout {
    let mut known = BTreeMap::new();
    let joined = graph.joined();
    for id in &joined {
        layer_of(graph, *id, &mut known);
    }
    // What nothing in the next layer needs stands as near to its users as it can.
    let mut pulled = known.clone();
    for id in &joined {
        let users = graph.below.iter().filter(|(_, b)| b.contains(id)).filter_map(|(u, _)| known.get(u)).min();
        if let (Some(users), true) = (users, graph.below.get(id).is_none_or(BTreeSet::is_empty)) {
            pulled.insert(*id, users.saturating_sub(1));
        }
    }
    let depth = pulled.values().max().copied().unwrap_or(0) + 1;
    let mut layout = Layout { layers: vec![Vec::new(); depth], lines: vec![BTreeSet::new(); depth] };
    for id in &joined {
        if let Some(layer) = pulled.get(id).and_then(|l| layout.layers.get_mut(*l)) {
            layer.push(Spot::Term(*id));
        }
    }
    for (user, below) in &graph.below {
        for used in below {
            let (Some(from), Some(to)) = (pulled.get(used), pulled.get(user)) else { continue };
            let mut at = Spot::Term(*used);
            for layer in *from..*to {
                let next = if layer + 1 == *to { Spot::Term(*user) } else { Spot::Bend(*used, *user) };
                if let (Spot::Bend(..), Some(spots)) = (next, layout.layers.get_mut(layer + 1)) {
                    spots.push(next);
                }
                if let Some(lines) = layout.lines.get_mut(layer) {
                    lines.insert((at, next));
                }
                at = next;
            }
        }
    }
    order(&mut layout);
    layout
}

/// Puts each spot near the middle of its neighbours, to and fro.
fn order(layout: &mut Layout) {
    for round in 0..16 {
        let forth = round % 2 == 0;
        let depth = layout.layers.len();
        for step in 1..depth {
            let (at, beside) = if forth { (step, step - 1) } else { (depth - 1 - step, depth - step) };
            let place: BTreeMap<Spot, f64> = match layout.layers.get(beside) {
                Some(spots) => {
                    let many = spots.len().max(1) as f64;
                    spots.iter().enumerate().map(|(i, s)| (*s, (i as f64 + 0.5) / many)).collect()
                }
                None => continue,
            };
            let lines = layout.lines.get(at.min(beside)).cloned().unwrap_or_default();
            let Some(spots) = layout.layers.get_mut(at) else { continue };
            let many = spots.len().max(1) as f64;
            let mut keyed: Vec<(f64, Spot)> = spots
                .iter()
                .enumerate()
                .map(|(i, spot)| {
                    let near: Vec<f64> = lines
                        .iter()
                        .filter_map(|(a, b)| match (forth, a == spot, b == spot) {
                            (true, _, true) => place.get(a).copied(),
                            (false, true, _) => place.get(b).copied(),
                            _ => None,
                        })
                        .collect();
                    let middle = near.iter().sum::<f64>() / near.len() as f64;
                    (if near.is_empty() { (i as f64 + 0.5) / many } else { middle }, *spot)
                })
                .collect();
            keyed.in_order_by(|a, b| a.0.total_cmp(&b.0));
            *spots = keyed.into_iter().map(|(_, s)| s).collect();
        }
    }
}

/// Where everything stands.
struct Placed {
    /// Left, top, width, height.
    spots: BTreeMap<Spot, (f64, f64, f64, f64)>,
    width: f64,
    height: f64,
}

fn place(book: &Book, layout: &Layout) -> Placed {
    let wide = |spot: &Spot| match spot {
        Spot::Term(id) => {
            let longest = broken(book, *id).iter().map(|l| l.chars().count()).max().unwrap_or(0);
            longest as f64 * LETTER + 26.0
        }
        Spot::Bend(..) => 0.0,
    };
    let tall = |spot: &Spot| match spot {
        Spot::Term(id) => BOX + (broken(book, *id).len() as f64 - 1.0) * LINE,
        Spot::Bend(..) => BEND,
    };
    let height_of = |layer: &[Spot]| layer.iter().map(|s| tall(s) + GAP).sum::<f64>();
    let height = layout.layers.iter().map(|l| height_of(l)).fold(0.0, f64::max);
    let mut spots = BTreeMap::new();
    let mut left = 2.0;
    for layer in &layout.layers {
        let width = layer.iter().map(wide).fold(60.0, f64::max);
        let mut top = (height - height_of(layer)) / 2.0 + GAP / 2.0;
        // A layer with room to spare spreads out.
        let spare = ((height - height_of(layer)) / (layer.len() as f64 + 1.0)).clamp(0.0, 26.0);
        top = (top - spare * (layer.len() as f64 - 1.0) / 2.0).max(GAP / 2.0);
        for spot in layer {
            spots.insert(*spot, (left, top, width, tall(spot)));
            top += tall(spot) + GAP + spare;
        }
        left += width + BETWEEN;
    }
    Placed { spots, width: left - BETWEEN + 2.0, height: height.max(1.0) + 4.0 }
}

/// The picture.
pub(crate) fn map(book: &Book, graph: &Graph) -> Markup {
    let layout = lay_out(graph);
    let placed = place(book, &layout);
    let subjects: Vec<_> = book.lexicon.table_ids().filter(|(_, t)| !t.is_event()).map(|(id, _)| id).collect();
    let tint = |id: DefId| {
        let subject = book.lexicon.def(id).subject;
        subjects.iter().position(|t| Some(*t) == subject).unwrap_or(0) % 5
    };
    let at = |spot: &Spot| placed.spots.get(spot).copied().unwrap_or_default();
    let lines = layout.lines.iter().flatten();
    html! {
        svg class="map" width=(round(placed.width)) height=(round(placed.height))
            viewBox={ "0 0 " (round(placed.width)) " " (round(placed.height)) } role="group" aria-labelledby="map-title map-desc" {
            title id="map-title" { "How terms build on each other" }
            desc id="map-desc" { "Boxes are terms. A line leads from a term to one that builds on it, from left to right. The table below says the same." }
            g class="lines" aria-hidden="true" {
                @for (from, to) in lines {
                    @let (x, y, w, h) = at(from);
                    @let (left, top, _, tall) = at(to);
                    @let (start, end) = ((x + w, y + h / 2.0), (left, top + tall / 2.0));
                    @let bend = (end.0 - start.0) / 2.0;
                    path d={ "M" (round(start.0)) " " (round(start.1)) "C" (round(start.0 + bend)) " " (round(start.1)) " "
                        (round(end.0 - bend)) " " (round(end.1)) " " (round(end.0)) " " (round(end.1))
                        @if let Spot::Bend(..) = to { "h" (round(layer_width(&placed, to))) } } {}
                }
            }
            @for (spot, (x, y, w, h)) in &placed.spots {
                @if let Spot::Term(id) = spot {
                    a href={ "#" (book.anchor(*id)) } class={ "box tint-" (tint(*id)) } {
                        rect x=(round(*x)) y=(round(*y)) width=(round(*w)) height=(round(*h)) rx="6" {}
                        rect class="band" x=(round(*x)) y=(round(*y)) width="6" height=(round(*h)) rx="3" {}
                        @let lines = broken(book, *id);
                        @let top = y + h / 2.0 + 4.5 - (lines.len() as f64 - 1.0) * LINE / 2.0;
                        text { @for (i, line) in lines.iter().enumerate() {
                            tspan x=(round(x + 15.0)) y=(round(top + i as f64 * LINE)) { (line) @if i + 1 < lines.len() { " " } }
                        } }
                    }
                }
            }
        }
    }
}

/// The lines of a name.
fn broken(book: &Book, id: DefId) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in book.lexicon.def(id).name.text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= BROKEN => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn layer_width(placed: &Placed, spot: &Spot) -> f64 {
    placed.spots.get(spot).map_or(0.0, |s| s.2)
}

fn round(n: f64) -> f64 {
    (n * 10.0).round() / 10.0
}
