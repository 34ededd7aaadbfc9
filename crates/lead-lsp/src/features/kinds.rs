//! What things are called in the protocol.

use lead_ide::{CompletionKind, SymbolKind};
use tower_lsp::lsp_types as lsp;

/// Of symbols.
pub fn symbol(kind: SymbolKind) -> lsp::SymbolKind {
    match kind {
        SymbolKind::Subject => lsp::SymbolKind::NAMESPACE,
        SymbolKind::Entity => lsp::SymbolKind::CLASS,
        SymbolKind::Event => lsp::SymbolKind::EVENT,
        SymbolKind::Field | SymbolKind::Reference => lsp::SymbolKind::FIELD,
        SymbolKind::Value | SymbolKind::Metric => lsp::SymbolKind::VARIABLE,
        SymbolKind::Period => lsp::SymbolKind::CONSTANT,
        SymbolKind::Term => lsp::SymbolKind::FUNCTION,
        SymbolKind::Choice => lsp::SymbolKind::ENUM,
        SymbolKind::Score => lsp::SymbolKind::NUMBER,
        SymbolKind::Funnel => lsp::SymbolKind::ARRAY,
        SymbolKind::Example => lsp::SymbolKind::OBJECT,
    }
}

/// Of completions.
pub fn completion(kind: CompletionKind) -> lsp::CompletionItemKind {
    use lsp::CompletionItemKind as Kind;
    match kind {
        CompletionKind::Keyword => Kind::KEYWORD,
        CompletionKind::Snippet => Kind::SNIPPET,
        CompletionKind::Entity => Kind::CLASS,
        CompletionKind::Event => Kind::EVENT,
        CompletionKind::Field | CompletionKind::Header => Kind::FIELD,
        CompletionKind::Reference | CompletionKind::Key => Kind::REFERENCE,
        CompletionKind::Value | CompletionKind::Metric => Kind::VARIABLE,
        CompletionKind::Term | CompletionKind::Function => Kind::FUNCTION,
        CompletionKind::Choice | CompletionKind::Funnel => Kind::ENUM,
        CompletionKind::Score => Kind::PROPERTY,
        CompletionKind::Period => Kind::CONSTANT,
        CompletionKind::Text => Kind::ENUM_MEMBER,
        CompletionKind::File => Kind::FILE,
        CompletionKind::Unit => Kind::UNIT,
        CompletionKind::Type => Kind::TYPE_PARAMETER,
        CompletionKind::Lint => Kind::MODULE,
    }
}
