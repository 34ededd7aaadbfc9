//! A PostgreSQL server, asked by a client in Rust: one read-only transaction for all statements, rows streamed by `COPY`.

use std::io::{self, BufRead};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lead_hir::hir::Ty;
use lead_sql::Compiled;
use postgres::config::{Host, SslMode};
use postgres::error::SqlState;
use postgres::{Client, Config, NoTls};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{Cell, Refused, Stopped, Taker, password};
use crate::terminal::Failure;

/// How tables are found.
pub const NAMES: &str = "a table of the database bears the name of its file, or the one that a `[targets.NAME]` of `lead.toml` gives it; \
                         choose that with `--target NAME`";

/// Servers that say nothing for so long are given up.
const PATIENCE: Duration = Duration::from_secs(15);

/// What every session begins with: values are written one way, whatever the server's settings are, and nothing can be
/// changed.
const BEGIN: &str = "SET datestyle = 'ISO, YMD'; SET TIME ZONE 'UTC'; SET extra_float_digits = 1; SET standard_conforming_strings = on; \
                     BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// A server and how to get in.
pub struct Place {
    config: Config,
    /// Certificates that are trusted besides those of the system.
    roots: Option<PathBuf>,
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|v| !v.is_empty())
}

impl Place {
    /// The server of an address; what it leaves out comes from the variables that all clients of PostgreSQL know.
    pub fn read(address: &str) -> Result<Place, Failure> {
        let (mut roots, mut address, shown) = (None, address.to_owned(), password::masked(address));
        if let Some((before, query)) = address.clone().split_once('?') {
            let mut parts: Vec<String> = Vec::new();
            for part in query.split('&').filter(|p| !p.is_empty()) {
                match part.split_once('=') {
                    Some(("sslrootcert", path)) => roots = Some(PathBuf::from(path)),
                    // Certificates are always looked at, with the name of the host.
                    Some(("sslmode", "verify-full" | "verify-ca")) => parts.push("sslmode=require".to_owned()),
                    _ => parts.push(part.to_owned()),
                }
            }
            address = format!("{before}?{}", parts.join("&"));
        }
        let wrong = |why: String| {
            Failure::usage(format!("`--on {}` cannot be read: {why}", lead_diag::render::clean(&shown)))
                .help("write `postgres://USER@HOST:PORT/DATABASE`")
        };
        let mut config: Config =
            address.trim_end_matches('?').parse().map_err(|e: postgres::Error| wrong(causes(&e)))?;
        if config.get_hosts().is_empty() {
            config.host(variable("PGHOST").as_deref().unwrap_or("localhost"));
        }
        if config.get_ports().is_empty()
            && let Some(port) = variable("PGPORT")
        {
            config.port(port.parse().map_err(|_| wrong(format!("PGPORT is `{port}`, which is no port")))?);
        }
        if config.get_user().is_none() {
            let user = variable("PGUSER").or_else(|| variable("USER")).or_else(|| variable("USERNAME"));
            config.user(user.as_deref().unwrap_or("postgres"));
        }
        if config.get_dbname().is_none()
            && let Some(name) = variable("PGDATABASE")
        {
            config.dbname(&name);
        }
        if config.get_password().is_none() {
            let user = config.get_user().unwrap_or_default().to_owned();
            let (host, port) = address_of(&config);
            let told = match variable("PGPASSWORD") {
                Some(told) => Some(told),
                None => password::of_file(&host, port, config.get_dbname().unwrap_or(&user), &user)?,
            };
            told.iter().for_each(|told| {
                config.password(told);
            });
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        config.application_name("lead");
        Ok(Place { config, roots: roots.or_else(|| variable("PGSSLROOTCERT").map(PathBuf::from)) })
    }

    /// Asks all statements.
    pub fn ask(&self, statements: &[Compiled], take: &mut Taker<'_>) -> Result<(), Stopped> {
        let mut client = self.connect()?;
        client.batch_execute(BEGIN).map_err(|e| Stopped::Refused(self.unreachable(&e)))?;
        for (i, compiled) in statements.iter().enumerate() {
            let refused = |e: &postgres::Error| Stopped::Refused(refused(i, e));
            let mut reader = client.copy_out(&copied(compiled)).map_err(|e| refused(&e))?;
            let mut line = Vec::new();
            let mut cells: Vec<Option<String>> = Vec::new();
            loop {
                line.clear();
                let read = reader.read_until(b'\n', &mut line).map_err(|e| match inner(&e) {
                    Some(e) => refused(e),
                    None => Stopped::Failure(Failure::data(format!("the connection broke: {e}"))),
                })?;
                if read == 0 {
                    break;
                }
                let text = std::str::from_utf8(&line)
                    .map_err(|_| Failure::data("the server answers in an encoding other than UTF-8"))?;
                unescaped(text.trim_end_matches('\n'), &mut cells);
                let row: Vec<Cell<'_>> = cells.iter().map(Option::as_deref).collect();
                take(i, &row)?;
            }
        }
        Ok(())
    }

    fn connect(&self) -> Result<Client, Stopped> {
        // A socket of this machine needs no TLS, and has no name that a certificate could bear.
        let own = self.config.get_hosts().iter().all(|h| !matches!(h, Host::Tcp(_)));
        let connected = if own || self.config.get_ssl_mode() == SslMode::Disable {
            self.config.connect(NoTls)
        } else {
            self.config.connect(MakeRustlsConnect::new(self.trust()?))
        };
        connected.map_err(|e| Stopped::Refused(self.unreachable(&e)))
    }

    /// Whose certificates are believed.
    fn trust(&self) -> Result<rustls::ClientConfig, Failure> {
        let mut store = rustls::RootCertStore::empty();
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(path) = &self.roots {
            let unread = |why: String| {
                Failure::data(format!("`{}` cannot be read: {why}", path.display()))
                    .help("it is to hold certificates in PEM")
            };
            let read = CertificateDer::pem_file_iter(path).map_err(|e| unread(e.to_string()))?;
            for certificate in read {
                let certificate = certificate.map_err(|e| unread(e.to_string()))?;
                store.add(certificate).map_err(|e| unread(e.to_string()))?;
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| Failure::data(format!("TLS cannot be used: {e}")))?;
        Ok(builder.with_root_certificates(store).with_no_client_auth())
    }

    /// Why there is no session.
    fn unreachable(&self, error: &postgres::Error) -> Refused {
        let (host, port) = address_of(&self.config);
        let user = self.config.get_user().unwrap_or_default();
        let said = causes(error);
        let (cause, help) = match error.code() {
            Some(_) if said.contains("no encryption") => (
                format!("PostgreSQL at `{host}:{port}` lets nobody in without encryption: {said}"),
                "leave `sslmode=disable` away".to_owned(),
            ),
            Some(code) if *code == SqlState::INVALID_PASSWORD || *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION => (
                format!("PostgreSQL at `{host}:{port}` does not let `{user}` in: {said}"),
                "put the password into PGPASSWORD, or into `~/.pgpass` as `HOST:PORT:DATABASE:USER:PASSWORD`".to_owned(),
            ),
            Some(code) if *code == SqlState::INVALID_CATALOG_NAME => (
                format!("PostgreSQL at `{host}:{port}` has no such database: {said}"),
                "name it behind the host: `postgres://USER@HOST/DATABASE`".to_owned(),
            ),
            Some(_) => (format!("PostgreSQL at `{host}:{port}` opens no session: {said}"), NAMES.to_owned()),
            None if self.config.get_password().is_none() && said.contains("password") => (
                format!("PostgreSQL at `{host}:{port}` asks `{user}` for a password, and there is none"),
                "put it into PGPASSWORD, or into `~/.pgpass` as `HOST:PORT:DATABASE:USER:PASSWORD`".to_owned(),
            ),
            None if said.contains("certificate") || said.contains("tls") || said.contains("TLS") => (
                format!("the connection to PostgreSQL at `{host}:{port}` cannot be made safe: {said}"),
                "name the certificate that the server's is signed with in PGSSLROOTCERT; in a network of your own, `?sslmode=disable`".to_owned(),
            ),
            None => (
                format!("no PostgreSQL answers at `{host}:{port}`: {said}"),
                "look at the host and the port, and whether the server runs and lets this machine in".to_owned(),
            ),
        };
        Refused { statement: None, cause, help: Some(help) }
    }
}

/// Host and port as people write them.
fn address_of(config: &Config) -> (String, u16) {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        #[cfg(unix)]
        Some(Host::Unix(_)) => "localhost".to_owned(),
        None => "localhost".to_owned(),
    };
    (host, config.get_ports().first().copied().unwrap_or(5432))
}

/// What went wrong, down to the first cause; of what the server says its own words.
fn causes(error: &postgres::Error) -> String {
    if let Some(said) = error.as_db_error() {
        let hint = said.hint().map_or(String::new(), |h| format!(" ({h})"));
        return format!("{}{hint}", said.message());
    }
    let mut text = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        let said = cause.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        next = cause.source();
    }
    text
}

