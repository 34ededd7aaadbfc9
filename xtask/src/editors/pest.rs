//! The part of pest's notation that says what words and signs look like, read and written as regular expressions.
//!
//! pest commits to the first alternative that fits and never gives back what it repeated. Atomic groups do the same, so a
//! rule and its expression take the same text. Rules that refer to themselves are no regular expressions and are refused.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;
use std::str::Chars;

/// A grammar in pest's notation.
pub struct Grammar {
    rules: BTreeMap<String, Rule>,
}

struct Rule {
    /// Whether blanks may stand between its parts.
    spaced: bool,
    /// A rule marked `_` takes this from the rule that uses it.
    inherits: bool,
    body: Node,
}

enum Node {
    /// Any of them, the first that fits.
    Choice(Vec<Node>),
    /// One behind the other.
    Sequence(Vec<Node>),
    /// `!` and `&`.
    Look(bool, Box<Node>),
    /// `*`, `+`, `?`, `{4}`, as written.
    Repeat(Box<Node>, String),
    /// `"text"`.
    Text(String),
    /// `^"word"`, in upper or lower case.
    Word(String),
    /// `'a'..'z'`.
    Range(char, char),
    Name(String),
}

/// What a translation was made from.
#[derive(Default)]
pub struct Used {
    /// Rules.
    pub rules: BTreeSet<String>,
}

impl Grammar {
    /// Reads the text of a grammar.
    pub fn read(text: &str) -> Result<Grammar, String> {
        let mut rules = BTreeMap::new();
        let stripped: String = text.lines().map(|l| format!("{}\n", without_comment(l))).collect();
        let mut reader = Reader { chars: stripped.chars().peekable() };
        while let Some(name) = reader.rule_name()? {
            let marks: String = std::iter::from_fn(|| reader.next_if(|c| "@$!_".contains(c))).collect();
            reader.expect('{')?;
            let body = reader.choice()?;
            reader.expect('}')?;
            rules.insert(name, Rule { spaced: marks.is_empty() || marks == "!", inherits: marks == "_", body });
        }
        Ok(Grammar { rules })
    }

    /// An expression in pest's notation as a regular expression.
    pub fn expression(&self, text: &str, used: &mut Used) -> Result<String, String> {
        let mut reader = Reader { chars: text.chars().peekable() };
        let node = reader.choice()?;
        reader.blanks();
        if let Some(rest) = reader.chars.peek() {
            return Err(format!("`{text}`: `{rest}` is not expected"));
        }
        self.node(&node, false, &mut Vec::new(), used)
    }

    /// Rules that hold a word of the language themselves.
    pub fn rules_with_words(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().filter(|(_, rule)| has_word(&rule.body)).map(|(name, _)| name.as_str())
    }

    fn node(&self, node: &Node, spaced: bool, path: &mut Vec<String>, used: &mut Used) -> Result<String, String> {
        Ok(match node {
            Node::Text(text) => escaped(text),
            Node::Word(word) => format!("(?i:{})", escaped(word)),
            Node::Range(from, to) => format!("[{}-{}]", in_class(*from), in_class(*to)),
            Node::Choice(nodes) => {
                let parts: Result<Vec<String>, String> =
                    nodes.iter().map(|n| self.node(n, spaced, path, used)).collect();
                one_of(&parts?)
            }
            Node::Sequence(nodes) => {
                let parts: Result<Vec<String>, String> =
                    nodes.iter().map(|n| self.node(n, spaced, path, used)).collect();
                parts?.join(if spaced { "[ \\t\\x{A0}]*" } else { "" })
            }
            Node::Look(wanted, inner) => {
                format!("(?{}{})", if *wanted { '=' } else { '!' }, self.node(inner, spaced, path, used)?)
            }
            Node::Repeat(inner, how) => {
                let inner = self.node(inner, spaced, path, used)?;
                let whole = inner.starts_with('[') && inner.matches('[').count() == 1;
                if whole { format!("(?>{inner}{how})") } else { format!("(?>(?:{inner}){how})") }
            }
            Node::Name(name) => match name.as_str() {
                "ASCII_ALPHA" => "[A-Za-z]".to_owned(),
                "ASCII_DIGIT" => "[0-9]".to_owned(),
                "LETTER" => "\\p{L}".to_owned(),
                "MARK" => "\\p{M}".to_owned(),
                "ANY" => ".".to_owned(),
                "SOI" => "^".to_owned(),
                "EOI" => "$".to_owned(),
                _ => self.rule(name, spaced, path, used)?,
            },
        })
    }

