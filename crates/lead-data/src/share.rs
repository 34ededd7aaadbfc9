//! A block of a file and the tables that want rows of it. What several of them need (times, references) is worked out once
//! for all their rows, and each table is given its own.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use lead_diag::codes;
use lead_hir::hir::{FieldId, Ty};

use crate::build::{Builder, Issue};
use crate::cells::Block;
use crate::column::{Column, Values};
use crate::filter::{Filter, FilterColumns, Selector};
use crate::parse::time::TimeReader;
use crate::read::{FeedJob, Job, Lines, Notes, Part};
use crate::report::{Counts, RejectKind};

/// What a worker keeps from block to block of a file.
pub(crate) struct JobState {
    filters: FilterColumns,
    filter_slots: Vec<usize>,
    selector: Selector,
    shared: Vec<Shared>,
    /// By table: the shared column of its time.
    times: Vec<Option<usize>>,
    /// By table: the shared column of each wanted field; `None`: it is the time itself.
    columns: Vec<Vec<Option<usize>>>,
    /// By table: its rows of the block at hand.
    selected: Vec<Vec<u32>>,
}

/// A column of the file, read in one way for all tables that want it so.
struct Shared {
    slot: Option<usize>,
    builder: Builder,
    /// The tables, ascending.
    users: Vec<usize>,
    made: Option<Made>,
}

/// A shared column over a block.
struct Made {
    column: Column,
    rows: Rows,
    issues: Vec<Issue>,
    /// Of times that are all known: the least and the greatest, once a table has asked.
    span: Option<(i64, i64)>,
}

/// The rows that a shared column was made of.
enum Rows {
    /// Those of its only user.
    Own,
    /// All of the block.
    All,
    /// Some; of each row of the block its place among them.
    Some(Vec<u32>),
}

impl JobState {
    pub fn new(job: &Job) -> JobState {
        let mut filter_slots: Vec<usize> =
            job.feeds.iter().filter_map(|f| f.filter.as_ref()).flat_map(Filter::slots).collect();
        filter_slots.sort_unstable();
        filter_slots.dedup();
        let mut state = JobState {
            filters: FilterColumns::default(),
            filter_slots,
            selector: Selector::new(job.feeds.iter().map(|f| f.filter.as_ref())),
            shared: Vec::new(),
            times: Vec::new(),
            columns: Vec::new(),
            selected: job.feeds.iter().map(|_| Vec::new()).collect(),
        };
        let mut first: Vec<(usize, FieldId)> = Vec::new();
        for (at, feed) in job.feeds.iter().enumerate() {
            let time = feed.time.as_ref().map(|(field, slot, _)| state.share(job, at, *field, *slot, &mut first));
            state.times.push(time);
            let columns = feed.wanted.iter().map(|(field, slot)| {
                let is_time = feed.time.as_ref().is_some_and(|t| t.0 == *field);
                let moment = is_time && feed.fields[field.0 as usize].ty == Ty::Time;
                (!moment).then(|| state.share(job, at, *field, *slot, &mut first))
            });
            let columns = columns.collect();
            state.columns.push(columns);
        }
        state
    }

    /// The shared column of a field of a table. `first`: of each shared column the field that it was made for.
    fn share(
        &mut self,
        job: &Job,
        at: usize,
        field: FieldId,
        slot: Option<usize>,
        first: &mut Vec<(usize, FieldId)>,
    ) -> usize {
        let alike = |shared: &Shared, of: &(usize, FieldId)| {
            slot.is_some() && shared.slot == slot && is_alike(&job.feeds[of.0], of.1, &job.feeds[at], field)
        };
        if let Some(found) = self.shared.iter().zip(first.iter()).position(|(shared, of)| alike(shared, of)) {
            let users = &mut self.shared[found].users;
            if users.last() != Some(&at) {
                users.push(at);
            }
            return found;
        }
        let feed = &job.feeds[at];
        let order = feed.feed.orders.get(field.0 as usize).copied().unwrap_or_default();
        let builder = Builder::new(&feed.fields[field.0 as usize], &feed.feed.settings, order, feed.keys_of(field));
        self.shared.push(Shared { slot, builder, users: vec![at], made: None });
        first.push((at, field));
        self.shared.len() - 1
    }

