//! Words, texts and signs of a statement, found without the grammar. Used to sort statements by kind, to tell lines
//! apart where lines have meaning, and to find out what is wrong with a statement that the grammar refused. The editor
//! reads what stands before the cursor with it.

/// The words that are reserved in names wherever they stand (D1); a name that holds one is written in backticks.
pub const KEYWORDS: [&str; 19] = [
    "and",
    "or",
    "not",
    "is",
    "within",
    "since",
    "before",
    "between",
    "contains",
    "matches",
    "where",
    "when",
    "unless",
    "because",
    "otherwise",
    "then",
    "via",
    "was",
    "became",
];

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// `title`, `and`
    Word,
    /// A name in backticks.
    Quoted,
    /// A text in quotes.
    Text,
    /// What starts with a digit: `90d`, `2026-03-31`, and what was meant as one: `31.3.2026`.
    Number,
    /// `>=`, `->`, `,`
    Sign,
    /// `(`, `[`
    Open,
    /// `)`, `]`
    Close,
    /// A quote or backtick without its partner, to the end of the line.
    Unclosed,
    /// Any other character.
    Other,
}

/// A token of a statement; positions are within the statement.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Whether it is the first of its line.
    pub first: bool,
    /// How many brackets are open before it.
    pub depth: u32,
}

impl Token {
    /// Its text.
    pub fn text<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start..self.end).unwrap_or("")
    }

    /// Whether it is the word `word`, in any case.
    pub fn is_word(&self, text: &str, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text(text).eq_ignore_ascii_case(word)
    }

    /// Whether it is the sign `sign`.
    pub fn is_sign(&self, text: &str, sign: &str) -> bool {
        matches!(self.kind, TokenKind::Sign | TokenKind::Open | TokenKind::Close) && self.text(text) == sign
    }
}

/// Whether a word is reserved in names.
pub fn is_keyword(word: &str) -> bool {
    static WORDS: Words<4> = Words::new(&KEYWORDS);
    WORDS.has(word.as_bytes())
}

/// Words of the language, to be found quickly: `N` at most of one first letter.
pub struct Words<const N: usize> {
    by_letter: [[u128; N]; 26],
    /// By first letter: a bit for each length.
    lengths: [u32; 26],
}

impl<const N: usize> Words<N> {
    /// Words of at most 16 letters and hyphens, in small letters. Too many of one first letter do not compile.
    pub const fn new(words: &[&str]) -> Words<N> {
        let mut made = Words { by_letter: [[0; N]; 26], lengths: [0; 26] };
        let mut i = 0;
        while i < words.len() {
            let word = words[i].as_bytes();
            let letter = (word[0] - b'a') as usize;
            let mut at = 0;
            while made.by_letter[letter][at] != 0 {
                at += 1;
            }
            made.by_letter[letter][at] = packed(word);
            made.lengths[letter] |= 1 << word.len();
            i += 1;
        }
        made
    }

    /// Whether a word is one of them, in any case.
    pub fn has(&self, word: &[u8]) -> bool {
        let letter = word.first().map_or(0, |b| b | 0x20).wrapping_sub(b'a');
        let Some(words) = self.by_letter.get(usize::from(letter)) else { return false };
        let lengths = self.lengths.get(usize::from(letter)).copied().unwrap_or(0);
        if word.len() > 16 || lengths >> word.len() & 1 == 0 {
            return false;
        }
        words.contains(&packed(word))
    }
}

/// A word of at most 16 letters, digits and signs as a number, without regard to case.
const fn packed(word: &[u8]) -> u128 {
    let (mut all, mut i) = (0, 0);
    while i < word.len() {
        all = all << 8 | (word[i] | 0x20) as u128;
        i += 1;
    }
    all
}

const LONG_SIGNS: [&str; 17] =
    ["<=>", "===", "!==", "==", "&&", "||", "<>", "=>", "=<", "!=", "<=", ">=", "->", "=!", "**", ":=", "++"];