    fn rule(&self, name: &str, spaced: bool, path: &mut Vec<String>, used: &mut Used) -> Result<String, String> {
        let rule = self.rules.get(name).ok_or_else(|| format!("the grammar has no rule `{name}`"))?;
        if path.iter().any(|p| p == name) {
            return Err(format!("`{name}` refers to itself: it is no regular expression"));
        }
        used.rules.insert(name.to_owned());
        if let Some((_, quick)) = QUICK.iter().find(|(quick, _)| *quick == name) {
            return Ok((*quick).to_owned());
        }
        path.push(name.to_owned());
        let text = self.node(&rule.body, if rule.inherits { spaced } else { rule.spaced }, path, used)?;
        path.pop();
        Ok(if matches!(rule.body, Node::Sequence(_) | Node::Look(..)) { format!("(?>{text})") } else { text })
    }
}

/// Alternatives; as a class of characters if each is one character.
fn one_of(parts: &[String]) -> String {
    let inner = |part: &str| -> Option<String> {
        let class = part.strip_prefix('[').and_then(|p| p.strip_suffix(']')).filter(|p| !p.contains(['[', '^', '&']));
        let escape = part.starts_with("\\x{") && part.ends_with('}') && part.matches('\\').count() == 1;
        let letter = part.len() == 5 && part.starts_with("\\p{");
        let sign = part.len() == 2 && part.starts_with('\\');
        let plain = part.chars().count() == 1 && !part.contains(['&', '[', ']', '^', '.']);
        class.or((escape || letter || sign || plain).then_some(part)).map(str::to_owned)
    };
    let classes: Option<Vec<String>> = parts.iter().map(|p| inner(p)).collect();
    match classes {
        Some(classes) => format!("[{}]", classes.concat()),
        None => format!("(?>{})", parts.join("|")),
    }
}

fn has_word(node: &Node) -> bool {
    match node {
        Node::Word(_) => true,
        Node::Choice(nodes) | Node::Sequence(nodes) => nodes.iter().any(has_word),
        // What must not follow is said by the rule that does follow.
        Node::Look(..) => false,
        Node::Repeat(inner, _) => has_word(inner),
        Node::Text(_) | Node::Range(..) | Node::Name(_) => false,
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_ascii_alphanumeric() || " \"'`,:;=<>&%#/_~@!".contains(c) => out.push(c),
            c if c.is_ascii_graphic() => out.extend(['\\', c]),
            c => out.push_str(&format!("\\x{{{:X}}}", u32::from(c))),
        }
    }
    out
}

/// A character as the end of a range.
fn in_class(c: char) -> String {
    if c.is_ascii_alphanumeric() { c.to_string() } else { format!("\\x{{{:X}}}", u32::from(c)) }
}

/// A line without its comment: `//` outside of a text.
fn without_comment(line: &str) -> &str {
    let (mut inside, mut before) = (false, ' ');
    for (i, c) in line.char_indices() {
        match c {
            '"' if before != '\\' => inside = !inside,
            '/' if !inside && before == '/' => return &line[..i - 1],
            _ => {}
        }
        before = if before == '\\' && c == '\\' { ' ' } else { c };
    }
    line
}

/// Rules whose expressions would hold the classes of all letters and marks, which editors are slow to read: over all text that the language
/// takes, these say the same.
const QUICK: [(&str, &str); 2] = [("letter", "(?>(?!\\d|_)\\w)"), ("word_char", "(?>\\w|['&]|-(?!_)\\w)")];

struct Reader<'t> {
    chars: Peekable<Chars<'t>>,
}

