//! The engines, installed outside of the tree: Python packages in an environment of their own, and a PostgreSQL server in a
//! folder that goes away with the run.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// What an engine takes.
struct Package {
    name: &'static str,
    /// What pip installs.
    packages: &'static [&'static str],
    /// What Python loads.
    module: &'static str,
    /// What its process finds in its environment.
    variables: &'static [(&'static str, &'static str)],
}

/// A dialect without an engine: its statements are parsed.
const fn parsed(name: &'static str) -> Package {
    Package { name, packages: &["sqlglot"], module: "sqlglot", variables: &[] }
}

/// Whether statements of a dialect are parsed alone.
pub fn is_parsed(name: &str) -> bool {
    PACKAGES.iter().any(|p| p.name == name && p.module == "sqlglot")
}

const PACKAGES: &[Package] = &[
    Package { name: "duckdb", packages: &["duckdb"], module: "duckdb", variables: &[] },
    Package { name: "postgres", packages: &["psycopg[binary]"], module: "psycopg", variables: &[] },
    Package { name: "datafusion", packages: &["datafusion", "pyarrow"], module: "datafusion, pyarrow", variables: &[] },
    Package { name: "clickhouse", packages: &["chdb"], module: "chdb", variables: &[] },
    Package { name: "spark", packages: &["pyspark", "pyarrow"], module: "pyspark, pyarrow", variables: &[] },
    parsed("databricks"),
    parsed("snowflake"),
    parsed("bigquery"),
    parsed("redshift"),
    parsed("trino"),
];

/// Names of all engines.
pub fn names() -> Vec<&'static str> {
    PACKAGES.iter().map(|p| p.name).collect()
}

/// What the process of an engine finds in its environment.
pub fn variables(name: &str) -> Vec<(String, String)> {
    let package = PACKAGES.iter().find(|p| p.name == name);
    let own = package.into_iter().flat_map(|p| p.variables);
    own.map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

/// Where environments are kept where nothing else is said.
pub fn cache() -> PathBuf {
    let home = || std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".cache"));
    let base = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home);
    base.unwrap_or_else(std::env::temp_dir).join("lead-agree")
}

/// The Python of an environment that has what the engines take; what is missing is installed.
///
/// # Errors
/// Python is missing, or an engine cannot be installed.
pub fn python(dir: &Path, engines: &[String]) -> Result<PathBuf, String> {
    let python = host(&dir.join("engines"))?;
    for engine in engines {
        let package = PACKAGES.iter().find(|p| p.name == engine);
        let package = package.ok_or_else(|| format!("no engine `{engine}`; there are {}", names().join(", ")))?;
        install(&python, package)?;
    }
    Ok(python)
}

/// The Python of an environment that has dbt, the versions that are known to install from packages alone.
///
/// # Errors
/// Python is missing, or dbt cannot be installed.
pub fn dbt(dir: &Path) -> Result<PathBuf, String> {
    let packages = &["dbt-core==1.10.*", "dbt-duckdb==1.10.*"];
    let python = host(&dir.join("dbt"))?;
    install(&python, &Package { name: "dbt", packages, module: "dbt.adapters.duckdb", variables: &[] })?;
    Ok(python)
}

/// The Python of an environment that has the program `duckdb`, which stands beside it, a module of the same version, and a client of
/// PostgreSQL.
///
/// # Errors
/// Python is missing, or something cannot be installed.
pub fn live(dir: &Path) -> Result<PathBuf, String> {
    let packages = &["duckdb==1.5.*", "duckdb-cli==1.5.*", "psycopg[binary]"];
    let python = host(&dir.join("live"))?;
    install(&python, &Package { name: "duckdb", packages, module: "duckdb, duckdb_cli, psycopg", variables: &[] })?;
    Ok(python)
}

