/** The life of a control's command, as the control shows it. */
export type Life =
  | { kind: "idle" }
  /** On its way through the rule chain to the broker. */
  | { kind: "sending" }
  /** Stored on the server until its broker can have it. */
  | { kind: "queued" }
  /** The broker has it; with `waiting` the device's answer is still to come. */
  | { kind: "taken"; at: number; waiting: boolean }
  | { kind: "answered"; at: number; answer: unknown }
  /** A value was written instead of a command sent. */
  | { kind: "saved"; at: number }
  | { kind: "failed"; reason: string };

export type Tell = (life: Life) => void;

/**
 * Sends what a control wants one after the other. While one is on its way newer ones replace each other,
 * and the newest is sent when the way is free, also after a failure: the device ends at what the person sees.
 */
export class Sender<T> {
  readonly #send: (value: T, tell: Tell) => Promise<unknown>;
  readonly #tell: Tell;
  #busy = false;
  #waiting: { value: T } | undefined;

  /** `send` tells the steps in between and the end; a rejection is told here. */
  constructor(send: (value: T, tell: Tell) => Promise<unknown>, tell: Tell) {
    this.#send = send;
    this.#tell = tell;
  }

  get busy(): boolean {
    return this.#busy;
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
        await this.#send(value, this.#tell);
      } catch (error) {
        this.#tell({ kind: "failed", reason: error instanceof Error ? error.message : String(error) });
      }
    }
    this.#busy = false;
  }
}
