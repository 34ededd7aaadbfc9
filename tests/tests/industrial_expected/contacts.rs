//! What is expected of every contact.

use jiff::Span;

use super::logic::{Clock, DAY, Tri, and, days, months, not, one_of, or, quarter_of, same, unless};
use super::opportunities;
use super::rows::{Contact, World};
use super::{Cell, Expected, companies};

/// A contact of the world, asked at a time.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    pub world: &'a World,
    pub clock: &'a Clock,
    pub who: usize,
}

pub fn answers(world: &World, clock: &Clock) -> Expected {
    (0..world.contacts.len())
        .map(|who| {
            let ask = Ask { world, clock, who };
            (world.contacts[who].id.clone(), ask.all())
        })
        .collect()
}

fn count<T>(items: &[T], keep: impl Fn(&T) -> bool) -> usize {
    items.iter().filter(|i| keep(i)).count()
}

fn starts(text: &Option<String>, with: &str) -> bool {
    text.as_ref().is_some_and(|t| t.to_lowercase().starts_with(with))
}

impl Ask<'_> {
    fn c(&self) -> &Contact {
        &self.world.contacts[self.who]
    }

    fn earlier(&self, span: Span) -> Clock {
        self.clock.ago(span)
    }

    fn all(&self) -> Vec<(&'static str, Cell)> {
        let yes = |answer: Tri| Cell::Yes(answer);
        let sure = |answer: bool| Cell::Yes(Some(answer));
        let text = |answer: &str| Cell::Text(Some(answer.to_owned()));
        vec![
            ("contact_information", sure(self.reachable())),
            ("product_interest", sure(self.product_interest())),
            ("buying_intent", sure(self.buying_intent())),
            ("complete_lead", sure(self.reachable() && self.product_interest() && self.buying_intent())),
            ("contact_type", Cell::Text(self.contact_type().map(str::to_owned))),
            ("outsider", yes(self.outsider())),
            ("visitor", sure(self.c().visits.iter().any(|t| self.clock.past(*t)))),
            ("anonymous_lead", sure(self.anonymous_lead())),
            ("champion", sure(self.champion())),
            ("lead", sure(self.lead())),
            ("prospect", sure(self.prospect())),
            ("qualified_prospect", yes(self.qualified_prospect())),
            ("engagement", Cell::Number(Some(self.engagement()))),
            ("decision_maker", sure(self.decision_maker())),
            ("quarters_converted_in", Cell::Number(Some(self.quarters(None) as f64))),
            ("perpetual_prospect", sure(self.perpetual())),
            ("never_reacts", sure(self.never_reacts())),
            ("pages_wanted", Cell::Number(Some(self.pages_wanted()))),
            ("engaged", sure(self.engaged())),
            ("qualified_prospect_at_an_unfit_company", yes(self.stray())),
            ("came_back", sure(self.came_back())),
            ("new_visitor", yes(self.new_visitor())),
            ("asked_after_reading_prices", sure(self.priced_and_asked())),
            ("contacted_promptly", yes(self.contacted_promptly())),
            ("lead_a_year_ago", sure(self.lead_a_year_ago())),
            ("bought_the_year_after", sure(self.bought(Some(months(12))))),
            ("owner", text(self.owner())),
            ("direct_contact", text(self.direct_contact())),
            ("paid_ads", text(self.paid_ads())),
            ("attempts_wanted", Cell::Number(Some(self.attempts_wanted()))),
            ("owed_another_attempt", sure(self.owed_another_attempt())),
            ("buying_journey", Cell::Text(self.journey().map(str::to_owned))),
        ]
    }

    fn reachable(&self) -> bool {
        self.c().mail.is_some() || self.c().phone.is_some()
    }

    fn product_interest(&self) -> bool {
        self.c().forms.iter().any(|f| self.clock.past(f.at) && f.product.is_some())
            || self.c().pages.iter().any(|(t, url)| self.clock.past(*t) && starts(url, "/products/"))
            || self.c().interests.is_some()
    }

    fn buying_intent(&self) -> bool {
        let (start, end) = self.clock.fiscal_year();
        let in_year = |t: i64| start <= t && t < end;
        let asked =
            self.c().forms.iter().any(|f| {
                self.clock.past(f.at) && in_year(f.at) && same(&f.offer, "Request for quotation") == Some(true)
            });
        let programme = self.roles(|role| {
            role.deal.is_some_and(|d| opportunities::defined_programme(self.world, self.clock, d) == Some(true))
        });
        let planned = self.c().plans.iter().any(|(told, buys)| {
            self.clock.past(*told) && buys.is_some_and(|day| in_year(super::logic::first_moment(day)))
        });
        asked || programme || planned
    }

    fn roles(&self, keep: impl Fn(&super::rows::Role) -> bool) -> bool {
        self.world.roles.iter().any(|r| r.contact == Some(self.who) && keep(r))
    }

    fn contact_type(&self) -> Option<&'static str> {
        let c = self.c();
        let ours = c.mail.as_ref().map(|m| m.to_lowercase().ends_with("@halvern.example"));
        let customer = c.company.map(|k| companies::customer(self.world, self.clock, k));
        if or(&[ours, same(&c.relation, "employee")]) == Some(true) {
            return Some("employee");
        }
        for kind in ["competitor", "vendor", "journalist"] {
            if same(&c.relation, kind) == Some(true) {
                return Some(kind);
            }
        }
        if or(&[same(&c.relation, "customer"), customer]) == Some(true) {
            return Some("customer");
        }
        (same(&c.relation, "prospect") == Some(true)).then_some("prospect")
    }

    fn outsider(&self) -> Tri {
        self.contact_type().map(|t| ["employee", "competitor", "vendor", "journalist"].contains(&t))
    }

    fn pages(&self, span: Span) -> usize {
        count(&self.c().pages, |(t, _)| self.clock.within(*t, span))
    }

    fn visits(&self, span: Span) -> usize {
        count(&self.c().visits, |t| self.clock.within(*t, span))
    }

    fn converted(&self, span: Span) -> bool {
        self.c().forms.iter().any(|f| self.clock.within(f.at, span))
    }

    pub fn anonymous_lead(&self) -> bool {
        let span = days(90);
        self.pages(span) > 5 && self.visits(span) >= 2 && !self.converted(span)
    }

    fn champion(&self) -> bool {
        self.roles(|role| {
            same(&role.part, "mobilizer") == Some(true)
                && role.deal.is_some_and(|d| opportunities::won(self.world, self.clock, d))
        })
    }

    fn took(&self, kinds: &[&str]) -> bool {
        let span = months(18);
        self.c().forms.iter().any(|f| self.clock.within(f.at, span) && one_of(&f.kind, kinds) == Some(true))
    }

    pub fn lead(&self) -> bool {
        let then = self.earlier(months(12));
        let was_champion = Ask { clock: &then, ..*self }.champion();
        let moved = self.c().moves.iter().any(|(t, to)| {
            self.clock.within(*t, months(12))
                && to.is_some_and(|k| companies::new_prospect_company(self.world, self.clock, k))
        });
        let alternative = self.took(&["informational"]) || (was_champion && moved);
        unless(Some(alternative), self.outsider()) == Some(true)
    }

    pub fn prospect(&self) -> bool {
        unless(Some(self.took(&["substantial", "meeting"])), self.outsider()) == Some(true)
    }

    /// The latest known answer of discoveries.
    fn last<T: Clone>(&self, get: impl Fn(&super::rows::Discovery) -> Option<T>) -> Option<T> {
        let known = self.c().discoveries.iter().filter(|d| self.clock.past(d.at));
        known.filter_map(|d| Some((d.at, get(d)?))).max_by_key(|(at, _)| *at).map(|(_, value)| value)
    }

    pub fn qualified_prospect(&self) -> Tri {
        let problem = self.last(|d| d.problem.clone());
        and(&[
            Some(self.prospect()),
            one_of(&problem, &["downtime", "energy cost", "leakage", "safety"]),
            self.last(|d| d.carries),
            self.last(|d| d.judges),
        ])
    }

    /// Holds now, and did not hold ninety days ago.
    pub fn became_qualified(&self) -> Tri {
        let then = self.earlier(days(90));
        and(&[self.qualified_prospect(), not(Ask { clock: &then, ..*self }.qualified_prospect())])
    }

    pub fn unsubscribed(&self) -> bool {
        self.c().unsubscribes.iter().any(|t| self.clock.past(*t))
    }

    fn engagement(&self) -> f64 {
        let c = self.c();
        let informational = |f: &&super::rows::Form| same(&f.kind, "informational") == Some(true);
        let substantial = |f: &&super::rows::Form| one_of(&f.kind, &["substantial", "meeting"]) == Some(true);
        let priced = c.pages.iter().filter(|(_, url)| starts(url, "/pricing"));
        let mut total = self.decayed(1.0, 15.0, 30, c.pages.iter().map(|p| p.0));
        total += self.decayed(3.0, 12.0, 30, priced.map(|p| p.0));
        total += self.decayed(5.0, 15.0, 30, c.forms.iter().filter(informational).map(|f| f.at));
        total += self.decayed(12.0, 36.0, 30, c.forms.iter().filter(substantial).map(|f| f.at));
        total += self.decayed(15.0, 30.0, 30, c.meetings.iter().copied());
        total += self.decayed(2.0, 8.0, 14, c.clicked.iter().copied());
        if one_of(&c.persona, &["engineer", "maintenance"]) == Some(true) {
            total += 8.0;
        }
        if self.outsider() == Some(true) {
            total -= 10.0;
        }
        if self.unsubscribed() {
            total -= 25.0;
        }
        total.clamp(0.0, 100.0)
    }

    /// Points that halve every `half_life` days, up to a cap.
    fn decayed(&self, points: f64, cap: f64, half_life: i64, times: impl Iterator<Item = i64>) -> f64 {
        decayed(self.clock, points, cap, half_life, times)
    }

    pub fn decision_maker(&self) -> bool {
        self.roles(|role| one_of(&role.part, &["decision maker", "financial buyer"]) == Some(true))
    }

    fn quarters(&self, span: Option<Span>) -> usize {
        let counts = |t: i64| span.map_or(self.clock.past(t), |s| self.clock.within(t, s));
        let mut quarters: Vec<i32> = self.c().forms.iter().filter(|f| counts(f.at)).map(|f| quarter_of(f.at)).collect();
        quarters.sort_unstable();
        quarters.dedup();
        quarters.len()
    }

    fn perpetual(&self) -> bool {
        let qualified = self.c().discoveries.iter().any(|d| {
            self.clock.past(d.at)
                && one_of(&d.problem, &["downtime", "energy cost", "leakage", "safety"]) == Some(true)
                && d.carries == Some(true)
                && d.judges == Some(true)
        });
        self.prospect() && self.quarters(Some(months(12))) >= 3 && !qualified
    }

    fn never_reacts(&self) -> bool {
        let recent = |t: &i64| self.clock.within(*t, months(12));
        count(&self.c().sent, recent) >= 6
            && count(&self.c().opened, recent) == 0
            && count(&self.c().clicked, recent) == 0
    }

    fn pages_wanted(&self) -> f64 {
        match () {
            () if same(&self.c().persona, "maintenance") == Some(true) => 3.0,
            () if same(&self.c().persona, "procurement") == Some(true) => 8.0,
            () => 5.0,
        }
    }

    pub fn engaged(&self) -> bool {
        let span = days(90);
        (self.pages(span) as f64 > self.pages_wanted() && self.visits(span) >= 2)
            || self.converted(span)
            || self.c().meetings.iter().any(|t| self.clock.within(*t, span))
    }

    fn stray(&self) -> Tri {
        let fits = self.c().company.and_then(|k| companies::data_qualified(self.world, self.clock, k));
        and(&[self.qualified_prospect(), not(fits)])
    }

    fn came_back(&self) -> bool {
        let visits = &self.c().visits;
        let (quarter, month) = (self.earlier(days(90)).now(), self.earlier(days(30)).now());
        visits.iter().any(|t| *t <= quarter)
            && !visits.iter().any(|t| quarter < *t && *t <= month)
            && visits.iter().any(|t| month < *t && self.clock.past(*t))
    }

    fn new_visitor(&self) -> Tri {
        let first = self.c().visits.iter().filter(|t| self.clock.past(**t)).min();
        first.map(|t| self.clock.within(*t, days(30)))
    }

    fn priced_and_asked(&self) -> bool {
        let c = self.c();
        c.pages.iter().filter(|(t, url)| self.clock.past(*t) && starts(url, "/pricing")).any(|(page, _)| {
            let latest = self.clock.at(*page).ago(-days(14)).now();
            c.forms.iter().any(|f| {
                self.clock.past(f.at)
                    && *page < f.at
                    && f.at <= latest
                    && same(&f.offer, "Request for quotation") == Some(true)
            })
        })
    }

    fn contacted_promptly(&self) -> Tri {
        let first = |times: &mut dyn Iterator<Item = i64>| times.filter(|t| self.clock.past(*t)).min();
        let attempt = first(&mut self.c().attempts.iter().map(|a| a.0))?;
        let conversion = first(&mut self.c().forms.iter().map(|f| f.at))?;
        Some((0..=2 * DAY).contains(&(attempt - conversion)))
    }

    pub fn lead_a_year_ago(&self) -> bool {
        let then = self.earlier(months(12));
        Ask { clock: &then, ..*self }.lead()
    }

    pub fn bought(&self, span: Option<Span>) -> bool {
        self.roles(|role| {
            role.deal.is_some_and(|d| {
                let orders = &self.world.deals[d].orders;
                orders.iter().any(|(t, _)| span.map_or(self.clock.past(*t), |s| self.clock.within(*t, s)))
            })
        })
    }

    fn employees(&self) -> Option<f64> {
        self.c().company.and_then(|k| self.world.companies[k].employees)
    }

    fn owner(&self) -> &'static str {
        let large = self.employees().map(|n| n >= 500.0);
        if and(&[self.qualified_prospect(), large]) == Some(true) {
            "field sales"
        } else if self.prospect() {
            "inside sales"
        } else {
            "nurture"
        }
    }

    fn direct_contact(&self) -> &'static str {
        let qualified = self.qualified_prospect();
        if or(&[self.outsider(), Some(self.unsubscribed())]) == Some(true) {
            "nobody"
        } else if and(&[qualified, self.employees().map(|n| n >= 2000.0)]) == Some(true) {
            "CEO"
        } else if qualified == Some(true) {
            "field sales"
        } else if self.prospect() || (self.lead() && self.engagement() >= 40.0) {
            "BDR"
        } else {
            "nobody"
        }
    }

    fn paid_ads(&self) -> &'static str {
        let company = self.c().company;
        let customer = company.map(|k| companies::customer(self.world, self.clock, k));
        let target = company.and_then(|k| companies::target_company(self.world, k));
        if or(&[self.outsider(), customer]) == Some(true) {
            "none"
        } else if target == Some(true) {
            if self.product_interest() { "product ads" } else { "awareness ads" }
        } else {
            "none"
        }
    }

    fn attempts_wanted(&self) -> f64 {
        if self.qualified_prospect() == Some(true) {
            8.0
        } else if self.prospect() {
            6.0
        } else if self.lead() {
            3.0
        } else {
            0.0
        }
    }

    fn owed_another_attempt(&self) -> bool {
        let span = months(18);
        let c = self.c();
        let tries = count(&c.attempts, |(t, _)| self.clock.within(*t, span));
        let reached = count(&c.attempts, |(t, o)| self.clock.within(*t, span) && same(o, "reached") == Some(true)) > 0;
        let met = c.meetings.iter().any(|t| self.clock.within(*t, span));
        (tries as f64) < self.attempts_wanted() && !reached && !met
    }

    fn journey(&self) -> Option<&'static str> {
        if self.qualified_prospect() == Some(true) {
            Some("qualified prospect")
        } else if self.prospect() {
            Some("prospect")
        } else if self.lead() {
            Some("lead")
        } else if self.anonymous_lead() {
            Some("anonymous lead")
        } else {
            self.c().visits.iter().any(|t| self.clock.past(*t)).then_some("visitor")
        }
    }
}

/// Points that halve every `half_life` days, up to a cap.
pub fn decayed(clock: &Clock, points: f64, cap: f64, half_life: i64, times: impl Iterator<Item = i64>) -> f64 {
    // Each share counts in whole billionths of a point.
    let shares = times
        .filter(|t| clock.past(*t))
        .map(|t| points * 0.5_f64.powf((clock.now() - t) as f64 / (half_life * DAY) as f64))
        .map(|share| (share * 1e9).round() as i64);
    let sum = shares.sum::<i64>() as f64 / 1e9;
    sum.min(cap)
}
