/** The real server and a real broker, on free ports, each with a directory of its own. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export const EMAIL = "admin@example.org";
export const PASSWORD = "a-password-of-tests";

function binary(): string {
  const given = process.env.MILLRACE_BIN ?? "../target/debug/millrace";
  const path = resolve(given);
  if (!existsSync(path)) throw new Error(`${path} does not exist: build the server or set MILLRACE_BIN`);
  return path;
}

function mosquitto(): string {
  return existsSync("/usr/sbin/mosquitto") ? "/usr/sbin/mosquitto" : "mosquitto";
}

async function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}

/** Waits until somebody listens. */
async function listening(port: number, process: ChildProcess): Promise<void> {
  for (;;) {
    if (process.exitCode !== null) throw new Error(`the broker ended with ${process.exitCode}`);
    const open = await new Promise<boolean>((done) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => {
        socket.destroy();
        done(true);
      });
      socket.once("error", () => done(false));
    });
    if (open) return;
    await new Promise((done) => setTimeout(done, 20));
  }
}

async function ended(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  const gone = new Promise<void>((done) => process.once("exit", () => done()));
  process.kill("SIGTERM");
  await gone;
}

export interface Message {
  topic: string;
  qos: number;
  retain: boolean;
  payload: string;
}

export interface Listener {
  ready: Promise<void>;
  messages: Message[];
  stop: () => void;
}

export class Broker {
  readonly port: number;
  readonly #dir: string;
  #process: ChildProcess | undefined;

  private constructor(port: number, dir: string) {
    this.port = port;
    this.#dir = dir;
  }

  static async start(): Promise<Broker> {
    const broker = new Broker(await freePort(), mkdtempSync(join(tmpdir(), "millrace-broker-")));
    writeFileSync(
      join(broker.#dir, "mosquitto.conf"),
      `listener ${broker.port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_queued_messages 0\n`,
    );
    await broker.resume();
    return broker;
  }

  async resume(): Promise<void> {
    this.#process = spawn(mosquitto(), ["-c", join(this.#dir, "mosquitto.conf")], { stdio: "ignore" });
    await listening(this.port, this.#process);
  }

  async pause(): Promise<void> {
    if (this.#process) await ended(this.#process);
  }

  async publish(topic: string, payload: string): Promise<void> {
    await run("mosquitto_pub", [
      "-h",
      "127.0.0.1",
      "-p",
      String(this.port),
      "-q",
      "1",
      "-t",
      topic,
      "-m",
      payload,
    ]);
  }

  /** Publishes many messages of a topic over one connection; done when the last of them has come by. */
  async publishAll(topic: string, payloads: string[]): Promise<void> {
    const last = payloads.at(-1);
    let seen: () => void = () => undefined;
    const through = new Promise<void>((done) => {
      seen = done;
    });
    const listener = this.listen(topic, (message) => {
      if (message.payload === last) seen();
    });
    await listener.ready;
    const to = ["-h", "127.0.0.1", "-p", String(this.port), "-q", "1", "-t", topic, "-l"];
    const child = spawn("mosquitto_pub", to, { stdio: ["pipe", "ignore", "ignore"] });
    // At the end of its input the program leaves, whatever it has not sent yet: the input stays open.
    child.stdin.write(`${payloads.join("\n")}\n`);
    await through;
    child.stdin.end();
    listener.stop();
  }

  /** The next message of a topic; publish after `ready`. */
  next(topic: string): { ready: Promise<void>; payload: Promise<string> } {
    let take: (payload: string) => void = () => undefined;
    const payload = new Promise<string>((done) => {
      take = done;
    });
    const listener = this.listen(topic, (message) => {
      take(message.payload);
      listener.stop();
    });
    return { ready: listener.ready, payload };
  }

  /** Every message of a topic filter from `ready` on. */
  listen(filter: string, onMessage?: (message: Message) => void): Listener {
    const to = ["-h", "127.0.0.1", "-p", String(this.port), "-q", "1", "-t", filter];
    const child = spawn("stdbuf", ["-oL", "mosquitto_sub", ...to, "-d", "-F", "message %t %q %r %p"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const messages: Message[] = [];
    let subscribed: () => void = () => undefined;
    const ready = new Promise<void>((done) => {
      subscribed = done;
    });
    let rest = "";
    child.stdout.on("data", (part: Buffer) => {
      const lines = (rest + part.toString()).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line.includes("SUBACK")) subscribed();
        const found = /^message (\S+) (\d) (\d) (.*)$/.exec(line);
        if (!found) continue;
        const [, topic = "", qos, retain, payload = ""] = found;
        const message = { topic, qos: Number(qos), retain: retain === "1", payload };
        messages.push(message);
        onMessage?.(message);
      }
    });
    return { ready, messages, stop: () => child.kill() };
  }

  async stop(): Promise<void> {
    await this.pause();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

export class Server {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #dir: string;

  private constructor(url: string, process: ChildProcess, dir: string) {
    this.url = url;
    this.#process = process;
    this.#dir = dir;
  }

  /** Starts a server; `args` before the usual ones, `serve` unless told otherwise. */
  static async start(args: string[] = ["serve"], settings: Record<string, string> = {}): Promise<Server> {
    const dir = mkdtempSync(join(tmpdir(), "millrace-web-"));
    const child = spawn(binary(), [...args, "--http", "127.0.0.1:0", "--data-dir", dir], {
      env: { ...process.env, MILLRACE_ADMIN_EMAIL: EMAIL, MILLRACE_ADMIN_PASSWORD: PASSWORD, ...settings },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let log = "";
    child.stderr.on("data", (part: Buffer) => {
      log = (log + part.toString()).slice(-4_000);
    });
    const url = await new Promise<string>((done, fail) => {
      let out = "";
      child.stdout.on("data", (part: Buffer) => {
        out += part.toString();
        const found = /Millrace is at (http:\/\/\S+)/.exec(out)?.[1];
        if (found) done(found);
      });
      child.once("exit", (code) => fail(new Error(`the server ended with ${code}:\n${log}`)));
    });
    return new Server(url, child, dir);
  }

  /** Stands still without closing anything, as behind a network that swallows everything. */
  pause(): void {
    this.#process.kill("SIGSTOP");
  }

  resume(): void {
    this.#process.kill("SIGCONT");
  }

  async stop(): Promise<void> {
    this.resume();
    await ended(this.#process);
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

/** A device of the server's own making: `millrace simulate`. Ends with `stop`. */
export function simulate(device: string, broker: Broker): { stop: () => void } {
  const child = spawn(binary(), ["simulate", device, "--broker", `127.0.0.1:${broker.port}`], {
    stdio: "ignore",
  });
  return { stop: () => child.kill() };
}