/// The error of the client in one of the stream.
fn inner(error: &io::Error) -> Option<&postgres::Error> {
    error.get_ref()?.downcast_ref()
}

/// Why a statement has no answer.
fn refused(statement: usize, error: &postgres::Error) -> Refused {
    let code = error.code();
    let is = |list: &[SqlState]| code.is_some_and(|c| list.contains(c));
    let help = if is(&[SqlState::UNDEFINED_TABLE, SqlState::UNDEFINED_COLUMN, SqlState::INVALID_SCHEMA_NAME]) {
        Some(NAMES.to_owned())
    } else if is(&[SqlState::INSUFFICIENT_PRIVILEGE]) {
        Some("the user may not read it: let somebody grant SELECT".to_owned())
    } else {
        None
    };
    Refused { statement: Some(statement), cause: causes(error), help }
}

/// A statement whose rows are streamed as texts. Lists are written as JSON.
fn copied(compiled: &Compiled) -> String {
    let sql = compiled.sql.trim_end().trim_end_matches(';');
    if !compiled.columns.iter().any(|c| matches!(c.1, Ty::List(_))) {
        return format!("COPY (\n{sql}\n) TO STDOUT");
    }
    let items: Vec<String> = compiled
        .columns
        .iter()
        .map(|(name, ty)| {
            let name = format!("\"{}\"", name.replace('"', "\"\""));
            if matches!(ty, Ty::List(_)) { format!("to_json({name}::text[])") } else { name }
        })
        .collect();
    format!("COPY (SELECT {} FROM (\n{sql}\n) AS answers) TO STDOUT", items.join(", "))
}