fn is_letter(c: char) -> bool {
    c.is_alphabetic()
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '\'' | '&') || ('\u{300}'..='\u{36F}').contains(&c)
}

/// The length of the word that starts `text`, 0 if none does.
pub fn word_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    if bytes.first().is_some_and(u8::is_ascii_alphabetic) {
        let end = word_end(bytes, 0);
        if bytes.get(end).is_none_or(u8::is_ascii) {
            return end;
        }
    }
    word_length_of_chars(text)
}

/// The same of any text.
fn word_length_of_chars(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    match chars.next() {
        Some((_, c)) if is_letter(c) => {}
        _ => return 0,
    }
    while let Some((i, c)) = chars.next() {
        let hyphen = c == '-' && chars.peek().is_some_and(|(_, n)| n.is_alphanumeric());
        if !(is_word_char(c) || hyphen) {
            return i;
        }
    }
    text.len()
}

/// Where the word ends that begins at `at` with a letter, as far as it is of ASCII: if what stands there is not, it may go on.
pub fn word_end(bytes: &[u8], at: usize) -> usize {
    /// By byte: whether a word goes on with it.
    const INSIDE: [bool; 256] = {
        let mut inside = [false; 256];
        let mut byte = 0;
        while byte < 128 {
            inside[byte] = (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'_' | b'\'' | b'&');
            byte += 1;
        }
        inside
    };
    let mut end = at + 1;
    loop {
        match bytes.get(end) {
            Some(byte) if INSIDE[usize::from(*byte)] => end += 1,
            Some(b'-') if bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric) => end += 2,
            Some(b'-') if bytes.get(end + 1).is_some_and(|b| *b >= 0x80) => return end + 1,
            _ => return end,
        }
    }
}

fn number_length(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let joined = matches!(c, '.' | ':' | '-' | '/') && chars.peek().is_some_and(|(_, n)| n.is_ascii_digit());
        let offset = c == '+' && text[..i].contains(':') && chars.peek().is_some_and(|(_, n)| n.is_ascii_digit());
        if !(c.is_alphanumeric() || c == '_' || c == '%' || joined || offset) {
            return i;
        }
    }
    text.len()
}

/// All tokens of a statement.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut at = 0;
    let mut first = true;
    let mut depth = 0u32;
    while let Some(c) = text.get(at..).and_then(|t| t.chars().next()) {
        let rest = &text[at..];
        let line_end = || rest.find('\n').unwrap_or(rest.len());
        let (kind, length) = match c {
            '\n' | '\u{1}' => {
                first = true;
                at += 1;
                continue;
            }
            c if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '#' => {
                at += line_end();
                continue;
            }
            '"' => text_length(rest),
            '`' => match rest[1..].find(['`', '\n']) {
                Some(n) if n > 0 && rest[1 + n..].starts_with('`') => (TokenKind::Quoted, n + 2),
                _ => (TokenKind::Unclosed, rest[..line_end()].trim_end().len()),
            },
            '(' | '[' => (TokenKind::Open, 1),
            ')' | ']' => (TokenKind::Close, 1),
            c if c.is_ascii_digit() => (TokenKind::Number, number_length(rest)),
            c if is_letter(c) => (TokenKind::Word, word_length(rest)),
            c => match LONG_SIGNS.iter().find(|s| rest.starts_with(**s)) {
                Some(sign) => (TokenKind::Sign, sign.len()),
                None if c.is_ascii_punctuation() => (TokenKind::Sign, 1),
                None => (TokenKind::Other, c.len_utf8()),
            },
        };
        let length = length.max(1);
        if kind == TokenKind::Close {
            depth = depth.saturating_sub(1);
        }
        out.push(Token { kind, start: at, end: at + length, first, depth });
        if kind == TokenKind::Open {
            depth += 1;
        }
        first = false;
        at += length;
    }
    out
}

