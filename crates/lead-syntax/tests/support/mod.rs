//! Random lexicons of every form, the same for the same seed: laid out at random, with comments anywhere.

/// A small generator of numbers.
pub struct Random(u64);

impl Random {
    /// A generator; any seed will do.
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }

    /// Below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len() as u64) as usize]
    }
}

const NAMES: [&str; 16] = [
    "lead",
    "pages",
    "job title",
    "e-mail",
    "propensity to buy",
    "first source",
    "R&D",
    "`cost in euros`",
    "`up & running`",
    "opted in",
    "company",
    "last event per day",
    "buyer's view",
    "Form_Submit",
    "at",
    "x",
];

/// One lexicon.
pub struct Writer {
    random: Random,
    /// Where a line end would begin a new line of meaning, blanks stay on the line.
    one_line: bool,
    comments: bool,
    out: String,
}

impl Writer {
    /// The lexicon of a seed: its text.
    pub fn lexicon(seed: u64, comments: bool) -> String {
        let mut writer = Writer { random: Random::new(seed), one_line: false, comments, out: String::new() };
        for _ in 0..1 + writer.random.below(6) {
            writer.between();
            writer.statement();
        }
        writer.out
    }

    fn between(&mut self) {
        for _ in 0..self.random.below(3) {
            self.out.push('\n');
        }
        if self.comments && self.random.one_in(4) {
            self.out.push_str(
                ["# a note\n", "## what it means\n", "    # an aside\n", "# one\n\n# two\n"]
                    [self.random.below(4) as usize],
            );
        }
    }

    /// A gap that must be there.
    fn gap(&mut self) {
        let line_end = !self.one_line;
        match self.random.below(14) {
            0 if line_end => self.out.push_str("\n    "),
            1 if line_end => self.out.push_str("\n\n  \t"),
            2 => self.out.push_str("   "),
            3 if line_end && self.comments => self.out.push_str("  # why\n        "),
            4 if line_end && self.comments && self.random.one_in(3) => self.out.push_str("\n    # alone\n    "),
            _ => self.out.push(' '),
        }
    }

    /// A gap that may be there.
    fn thin(&mut self) {
        if self.random.one_in(5) {
            self.gap();
        }
    }

    fn word(&mut self, word: &str) {
        self.out.push_str(word);
        self.gap();
    }

    fn name(&mut self) {
        let name = self.random.pick(&NAMES);
        self.out.push_str(name);
    }

    fn text(&mut self) {
        let text =
            self.random.pick(&["\"RFQ\"", "\"\"", "\"a # b\"", "\"say \"\"yes\"\"\"", "\"^\\d+$\"", "\"Käufer | x\""]);
        self.out.push_str(text);
    }

    fn duration(&mut self) {
        let duration = self.random.pick(&["90d", "36h", "2w", "3mo", "1q", "2y", "45min"]);
        self.out.push_str(duration);
    }

    fn moment(&mut self) {
        match self.random.below(4) {
            0 => {
                self.duration();
                self.gap();
                self.out.push_str("ago");
            }
            1 => self.out.push_str("2026-01-01"),
            2 => self.out.push_str("2026-03-31T14:00+02:00"),
            _ => self.out.push_str("today"),
        }
    }

    fn window(&mut self) {
        match self.random.below(9) {
            0 => {
                self.word("since");
                self.moment();
            }
            1 => {
                self.word("before");
                self.name();
            }
            2 => {
                self.word("between");
                self.out.push_str("90d and");
                self.gap();
                self.out.push_str("30d ago");
            }
            3 => self.out.push_str("between 2026-01-01 and 2026-03-31"),
            4 => self.out.push_str("more than 90d ago"),
            5 => {
                self.word("within");
                let period = self.random.pick(&[
                    "this quarter",
                    "last 2 fiscal quarters",
                    "next fiscal year",
                    "last month",
                    "next 12mo",
                    "last 90d",
                ]);
                self.out.push_str(period);
            }
            6 => {
                self.word("within");
                self.out.push_str("sales period");
            }
            _ => {
                self.word("within");
                self.duration();
            }
        }
    }

    fn items(&mut self, depth: u32, least: u64) {
        for i in 0..least + self.random.below(4) {
            if i > 0 {
                self.out.push(',');
                self.gap();
            }
            self.operand(depth);
        }
    }

    fn path(&mut self) {
        self.name();
        for _ in 0..self.random.below(3) / 2 {
            self.out.push('.');
            self.name();
        }
    }

