//! Published converters with their recorded payloads, when their folder is there: each a gzip file of
//! JSON lines.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;
use tbel::{CompileOptions, Host, Input, Limits, Program, Vm, compile};

use crate::clock;
use crate::javascript::JavaScript;

/// Runs a CPU second of the original engine for decoders of this size.
const ORIGINAL: (f64, f64) = (900.0, 1_900.0);

/// Shown one by one, beside the sum over all.
const SHOWN: [&str; 3] = [
    "Milesight/WT201/ChirpStack/uplink",
    "Tektelic/Clover/LORIOT/uplink_2",
    "Yobiiq/EM2101/LORIOT/uplink",
];

struct Case {
    id: String,
    lang: String,
    uplink: bool,
    script: String,
    /// As JSON texts, in the order of the parameters.
    arguments: Vec<String>,
}

impl Case {
    fn parameters(&self) -> &'static [&'static str] {
        if self.uplink {
            &["payload", "metadata"]
        } else {
            &["msg", "metadata", "msgType", "integrationMetadata"]
        }
    }

    fn inputs(&self) -> Vec<Input<'_>> {
        self.arguments
            .iter()
            .enumerate()
            .map(|(i, text)| {
                if self.uplink && i == 0 {
                    Input::Bytes(text.as_bytes())
                } else {
                    Input::Json(text)
                }
            })
            .collect()
    }
}

fn case(line: &str) -> Option<Case> {
    let json: Json = serde_json::from_str(line).ok()?;
    let lang = json.get("scriptLang")?.as_str()?.to_owned();
    let uplink = json.get("direction")?.as_str()? == "uplink";
    let field = match (lang.as_str(), uplink) {
        ("TBEL", true) => "tbelDecoder",
        ("TBEL", false) => "tbelEncoder",
        (_, true) => "decoder",
        (_, false) => "encoder",
    };
    let metadata = json.get("metadata").cloned().unwrap_or(Json::Null);
    let strings: serde_json::Map<String, Json> = metadata
        .as_object()?
        .iter()
        .map(|(k, v)| {
            let text = v.as_str().map_or_else(|| v.to_string(), str::to_owned);
            (k.clone(), Json::String(text))
        })
        .collect();
    let payload = json.get("payload")?.to_string();
    let arguments = if uplink {
        vec![payload, metadata.to_string()]
    } else {
        let metadata = Json::Object(strings).to_string();
        vec![
            payload,
            metadata,
            "\"POST_TELEMETRY_REQUEST\"".into(),
            "{}".into(),
        ]
    };
    let configuration = json.get("converter")?.get("configuration")?;
    Some(Case {
        id: json.get("id")?.as_str()?.to_owned(),
        lang,
        uplink,
        script: configuration.get(field)?.as_str()?.to_owned(),
        arguments,
    })
}

fn cases(folder: &Path) -> Vec<Case> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "gz"))
        .collect();
    paths.sort();
    paths
        .iter()
        .filter_map(|path| Command::new("gzip").arg("-dc").arg(path).output().ok())
        .filter_map(|output| String::from_utf8(output.stdout).ok())
        .flat_map(|text| text.lines().filter_map(case).collect::<Vec<_>>())
        .collect()
}

pub(crate) fn print(wanted: &dyn Fn(&str) -> bool) {
    let folder =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/converters-corpus");
    let cases = cases(&folder);
    if cases.is_empty() {
        println!("no published converters here");
        return;
    }
    for case in cases.iter().filter(|c| SHOWN.contains(&c.id.as_str())) {
        let name = format!("{}, {} KB", case.id, case.script.len() / 1000);
        if wanted(&name) {
            let program = tbel(case);
            crate::line(
                &name,
                run(case, &program, clock::seconds),
                Some(ORIGINAL),
                None,
                None,
            );
        }
    }
    if wanted("published") {
        let own: Vec<f64> = cases
            .iter()
            .filter(|c| c.lang == "TBEL")
            .map(|c| run(c, &tbel(c), clock::roughly))
            .collect();
        let js: Vec<f64> = cases
            .iter()
            .filter(|c| c.lang == "JS")
            .filter_map(javascript)
            .collect();
        let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len().max(1) as f64;
        let name = format!("published: {} TBEL, {} JavaScript", own.len(), js.len());
        crate::line(&name, mean(&own), None, Some(mean(&js)), None);
    }
    let largest = cases
        .iter()
        .filter(|c| c.lang == "TBEL")
        .max_by_key(|c| c.script.len());
    if let Some(case) = largest
        && wanted("compile")
    {
        let name = format!("compile {}, {} KB", case.id, case.script.len() / 1000);
        let own = clock::seconds(&mut || {
            black_box(tbel(case));
        });
        crate::line(&name, own, None, None, None);
    }
}

fn tbel(case: &Case) -> Program {
    compile(&case.script, case.parameters(), &CompileOptions::default()).expect("compiles")
}

fn run(case: &Case, program: &Program, clock: fn(&mut dyn FnMut()) -> f64) -> f64 {
    let mut vm = Vm::new(Limits::default());
    let host = Host::default();
    let inputs = case.inputs();
    clock(&mut || {
        let _ = black_box(vm.run(program, black_box(&inputs), &host));
    })
}

fn javascript(case: &Case) -> Option<f64> {
    let prelude = "var atob = t => { var a = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', o = '', b = 0, n = 0; for (var c of t) { var v = a.indexOf(c); if (v < 0) break; b = (b << 6) | v; n += 6; if (n >= 8) { n -= 8; o += String.fromCharCode((b >> n) & 255); } } return o; };";
    let js = JavaScript::compile(&format!("{prelude}\n{}", case.script), case.parameters()).ok()?;
    let mut arguments = case.arguments.clone();
    if case.uplink {
        let payload = arguments.first_mut()?;
        *payload = serde_json::json!(payload.as_bytes()).to_string();
    }
    js.run(&arguments).ok()?;
    Some(clock::roughly(&mut || {
        let _ = black_box(js.run(black_box(&arguments)));
    }))
}
