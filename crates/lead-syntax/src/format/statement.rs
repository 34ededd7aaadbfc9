//! Statements on the page.

use super::lines::{INDENT, Page, WIDTH, Wide};
use crate::ast::{
    Choice, Clause, Entity, Event, Expr, ExprKind, Field, Literal, Metric, MomentKind, Name, Score, ScoreLine,
    ScoreLineKind, ScoreOption, ScoreOptionKind, Statement, StatementKind, Story, StoryItem, StoryItemKind, Table,
    Term, Text, Type, TypeKind,
};

impl Page<'_> {
    /// Writes a statement that has no errors.
    pub fn statement(&mut self, statement: &Statement) {
        let start = statement.span.start;
        self.unit(0, start);
        match &statement.kind {
            StatementKind::Entity(entity) => self.entity(entity),
            StatementKind::Event(event) => self.event(event),
            StatementKind::Subject(name) => self.named("for ", name),
            StatementKind::Value(value) => {
                self.named("", &value.name);
                self.sign(&" ".repeat(self.pad));
                self.sign(" =");
                self.measured(&value.expr);
            }
            StatementKind::Term(term) => self.term(term, statement),
            StatementKind::Choice(choice) => self.choice(choice),
            StatementKind::Score(score) => self.score(score),
            StatementKind::Funnel(funnel) => {
                self.named("funnel ", &funnel.name);
                for step in &funnel.steps {
                    self.unit(INDENT, step.span.start);
                    self.named("", step);
                }
            }
            StatementKind::Metric(metric) => self.metric(metric),
            StatementKind::Story(story) => self.story(story),
            StatementKind::Table(table) => self.table(table),
            StatementKind::Broken { .. } => {
                let old = self.old(statement.span);
                self.push(old, statement.span.end);
            }
        }
        self.align();
    }

    /// How wide the name of a value is, if all of the value fits on one line.
    pub fn value_width(&self, statement: &Statement) -> Option<(usize, usize)> {
        let StatementKind::Value(value) = &statement.kind else { return None };
        if self.has_comment(statement.span) {
            return None;
        }
        let name = self.name(&value.name).width();
        let whole = name + 3 + self.flat(&value.expr)?.width();
        (whole <= WIDTH).then_some((name, whole))
    }

    /// What stands behind `=`: on the line if it fits, else below it if it fits there, else broken.
    fn measured(&mut self, expr: &Expr) {
        let chain = matches!(expr.kind, ExprKind::And(_) | ExprKind::Or(_) | ExprKind::Windowed { .. });
        let flat = if self.has_comment(expr.span) { None } else { self.flat(expr) };
        let below = match &flat {
            Some(flat) => self.column() + 1 + flat.width() > WIDTH && INDENT + flat.width() <= WIDTH && !chain,
            None => false,
        };
        if below || matches!(expr.kind, ExprKind::Arithmetic { .. }) && flat.is_none_or(|f| INDENT + f.width() > WIDTH)
        {
            self.begin(INDENT, expr.span.start);
        } else {
            self.sign(" ");
        }
        self.expr(expr, INDENT, 0);
    }

    fn named(&mut self, word: &str, name: &Name) {
        self.sign(word);
        let name_text = self.name(name);
        self.push(&name_text, name.span.end);
    }

    fn texts(&mut self, texts: &[Text], indent: usize) {
        for (i, text) in texts.iter().enumerate() {
            let old = self.old(text.span);
            if i > 0 {
                self.sign(",");
                if self.column() + 2 + old.width() > WIDTH {
                    self.begin(indent, text.span.start);
                } else {
                    self.sign(" ");
                }
            }
            self.push(old, text.span.end);
        }
    }

    fn head(&mut self, sources: &[Text], filter: Option<&Expr>) {
        self.sign(" from ");
        self.texts(sources, 2 * INDENT);
        let Some(filter) = filter else { return };
        let flat = if self.has_comment(filter.span) { None } else { self.flat(filter) };
        match flat {
            Some(flat) if self.column() + 7 + flat.width() <= WIDTH => {
                self.push(&format!(" where {flat}"), filter.span.end);
            }
            _ => {
                self.begin(2 * INDENT, filter.span.start);
                self.sign("where ");
                self.expr(filter, 3 * INDENT, 0);
            }
        }
    }

    fn entity(&mut self, entity: &Entity) {
        self.named("entity ", &entity.name);
        self.head(&entity.sources, entity.filter.as_ref());
        let group = self.group();
        let mut seconds = entity.same_when.iter().peekable();
        for field in &entity.fields {
            while let Some(name) = seconds.next_if(|n| n.span.start < field.span.start) {
                self.same_when(name);
            }
            self.field(field, group);
        }
        for name in seconds {
            self.same_when(name);
        }
    }

    fn same_when(&mut self, name: &Name) {
        self.unit(INDENT, name.span.start);
        self.named("same when ", name);
    }

    fn event(&mut self, event: &Event) {
        self.named("event ", &event.name);
        if let Some(of) = &event.of {
            self.named(" of ", of);
        }
        self.head(&event.sources, event.filter.as_ref());
        let group = self.group();
        for field in &event.fields {
            self.field(field, group);
        }
    }

    fn field(&mut self, field: &Field, group: u32) {
        self.unit(INDENT, field.span.start);
        let colon = if matches!(field.ty.kind, TypeKind::Reference(_)) { "" } else { ":" };
        self.named("", &field.name);
        self.sign(colon);
        self.cell();
        let flat = self.type_words(&field.ty);
        let from = self.headers(field);
        let room = WIDTH.saturating_sub(self.column());
        let whole = flat.width() + from.width() + usize::from(!from.is_empty());
        if whole > room || self.has_comment(field.span) {
            if flat.width() > room || self.has_comment(field.ty.span) {
                self.broken_type(&field.ty);
            } else {
                self.push(&flat, field.ty.span.end);
            }
            if let Some(first) = field.headers.first() {
                self.begin(2 * INDENT, first.header.span.start);
                self.push(&from, field.span.end);
            }
            return;
        }
        self.push(&flat, field.ty.span.end);
        if !from.is_empty() {
            self.cell();
            self.push(&from, field.span.end);
        }
        self.join(group);
    }

    fn headers(&self, field: &Field) -> String {
        let header = |h: &crate::ast::Header| match &h.source {
            Some(source) => format!("{} in {}", self.old(h.header.span), self.old(source.span)),
            None => self.old(h.header.span).to_string(),
        };
        let headers: Vec<String> = field.headers.iter().map(header).collect();
        if headers.is_empty() { String::new() } else { format!("from {}", headers.join(", ")) }
    }

    fn type_words(&self, ty: &Type) -> String {
        match &ty.kind {
            TypeKind::Key => "key".into(),
            TypeKind::Text => "text".into(),
            TypeKind::Number => "number".into(),
            TypeKind::Money => "money".into(),
            TypeKind::YesNo => "yes/no".into(),
            TypeKind::Time => "time".into(),
            TypeKind::Date => "date".into(),
            TypeKind::Duration => "duration".into(),
            TypeKind::List(inner) => format!("list of {}", self.type_words(inner)),
            TypeKind::OneOf(values) => {
                let values: Vec<&str> = values.iter().map(|v| self.old(v.span)).collect();
                format!("one of {}", values.join(", "))
            }
            TypeKind::Reference(name) => format!("-> {}", self.name(name)),
            TypeKind::Error => self.old(ty.span).to_string(),
        }
    }

    /// A type whose values do not fit on the line: one a line.
    fn broken_type(&mut self, ty: &Type) {
        match &ty.kind {
            TypeKind::OneOf(values) => {
                self.sign("one of");
                let last = values.len().saturating_sub(1);
                for (i, value) in values.iter().enumerate() {
                    self.begin(2 * INDENT, value.span.start);
                    let old = self.old(value.span);
                    self.push(old, value.span.end);
                    if i != last {
                        self.sign(",");
                    }
                }
            }
            TypeKind::List(inner) => {
                self.sign("list of ");
                self.broken_type(inner);
            }
            _ => {
                let words = self.type_words(ty);
                self.push(&words, ty.span.end);
            }
        }
    }

    fn because(&self, because: &Option<Text>) -> String {
        because.as_ref().map(|b| format!("because {}", self.old(b.span))).unwrap_or_default()
    }

    fn term(&mut self, term: &Term, statement: &Statement) {
        self.named("", &term.name);
        if let ([only], []) = (term.alternatives.as_slice(), term.exceptions.as_slice())
            && !self.has_comment(statement.span)
            && let Some(flat) = self.flat(&only.condition)
        {
            let because = self.because(&only.because);
            let gap = 2 * usize::from(!because.is_empty());
            if self.column() + 6 + flat.width() + gap + because.width() <= WIDTH {
                self.push(&format!(" when {flat}"), only.condition.span.end);
                if !because.is_empty() {
                    self.push(&format!("  {because}"), only.span.end);
                }
                return;
            }
        }
        let group = self.group();
        for (i, clause) in term.alternatives.iter().enumerate() {
            self.clause(if i == 0 { "when " } else { "or when " }, clause, group);
        }
        for clause in &term.exceptions {
            self.clause("unless ", clause, group);
        }
    }

    fn clause(&mut self, word: &str, clause: &Clause, group: u32) {
        self.unit(INDENT, clause.span.start);
        self.sign(word);
        self.condition(&clause.condition, &clause.because, clause.span.end, group);
    }

    /// A condition and its reason: on one line, the reason in a column, or the reason on a line of its own.
    fn condition(&mut self, condition: &Expr, reason: &Option<Text>, end: u32, group: u32) {
        let because = self.because(reason);
        let flat = if self.has_comment(condition.span) { None } else { self.flat(condition) };
        let gap = 2 * usize::from(!because.is_empty());
        if let Some(flat) = flat
            && self.column() + flat.width() + gap + because.width() <= WIDTH
        {
            self.push(&flat, condition.span.end);
            self.join(group);
            if !because.is_empty() && group == 0 {
                self.push(&format!(" {because}"), end);
            } else if !because.is_empty() {
                self.cell();
                self.push(&because, end);
            }
            return;
        }
        self.expr(condition, 2 * INDENT, 0);
        if let Some(reason) = reason {
            self.begin(2 * INDENT, reason.span.start);
            self.push(&because, end);
        }
    }

    fn choice(&mut self, choice: &Choice) {
        self.named("", &choice.name);
        self.sign(" is");
        let group = self.group();
        for line in &choice.lines {
            self.unit(INDENT, line.span.start);
            self.expr(&line.result, 2 * INDENT, 0);
            match &line.condition {
                Some(condition) => {
                    let because = self.because(&line.because);
                    let reason = 2 * usize::from(!because.is_empty()) + because.width();
                    let flat = if self.has_comment(line.span) { None } else { self.flat(condition) };
                    if flat.is_none_or(|f| self.column() + 6 + f.width() + reason > WIDTH) {
                        self.begin(2 * INDENT, condition.span.start);
                        self.sign("when ");
                        self.expr(condition, 3 * INDENT, 0);
                        if let Some(text) = &line.because {
                            self.begin(2 * INDENT, text.span.start);
                            self.push(&because, text.span.end);
                        }
                        continue;
                    }
                    self.cell();
                    self.sign("when ");
                    self.condition(condition, &line.because, line.span.end, group);
                }
                None => {
                    self.cell();
                    self.sign("otherwise");
                    self.push("", line.span.end);
                    let because = self.because(&line.because);
                    if !because.is_empty() {
                        self.cell();
                        self.push(&because, line.span.end);
                    }
                    self.join(group);
                }
            }
        }
    }

    fn option(&self, option: &ScoreOption) -> String {
        let flat = |e: &Expr| self.flat(e).unwrap_or_else(|| self.old(e.span).to_string());
        match &option.kind {
            ScoreOptionKind::HalfLife(length) => format!("half-life {}", self.old(length.span)),
            ScoreOptionKind::AtMost(limit) => format!("at most {}", flat(limit)),
            ScoreOptionKind::AtLeast(limit) => format!("at least {}", flat(limit)),
        }
    }

    fn options(&self, options: &[ScoreOption]) -> String {
        options.iter().map(|o| format!(", {}", self.option(o))).collect()
    }

    fn score(&mut self, score: &Score) {
        self.named("score ", &score.name);
        self.signs_begin_lines = true;
        for option in &score.options {
            let words = self.option(option);
            self.sign(",");
            if self.column() + 1 + words.width() > WIDTH {
                self.begin(2 * INDENT, option.span.start);
            } else {
                self.sign(" ");
            }
            self.push(&words, option.span.end);
        }
        let group = self.group();
        for line in &score.lines {
            self.score_line(line, group);
        }
    }

    fn score_line(&mut self, line: &ScoreLine, group: u32) {
        self.unit(INDENT, line.span.start);
        self.sign(if line.negative { "-" } else { "+" });
        self.expr(&line.points, 2 * INDENT, 0);
        let options = self.options(&line.options);
        let because = self.because(&line.because);
        let rest = match &line.kind {
            ScoreLineKind::When(condition) => self.flat(condition).map(|c| format!("when {c}")),
            ScoreLineKind::Per(records) => self.flat_records(records).map(|r| format!("per {r}")),
            ScoreLineKind::Always => Some(String::new()),
        };
        let width = |r: &String| self.column() + 1 + r.width() + options.width() + 2 + because.width();
        match rest {
            Some(rest) if width(&rest) <= WIDTH && !self.has_comment(line.span) => {
                if rest.is_empty() {
                    self.push(&options, line.span.end);
                } else {
                    self.cell();
                    self.push(&format!("{rest}{options}"), line.span.end);
                }
                if !because.is_empty() {
                    self.cell();
                    self.push(&because, line.span.end);
                }
                self.join(group);
            }
            _ => {
                match &line.kind {
                    ScoreLineKind::When(condition) => {
                        self.sign(" when ");
                        self.expr(condition, 2 * INDENT, options.width());
                    }
                    ScoreLineKind::Per(records) => {
                        self.sign(" per ");
                        self.records(records, INDENT, options.width());
                    }
                    ScoreLineKind::Always => {}
                }
                let end = line.options.last().map_or(0, |o| o.span.end);
                self.push(&options, end);
                if let Some(reason) = &line.because {
                    self.begin(2 * INDENT, reason.span.start);
                    self.push(&because, reason.span.end);
                }
            }
        }
    }

    fn metric(&mut self, metric: &Metric) {
        self.named("metric ", &metric.name);
        self.sign(" =");
        let by: Vec<String> = metric
            .by
            .iter()
            .map(|d| {
                let what = self.flat(&d.expr).unwrap_or_else(|| self.old(d.expr.span).to_string());
                let alias = d.name.as_ref().map(|n| format!(" as {}", self.name(n))).unwrap_or_default();
                format!("{what}{alias}")
            })
            .collect();
        let words = if by.is_empty() { String::new() } else { format!("by {}", by.join(", ")) };
        let (Some(first), Some(last)) = (metric.by.first(), metric.by.last()) else {
            return self.measured(&metric.expr);
        };
        let end = last.name.as_ref().map_or(last.expr.span.end, |n| n.span.end);
        let flat = if self.has_comment(metric.expr.span.to(last.expr.span)) { None } else { self.flat(&metric.expr) };
        match flat {
            Some(flat) if self.column() + 1 + flat.width() + 1 + words.width() <= WIDTH => {
                self.push(&format!(" {flat} {words}"), end);
            }
            _ => {
                self.measured(&metric.expr);
                self.begin(INDENT, first.expr.span.start);
                self.push(&words, end);
            }
        }
    }

    fn as_of(&mut self, at: &Option<Literal>) {
        if let Some(at) = at {
            self.unit(INDENT, at.span.start);
            let old = self.old(at.span);
            self.push(&format!("as of {old}"), at.span.end);
        }
    }

    fn story(&mut self, story: &Story) {
        let title = self.old(story.title.span);
        self.push(&format!("example {title}"), story.title.span.end);
        let before = story.as_of.as_ref().map_or(0, |at| at.span.start);
        let mut written = story.as_of.is_none();
        for item in &story.items {
            if !written && before < item.span.start {
                self.as_of(&story.as_of);
                written = true;
            }
            self.story_item(item);
        }
        if !written {
            self.as_of(&story.as_of);
        }
    }

    fn story_item(&mut self, item: &StoryItem) {
        self.unit(INDENT, item.span.start);
        match &item.kind {
            StoryItemKind::Record { entity, key, fields } => {
                self.named("", entity);
                if let Some(key) = key {
                    let old = self.old(key.span);
                    self.push(&format!(" {old}"), key.span.end);
                }
                self.story_fields(":", fields);
            }
            StoryItemKind::Event { event, of, at, fields } => {
                self.named("", event);
                if let Some(of) = of {
                    let old = self.old(of.span);
                    self.push(&format!(" of {old}"), of.span.end);
                }
                let on = if matches!(at.kind, MomentKind::At(_) | MomentKind::Named(_)) { "on " } else { "" };
                let moment = self.moment(at);
                self.push(&format!(" {on}{moment}"), at.span.end);
                self.story_fields(",", fields);
            }
            StoryItemKind::Expect { key, condition, because } => {
                self.sign("expect ");
                if let Some(key) = key {
                    let old = self.old(key.span);
                    self.push(&format!("{old}: "), key.span.end);
                }
                self.condition(condition, because, item.span.end, 0);
            }
        }
    }

    fn story_fields(&mut self, sign: &str, fields: &[(Name, Expr)]) {
        for (i, (name, value)) in fields.iter().enumerate() {
            let value_text = self.flat(value).unwrap_or_else(|| self.old(value.span).to_string());
            let words = format!("{} {value_text}", self.name(name));
            self.sign(if i == 0 { sign } else { "," });
            if self.column() + 1 + words.width() + 1 > WIDTH {
                self.begin(2 * INDENT, name.span.start);
            } else {
                self.sign(" ");
            }
            self.push(&words, value.span.end);
        }
    }

    fn table(&mut self, table: &Table) {
        self.named("examples ", &table.name);
        let before = table.as_of.as_ref().map_or(0, |at| at.span.start);
        let header = table.columns.iter().map(|c| c.span).reduce(|a, b| a.to(b)).unwrap_or(table.name.span);
        if before < header.start {
            self.as_of(&table.as_of);
        }
        let group = self.group();
        self.unit(INDENT, header.start);
        for (i, column) in table.columns.iter().enumerate() {
            let name = self.name(column);
            self.table_cell(i, &name, column.span.end);
        }
        self.join(group);
        for row in &table.rows {
            self.unit(INDENT, row.span.start);
            for (i, cell) in row.cells.iter().enumerate() {
                let words = match cell {
                    Some(cell) => self.flat(cell).unwrap_or_else(|| self.old(cell.span).to_string()),
                    None => String::new(),
                };
                self.table_cell(i, &words, cell.as_ref().map_or(0, |c| c.span.end));
            }
            self.push("", row.span.end);
            self.join(group);
        }
        if before > header.start {
            self.as_of(&table.as_of);
        }
    }

    fn table_cell(&mut self, i: usize, words: &str, end: u32) {
        if i > 0 {
            self.cell();
            self.sign("| ");
        }
        self.push(words, end);
    }
}
