//! What the records say of conditions and terms: thresholds beyond all values, terms with no or all records, terms with nearly the
//! same members.

use std::collections::BTreeMap;

use lead_data::{Bitmap, Data, Values};
use lead_diag::{Diagnostic, Span, codes};
use lead_eval::{Answers, DefAnswers, Examined};
use lead_hir::hir::{CompareOp, DefKind, Lexicon, Ty, Value};
use lead_plan::{Explained, Op, Part, Plan};
use lead_project::Project;

use super::{finding, records};
use crate::terminal::grouped;
use crate::value;

/// Fewer members than this are alike by chance.
const ENOUGH: usize = 20;
/// Of those in either of two terms, how many of a hundred are in both if they are nearly the same.
const NEARLY: usize = 98;

/// What conditions are looked at with.
pub struct Looked<'a> {
    /// The lexicon and its texts.
    pub project: &'a Project,
    /// What was asked.
    pub plan: &'a Plan,
    /// The records.
    pub data: &'a Data<'a>,
    /// Their answers.
    pub run: &'a Examined<'a>,
    /// `as of 2026-06-30 …`
    pub when: String,
}

/// Comparisons with a number, amount, length or day that lies beyond all values that the records have.
pub fn thresholds(looked: &Looked, trees: &[Explained]) -> Vec<Diagnostic> {
    let mut found: BTreeMap<Span, Diagnostic> = BTreeMap::new();
    for tree in trees {
        // What another definition says is looked at there.
        tree.parts.iter().for_each(|part| walk(looked, part, &mut found));
    }
    found.into_values().collect()
}

fn walk(looked: &Looked, part: &Explained, found: &mut BTreeMap<Span, Diagnostic>) {
    if let Part::Def(_) | Part::AsOf(_) = part.part {
        return;
    }
    if let Part::Compare(op) = part.part
        && !found.contains_key(&part.span)
        && let Some(finding) = beyond(looked, part, op)
    {
        found.insert(part.span, finding);
    }
    part.parts.iter().for_each(|inner| walk(looked, inner, found));
}

/// A value on a line, if it is of a kind that has an order.
fn size(value: &Value) -> Option<f64> {
    match value {
        Value::Number(n) | Value::Percent(n) => Some(*n),
        Value::Money(n) | Value::Duration(n) | Value::Time(n) => Some(*n as f64),
        Value::Date(days) => Some(f64::from(*days)),
        _ => None,
    }
}

fn beyond(looked: &Looked, part: &Explained, op: CompareOp) -> Option<Diagnostic> {
    let Looked { project, plan, data, run, when } = looked;
    let [left, right] = &part.parts[..] else { return None };
    let constant = |part: &Explained| match &plan.node(part.node).op {
        Op::Const(constant) => Some(constant.0.clone()),
        _ => None,
    };
    let (measured, limit, op) = match (constant(left), constant(right)) {
        (None, Some(limit)) => (left, limit, op),
        (Some(limit), None) => (right, limit, turned(op)?),
        _ => return None,
    };
    let limit = size(&limit)?;
    let rows = data.records(measured.table)?.rows;
    let mut least: Option<(f64, Value)> = None;
    let mut greatest: Option<(f64, Value)> = None;
    let mut known = 0usize;
    for row in 0..rows as u32 {
        let Some(value) = run.value(measured, row) else { continue };
        let n = size(&value)?;
        known += 1;
        if least.as_ref().is_none_or(|l| n < l.0) {
            least = Some((n, value.clone()));
        }
        if greatest.as_ref().is_none_or(|g| n > g.0) {
            greatest = Some((n, value));
        }
    }
    let ((low, lowest), (high, highest)) = (least?, greatest?);
    let (never, always) = match op {
        CompareOp::Greater => (high <= limit, low > limit),
        CompareOp::GreaterEqual => (high < limit, low >= limit),
        CompareOp::Less => (low >= limit, high < limit),
        CompareOp::LessEqual => (low > limit, high <= limit),
        CompareOp::Equal => (limit < low || limit > high, false),
        _ => return None,
    };
    if !never && !always {
        return None;
    }
    let zone = &project.lexicon.settings.zone;
    let shown = |value: &Value| match (value, &measured.ty) {
        (Value::Duration(micros), _) => value::duration_short(*micros),
        (Value::Number(n), _) => value::number(value::round_to(*n, 4)),
        (known, _) => value::value(known, zone),
    };
    let words = |span: Span| project.sources.slice(span).split_whitespace().collect::<Vec<_>>().join(" ");
    let of = &project.lexicon.table(measured.table).name.text;
    let so = if never { "no record comes so far" } else { "every record does" };
    Some(finding(
        codes::THRESHOLD_BEYOND_DATA,
        format!("`{}`: {so}", words(part.span)),
        part.span,
        format!(
            "from {} to {} in {} of {}",
            shown(&lowest),
            shown(&highest),
            grouped(known as i128),
            records(rows, of)
        ),
        &match (never, &measured.part) {
            (true, Part::Field) => "look at the threshold and its unit".to_owned(),
            (true, _) => format!("look at the threshold and its unit; or the window holds too little, {when}"),
            _ => "the condition parts nobody from anybody; look at the threshold and its unit".to_owned(),
        },
    ))
}