    fn operand(&mut self, depth: u32) {
        let choices = if depth == 0 { 9 } else { 15 };
        match self.random.below(choices) {
            0 => self.out.push_str("5_000"),
            1 => self.out.push_str("2.5"),
            2 => self.out.push_str("20%"),
            3 => self.text(),
            4 => self.duration(),
            5 => self.out.push_str("2026-03-31"),
            6 => {
                let word = self.random.pick(&["yes", "no", "now", "today", "this fiscal year"]);
                self.out.push_str(word);
            }
            7 | 8 => self.path(),
            9 => {
                self.out.push('(');
                self.thin();
                self.expr(depth - 1);
                self.thin();
                self.out.push(')');
            }
            10 => {
                self.out.push('[');
                self.thin();
                self.items(depth - 1, 0);
                self.out.push(']');
            }
            11 => {
                let function = self.random.pick(&["quarter(", "round(", "fiscal year("]);
                self.out.push_str(function);
                self.items(depth - 1, 1);
                self.out.push(')');
            }
            12 => {
                self.out.push('-');
                self.operand(0);
            }
            _ => self.aggregate(depth - 1),
        }
    }

    fn aggregate(&mut self, depth: u32) {
        let function = self.random.pick(&[
            "count(",
            "count(distinct ",
            "any(",
            "no(",
            "every(",
            "sum(",
            "max(",
            "first(",
            "last(",
        ]);
        self.out.push_str(function);
        self.records(depth);
        self.out.push(')');
    }

    fn records(&mut self, depth: u32) {
        self.path();
        if self.random.one_in(4) {
            self.gap();
            self.window();
        }
        if self.random.one_in(5) {
            self.gap();
            self.word("via");
            self.name();
        }
        if self.random.one_in(2) {
            self.gap();
            self.word("where");
            self.expr(depth);
        }
    }

    fn sequence(&mut self, depth: u32) {
        self.out.push_str("any(");
        self.path();
        for _ in 0..1 + self.random.below(2) {
            self.gap();
            self.word("then");
            if self.random.one_in(2) {
                self.word("within 14d");
            }
            self.path();
            if self.random.one_in(2) {
                self.gap();
                self.word("where");
                self.expr(depth);
            }
        }
        self.out.push(')');
    }

    fn sum(&mut self, depth: u32) {
        self.operand(depth);
        for _ in 0..self.random.below(6) / 3 {
            self.gap();
            let sign = self.random.pick(&["+ ", "- ", "* ", "/ "]);
            self.out.push_str(sign);
            self.operand(depth.saturating_sub(1));
        }
    }

    fn condition(&mut self, depth: u32) {
        if self.random.one_in(6) {
            self.word("not");
        }
        match self.random.below(12) {
            0 => {
                self.path();
                self.gap();
                let test = self.random.pick(&["is known", "is unknown", "is target company", "is not target company"]);
                self.out.push_str(test);
            }
            1 => {
                self.path();
                self.gap();
                self.out.push_str("between 50 and 5_000");
            }
            2 => {
                self.word("was");
                self.path();
                self.gap();
                let when = self.random.pick(&["90d ago", "on 2026-01-01"]);
                self.out.push_str(when);
            }
            3 => {
                self.word("became");
                self.path();
            }
            4 if depth > 0 => self.sequence(depth - 1),
            5 | 6 => self.path(),
            7 => {
                self.name();
                self.gap();
                let op = self.random.pick(&["in ", "not in "]);
                self.out.push_str(op);
                self.out.push('[');
                self.items(0, 1);
                self.out.push(']');
            }
            _ => {
                self.sum(depth);
                self.gap();
                let op = self.random.pick(&[
                    "=",
                    "!=",
                    "<",
                    "<=",
                    ">",
                    ">=",
                    "contains",
                    "starts with",
                    "ends with",
                    "matches",
                ]);
                self.word(op);
                self.sum(depth.saturating_sub(1));
            }
        }
        if self.random.one_in(5) {
            self.gap();
            self.window();
        }
    }

    fn expr(&mut self, depth: u32) {
        self.condition(depth);
        for _ in 0..self.random.below(6) / 2 {
            self.gap();
            let word = self.random.pick(&["and", "or", "and", "AND"]);
            self.word(word);
            self.condition(depth.saturating_sub(1));
        }
    }

    fn because(&mut self) {
        if self.random.one_in(3) {
            self.gap();
            self.word("because");
            self.text();
        }
    }

    fn line(&mut self) {
        if self.comments && self.random.one_in(6) {
            self.out.push_str("  # of the line");
        }
        if self.comments && self.random.one_in(8) {
            self.out.push_str("\n    # above the next");
        }
        let blank = if self.random.one_in(6) { "\n\n    " } else { "\n    " };
        self.out.push_str(blank);
    }