impl Reader<'_> {
    fn blanks(&mut self) {
        while self.chars.next_if(|c| c.is_whitespace()).is_some() {}
    }

    fn next_if(&mut self, wanted: impl Fn(char) -> bool) -> Option<char> {
        self.blanks();
        self.chars.next_if(|c| wanted(*c))
    }

    fn expect(&mut self, wanted: char) -> Result<(), String> {
        self.next_if(|c| c == wanted).map(|_| ()).ok_or_else(|| {
            format!("`{wanted}` is expected before `{}`", self.chars.clone().take(20).collect::<String>())
        })
    }

    fn word(&mut self) -> String {
        self.blanks();
        std::iter::from_fn(|| self.chars.next_if(|c| c.is_ascii_alphanumeric() || *c == '_')).collect()
    }

    fn rule_name(&mut self) -> Result<Option<String>, String> {
        let name = self.word();
        if name.is_empty() {
            return match self.chars.peek() {
                None => Ok(None),
                Some(c) => Err(format!("a rule is expected, not `{c}`")),
            };
        }
        self.expect('=')?;
        Ok(Some(name))
    }

    fn choice(&mut self) -> Result<Node, String> {
        self.next_if(|c| c == '|');
        let mut nodes = vec![self.sequence()?];
        while self.next_if(|c| c == '|').is_some() {
            nodes.push(self.sequence()?);
        }
        Ok(if nodes.len() == 1 { nodes.swap_remove(0) } else { Node::Choice(nodes) })
    }

    fn sequence(&mut self) -> Result<Node, String> {
        let mut nodes = vec![self.term()?];
        while self.next_if(|c| c == '~').is_some() {
            nodes.push(self.term()?);
        }
        Ok(if nodes.len() == 1 { nodes.swap_remove(0) } else { Node::Sequence(nodes) })
    }

    fn term(&mut self) -> Result<Node, String> {
        if let Some(sign) = self.next_if(|c| c == '!' || c == '&') {
            return Ok(Node::Look(sign == '&', Box::new(self.term()?)));
        }
        let mut node = if self.next_if(|c| c == '(').is_some() {
            let inner = self.choice()?;
            self.expect(')')?;
            inner
        } else if self.next_if(|c| c == '^').is_some() {
            Node::Word(self.text()?)
        } else if self.chars.peek() == Some(&'"') {
            Node::Text(self.text()?)
        } else if self.chars.peek() == Some(&'\'') {
            let from = self.character()?;
            self.expect('.')?;
            self.expect('.')?;
            Node::Range(from, self.character()?)
        } else {
            Node::Name(self.word())
        };
        while let Some(sign) = self.chars.next_if(|c| "*+?{".contains(*c)) {
            let mut how = String::from(sign);
            if sign == '{' {
                how.extend(std::iter::from_fn(|| self.chars.next_if(|c| *c != '}')));
                self.expect('}')?;
                how.push('}');
            }
            node = Node::Repeat(Box::new(node), how);
        }
        Ok(node)
    }

    fn text(&mut self) -> Result<String, String> {
        self.expect('"')?;
        let mut text = String::new();
        loop {
            match self.chars.next() {
                Some('"') => return Ok(text),
                Some('\\') => text.push(self.escape()?),
                Some(c) => text.push(c),
                None => return Err("a text has no end".to_owned()),
            }
        }
    }

    /// What stands behind a backslash.
    fn escape(&mut self) -> Result<char, String> {
        Ok(match self.chars.next() {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('u') => self.code_point()?,
            Some(c) => c,
            None => return Err("a text has no end".to_owned()),
        })
    }

    /// A character between two apostrophes.
    fn character(&mut self) -> Result<char, String> {
        self.expect('\'')?;
        let c = match self.chars.next() {
            Some('\\') => self.escape()?,
            Some(c) => c,
            None => return Err("a character has no end".to_owned()),
        };
        if self.chars.next() == Some('\'') { Ok(c) } else { Err(format!("`{c}` is not the end of a range")) }
    }

    fn code_point(&mut self) -> Result<char, String> {
        self.expect('{')?;
        let digits = self.word();
        self.expect('}')?;
        let found = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
        found.ok_or_else(|| format!("`{digits}` is no character"))
    }
}
