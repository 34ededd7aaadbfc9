//! An opened export: its headers, and how to read its rows.

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use crate::csv::chunk::{Chunk, Chunker, StreamTrouble};
use crate::csv::header;
use crate::data::Progress;
use crate::input::{self, Format, Opening};
use crate::jsonl;
use crate::parquet::Footer;
use crate::sandbox::Found;
use crate::settings::Settings;

/// Lines of JSON whose names are the headers: those in this many bytes.
const JSON_HEAD: usize = 1 << 20;

/// A file of the data folder whose headers are known.
#[derive(Clone)]
pub(crate) struct ExportFile {
    /// As shown to people.
    pub name: String,
    pub path: PathBuf,
    pub bytes: u64,
    pub format: Format,
    /// Names of the columns, as written.
    pub headers: Vec<String>,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    Text { opening: Opening, delimiter: Option<u8>, skip: usize, line: u64, footer: u32 },
    Parquet(Box<Footer>),
}

/// Why a file cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FileTrouble {
    Stream(StreamTrouble),
    NoHeader,
}

impl From<StreamTrouble> for FileTrouble {
    fn from(trouble: StreamTrouble) -> FileTrouble {
        FileTrouble::Stream(trouble)
    }
}

impl ExportFile {
    /// Finds out what a file is and reads its headers.
    pub fn open(found: &Found, settings: &Settings) -> Result<ExportFile, FileTrouble> {
        let broken = |e: &std::io::Error| StreamTrouble::of(e, 1);
        let bytes = std::fs::metadata(&found.path).map_err(|e| broken(&e))?.len();
        let (format, opening) = input::look(&found.path, &found.name, settings.encoding).map_err(|e| broken(&e))?;
        let file = |headers, kind| ExportFile {
            name: found.name.clone(),
            path: found.path.clone(),
            bytes,
            format,
            headers,
            kind,
        };
        if format == Format::Parquet {
            let footer = Footer::open(&found.path).map_err(StreamTrouble::Broken)?;
            return match footer.headers() {
                none if none.is_empty() => Err(FileTrouble::NoHeader),
                headers => Ok(file(headers, Kind::Parquet(Box::new(footer)))),
            };
        }
        let mut stream = input::open(&found.path, &opening, bytes, None).map_err(|e| broken(&e))?;
        let footer = settings.footer_lines;
        if format == Format::JsonLines {
            let mut chunker = Chunker::new(stream, None, 1, 0).of_size(JSON_HEAD);
            let mut chunk = Chunk::default();
            chunker.next(&mut chunk)?;
            let text = text_of(&chunk)?;
            let headers = jsonl::headers(text);
            if headers.is_empty() {
                return Err(if text.trim_start().starts_with('[') {
                    let what = "it is one JSON list; an object on each line can be read (JSON lines)";
                    StreamTrouble::Broken(what.to_owned()).into()
                } else {
                    FileTrouble::NoHeader
                });
            }
            return Ok(file(headers, Kind::Text { opening, delimiter: None, skip: 0, line: 1, footer }));
        }
        let header =
            header::read(&mut stream, settings.skip_lines, settings.delimiter)?.ok_or(FileTrouble::NoHeader)?;
        let kind =
            Kind::Text { opening, delimiter: Some(header.delimiter), skip: header.bytes, line: header.line, footer };
        Ok(file(header.names, kind))
    }

    /// The delimiter of a CSV file.
    pub fn delimiter(&self) -> u8 {
        match &self.kind {
            Kind::Text { delimiter: Some(d), .. } => *d,
            _ => b',',
        }
    }

    /// The footer of a Parquet file.
    pub fn footer(&self) -> Option<&Footer> {
        match &self.kind {
            Kind::Parquet(footer) => Some(footer),
            Kind::Text { .. } => None,
        }
    }

    /// The rows of a text file, from the first.
    pub fn chunks(&self, progress: Option<Arc<dyn Progress>>) -> Result<Option<Chunker>, StreamTrouble> {
        let Kind::Text { opening, delimiter, skip, line, footer } = &self.kind else { return Ok(None) };
        let broken = |e: std::io::Error| StreamTrouble::of(&e, 1);
        let mut stream = input::open(&self.path, opening, self.bytes, progress).map_err(broken)?;
        let mut left = *skip;
        let mut buffer = vec![0u8; left.min(1 << 16)];
        while left > 0 {
            let most = left.min(buffer.len());
            let got = input::read_up_to(stream.by_ref(), &mut buffer[..most]).map_err(broken)?;
            if got == 0 {
                break;
            }
            left -= got;
        }
        Ok(Some(Chunker::new(stream, *delimiter, *line, *footer)))
    }
}

/// The text of a chunk, if it is text.
pub(crate) fn text_of(chunk: &Chunk) -> Result<&str, StreamTrouble> {
    simdutf8::basic::from_utf8(chunk.bytes()).map_err(|_| {
        // The quick way does not say where it is.
        let good = std::str::from_utf8(chunk.bytes()).map_or_else(|e| e.valid_up_to(), str::len);
        let lines = chunk.bytes()[..good].iter().filter(|b| **b == b'\n').count();
        StreamTrouble::NotText(chunk.line + lines as u64)
    })
}
