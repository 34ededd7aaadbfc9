//! Windows, periods and points in time.

use lead_diag::{Diagnostic, codes};

use super::Builder;
use crate::ast::{Literal, Moment, MomentKind, Period, PeriodUnit, Which, Window, WindowKind};
use lead_grammar::{Pair, Rule};

/// Whether a pair of this rule is a window.
pub(super) fn is_window(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::within_window
            | Rule::since_window
            | Rule::before_window
            | Rule::between_ago
            | Rule::between_moments
            | Rule::more_than_ago
    )
}

impl Builder<'_> {
    /// The window of a pair of one of the window rules. The last part of each rule is a token, so that the pair's
    /// own span is exact.
    pub(super) fn window(&mut self, pair: Pair) -> Window {
        let span = self.span(&pair);
        let rule = pair.as_rule();
        let parts: Vec<Pair> = pair.into_inner().collect();
        let end = parts.last().map_or(span, |p| self.span(p));
        let span = lead_diag::Span { end: end.end, ..span };
        let mut durations = Vec::new();
        let mut moments = Vec::new();
        let mut within = None;
        for part in parts {
            match part.as_rule() {
                Rule::duration => durations.push(self.literal_or_zero(&part)),
                Rule::moment | Rule::between_bound => moments.push(self.moment(part)),
                Rule::period => within = Some(WindowKind::Period(self.period(part))),
                Rule::rolling => within = Some(self.rolling(part)),
                Rule::name => within = Some(WindowKind::Named(self.name(&part))),
                _ => {}
            }
        }
        let mut durations = durations.into_iter();
        let mut moments = moments.into_iter();
        let mut duration = || durations.next();
        let kind = match rule {
            Rule::since_window => WindowKind::Since(moments.next().unwrap_or_else(|| self.no_moment())),
            Rule::before_window => WindowKind::Before(moments.next().unwrap_or_else(|| self.no_moment())),
            Rule::between_moments => {
                let first = moments.next().unwrap_or_else(|| self.no_moment());
                let second = moments.next().unwrap_or_else(|| self.no_moment());
                match (first.kind, second.kind) {
                    (MomentKind::Ago(a), MomentKind::Ago(b)) => WindowKind::BetweenAgo(a, b),
                    (a, b) => {
                        WindowKind::Between(Moment { kind: a, span: first.span }, Moment { kind: b, span: second.span })
                    }
                }
            }
            Rule::between_ago => {
                let first = duration().unwrap_or_else(|| self.zero());
                WindowKind::BetweenAgo(first, duration().unwrap_or_else(|| self.zero()))
            }
            Rule::more_than_ago => WindowKind::MoreThanAgo(duration().unwrap_or_else(|| self.zero())),
            _ => match within {
                Some(kind) => kind,
                None => WindowKind::Within(duration().unwrap_or_else(|| self.zero())),
            },
        };
        Window { kind, span }
    }

    /// `last 90d`, `next 12mo`
    pub(super) fn rolling(&mut self, pair: Pair) -> WindowKind {
        let mut next = false;
        let mut length = self.zero();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::last_or_next => next = part.as_str().eq_ignore_ascii_case("next"),
                Rule::duration => length = self.literal_or_zero(&part),
                _ => {}
            }
        }
        if next { WindowKind::WithinNext(length) } else { WindowKind::Within(length) }
    }

    /// `this month`, `last 2 fiscal quarters`
    pub(super) fn period(&mut self, pair: Pair) -> Period {
        let mut period = Period { which: Which::This, fiscal: false, unit: PeriodUnit::Day };
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::last_or_next if part.as_str().eq_ignore_ascii_case("next") => period.which = Which::Next(1),
                Rule::last_or_next => period.which = Which::Last(1),
                Rule::period_count => {
                    let n = self.period_count(&part);
                    period.which = match period.which {
                        Which::Next(_) => Which::Next(n),
                        _ => Which::Last(n),
                    };
                }
                Rule::fiscal => period.fiscal = true,
                Rule::period_unit => {
                    period.unit = match part.as_str().to_ascii_lowercase().trim_end_matches('s') {
                        "week" => PeriodUnit::Week,
                        "month" => PeriodUnit::Month,
                        "quarter" => PeriodUnit::Quarter,
                        "year" => PeriodUnit::Year,
                        _ => PeriodUnit::Day,
                    }
                }
                _ => {}
            }
        }
        period
    }

    fn period_count(&mut self, pair: &Pair) -> u32 {
        let written = self.written(pair);
        match written.parse::<u32>() {
            Ok(n) if (1..=1_000_000).contains(&n) => n,
            _ => {
                self.report(
                    Diagnostic::new(codes::BAD_NUMBER, format!("`{written}` is no number of periods"))
                        .label(self.span(pair), "not from 1 to 1000000")
                        .help("write a count such as `last 2 quarters`, or `this quarter` for the one that is running"),
                );
                1
            }
        }
    }

    /// A point in time, of `moment`, `between_bound` or `story_moment`.
    pub(super) fn moment(&mut self, pair: Pair) -> Moment {
        let mut moment = self.no_moment();
        for part in pair.into_inner() {
            let span = self.span(&part);
            let kind = match part.as_rule() {
                Rule::ago => MomentKind::Ago(self.inner_duration(part)),
                Rule::ahead => MomentKind::Ahead(self.inner_duration(part)),
                Rule::date | Rule::time => match self.literal(&part) {
                    Some(literal) => MomentKind::At(literal),
                    None => MomentKind::Today,
                },
                Rule::today => MomentKind::Today,
                Rule::now => MomentKind::Now,
                Rule::name => MomentKind::Named(self.name(&part)),
                _ => continue,
            };
            moment = Moment { kind, span };
        }
        moment
    }

    /// The duration inside `ago` and `ahead`.
    pub(super) fn inner_duration(&mut self, pair: Pair) -> Literal {
        match pair.into_inner().find(|p| p.as_rule() == Rule::duration) {
            Some(duration) => self.literal_or_zero(&duration),
            None => self.zero(),
        }
    }

    pub(super) fn no_moment(&self) -> Moment {
        Moment { kind: MomentKind::Now, span: self.nowhere() }
    }
}
