//! The same scripts in QuickJS, called as platforms call JavaScript: JSON texts in, a JSON text out.

use rquickjs::{Context, Function, Persistent, Runtime};

pub(crate) struct JavaScript {
    context: Context,
    function: Persistent<Function<'static>>,
    // Behind the function, which must go first.
    _runtime: Runtime,
}

impl JavaScript {
    pub(crate) fn compile(source: &str, parameters: &[&str]) -> Result<Self, rquickjs::Error> {
        let runtime = Runtime::new()?;
        let context = Context::full(&runtime)?;
        let names = parameters.join(", ");
        let parsed: Vec<String> = parameters
            .iter()
            .map(|p| format!("JSON.parse({p})"))
            .collect();
        let text = format!(
            "(function({names}) {{ return JSON.stringify(body({})); function body({names}) {{ {source} }} }})",
            parsed.join(", ")
        );
        let function = context.with(|ctx| {
            let function: Function<'_> = ctx.eval(text)?;
            Ok::<_, rquickjs::Error>(Persistent::save(&ctx, function))
        })?;
        Ok(Self {
            context,
            function,
            _runtime: runtime,
        })
    }

    pub(crate) fn run(&self, arguments: &[String]) -> Result<String, rquickjs::Error> {
        self.context.with(|ctx| {
            let function = self.function.clone().restore(&ctx)?;
            let mut args = rquickjs::function::Args::new(ctx, arguments.len());
            for argument in arguments {
                args.push_arg(argument.as_str())?;
            }
            function.call_arg(args)
        })
    }
}
