//! Writes the manual into `docs/tbel`: `cargo run -p tbel --example manual`

#[path = "../../tests/support/json.rs"]
mod json;
mod pages;
#[path = "../../tests/support/run.rs"]
mod run;

use std::fs;

fn main() -> std::io::Result<()> {
    let folder = pages::folder();
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    for (name, text) in pages::pages() {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}
