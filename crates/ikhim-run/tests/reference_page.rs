//! `docs/experiment.md` is written from the list of keys.
//! `IKHIM_WRITE_PAGES=1 cargo test --release -p ikhim-run --test reference_page`
//! writes it again after a key was added.

use ikhim_run::experiment::reference::reference;
use std::path::Path;

#[test]
fn the_page_of_keys_is_that_of_the_declarations() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/experiment.md");
    let page = reference();
    if std::env::var_os("IKHIM_WRITE_PAGES").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    let differs = page.lines().zip(kept.lines()).find(|(now, kept)| now != kept);
    assert!(kept == page, "{} is not that of the keys: {differs:?}", path.display());
}
