//! Text that knows which of its words are names of definitions, so that each reader may link them, and which are a user's own, so that
//! each reader may escape them.

use lead_hir::hir::DefId;

/// Text in pieces.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prose {
    pieces: Vec<Piece>,
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Words of ours.
    Words(String),
    /// Words of the lexicon: names of fields, values.
    Theirs(String),
    /// A definition, by its name or a form of it (`anonymous leads`).
    Def(DefId, String),
}

impl Prose {
    /// A user's words.
    pub fn theirs(text: impl Into<String>) -> Prose {
        Prose { pieces: vec![Piece::Theirs(text.into())] }
    }

    /// A definition.
    pub fn def(id: DefId, shown: impl Into<String>) -> Prose {
        Prose { pieces: vec![Piece::Def(id, shown.into())] }
    }

    /// The pieces, in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Goes on with other text.
    pub fn push(&mut self, more: impl Into<Prose>) {
        for piece in more.into().pieces {
            match (self.pieces.last_mut(), piece) {
                (Some(Piece::Words(words)), Piece::Words(more)) => words.push_str(&more),
                (_, piece) => self.pieces.push(piece),
            }
        }
    }

    /// Parts with something between them.
    pub fn join(parts: impl IntoIterator<Item = Prose>, between: &str) -> Prose {
        let mut out = Prose::default();
        for (i, part) in parts.into_iter().enumerate() {
            if i > 0 {
                out.push(between);
            }
            out.push(part);
        }
        out
    }

    /// `a, b and c`
    pub fn list(parts: Vec<Prose>, word: &str) -> Prose {
        let last = parts.len().saturating_sub(1);
        let mut out = Prose::default();
        for (i, part) in parts.into_iter().enumerate() {
            if i > 0 {
                out.push(if i == last { format!(" {word} ") } else { ", ".into() });
            }
            out.push(part);
        }
        out
    }

    /// With a capital at the front, where the first words are ours.
    pub(crate) fn capital(mut self) -> Prose {
        if let Some(Piece::Words(words)) = self.pieces.first_mut() {
            *words = crate::english::capital(words);
        }
        self
    }

    /// Without any markup.
    pub fn plain(&self) -> String {
        let text = |piece: &Piece| match piece {
            Piece::Words(text) | Piece::Theirs(text) | Piece::Def(_, text) => text.clone(),
        };
        self.pieces.iter().map(text).collect()
    }

    /// As Markdown: definitions in italics, a user's words escaped.
    pub fn markdown(&self) -> String {
        let text = |piece: &Piece| match piece {
            Piece::Words(text) => text.clone(),
            Piece::Theirs(text) => escape_markdown(text),
            Piece::Def(_, text) => format!("*{}*", escape_markdown(text)),
        };
        self.pieces.iter().map(text).collect()
    }
}

impl From<&str> for Prose {
    fn from(text: &str) -> Prose {
        Prose::from(text.to_string())
    }
}

impl From<String> for Prose {
    fn from(text: String) -> Prose {
        Prose { pieces: if text.is_empty() { Vec::new() } else { vec![Piece::Words(text)] } }
    }
}

/// Text in which no sign means anything to Markdown or HTML.
pub fn escape_markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '#' | '~' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Says several things one after the other.
macro_rules! prose {
    ($($part:expr),* $(,)?) => {{
        let mut said = $crate::prose::Prose::default();
        $(said.push($part);)*
        said
    }};
}
pub(crate) use prose;