/// The cells of a line of `COPY`.
fn unescaped(line: &str, cells: &mut Vec<Option<String>>) {
    cells.clear();
    for cell in line.split('\t') {
        if cell == "\\N" {
            cells.push(None);
            continue;
        }
        let mut text = String::with_capacity(cell.len());
        let mut signs = cell.chars();
        while let Some(sign) = signs.next() {
            match (sign, sign == '\\') {
                (_, true) => text.extend(signs.next().map(|s| match s {
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'v' => '\u{b}',
                    other => other,
                })),
                (other, false) => text.push(other),
            }
        }
        cells.push(Some(text));
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, unescaped};

    #[test]
    fn cells_of_copy_are_read() {
        let mut cells = Vec::new();
        unescaped("a\\tb\t\\N\t\\\\N\t\t\\\\\\n", &mut cells);
        let cells: Vec<Option<&str>> = cells.iter().map(Option::as_deref).collect();
        assert_eq!(cells, [Some("a\tb"), None, Some("\\N"), Some(""), Some("\\\n")]);
    }

    #[test]
    fn addresses_that_cannot_be_read_show_no_password() {
        let wrong = Place::read("postgres://ann:secret@house:x/db?sslmode=maybe").err().map(|f| f.message);
        assert!(wrong.as_ref().is_some_and(|m| !m.contains("secret") && m.contains("ann:***@house")), "{wrong:?}");
    }
}
