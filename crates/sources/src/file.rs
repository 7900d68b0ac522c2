//! A file, read by range.
//!
//! It is read, not mapped into memory: a mapped file that another program cuts short ends the process, and the few
//! kilobytes that a ledger needs are read as quickly.

use std::fs;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Component, Path};
use std::sync::Mutex;

use formats::Source;
use workings::fault::Fault;

/// An open file.
pub struct File {
    name: String,
    size: u64,
    file: Mutex<fs::File>,
}

impl File {
    /// Opens a file. What is no file, or cannot be read, is said with what to do.
    pub fn open(path: &Path) -> Result<File, Fault> {
        let name = path.display().to_string();
        let cannot = |error: std::io::Error| match error.kind() {
            ErrorKind::NotFound => Fault::new(format!("there is no file `{name}`")).hint(
                "give a file, `-` for standard input, or a network that comes along (`workings networks` lists them)",
            ),
            ErrorKind::PermissionDenied => {
                Fault::new(format!("`{name}` may not be read")).hint("check its permissions")
            }
            _ => Fault::new(format!("`{name}` cannot be read: {error}")),
        };
        // A pipe under a name blocks when it is opened, so what it is comes first.
        let kind = fs::metadata(path).map_err(cannot)?;
        if kind.is_dir() {
            return Err(Fault::new(format!("`{name}` is a folder")).hint("give one of the files in it"));
        }
        if !kind.is_file() {
            return Err(Fault::new(format!("`{name}` is no ordinary file")).hint("pipe it in, with `-` as the source"));
        }
        let file = fs::File::open(path).map_err(cannot)?;
        Ok(File { size: kind.len(), name, file: Mutex::new(file) })
    }
}

impl Source for File {
    fn name(&self) -> &str {
        &self.name
    }

    fn size(&self) -> u64 {
        self.size
    }

    /// A file in the same folder or below it, and nowhere else.
    fn sibling(&self, name: &str) -> Option<Box<dyn Source>> {
        let plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        let beside = Path::new(&self.name).parent()?.join(name);
        if !plain {
            return None;
        }
        Some(Box::new(File::open(&beside).ok()?))
    }

    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, Fault> {
        let short = |end: u64| {
            Fault::new(format!("`{}` ends at byte {end}, and {} were needed", self.name, range.end))
                .hint("is it still being written?")
        };
        // What is not there is given no room.
        if range.end > self.size {
            return Err(short(self.size));
        }
        let mut bytes = vec![0; range.end.saturating_sub(range.start) as usize];
        let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // All at once: `read_to_end` asks for a little at first, and asks eight times for sixteen kilobytes.
        match file.seek(SeekFrom::Start(range.start)).and_then(|_| file.read_exact(&mut bytes)) {
            Ok(()) => Ok(bytes),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                Err(short(file.metadata().map_or(range.start, |told| told.len())))
            }
            Err(error) => Err(Fault::new(format!("`{}` cannot be read: {error}", self.name))),
        }
    }
}
