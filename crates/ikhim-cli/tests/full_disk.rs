//! A disk that fills up: a plain sentence, the right code, and nothing that was
//! good is lost. It needs a small file system of its own, so it runs where the
//! system lets an unprivileged process mount one.
#![cfg(target_os = "linux")]

use std::process::Command;

/// Runs a script with a file system of 400 kB at `small/`.
fn on_a_small_disk(script: &str) -> Option<std::process::Output> {
    let folder = tempfile::tempdir().unwrap();
    let whole = format!(
        "mkdir small && mount -t tmpfs -o size=400k none small || exit 77\ncd small\n{script}"
    );
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", &whole])
        .env("IKHIM", env!("CARGO_BIN_EXE_ikhim"))
        .current_dir(folder.path())
        .output();
    match output {
        Ok(output) if output.status.code() != Some(77) && output.status.code() != Some(1) => {
            Some(output)
        }
        _ => {
            println!("skipped: this system does not let a test mount a small file system");
            None
        }
    }
}

#[test]
fn a_full_disk_is_told_and_earlier_results_stay_whole() {
    let script = r#"
"$IKHIM" train iris --set model.hidden=[8] --epochs 3 --out first --json > /dev/null || exit 3
cp -r first/model.safetensors ../before
head -c 1000000 /dev/zero > filler 2> /dev/null
"$IKHIM" train iris --set model.hidden=[64,64] --epochs 3 --out second --json
code=$?
cmp first/model.safetensors ../before || exit 4
"$IKHIM" predict first --row 5.1,3.5,1.4,0.2 --json > /dev/null || exit 5
echo "code $code"
exit 0
"#;
    let Some(output) = on_a_small_disk(script) else { return };
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}: {text}", output.status);
    assert!(text.contains("\"code\":\"file.disk_full\"") || text.contains("seal.ledger"), "{text}");
    assert!(text.contains("code 1"), "{text}");
}