    fn statement(&mut self) {
        self.one_line = false;
        match self.random.below(12) {
            0 => self.entity(),
            1 => {
                self.out.push_str("for company");
            }
            2 | 3 => {
                self.name();
                self.gap();
                self.word("=");
                self.expr(3);
            }
            4 | 5 => {
                self.name();
                self.gap();
                self.word("when");
                self.expr(3);
                self.because();
                for _ in 0..self.random.below(3) {
                    self.gap();
                    self.word("or when");
                    self.expr(2);
                    self.because();
                }
                for _ in 0..self.random.below(2) {
                    self.gap();
                    self.word("unless");
                    self.expr(1);
                    self.because();
                }
            }
            6 => {
                self.name();
                self.gap();
                self.out.push_str("is");
                for _ in 0..1 + self.random.below(3) {
                    self.line();
                    self.operand(0);
                    self.gap();
                    self.word("when");
                    self.expr(2);
                    self.because();
                }
                self.line();
                self.out.push_str("\"none\" otherwise");
            }
            7 => self.score(),
            8 => {
                self.word("funnel");
                self.name();
                for _ in 0..self.random.below(4) {
                    self.line();
                    self.name();
                }
            }
            9 => {
                self.word("metric");
                self.name();
                self.gap();
                self.word("=");
                self.expr(2);
                if self.random.one_in(2) {
                    self.gap();
                    self.out.push_str("by region as area, quarter(at) as quarter, job title");
                }
            }
            10 => self.story(),
            _ => self.table(),
        }
        self.one_line = false;
        if self.comments && self.random.one_in(5) {
            self.out.push_str(" # at its end");
        }
        self.out.push('\n');
    }

    fn entity(&mut self) {
        let event = self.random.one_in(2);
        let head = if event { "event stage change of project" } else { "entity contact" };
        self.out.push_str(head);
        self.gap();
        self.out.push_str("from \"a.csv\", \"b.csv\"");
        if self.random.one_in(3) {
            self.gap();
            self.word("where");
            self.expr(1);
        }
        for _ in 0..self.random.below(6) {
            self.line();
            self.name();
            let ty = self.random.pick(&[
                ": key", ":text", ": number", ": yes/no", ": list of text", " -> company", ": one of \"a\", \"b\"",
                ": one of \"a value that is long\", \"another that is long\", \"a third that is long\", \"a fourth one\"",
            ]);
            self.out.push_str(ty);
            if self.random.one_in(3) {
                self.gap();
                self.out.push_str("from \"Header\" in \"a.csv\", \"Other\"");
            }
        }
        if !event && self.random.one_in(3) {
            self.line();
            self.out.push_str("same when e-mail, phone");
        }
    }

    fn score(&mut self) {
        self.word("score");
        self.name();
        self.out.push_str(", half-life 30d, at most 100");
        for _ in 0..1 + self.random.below(4) {
            self.one_line = false;
            self.line();
            let points = self.random.pick(&["+5 ", "-25 ", "+2.5 ", "+weight ", "+(a * 2) "]);
            self.out.push_str(points);
            // A line of a score may go on below, but not with a sign.
            self.one_line = true;
            match self.random.below(3) {
                0 => {
                    self.word("when");
                    self.expr(2);
                }
                1 => {
                    self.word("per");
                    self.records(1);
                    self.out.push_str(", at most 20, half-life 7d");
                }
                _ => {}
            }
            self.because();
        }
    }

    fn story(&mut self) {
        self.out.push_str("example \"a scan is no lead\"");
        self.one_line = true;
        for _ in 0..1 + self.random.below(5) {
            self.line();
            match self.random.below(5) {
                0 => self.out.push_str(
                    "contact \"c1\": lead source \"Trade show\", opted in yes,\n        score 5, seen now - 30d",
                ),
                1 => self.out.push_str("company"),
                2 => self.out.push_str("page view of \"c1\" 20d ago, url \"/pricing\""),
                3 => self.out.push_str("visit 2026-01-01"),
                _ => {
                    self.out.push_str("expect \"c1\": ");
                    self.expr(1);
                    self.because();
                }
            }
        }
    }

    fn table(&mut self) {
        self.out.push_str("examples anonymous lead");
        self.one_line = true;
        if self.random.one_in(2) {
            self.out.push_str("\n    as of 2026-03-31");
        }
        self.line();
        self.out.push_str("pages | job title|lead");
        for _ in 0..self.random.below(4) {
            self.line();
            for i in 0..3 {
                if i > 0 {
                    self.out.push_str(" |");
                }
                if self.random.one_in(5) && i > 0 {
                    continue;
                }
                self.out.push(' ');
                self.operand(1);
            }
        }
    }
}
