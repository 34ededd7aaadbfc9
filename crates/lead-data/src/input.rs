//! A file as a stream of UTF-8: compression and encoding found by the first bytes.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::data::Progress;

/// What a file is, by its first bytes and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Cells with a delimiter.
    Csv,
    /// An object a line.
    JsonLines,
    /// Parquet.
    Parquet,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compression {
    None,
    Gzip,
    Zstd,
}

/// How to open a text file again.
#[derive(Clone, Debug)]
pub(crate) struct Opening {
    compression: Compression,
    /// Bytes of the byte-order mark.
    mark: usize,
    /// `None`: UTF-8.
    encoding: Option<&'static Encoding>,
    /// Lines end with a carriage return alone.
    returns: bool,
}

/// The marker of an error that is about bytes which are no text.
#[derive(Debug)]
pub(crate) struct NotText;

impl std::fmt::Display for NotText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("bytes that are no text in this encoding")
    }
}
impl std::error::Error for NotText {}

/// A stream of a text file.
pub(crate) type Stream = Box<dyn Read + Send>;

/// Looks at a file's beginning. `encoding` is what the settings say.
pub(crate) fn look(path: &Path, name: &str, encoding: Option<&'static Encoding>) -> io::Result<(Format, Opening)> {
    let mut head = [0u8; 4];
    let got = read_up_to(&mut File::open(path)?, &mut head)?;
    let head = &head[..got];
    let plain_name = name.trim_end_matches(".gz").trim_end_matches(".zst").trim_end_matches(".zstd").to_lowercase();
    let mut opening = Opening { compression: Compression::None, mark: 0, encoding: None, returns: false };
    if head == b"PAR1" || plain_name.ends_with(".parquet") {
        return Ok((Format::Parquet, opening));
    }
    match head {
        [0x1f, 0x8b, ..] => opening.compression = Compression::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd] => opening.compression = Compression::Zstd,
        [b'P', b'K', 3, 4] => {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "it is a zip or Excel file; an export as CSV can be read",
            ));
        }
        _ => {}
    }
    let mut first = vec![0u8; 64 * 1024];
    let got = read_up_to(&mut decompressed(path, opening.compression, 0, None)?, &mut first)?;
    first.truncate(got);
    match first.as_slice() {
        [0xef, 0xbb, 0xbf, ..] => opening.mark = 3,
        [0xff, 0xfe, ..] => (opening.mark, opening.encoding) = (2, Some(UTF_16LE)),
        [0xfe, 0xff, ..] => (opening.mark, opening.encoding) = (2, Some(UTF_16BE)),
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => opening.encoding = Some(UTF_16LE),
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => opening.encoding = Some(UTF_16BE),
        _ => opening.encoding = encoding.filter(|e| *e != UTF_8),
    }
    opening.returns = first.contains(&b'\r') && !first.contains(&b'\n');
    let json = [".jsonl", ".ndjson", ".json"].iter().any(|e| plain_name.ends_with(e));
    let text = &first[opening.mark.min(first.len())..];
    let brace = text.iter().find(|b| !b.is_ascii_whitespace() && **b != 0) == Some(&b'{');
    Ok((if json || brace { Format::JsonLines } else { Format::Csv }, opening))
}

/// Opens a text file as UTF-8 (not yet checked where the file itself is UTF-8), without its mark. `length` is that of the
/// file when it was first looked at.
pub(crate) fn open(
    path: &Path,
    opening: &Opening,
    length: u64,
    progress: Option<Arc<dyn Progress>>,
) -> io::Result<Stream> {
    let mut stream = decompressed(path, opening.compression, length, progress)?;
    if opening.mark > 0 {
        let mut mark = vec![0u8; opening.mark];
        read_up_to(&mut stream, &mut mark)?;
    }
    if let Some(encoding) = opening.encoding {
        let decoder = encoding.new_decoder_without_bom_handling();
        stream = Box::new(Decoding {
            stream,
            decoder,
            raw: Vec::new(),
            at: 0,
            ended: false,
            failed: false,
            small: Vec::new(),
        });
    }
    if opening.returns {
        stream = Box::new(Returns { stream });
    }
    Ok(stream)
}

