//! A PostgreSQL server, asked by a client in Rust: one read-only transaction for all statements, rows streamed by `COPY`.

use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use postgres::config::{Host, SslMode};
use postgres::error::SqlState;
use postgres::{Client, Config, NoTls};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::END;
use crate::password;
use crate::trouble::Trouble;

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
    pub fn read(address: &str) -> Result<Place, Trouble> {
        let (mut roots, mut address) = (None, address.to_owned());
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
        let wrong = Trouble::address;
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

    /// Asks all statements: their rows come as `COPY` has them, behind those of each a line `\\.`.
    ///
    /// # Errors
    /// The server is not there, lets nobody in, or has no answer.
    pub fn ask(&self, statements: &[String], out: &mut impl Write) -> Result<(), Trouble> {
        let told = |e: io::Error| Trouble::data(format!("what the server answers cannot be passed on: {e}"));
        let mut client = self.connect()?;
        client.batch_execute(BEGIN).map_err(|e| self.unreachable(&e))?;
        for (i, statement) in statements.iter().enumerate() {
            let mut reader = client.copy_out(statement.as_str()).map_err(|e| refused(i, &e))?;
            loop {
                let part = reader.fill_buf().map_err(|e| match inner(&e) {
                    Some(e) => refused(i, e),
                    None => Trouble::data(format!("the connection broke: {e}")),
                })?;
                if part.is_empty() {
                    break;
                }
                let length = part.len();
                out.write_all(part).map_err(told)?;
                reader.consume(length);
            }
            out.write_all(END).map_err(told)?;
        }
        out.flush().map_err(told)
    }

    fn connect(&self) -> Result<Client, Trouble> {
        // A socket of this machine needs no TLS, and has no name that a certificate could bear.
        let own = self.config.get_hosts().iter().all(|h| !matches!(h, Host::Tcp(_)));
        let connected = if own || self.config.get_ssl_mode() == SslMode::Disable {
            self.config.connect(NoTls)
        } else {
            self.config.connect(MakeRustlsConnect::new(self.trust()?))
        };
        connected.map_err(|e| self.unreachable(&e))
    }

    /// Whose certificates are believed.
    fn trust(&self) -> Result<rustls::ClientConfig, Trouble> {
        let mut store = rustls::RootCertStore::empty();
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(path) = &self.roots {
            let unread = |why: String| {
                Trouble::data(format!("`{}` cannot be read: {why}", path.display()))
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
            .map_err(|e| Trouble::data(format!("TLS cannot be used: {e}")))?;
        Ok(builder.with_root_certificates(store).with_no_client_auth())
    }

    /// Why there is no session.
    fn unreachable(&self, error: &postgres::Error) -> Trouble {
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
            Some(_) => {
                return Trouble::data(format!("PostgreSQL at `{host}:{port}` opens no session: {said}")).missing(true);
            }
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
        Trouble::data(cause).help(help)
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
fn refused(statement: usize, error: &postgres::Error) -> Trouble {
    let code = error.code();
    let is = |list: &[SqlState]| code.is_some_and(|c| list.contains(c));
    let missing = is(&[SqlState::UNDEFINED_TABLE, SqlState::UNDEFINED_COLUMN, SqlState::INVALID_SCHEMA_NAME]);
    let trouble = Trouble::refused(statement, causes(error)).missing(missing);
    if is(&[SqlState::INSUFFICIENT_PRIVILEGE]) {
        return trouble.help("the user may not read it: let somebody grant SELECT");
    }
    trouble
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn addresses_that_cannot_be_read_show_no_password() {
        let wrong = Place::read("postgres://ann:secret@house:x/db?sslmode=maybe").err().map(|t| t.message);
        assert!(wrong.as_ref().is_some_and(|m| !m.contains("secret")), "{wrong:?}");
    }
}
