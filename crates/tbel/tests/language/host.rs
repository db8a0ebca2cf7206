use tbel::{
    CompileOptions, Fault, Host, HostFunctions, Input, Limits, Output, TimeZone, Vm, compile,
};

#[test]
fn the_host_gives_clock_zone_and_randomness() {
    let script =
        "return [Date.now(), new Date(0).getHours(), Math.random(), java.util.UUID.randomUUID()];";
    let program = compile(script, &[], &CompileOptions::default()).expect("compiles");
    let zone = TimeZone::named("+02:00").expect("an offset");
    let host = Host {
        now_ms: 5,
        seed: 7,
        time_zone: zone,
    };
    let mut vm = Vm::new(Limits::default());
    let first = vm.run(&program, &[], &host).expect("runs");
    let Output::List(items) = &first else {
        panic!("{first:?}")
    };
    assert_eq!(items[..2], [Output::Long(5), Output::Int(2)]);
    assert_eq!(vm.run(&program, &[], &host).expect("runs"), first);
    let other = vm
        .run(&program, &[], &Host { seed: 8, ..host })
        .expect("runs");
    assert_ne!(other, first);
}

#[test]
fn functions_of_the_host_are_called_by_name() {
    let functions = HostFunctions::default().with("double", |args| match args {
        [Output::Int(n)] => Ok(Output::Int(n * 2)),
        [Output::List(items)] => Ok(Output::Map(vec![(
            "n".into(),
            Output::Long(items.len() as i64),
        )])),
        _ => Err(Fault::runtime("argument-type", "double needs an int")),
    });
    let options = CompileOptions {
        functions,
        ..CompileOptions::default()
    };
    let run = |script: &str| {
        let program = compile(script, &[], &options).expect("compiles");
        Vm::new(Limits::default()).run(&program, &[], &Host::default())
    };
    assert_eq!(run("return double(21);"), Ok(Output::Int(42)));
    assert_eq!(run("return double([1, 2]).n;"), Ok(Output::Int(2)));
    assert_eq!(
        run("return double('x');").expect_err("no int").message,
        "double needs an int"
    );
}

#[test]
fn programs_are_shared_and_runs_are_independent() {
    let program =
        compile("x.add(1); return x;", &["x"], &CompileOptions::default()).expect("compiles");
    let handles: Vec<_> = (0..4)
        .map(|_| {
            let program = program.clone();
            std::thread::spawn(move || {
                let mut vm = Vm::new(Limits::default());
                let args = [Input::List(vec![Input::Int(7)])];
                (0..50).all(|_| {
                    vm.run(&program, &args, &Host::default())
                        == Ok(Output::List(vec![Output::Int(7), Output::Int(1)]))
                })
            })
        })
        .collect();
    assert!(handles.into_iter().all(|h| h.join().expect("no panic")));
}

#[test]
fn missing_arguments_are_undefined() {
    let program = compile(
        "return [isdef a, isdef b];",
        &["a", "b"],
        &CompileOptions::default(),
    )
    .expect("compiles");
    let result = Vm::new(Limits::default()).run(&program, &[Input::Null], &Host::default());
    assert_eq!(
        result,
        Ok(Output::List(vec![Output::Bool(true), Output::Bool(false)]))
    );
}
