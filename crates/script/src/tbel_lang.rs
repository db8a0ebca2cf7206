//! TBEL behind the common face: limits, arguments, results and errors of the `tbel` crate, translated.

use std::sync::Arc;

use tbel::{CompileOptions, Host, Input, Output, Program, Str, Vm};

use crate::{Argument, CompileError, Diagnostic, ErrorKind, HostCall, Limits, ScriptError, Value};

pub(crate) fn compile(
    source: &str,
    parameters: &[&str],
    limits: &Limits,
    portable: bool,
) -> Result<Program, CompileError> {
    let options = CompileOptions {
        max_source_chars: limits.source_chars,
        portable,
        ..CompileOptions::default()
    };
    tbel::compile(source, parameters, &options).map_err(|error| CompileError {
        diagnostics: error.diagnostics.into_iter().map(diagnostic).collect(),
    })
}

pub(crate) fn warnings(program: &Program) -> Vec<Diagnostic> {
    program.warnings().iter().cloned().map(diagnostic).collect()
}

fn diagnostic(from: tbel::Diagnostic) -> Diagnostic {
    let tbel::Diagnostic {
        severity,
        code,
        message,
        hint,
        line,
        column,
        ..
    } = from;
    Diagnostic {
        severity,
        code,
        message,
        hint,
        line,
        column,
    }
}

/// One machine per set of limits; in practice there is one set.
#[derive(Debug, Default)]
pub(crate) struct Machines(Vec<(Limits, Vm)>);

/// Limits come from settings, so a handful; a bound all the same.
const MOST_MACHINES: usize = 8;

impl Machines {
    pub(crate) fn run(
        &mut self,
        program: &Program,
        limits: &Limits,
        arguments: &[Argument<'_>],
        host: &HostCall,
    ) -> Result<Value, ScriptError> {
        self.run_exact(program, limits, arguments, host).map(value)
    }

    /// The result as TBEL has it.
    pub(crate) fn run_exact(
        &mut self,
        program: &Program,
        limits: &Limits,
        arguments: &[Argument<'_>],
        host: &HostCall,
    ) -> Result<Output, ScriptError> {
        let inputs: Vec<Input<'_>> = arguments
            .iter()
            .map(|a| input(a, limits.depth))
            .collect::<Result<_, _>>()?;
        let host = Host {
            now_ms: host.now_ms,
            seed: host.seed,
            time_zone: host.time_zone.tbel().clone(),
        };
        self.vm(limits)
            .run(program, &inputs, &host)
            .map_err(|error| ScriptError {
                kind: match error.kind {
                    tbel::ErrorKind::Runtime => ErrorKind::Runtime,
                    tbel::ErrorKind::Limit => ErrorKind::Limit,
                },
                code: error.code,
                message: error.message,
                hint: error.hint,
                place: Some((error.line, error.column)),
            })
    }

    fn vm(&mut self, limits: &Limits) -> &mut Vm {
        let at = match self.0.iter().position(|(known, _)| known == limits) {
            Some(at) => at,
            None => {
                self.0.truncate(MOST_MACHINES - 1);
                self.0
                    .insert(0, (limits.clone(), Vm::new(vm_limits(limits))));
                0
            }
        };
        &mut self.0[at].1
    }
}

fn vm_limits(limits: &Limits) -> tbel::Limits {
    tbel::Limits {
        instructions: limits.instructions,
        time: Some(limits.wall),
        memory: limits.memory_bytes,
        value_depth: limits.depth,
        arguments_chars: limits.argument_chars,
        result_chars: limits.result_chars,
        ..tbel::Limits::default()
    }
}

fn input<'a>(argument: &Argument<'a>, depth: usize) -> Result<Input<'a>, ScriptError> {
    Ok(match *argument {
        Argument::Null => Input::Null,
        Argument::Bytes(bytes) => Input::Bytes(bytes),
        Argument::Text(text) => Input::Str(text),
        Argument::Json(json) => json_input(json, depth)?,
        Argument::JsonText(text) => Input::Json(text),
        Argument::StringMap(members) => Input::Map(
            members
                .iter()
                .map(|&(key, value)| (key, Input::Str(value)))
                .collect(),
        ),
    })
}

fn json_input(json: &serde_json::Value, depth: usize) -> Result<Input<'_>, ScriptError> {
    let deeper = || {
        depth
            .checked_sub(1)
            .ok_or_else(|| ScriptError::limit("value-depth", "an argument is nested too deeply"))
    };
    Ok(match json {
        serde_json::Value::Null => Input::Null,
        serde_json::Value::Bool(value) => Input::Bool(*value),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(int), _) => Input::Int(int),
            (None, Some(double)) => Input::Double(double),
            (None, None) => Input::Null,
        },
        serde_json::Value::String(text) => Input::Str(text),
        serde_json::Value::Array(items) => {
            let depth = deeper()?;
            Input::List(
                items
                    .iter()
                    .map(|item| json_input(item, depth))
                    .collect::<Result<_, _>>()?,
            )
        }
        serde_json::Value::Object(members) => {
            let depth = deeper()?;
            let mut inputs = Vec::with_capacity(members.len());
            for (key, value) in members {
                inputs.push((key.as_str(), json_input(value, depth)?));
            }
            Input::Map(inputs)
        }
    })
}

fn value(output: Output) -> Value {
    match output {
        Output::Null => Value::Null,
        Output::Bool(value) => Value::Bool(value),
        Output::Int(value) => Value::Int(value.into()),
        Output::Long(value) => Value::Int(value),
        // The shortest decimal of the float, not its widened bits: 25.1f is 25.1.
        Output::Float(value) => {
            Value::Double(value.to_string().parse().unwrap_or_else(|_| value.into()))
        }
        Output::Double(value) => Value::Double(value),
        // No number of ours holds it exactly.
        Output::Big(digits) => Value::Text(text(digits)),
        Output::Str(string) => Value::Text(text(string)),
        Output::List(items) => Value::List(items.into_iter().map(value).collect()),
        Output::Map(members) => Value::Map(
            members
                .into_iter()
                .map(|(key, member)| (text(key), value(member)))
                .collect(),
        ),
    }
}

fn text(string: Str) -> Arc<str> {
    string.into()
}