    /// Takes the rows of a block apart. `bad`: rows that are not in it; `idle`: tables that want none of its times.
    pub fn block(
        &mut self,
        job: &Job,
        block: &Block,
        bad: usize,
        idle: &[bool],
        notes: &mut Notes,
        mut take: impl FnMut(usize, Part),
    ) {
        self.filters.read(block, &self.filter_slots);
        let filters: Vec<Option<&Filter>> = job.feeds.iter().map(|f| f.filter.as_ref()).collect();
        let selected = self.selector.select(&filters, &self.filters, block.len(), idle, &mut self.selected);
        let mut counts: Vec<Counts> = Vec::with_capacity(job.feeds.len());
        for (feed, selected) in job.feeds.iter().zip(selected) {
            let rejected = if feed.filter.is_none() { bad as u64 } else { 0 };
            counts.push(Counts { rows: (block.len() + bad) as u64, selected: selected + rejected, rejected });
        }
        let mut times: Vec<Vec<i64>> = job.feeds.iter().map(|_| Vec::new()).collect();
        for (at, feed) in job.feeds.iter().enumerate() {
            if let (Some(shared), Some(time)) = (self.times[at], &feed.time)
                && !self.selected[at].is_empty()
            {
                self.make(shared, block);
                notes.table = feed.table.0;
                times[at] = self.wanted_times(shared, at, feed, time, &mut counts[at], notes);
            }
        }
        // From here on there are fewer rows, and what was made is of other rows.
        self.shared.iter_mut().for_each(|s| s.made = None);
        for (at, feed) in job.feeds.iter().enumerate() {
            notes.table = feed.table.0;
            notes.findings.counts.entry((notes.job.number, feed.table.0)).or_default().add(counts[at]);
            if self.selected[at].is_empty() {
                continue;
            }
            let mut columns: Vec<Option<Column>> = (0..feed.fields.len()).map(|_| None).collect();
            for (i, (field, slot)) in feed.wanted.iter().enumerate() {
                columns[field.0 as usize] = Some(match self.columns[at][i] {
                    None => Column { values: Values::Int(times[at].clone()), known: None },
                    Some(shared) => {
                        self.make(shared, block);
                        let last = self.shared[shared].users.last() == Some(&at);
                        self.column(shared, at, last, |issue| {
                            let reason = crate::problems::reason(issue.code);
                            notes.note(issue, *field, *slot, RejectKind::Value, reason);
                        })
                    }
                });
            }
            let selected = &self.selected[at];
            let lines = if feed.lines { block.lines(selected) } else { Lines::Run(0) };
            take(at, Part { rows: selected.len(), lines, times: std::mem::take(&mut times[at]), columns });
        }
        self.shared.iter_mut().for_each(|s| s.made = None);
    }

    /// Makes a shared column over the rows that its users have selected.
    fn make(&mut self, shared: usize, block: &Block) {
        let Shared { slot, builder, users, made } = &mut self.shared[shared];
        if made.is_some() {
            return;
        }
        let mut issues = Vec::new();
        let mut build = |rows: &[u32]| match slot {
            Some(slot) => builder.build(&block.column(*slot), rows, &mut issues),
            None => builder.nothing(rows.len()),
        };
        let (column, rows) = if let [only] = users.as_slice() {
            (build(&self.selected[*only]), Rows::Own)
        } else {
            let rows = union(users.iter().map(|u| self.selected[*u].as_slice()), block.len());
            let column = build(&rows);
            if rows.len() == block.len() {
                (column, Rows::All)
            } else {
                let mut places = vec![0u32; block.len()];
                rows.iter().enumerate().for_each(|(place, row)| places[*row as usize] = place as u32);
                (column, Rows::Some(places))
            }
        };
        *made = Some(Made { column, rows, issues, span: None });
    }

    /// A table's own rows of a shared column. `last`: nobody else needs it.
    fn column(&mut self, shared: usize, at: usize, last: bool, mut note: impl FnMut(Issue)) -> Column {
        let selected = &self.selected[at];
        let Some(made) = &mut self.shared[shared].made else {
            return Column { values: Values::Int(vec![0; selected.len()]), known: None };
        };
        match &made.rows {
            Rows::Own => {
                made.issues.iter().copied().for_each(note);
                let empty = Column { values: Values::Int(Vec::new()), known: None };
                if last { std::mem::replace(&mut made.column, empty) } else { made.column.clone() }
            }
            rows => {
                made.issues.iter().filter(|i| selected.binary_search(&i.row).is_ok()).copied().for_each(&mut note);
                match rows {
                    Rows::Some(places) => {
                        let places: Vec<u32> = selected.iter().map(|r| places[*r as usize]).collect();
                        made.column.pick(&places)
                    }
                    _ => made.column.pick(selected),
                }
            }
        }
    }

