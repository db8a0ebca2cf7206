/**
 * One WebSocket for everything that is live. It opens with the first subscription, signs in with the
 * first frame, and after a loss comes back by itself with every subscription that is still wanted;
 * the server's first answer to each brings what was missed. A connection that says nothing for a while is
 * asked; one that does not answer is lost, whatever the browser still believes of it.
 */
import { backoff } from "./backoff";

export type LiveState = "idle" | "connecting" | "live" | "lost";
export type Command = { type: string } & Record<string, unknown>;
export type Update = Record<string, unknown>;

/** What the socket needs from the world; tests give their own. */
export interface LiveWorld {
  open: () => WebSocket;
  token: () => Promise<string | undefined>;
  later: (run: () => void, ms: number) => void;
  /** Milliseconds of any clock that does not go back. */
  now: () => number;
}

interface Subscription {
  command: Command;
  onUpdate: (update: Update) => void;
}

/** Commands in one frame; the server takes 200. */
const FRAME = 100;
/** A connection is asked after this time of silence … */
const SILENCE_MS = 30_000;
/** … and is lost when it does not answer within this one. */
const ANSWER_MS = 10_000;

export class LiveSocket {
  readonly #world: LiveWorld;
  readonly #subscriptions = new Map<number, Subscription>();
  readonly #watchers = new Set<() => void>();
  #state: LiveState = "idle";
  #socket: WebSocket | undefined;
  #next = 1;
  #attempts = 0;
  #stopped = false;
  /** When the last frame came. */
  #heard = 0;

  constructor(world: LiveWorld) {
    this.#world = world;
  }

  get state(): LiveState {
    return this.#state;
  }

  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Subscribes until the returned function is called. */
  subscribe(command: Command, onUpdate: (update: Update) => void): () => void {
    const id = this.#next++;
    this.#subscriptions.set(id, { command, onUpdate });
    if (this.#state === "live") this.#send([{ ...command, cmdId: id }]);
    else if (this.#state === "idle") void this.#connect();
    return () => {
      this.#subscriptions.delete(id);
      if (this.#state === "live") this.#send([ending(command, id)]);
    };
  }

  /** Sends a command that is not a subscription; false when there is no connection. */
  send(command: Command): boolean {
    if (this.#state !== "live") return false;
    this.#send([{ ...command, cmdId: this.#next++ }]);
    return true;
  }

  /** Tries now instead of after the pause: the network is back, or somebody looks again. */
  wake(): void {
    if (this.#state === "lost" && !this.#stopped) void this.#connect();
  }

  /** Ends the connection; a later subscription opens a new one. */
  stop(): void {
    this.#stopped = true;
    this.#subscriptions.clear();
    this.#socket?.close();
    this.#socket = undefined;
    this.#become("idle");
  }

  async #connect(): Promise<void> {
    this.#stopped = false;
    this.#become("connecting");
    let token: string | undefined;
    try {
      token = await this.#world.token();
    } catch {
      this.#retry();
      return;
    }
    if (token === undefined || this.#stopped) {
      this.#become("idle");
      return;
    }
    const socket = this.#world.open();
    this.#socket = socket;
    socket.onopen = () => {
      const cmds = [...this.#subscriptions].map(([cmdId, one]) => ({ ...one.command, cmdId }));
      socket.send(JSON.stringify({ authCmd: { cmdId: 0, token }, cmds: cmds.slice(0, FRAME) }));
      for (let at = FRAME; at < cmds.length; at += FRAME) {
        socket.send(JSON.stringify({ cmds: cmds.slice(at, at + FRAME) }));
      }
      this.#heard = this.#world.now();
      this.#become("live");
      this.#listen(socket);
    };
    socket.onmessage = (frame: MessageEvent<unknown>) => {
      this.#attempts = 0;
      this.#heard = this.#world.now();
      this.#dispatch(frame.data);
    };
    socket.onclose = () => {
      if (socket !== this.#socket) return;
      this.#socket = undefined;
      if (!this.#stopped) this.#retry();
    };
  }

  /** Asks a silent connection whether it is there, and gives up one that does not answer. */
  #listen(socket: WebSocket): void {
    this.#world.later(() => {
      if (socket !== this.#socket) return;
      const asked = this.#world.now();
      if (asked - this.#heard < SILENCE_MS) {
        this.#listen(socket);
        return;
      }
      const cmdId = this.#next++;
      this.#send([
        { type: "NOTIFICATIONS_COUNT", cmdId },
        { type: "NOTIFICATIONS_UNSUBSCRIBE", cmdId },
      ]);
      this.#world.later(() => {
        if (socket !== this.#socket) return;
        if (this.#heard >= asked) {
          this.#listen(socket);
          return;
        }
        // Closing waits for the other side, which may be gone: the loss is told at once.
        this.#socket = undefined;
        socket.close();
        this.#retry();
      }, ANSWER_MS);
    }, SILENCE_MS);
  }

  #retry(): void {
    this.#become("lost");
    this.#world.later(() => {
      if (this.#state === "lost" && !this.#stopped) void this.#connect();
    }, backoff(this.#attempts++));
  }

  #dispatch(data: unknown): void {
    if (typeof data !== "string") return;
    let update: Update;
    try {
      update = JSON.parse(data) as Update;
    } catch {
      return;
    }
    // The two families of updates name their subscription differently.
    const id = update.cmdId ?? update.subscriptionId;
    if (typeof id === "number") this.#subscriptions.get(id)?.onUpdate(update);
  }

  #send(cmds: Command[]): void {
    this.#socket?.send(JSON.stringify({ cmds }));
  }

  #become(state: LiveState): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const watcher of this.#watchers) watcher();
  }
}

/** The command that ends a subscription. */
function ending(command: Command, cmdId: number): Command {
  if (command.type === "TIMESERIES" || command.type === "ATTRIBUTES")
    return { ...command, cmdId, unsubscribe: true };
  const family = command.type === "NOTIFICATIONS_COUNT" ? "NOTIFICATIONS" : command.type;
  return { type: `${family}_UNSUBSCRIBE`, cmdId };
}
