//! Ctrl-C: asks a run to stop, and when asked twice stops it at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use workings::Fault;

/// What a shell expects of a program that was interrupted: 128 and the signal's number.
const INTERRUPTED: i32 = 130;

/// Whether somebody wants the run to stop.
pub(super) struct Stop(Arc<AtomicUsize>);

impl Stop {
    /// Listens for Ctrl-C from now on, and for being told to end.
    pub fn listen() -> Result<Stop, Fault> {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let heard = ctrlc::set_handler(move || {
            if counted.fetch_add(1, Ordering::SeqCst) > 0 {
                // What is kept is whole at every moment.
                std::process::exit(INTERRUPTED);
            }
        });
        heard.map_err(|error| Fault::new(format!("Ctrl-C cannot be listened for: {error}")))?;
        Ok(Stop(count))
    }

    pub fn asked(&self) -> bool {
        self.0.load(Ordering::SeqCst) > 0
    }
}