    /// The times of a table's rows; rows without one are rejected, rows with an unwanted one left out.
    fn wanted_times(
        &mut self,
        shared: usize,
        at: usize,
        feed: &FeedJob,
        (field, slot, range): &(FieldId, Option<usize>, Range<i64>),
        counts: &mut Counts,
        notes: &mut Notes,
    ) -> Vec<i64> {
        let Some(made) = &mut self.shared[shared].made else { return Vec::new() };
        if let Values::Date(days) = &made.column.values {
            let mut reader = TimeReader::new(&feed.feed.settings, Default::default());
            let moments = days.iter().map(|d| reader.start_of(*d)).collect();
            made.column.values = Values::Int(moments);
        }
        let no_times = Vec::new();
        let moments = if let Values::Int(moments) = &made.column.values { moments } else { &no_times };
        let known = made.column.known.as_ref();
        if known.is_none() && !moments.is_empty() {
            let bounds = || moments.iter().fold((i64::MAX, i64::MIN), |(a, b), t| (a.min(*t), b.max(*t)));
            let (least, most) = *made.span.get_or_insert_with(bounds);
            if most < range.start || least >= range.end {
                self.selected[at].clear();
                return Vec::new();
            } else if range.contains(&least) && range.contains(&most) {
                let selected = self.selected[at].iter().map(|row| *row as usize);
                return match &made.rows {
                    Rows::Own => moments.clone(),
                    Rows::All => selected.map(|row| moments[row]).collect(),
                    Rows::Some(places) => selected.map(|row| moments[places[row] as usize]).collect(),
                };
            }
        }
        let unreadable: HashSet<u32> = made.issues.iter().map(|i| i.row).collect();
        let selected = &mut self.selected[at];
        let mut times = Vec::with_capacity(selected.len());
        let mut kept = 0;
        for i in 0..selected.len() {
            let row = selected[i];
            let place = match &made.rows {
                Rows::Own => i,
                Rows::All => row as usize,
                Rows::Some(places) => places[row as usize] as usize,
            };
            if known.is_some_and(|k| !k.get(place)) || place >= moments.len() {
                counts.rejected += 1;
                let reason = if unreadable.contains(&row) { "its time does not read as one" } else { "it has no time" };
                notes.note(Issue { row, code: codes::EVENT_WITHOUT_TIME }, *field, *slot, RejectKind::Row, reason);
            } else if range.contains(&moments[place]) {
                selected[kept] = row;
                times.push(moments[place]);
                kept += 1;
            }
        }
        selected.truncate(kept);
        times
    }
}

/// Whether the cells of a column mean the same in two fields.
fn is_alike(a: &FeedJob, x: FieldId, b: &FeedJob, y: FieldId) -> bool {
    let (i, j) = (x.0 as usize, y.0 as usize);
    let order = |f: &FeedJob, i: usize| f.feed.orders.get(i).copied().unwrap_or_default();
    let labels = |f: &FeedJob, i: usize| {
        f.feed.settings.labels.get(&crate::headers::fold_header(&f.fields[i].name.text)).cloned()
    };
    let keys = |f: &FeedJob, x: FieldId| f.keys_of(x).map(|k| Arc::as_ptr(&k) as usize);
    a.fields[i].ty == b.fields[j].ty
        && order(a, i) == order(b, j)
        && keys(a, x) == keys(b, y)
        && a.feed.settings == b.feed.settings
        && labels(a, i) == labels(b, j)
}

/// All rows that are in any of some ascending lists, ascending.
fn union<'l>(lists: impl Iterator<Item = &'l [u32]> + Clone, rows: usize) -> Vec<u32> {
    if lists.clone().any(|l| l.len() == rows) {
        return (0..rows as u32).collect();
    }
    // A byte for each row: neighbours in one word would wait for each other.
    let (mut wanted, mut count) = (vec![0u8; rows], 0);
    for list in lists {
        for row in list {
            let wanted = &mut wanted[*row as usize];
            count += usize::from(*wanted ^ 1);
            *wanted = 1;
        }
        if count == rows {
            return (0..rows as u32).collect();
        }
    }
    (0..rows as u32).filter(|row| wanted[*row as usize] == 1).collect()
}
