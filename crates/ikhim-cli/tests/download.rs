//! `ikhim data get` from a server on this machine: licence first, content confirmed,
//! an interrupted transfer gone on with, another content refused.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

/// A server of one folder that writes down what it is asked. The first answer to a
/// file ends after `cut` bytes, where it is given.
struct Server {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(files: Vec<(String, Vec<u8>)>, cut: Option<usize>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (kept, mut cut) = (asked.clone(), cut);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(stream, &files, &kept, &mut cut);
            }
        });
        Server { address, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(
    mut stream: TcpStream,
    files: &[(String, Vec<u8>)],
    asked: &Mutex<Vec<String>>,
    cut: &mut Option<usize>,
) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let request = lines.next().unwrap_or_default();
    let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let range = head.iter().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("range").then(|| value.trim().to_string())
    });
    let name = request.split(' ').nth(1).unwrap_or("").trim_start_matches('/').to_string();
    asked
        .lock()
        .unwrap()
        .push(format!("{name} {}", range.clone().unwrap_or_default()).trim().to_string());
    let Some((_, content)) = files.iter().find(|(known, _)| *known == name) else {
        let _ = write!(
            stream,
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        return;
    };
    let start: usize = range
        .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok())
        .unwrap_or(0);
    if start >= content.len() {
        let _ = write!(
            stream,
            "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        return;
    }
    let (status, total) = (if start > 0 { "206 Partial Content" } else { "200 OK" }, content.len());
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nContent-Range: bytes {start}-{}/{total}\r\nAccept-Ranges: bytes\r\nConnection: close\r\n\r\n",
        total - start,
        total - 1,
    );
    let end = cut.take().map_or(total, |cut| cut.min(total));
    let _ = stream.write_all(&content[start.min(end)..end]);
}

fn ikhim(project: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ikhim")).current_dir(project).args(arguments).output().unwrap()
}

fn said(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

fn has_curl() -> bool {
    let found = Command::new("curl").arg("--version").output().is_ok();
    if !found {
        println!("skipped: there is no curl on this machine");
    }
    found
}

/// The text at hand, which is not part of this repository.
fn shakespeare() -> Option<Vec<u8>> {
    let folder = std::env::var_os("IKHIM_SHARED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let file = folder.join("text/tinyshakespeare.txt");
    if let Ok(text) = std::fs::read(&file) {
        return Some(text);
    }
    let required = std::env::var_os("IKHIM_REQUIRE_DATA").is_some_and(|word| word == "1");
    assert!(!required, "{} is missing", file.display());
    println!("skipped: text/tinyshakespeare.txt needs the reference data");
    None
}

#[test]
fn an_interrupted_transfer_is_gone_on_with_and_the_content_is_confirmed() {
    let Some(text) = shakespeare() else { return };
    if !has_curl() {
        return;
    }
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    let cut = 300_000;
    let server = Server::start(vec![("input.txt".to_string(), text.clone())], Some(cut));
    let get = ["data", "get", "shakespeare", "--from", &server.address];
    // The folder holds what an earlier attempt has left.
    std::fs::create_dir(project.join("shakespeare")).unwrap();
    let part = project.join("shakespeare/tinyshakespeare.txt.part");
    std::fs::write(&part, &text[..100_000]).unwrap();

    let first = ikhim(project, &[&get[..], &["--json"]].concat());
    let told = said(&first);
    if told.get("error").is_some() {
        assert_eq!(told["error"]["code"], "file.download", "{told}");
        assert_eq!(std::fs::metadata(&part).unwrap().len(), cut as u64);
        let second = ikhim(project, &[&get[..], &["--json"]].concat());
        assert_eq!(said(&second)["downloaded"], 1, "{second:?}");
    }
    let asked = server.asked();
    assert_eq!(asked[0], "input.txt bytes=100000-", "{asked:?}");
    assert!(
        asked.iter().any(|request| request.starts_with("input.txt bytes=300000-")),
        "{asked:?}"
    );
    let kept = std::fs::read(project.join("shakespeare/tinyshakespeare.txt")).unwrap();
    assert_eq!(kept, text);
    assert!(!part.exists());

    // Once there, nothing is asked of anybody; the licence is told all the same.
    let again = ikhim(project, &get);
    let again = String::from_utf8(again.stdout).unwrap();
    let (licence, confirmed) = (again.find("public domain"), again.find("is there"));
    assert!(licence.is_some() && licence < confirmed, "{again}");
    assert!(again.contains("ikhim train shakespeare/tinyshakespeare.txt"), "{again}");
    assert_eq!(server.asked().len(), asked.len());
}

#[test]
fn a_part_that_is_whole_already_is_taken() {
    let Some(text) = shakespeare() else { return };
    if !has_curl() {
        return;
    }
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    let server = Server::start(vec![("input.txt".to_string(), text.clone())], None);
    std::fs::create_dir(project.join("out")).unwrap();
    std::fs::write(project.join("out/tinyshakespeare.txt.part"), &text).unwrap();
    let get = ["data", "get", "shakespeare", "--from", &server.address, "--out", "out", "--json"];
    let told = said(&ikhim(project, &get));
    assert_eq!(told["folder"], "out", "{told}");
    assert_eq!(std::fs::read(project.join("out/tinyshakespeare.txt")).unwrap(), text);
}

#[test]
fn another_content_and_another_name_are_refused() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    let told = said(&ikhim(project, &["data", "get", "cifar", "--json"]));
    assert_eq!(told["error"]["code"], "file.unknown_set", "{told}");
    assert_eq!(told["error"]["expected"], "mnist, fashion-mnist, shakespeare");
    if !has_curl() {
        return;
    }
    let page = b"<html>please log in</html>".to_vec();
    let server = Server::start(vec![("input.txt".to_string(), page)], None);
    let get = ["data", "get", "shakespeare", "--from", &server.address, "--json"];
    let output = ikhim(project, &get);
    assert_eq!(output.status.code(), Some(1));
    let told = said(&output);
    assert_eq!(told["error"]["code"], "file.checksum", "{told}");
    let left: Vec<_> = std::fs::read_dir(project.join("shakespeare")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    let nobody = ["data", "get", "mnist", "--from", &server.address, "--json"];
    let told = said(&ikhim(project, &nobody));
    assert_eq!(told["error"]["code"], "file.download", "{told}");
    assert!(told["error"]["message"].as_str().unwrap().contains("404"), "{told}");
}
