/** The life of a control's command, as the control shows it. */
export type Sending =
  | { kind: "idle" }
  | { kind: "sending" }
  | { kind: "delivered"; at: number }
  | { kind: "failed"; reason: string };

/**
 * Sends a control's values one after the other. While one is on its way newer ones replace each other, and
 * the newest is sent when the way is free, also after a failure: the device ends at what the person sees.
 */
export class Sender<T> {
  readonly #send: (value: T) => Promise<unknown>;
  readonly #tell: (sending: Sending) => void;
  #busy = false;
  #waiting: { value: T } | undefined;

  constructor(send: (value: T) => Promise<unknown>, tell: (sending: Sending) => void) {
    this.#send = send;
    this.#tell = tell;
  }

  put(value: T): void {
    this.#waiting = { value };
    if (!this.#busy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    while (this.#waiting) {
      const { value } = this.#waiting;
      this.#waiting = undefined;
      this.#tell({ kind: "sending" });
      try {
        await this.#send(value);
        this.#tell({ kind: "delivered", at: Date.now() });
      } catch (error) {
        this.#tell({ kind: "failed", reason: error instanceof Error ? error.message : String(error) });
      }
    }
    this.#busy = false;
  }
}