/// The comparison with its sides exchanged.
fn turned(op: CompareOp) -> Option<CompareOp> {
    Some(match op {
        CompareOp::Greater => CompareOp::Less,
        CompareOp::GreaterEqual => CompareOp::LessEqual,
        CompareOp::Less => CompareOp::Greater,
        CompareOp::LessEqual => CompareOp::GreaterEqual,
        CompareOp::Equal => CompareOp::Equal,
        _ => return None,
    })
}

/// Terms with no or all records, and pairs of terms with nearly the same members.
pub fn members(lexicon: &Lexicon, answers: &Answers) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for subject in &answers.subjects {
        let of = &lexicon.table(subject.table).name.text;
        let is_term = |d: &&DefAnswers| matches!(lexicon.def(d.def).kind, DefKind::Term(_)) && d.ty == Ty::YesNo;
        let mut parting: Vec<(&DefAnswers, Bitmap)> = Vec::new();
        for answer in subject.defs.iter().filter(is_term) {
            let Values::YesNo(bits) = &answer.column.values else { continue };
            let yes = match &answer.column.known {
                Some(known) => bits.zip(known, |a, b| a & b),
                None => bits.clone(),
            };
            let known = answer.column.known.as_ref().map_or(subject.rows, Bitmap::count);
            let def = lexicon.def(answer.def);
            let name = &def.name.text;
            match yes.count() {
                _ if subject.rows == 0 => {}
                0 => {
                    let unknown = subject.rows - known;
                    let doubt = match unknown {
                        0 => String::new(),
                        n => format!("; of {} it cannot be told", grouped(n as i128)),
                    };
                    out.push(finding(
                        codes::TERM_PARTS_NOBODY,
                        format!("no record is `{name}`"),
                        def.name_span,
                        format!("none of {}{doubt}", records(subject.rows, of)),
                        "`lead why` shows for a record what it lacks",
                    ));
                }
                n if n == subject.rows => out.push(finding(
                    codes::TERM_PARTS_NOBODY,
                    format!("every record is `{name}`"),
                    def.name_span,
                    format!("all {}", records(subject.rows, of)),
                    "it parts nobody from anybody; `lead why` shows for a record why it is one",
                )),
                _ => parting.push((answer, yes)),
            }
        }
        for (i, (answer, yes)) in parting.iter().enumerate() {
            for (other, also) in &parting[..i] {
                let (both, either) = (yes.zip(also, |a, b| a & b).count(), yes.zip(also, |a, b| a | b).count());
                if both < ENOUGH || both * 100 < either * NEARLY {
                    continue;
                }
                let (first, second) = (lexicon.def(other.def), lexicon.def(answer.def));
                let (a, b) = (&first.name.text, &second.name.text);
                let figures =
                    format!("{} of the {} records that are either", grouped(both as i128), grouped(either as i128));
                let found = finding(
                    codes::NEAR_TWINS,
                    format!("`{a}` and `{b}` have nearly the same members"),
                    second.name_span,
                    format!("{figures} are both"),
                    "if they mean one thing, one of them is enough",
                );
                out.push(found.label(first.name_span, "the other one"));
            }
        }
    }
    out
}