fn text_length(rest: &str) -> (TokenKind, usize) {
    let bytes = rest.as_bytes();
    let mut i = 1;
    loop {
        match bytes.get(i) {
            Some(b'"') if bytes.get(i + 1) == Some(&b'"') => i += 2,
            Some(b'"') => return (TokenKind::Text, i + 1),
            None | Some(b'\n' | b'\r' | 1) => return (TokenKind::Unclosed, rest[..i].trim_end().len()),
            Some(_) => i += 1,
        }
    }
}

/// The kinds of statements, by how they begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `entity`
    Entity,
    /// `event`
    Event,
    /// `for`
    Subject,
    /// `name =`
    Value,
    /// `name when`
    Term,
    /// `name is`
    Choice,
    /// `score`
    Score,
    /// `funnel`
    Funnel,
    /// `metric`
    Metric,
    /// `example`
    Story,
    /// `examples`
    Table,
    /// None of these.
    Unknown,
}

/// The first words of a statement.
#[derive(Clone, Copy, Debug)]
pub struct HeadScan {
    /// What it is, as far as the first words say.
    pub kind: Kind,
    /// What a definition defines: the range of its name.
    pub name: Option<(usize, usize)>,
    /// Where the part behind the name starts.
    pub rest: usize,
}

/// The kind of a statement that begins with the keyword `word`.
fn keyword_kind(word: &str) -> Kind {
    const KINDS: [(&str, Kind); 8] = [
        ("entity", Kind::Entity),
        ("event", Kind::Event),
        ("for", Kind::Subject),
        ("score", Kind::Score),
        ("funnel", Kind::Funnel),
        ("metric", Kind::Metric),
        ("example", Kind::Story),
        ("examples", Kind::Table),
    ];
    KINDS.iter().find(|(k, _)| k.eq_ignore_ascii_case(word)).map_or(Kind::Unknown, |(_, kind)| *kind)
}

/// Finds out what a statement is: a metric, else a definition by the sign behind its name, else by its keyword.
pub fn classify(text: &str) -> HeadScan {
    let first_end = word_length(text);
    let keyword = keyword_kind(text.get(..first_end).unwrap_or(""));
    let mut end = 0;
    let mut second_word = None;
    if text.starts_with('`') {
        end = text.get(1..).and_then(|t| t.find(['`', '\n'])).map_or(0, |n| n + 2);
    } else {
        let mut at = 0;
        loop {
            let length = word_length(text.get(at..).unwrap_or(""));
            let word = text.get(at..at + length).unwrap_or("");
            if length == 0 || is_keyword(word) {
                break;
            }
            if at > 0 && second_word.is_none() {
                second_word = Some(at);
            }
            end = at + length;
            let gap = blank_length(text.as_bytes().get(end..).unwrap_or(&[]));
            if gap == 0 {
                break;
            }
            at = end + gap;
        }
        // `metric `cost in euros` = …`: a keyword and a name in backticks.
        if end == first_end && keyword != Kind::Unknown {
            let at = end + (text[end..].len() - text[end..].trim_start_matches([' ', '\t']).len());
            if text[at..].starts_with('`') {
                let close = text[at + 1..].find(['`', '\n']).map_or(text.len(), |n| (at + n + 2).min(text.len()));
                second_word = Some(at);
                end = close;
            }
        }
    }
    let rest = end + gap_length(text.get(end..).unwrap_or(""));
    let after = text.get(rest..).unwrap_or("");
    let word = after.get(..word_length(after)).unwrap_or("");
    let defined = match after.chars().next() {
        Some('=') if end > 0 && !after.starts_with("=>") => Kind::Value,
        _ if end == 0 => Kind::Unknown,
        _ if word.eq_ignore_ascii_case("when") => Kind::Term,
        _ if word.eq_ignore_ascii_case("is") => Kind::Choice,
        _ => Kind::Unknown,
    };
    let own_name = second_word.map(|start| (start, end));
    match (keyword, defined) {
        (Kind::Metric, Kind::Value) if own_name.is_some() => HeadScan { kind: Kind::Metric, name: own_name, rest },
        (_, Kind::Value | Kind::Term | Kind::Choice) => HeadScan { kind: defined, name: Some((0, end)), rest },
        (kind, _) => HeadScan { kind, name: own_name, rest },
    }
}

