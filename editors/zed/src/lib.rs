//! Starts `lead lsp` for Zed.

use zed_extension_api::{self as zed, LanguageServerId, Result, settings::LspSettings};

struct Lead;

impl zed::Extension for Lead {
    fn new() -> Self {
        Lead
    }

    fn language_server_command(&mut self, id: &LanguageServerId, worktree: &zed::Worktree) -> Result<zed::Command> {
        let told = LspSettings::for_worktree(id.as_ref(), worktree).ok().and_then(|s| s.binary);
        let path = told.as_ref().and_then(|b| b.path.clone()).or_else(|| worktree.which("lead"));
        let Some(command) = path else {
            return Err("`lead` was not found: install it, or name it in the settings as lsp.lead.binary.path".into());
        };
        let args = told.and_then(|b| b.arguments).unwrap_or_else(|| vec!["lsp".into()]);
        Ok(zed::Command { command, args, env: worktree.shell_env() })
    }
}

zed::register_extension!(Lead);
