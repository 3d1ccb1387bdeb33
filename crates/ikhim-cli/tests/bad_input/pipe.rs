//! A reader that goes away, as `head` does, is no fault.

use crate::case::text;
use crate::project::{Project, good};
use std::io::Read;
use std::process::Stdio;

#[test]
fn a_closed_pipe_is_silent() {
    let project = Project::new();
    let rows = good().lines().skip(1).map(|row| format!("{row}\n")).collect::<String>();
    project.write("long.csv", format!("a,b,y\n{}", rows.repeat(2000)).as_bytes());
    for call in [
        vec!["predict", "earlier", "long.csv"],
        vec!["schema"],
        vec!["explain"],
        vec!["data", "show", "good.csv"],
        vec!["train", "good.csv", "--epochs", "1", "--out", "piped"],
        vec!["train", "missing.csv", "--json"],
    ] {
        let mut command = project.command(&call);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let mut first = [0; 1];
        let read = stdout.read(&mut first).unwrap();
        drop(stdout);
        let output = child.wait_with_output().unwrap();
        let told = text(output.stderr);
        assert_eq!(read, 1, "{call:?}");
        assert!(!told.contains("pipe") && !told.contains("panic"), "{call:?}: {told}");
        let expected = if call.contains(&"missing.csv") { 1 } else { 0 };
        assert_eq!(output.status.code(), Some(expected), "{call:?}: {told}");
    }
    // The command did its work although nobody read of it.
    assert!(project.path().join("piped/model.safetensors").exists());
}
