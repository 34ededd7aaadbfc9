//! The column chunks of a row group, each read from the file at once: page by page it would be three calls to the system for each.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use bytes::{Buf, Bytes};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

/// So many bytes of a row group are held; what is past them is read page by page.
const MOST: u64 = 16 << 20;

/// A file, some stretches of which are in memory.
pub(crate) struct Chunks {
    file: File,
    length: u64,
    /// With the place where each begins.
    held: Vec<(u64, Bytes)>,
}

impl Chunks {
    /// Reads stretches of a file: where each begins, and its length.
    ///
    /// # Errors
    /// The file cannot be read, or is shorter.
    pub fn read(file: File, stretches: impl IntoIterator<Item = (u64, u64)>) -> Result<Chunks> {
        let length = file.metadata()?.len();
        let mut chunks = Chunks { file, length, held: Vec::new() };
        let mut room = MOST;
        for (start, length) in stretches {
            if length <= room && length > 0 {
                room -= length;
                chunks.held.push((start, chunks.load(start, length)?));
            }
        }
        Ok(chunks)
    }

    fn load(&self, start: u64, length: u64) -> Result<Bytes> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::with_capacity(length as usize);
        if file.take(length).read_to_end(&mut bytes)? as u64 == length {
            return Ok(bytes.into());
        }
        Err(ParquetError::EOF(format!("the file has no {length} bytes from byte {start} on")))
    }

    /// What is held from a place on, to the end of its stretch.
    fn held(&self, start: u64) -> Option<Bytes> {
        let (first, bytes) = self.held.iter().find(|(first, b)| (*first..*first + b.len() as u64).contains(&start))?;
        Some(bytes.slice((start - first) as usize..))
    }
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Chunks {
    type T = Box<dyn Read>;

    fn get_read(&self, start: u64) -> Result<Box<dyn Read>> {
        if let Some(bytes) = self.held(start) {
            return Ok(Box::new(bytes.reader()));
        }
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(start))?;
        Ok(Box::new(BufReader::new(file)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        match self.held(start) {
            Some(bytes) if length <= bytes.len() => Ok(bytes.slice(..length)),
            _ => self.load(start, length as u64),
        }
    }
}
