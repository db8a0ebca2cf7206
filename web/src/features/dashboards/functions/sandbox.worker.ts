/** The worker in which functions of stored dashboards run; it is loaded only by dashboards that have some. */
import loader from "@jitl/quickjs-wasmfile-release-sync/emscripten-module";
import { QuickJSFFI } from "@jitl/quickjs-wasmfile-release-sync/ffi";
import wasm from "@jitl/quickjs-wasmfile-release-sync/wasm?url";
import { newQuickJSWASMModuleFromVariant, newVariant } from "quickjs-emscripten-core";
import { Machine } from "./machine";
import type { Batch, Reply } from "./protocol";

const say = (reply: Reply) => postMessage(reply);

async function start(): Promise<Machine> {
  const wasmModule = await WebAssembly.compileStreaming(fetch(wasm));
  const variant = newVariant(
    {
      type: "sync",
      importFFI: () => Promise.resolve(QuickJSFFI),
      importModuleLoader: () => Promise.resolve(loader),
    },
    { wasmModule },
  );
  return new Machine(await newQuickJSWASMModuleFromVariant(variant));
}

const machine = start();
machine.then(
  () => say({ type: "ready" }),
  // Told as an error of the worker.
  (error: unknown) =>
    setTimeout(() => {
      throw error;
    }),
);

onmessage = (event: MessageEvent<Batch>) => {
  const batch = event.data;
  void machine.then((one) => {
    const { outcomes, dead } = one.run(batch, (of) => say({ type: "begins", id: batch.id, of }));
    say({ type: "done", id: batch.id, outcomes, dead });
  });
};
