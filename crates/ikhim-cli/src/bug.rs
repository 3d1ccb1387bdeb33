//! A panic is a bug of ours: it becomes a fault that says so.

use ikhim_text::{Fault, Result};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Mutex;

/// What the last panic said.
static LAST: Mutex<String> = Mutex::new(String::new());

/// Keeps what a panic says for [`guard`] instead of printing it.
pub(crate) fn keep_quiet() {
    panic::set_hook(Box::new(|panic| {
        if let Ok(mut last) = LAST.lock() {
            *last = described(panic);
        }
    }));
}

/// Does the work; a panic in it is a fault.
pub(crate) fn guard<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    // Nothing of what the panic left half done is looked at again.
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let said = LAST.lock().map(|last| last.clone()).unwrap_or_default();
        Err(Fault::of("bug.panic").with("found", said))
    })
}

fn described(panic: &PanicHookInfo<'_>) -> String {
    let payload = panic.payload();
    let text = payload.downcast_ref::<&str>().map(|text| text.to_string());
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default();
    match panic.location() {
        Some(place) => format!("{text} (ikhim {}, {place})", env!("CARGO_PKG_VERSION")),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    #[test]
    fn a_panic_is_a_fault_with_its_own_exit_code() {
        keep_quiet();
        let fault = guard::<()>(|| panic!("three is {}", 4)).unwrap_err();
        assert_eq!(Exit::of(&fault), Exit::Bug);
        let text = fault.to_string();
        assert!(text.starts_with("this is a bug of ikhim, not of yours: three is 4"), "{text}");
        assert!(text.contains("bug.rs"), "{text}");
    }
}