/// The Python of an environment, made if it is missing.
fn host(folder: &Path) -> Result<PathBuf, String> {
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    if !python.exists() {
        let name = if cfg!(windows) { "python" } else { "python3" };
        let made = Command::new(name).args(["-m", "venv"]).arg(folder).status();
        if !made.is_ok_and(|s| s.success()) {
            return Err("no Python environment can be made: it takes Python 3 with venv".to_string());
        }
    }
    Ok(python)
}

/// Installs what is missing.
fn install(python: &Path, package: &Package) -> Result<(), String> {
    let there = || {
        let mut command = Command::new(python);
        command.args(["-c", &format!("import {}", package.module)]).stderr(Stdio::null());
        command.status().is_ok_and(|s| s.success())
    };
    if there() {
        return Ok(());
    }
    let mut pip = Command::new(python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(package.packages);
    if !pip.status().is_ok_and(|s| s.success()) || !there() {
        return Err(format!("{} cannot be installed", package.name));
    }
    Ok(())
}

/// A PostgreSQL server that nobody else reaches; it ends with this value.
pub struct Server {
    bin: PathBuf,
    folder: TempDir,
    user: Option<String>,
    port: u16,
}

/// What certificates are made by: an authority of a day, and a server's by the name of this machine.
const CERTIFICATES: [&str; 3] = [
    "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=lead-tests -keyout root.key -out root.pem",
    "req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr",
    "x509 -req -in server.csr -CA root.pem -CAkey root.key -CAcreateserial -days 2 -extfile server.ext -out server.pem",
];

impl Server {
    /// Makes a cluster in a temporary folder and starts a server that listens on a socket there alone.
    ///
    /// # Errors
    /// PostgreSQL is not installed, or does not start.
    pub fn start() -> Result<Server, String> {
        Server::started(None)
    }

    /// One that asks for a password, and listens on a port of this machine as well: with TLS alone, and a certificate for `localhost`.
    ///
    /// # Errors
    /// PostgreSQL is not installed, or does not start.
    pub fn guarded(password: &str) -> Result<Server, String> {
        Server::started(Some(password))
    }

    fn started(password: Option<&str>) -> Result<Server, String> {
        let bin = binaries()?;
        let folder = tempfile::Builder::new().prefix("lead-agree-").tempdir().map_err(|e| e.to_string())?;
        // The server does not run as root: there it runs as the user that its package makes.
        let own = Command::new("id").arg("-u").output().map_err(|e| e.to_string())?;
        let user = (String::from_utf8_lossy(&own.stdout).trim() == "0").then(|| "postgres".to_string());
        if let Some(user) = &user {
            let given = Command::new("chown").arg(user).arg(folder.path()).status();
            if !given.is_ok_and(|s| s.success()) {
                return Err("PostgreSQL does not run as root, and there is no user `postgres`".to_string());
            }
        }
        let mut server = Server { bin, folder, user, port: 5432 };
        let data = server.folder.path().join("data");
        let socket = server.folder.path().display().to_string();
        let data_text = data.display().to_string();
        let mut made = vec!["-D", &data_text, "-U", "lead", "-E", "UTF8", "--locale=C", "--no-sync"];
        let secret = server.folder.path().join("password");
        let secret_text = format!("--pwfile={}", secret.display());
        match password {
            Some(password) => {
                std::fs::write(&secret, password).map_err(|e| e.to_string())?;
                made.extend(["-A", "scram-sha-256", &secret_text]);
            }
            None => made.extend(["-A", "trust"]),
        }
        server.run("initdb", &made)?;
        let mut options = format!("-c unix_socket_directories='{socket}' -c fsync=off -c jit=off");
        if password.is_some() {
            server.certify(&data)?;
            let free = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).map_err(|e| e.to_string())?;
            server.port = free.port();
            options += &format!(
                " -c listen_addresses=127.0.0.1 -c port={} -c ssl=on -c ssl_cert_file='{socket}/server.pem' -c ssl_key_file='{socket}/server.key'",
                server.port
            );
        } else {
            options += " -c listen_addresses=''";
        }
        let log = server.folder.path().join("log").display().to_string();
        server.run("pg_ctl", &["-D", &data.display().to_string(), "-w", "-l", &log, "-o", &options, "start"])?;
        Ok(server)
    }

    /// How clients reach it.
    pub fn connection(&self) -> String {
        format!("host={} port={} user=lead dbname=postgres", self.folder.path().display(), self.port)
    }

    /// The port on which it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate that its own is signed with, where it has one.
    pub fn root_certificate(&self) -> PathBuf {
        self.folder.path().join("root.pem")
    }

    /// Makes certificates, and has whoever comes over a network use them.
    fn certify(&self, data: &Path) -> Result<(), String> {
        let folder = self.folder.path();
        let said = "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n";
        std::fs::write(folder.join("server.ext"), said).map_err(|e| e.to_string())?;
        for args in CERTIFICATES {
            let ran = Command::new("openssl").args(args.split(' ')).current_dir(folder).output();
            let ran =
                ran.map_err(|e| format!("`openssl`, which makes the certificates of the server, does not run: {e}"))?;
            if !ran.status.success() {
                return Err(String::from_utf8_lossy(&ran.stderr).into_owned());
            }
        }
        if let Some(user) = &self.user {
            let given = Command::new("chown").arg(user).arg(folder.join("server.key")).status();
            if !given.is_ok_and(|s| s.success()) {
                return Err("the server's key cannot be given to its user".to_string());
            }
        }
        let access = data.join("pg_hba.conf");
        let text = std::fs::read_to_string(&access).map_err(|e| e.to_string())?;
        let lines: Vec<String> =
            text.lines().map(|l| l.strip_prefix("host ").map_or(l.to_owned(), |l| format!("hostssl {l}"))).collect();
        std::fs::write(&access, lines.join("\n") + "\n").map_err(|e| e.to_string())
    }

    /// The folder of its socket.
    pub fn socket(&self) -> &Path {
        self.folder.path()
    }

    fn run(&self, name: &str, args: &[&str]) -> Result<(), String> {
        let program = self.bin.join(name);
        let mut command = match &self.user {
            Some(user) => {
                let mut command = Command::new("runuser");
                command.args(["-u", user, "--"]).arg(&program);
                command
            }
            None => Command::new(&program),
        };
        // The server keeps what it inherits: its output must not hold a pipe of ours open.
        let status = command.args(args).current_dir("/").stdout(Stdio::null()).stderr(Stdio::null()).status();
        match status {
            Ok(status) if status.success() => Ok(()),
            other => Err(format!("`{name}` of PostgreSQL fails: {other:?}")),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.folder.path().join("data").display().to_string();
        let _ = self.run("pg_ctl", &["-D", &data, "-m", "immediate", "stop"]);
    }
}

/// The folder of PostgreSQL's programs; where Debian's packages can be installed, they are.
fn binaries() -> Result<PathBuf, String> {
    installed().or_else(|e| {
        let apt = |args: &[&str]| {
            let mut command = Command::new("apt-get");
            let ran = command.args(args).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null()).status();
            ran.is_ok_and(|s| s.success())
        };
        let install = ["install", "--yes", "--quiet", "--no-install-recommends", "postgresql"];
        // A new machine may have no list of packages yet.
        if apt(&install) || apt(&["update", "--quiet"]) && apt(&install) { installed() } else { Err(e) }
    })
}

fn installed() -> Result<PathBuf, String> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path().join("bin"))
        .filter(|p| p.join("initdb").exists())
        .collect();
    found.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).find(|p| p.join("initdb").exists());
    let missing = "PostgreSQL is not installed: its `initdb` is not found. `apt-get install postgresql`, as root, installs it on Debian and Ubuntu; \
                   elsewhere its programs must be on the path";
    found.pop().or(on_path).ok_or_else(|| missing.to_string())
}