/// The length of blanks on one line.
fn blank_length(bytes: &[u8]) -> usize {
    let mut length = 0;
    loop {
        match bytes.get(length..).unwrap_or(&[]) {
            [b' ' | b'\t', ..] => length += 1,
            [0xC2, 0xA0, ..] => length += 2,
            _ => return length,
        }
    }
}

/// The length of blanks, line ends and comments.
fn gap_length(text: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let blank = rest.len() - rest.trim_start().len();
        at += blank;
        if text[at..].starts_with('#') {
            at += text[at..].find('\n').unwrap_or(text.len() - at);
        } else {
            return at;
        }
    }
}

/// Where the lines of a statement begin that have lines: indices into `tokens`, without the first line. A line that
/// goes on with the one above (inside brackets, behind a comma or sign, before a keyword or sign) is none of its own.
pub fn line_starts(kind: Kind, text: &str, tokens: &[Token]) -> Vec<usize> {
    let count = |k: TokenKind| tokens.iter().filter(|t| t.kind == k).count();
    let balanced = count(TokenKind::Open) == count(TokenKind::Close);
    let mut out = Vec::new();
    for (i, token) in tokens.iter().enumerate().skip(1) {
        if !token.first || (balanced && token.depth > 0) {
            continue;
        }
        let before = &tokens[i - 1];
        let starts = match kind {
            Kind::Table => true,
            Kind::Score => token.is_sign(text, "+") || token.is_sign(text, "-"),
            _ => {
                let leads = token.kind == TokenKind::Sign
                    || token.kind == TokenKind::Word && is_keyword(token.text(text))
                    || token.is_word(text, "from") && tokens.get(i + 1).is_some_and(|t| t.kind == TokenKind::Text);
                let fields = matches!(kind, Kind::Entity | Kind::Event);
                let trails = before.kind == TokenKind::Sign && !(fields && before.is_sign(text, ":"));
                !leads && !trails
            }
        };
        if starts {
            out.push(i);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{KEYWORDS, is_keyword, word_length, word_length_of_chars};

    #[test]
    fn keywords_are_found_in_any_case_and_nothing_else_is() {
        let slow = |word: &str| KEYWORDS.iter().any(|k| k.eq_ignore_ascii_case(word));
        let mut found = 0;
        for keyword in KEYWORDS {
            let (first, rest) = keyword.split_at(1);
            for end in 0..=keyword.len() {
                for other in ["", "x", "-", "\r", "\0", "ä", "SINCE", "abcdefghijklmnopqr"] {
                    let word = [&keyword[..end], other, &keyword[end..]].concat();
                    let words = [word.to_uppercase(), [&first.to_uppercase(), rest, other].concat(), word];
                    for word in words {
                        assert_eq!(is_keyword(&word), slow(&word), "{word:?}");
                        found += usize::from(is_keyword(&word));
                    }
                }
            }
        }
        assert!(found > 3 * KEYWORDS.len());
        assert!(!is_keyword("") && !is_keyword("@nd") && !is_keyword("ÄND"));
    }

    #[test]
    fn words_of_ascii_are_as_long_as_any() {
        let letters = ["a", "Z", "7", "_", "'", "&", "-", " ", ".", "\n", "é", "\u{301}", "ß"];
        let mut longest = 0;
        for number in 0..letters.len().pow(4) {
            let mut left = number;
            let mut text = String::new();
            for _ in 0..4 {
                text.push_str(letters[left % letters.len()]);
                left /= letters.len();
            }
            assert_eq!(word_length(&text), word_length_of_chars(&text), "{text:?}");
            longest = longest.max(word_length(&text));
        }
        assert!(longest > 4);
    }
}