fn decompressed(
    path: &Path,
    compression: Compression,
    length: u64,
    progress: Option<Arc<dyn Progress>>,
) -> io::Result<Stream> {
    let file = Counted { file: File::open(path)?, left: length, progress };
    Ok(match compression {
        Compression::None => Box::new(file),
        Compression::Gzip => Box::new(flate2::read::MultiGzDecoder::new(BufReader::with_capacity(1 << 17, file))),
        Compression::Zstd => Box::new(zstd::stream::read::Decoder::new(file)?),
    })
}

/// Reads until the buffer is full or the stream ends.
pub(crate) fn read_up_to(stream: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while got < buffer.len() {
        match stream.read(&mut buffer[got..]) {
            Ok(0) => break,
            Ok(n) => got += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(got)
}

/// What is said of a file that lost its end.
pub(crate) const SHORTER: &str = "it became shorter while it was read; run again when it is whole";

/// Tells how many bytes of the file itself were read. A file that ends before the length that it had is an error: what is
/// gone would be missing in the answers.
struct Counted {
    file: File,
    left: u64,
    progress: Option<Arc<dyn Progress>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read(buffer)?;
        if n == 0 && self.left > 0 && !buffer.is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, SHORTER));
        }
        self.left = self.left.saturating_sub(n as u64);
        if let Some(progress) = &self.progress {
            progress.advance(n as u64);
        }
        Ok(n)
    }
}

/// Another encoding as UTF-8; bytes that are no text are an error of [`NotText`].
struct Decoding {
    stream: Stream,
    decoder: Decoder,
    raw: Vec<u8>,
    at: usize,
    ended: bool,
    failed: bool,
    small: Vec<u8>,
}

impl Read for Decoding {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.failed {
            return Err(io::Error::new(io::ErrorKind::InvalidData, NotText));
        }
        if !self.small.is_empty() || buffer.len() < 4 {
            // A buffer of less than a character is served from a small store.
            if self.small.is_empty() {
                let mut four = [0u8; 4];
                let got = self.read(&mut four)?;
                self.small.extend_from_slice(&four[..got]);
            }
            let n = self.small.len().min(buffer.len());
            buffer[..n].copy_from_slice(&self.small[..n]);
            self.small.drain(..n);
            return Ok(n);
        }
        loop {
            if self.at == self.raw.len() && !self.ended {
                self.raw.resize(1 << 16, 0);
                let got = read_up_to(&mut self.stream, &mut self.raw)?;
                self.raw.truncate(got);
                self.at = 0;
                self.ended = got == 0;
            }
            let (result, read, written) =
                self.decoder.decode_to_utf8_without_replacement(&self.raw[self.at..], buffer, self.ended);
            self.at += read;
            match result {
                DecoderResult::Malformed(..) => {
                    self.failed = true;
                    return if written > 0 { Ok(written) } else { self.read(buffer) };
                }
                DecoderResult::InputEmpty if self.ended => return Ok(written),
                _ if written > 0 => return Ok(written),
                _ => {}
            }
        }
    }
}

/// Carriage returns as line ends.
struct Returns {
    stream: Stream,
}

impl Read for Returns {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.stream.read(buffer)?;
        for byte in &mut buffer[..n] {
            if *byte == b'\r' {
                *byte = b'\n';
            }
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::{SHORTER, look, open};

    #[test]
    fn a_file_that_loses_its_end_is_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("contacts.csv");
        let mut file = std::fs::File::create(&path).expect("a file");
        file.write_all("id\nc1\n".repeat(50_000).as_bytes()).expect("written");
        let length = file.metadata().expect("a length").len();
        let (_, opening) = look(&path, "contacts.csv", None).expect("opened");
        let mut text = String::new();
        open(&path, &opening, length, None).expect("opened").read_to_string(&mut text).expect("read");
        assert_eq!(text.len() as u64, length);

        let mut stream = open(&path, &opening, length, None).expect("opened");
        stream.read_exact(&mut [0; 100]).expect("the beginning");
        file.set_len(1000).expect("shorter");
        let error = stream.read_to_string(&mut text).expect_err("the end is gone");
        assert_eq!(error.to_string(), SHORTER);
    }
}
