import { afterEach, describe, expect, it, vi } from "vitest";
import { backoff } from "./backoff";
import { LiveSocket } from "./socket";

class FakeSocket {
  sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((frame: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close(): void {
    this.onclose?.();
  }
  hear(update: unknown): void {
    this.onmessage?.({ data: JSON.stringify(update) });
  }
}

function world() {
  const sockets: FakeSocket[] = [];
  const timers: (() => void)[] = [];
  const clock = { at: 0 };
  const live = new LiveSocket({
    open: () => {
      const made = new FakeSocket();
      sockets.push(made);
      return made as unknown as WebSocket;
    },
    token: () => Promise.resolve("secret"),
    later: (run) => timers.push(run),
    now: () => clock.at,
  });
  const opened = async (at: number) => {
    await vi.waitFor(() => {
      if (!sockets[at]) throw new Error("no socket yet");
    });
    const socket = sockets[at] as FakeSocket;
    socket.onopen?.();
    return socket;
  };
  /** Lets time pass: what waits runs once. */
  const pass = (ms: number) => {
    clock.at += ms;
    for (const run of timers.splice(0)) run();
  };
  return { live, sockets, timers, opened, pass };
}

afterEach(() => vi.restoreAllMocks());

describe("the live connection", () => {
  it("signs in with the first frame and hands updates of both families to their subscription", async () => {
    const { live, opened } = world();
    const seen: unknown[] = [];
    live.subscribe({ type: "TIMESERIES", entityId: "a" }, (update) => seen.push(update.data));
    live.subscribe({ type: "NOTIFICATIONS" }, (update) => seen.push(update.totalUnreadCount));
    const socket = await opened(0);
    expect(socket.sent).toEqual([
      {
        authCmd: { cmdId: 0, token: "secret" },
        cmds: [
          { type: "TIMESERIES", entityId: "a", cmdId: 1 },
          { type: "NOTIFICATIONS", cmdId: 2 },
        ],
      },
    ]);
    socket.hear({ subscriptionId: 1, data: { t: [[1, "2"]] } });
    socket.hear({ cmdId: 2, cmdUpdateType: "NOTIFICATIONS", totalUnreadCount: 3 });
    socket.hear({ cmdId: 99 });
    expect(seen).toEqual([{ t: [[1, "2"]] }, 3]);
  });

  it("subscribes again to what is still wanted after a loss", async () => {
    const { live, timers, opened } = world();
    const end = live.subscribe({ type: "TIMESERIES", entityId: "gone" }, () => undefined);
    live.subscribe({ type: "ATTRIBUTES", entityId: "kept" }, () => undefined);
    const first = await opened(0);
    end();
    expect(first.sent[1]).toEqual({
      cmds: [{ type: "TIMESERIES", entityId: "gone", cmdId: 1, unsubscribe: true }],
    });
    first.close();
    expect(live.state).toBe("lost");
    timers.forEach((run) => run());
    const second = await opened(1);
    expect(live.state).toBe("live");
    expect(second.sent[0]?.cmds).toEqual([{ type: "ATTRIBUTES", entityId: "kept", cmdId: 2 }]);
  });

  it("asks a silent connection, and leaves one that does not answer", async () => {
    const { live, opened, pass } = world();
    live.subscribe({ type: "NOTIFICATIONS" }, () => undefined);
    const first = await opened(0);
    pass(30_000);
    expect(first.sent[1]?.cmds).toMatchObject([
      { type: "NOTIFICATIONS_COUNT" },
      { type: "NOTIFICATIONS_UNSUBSCRIBE" },
    ]);
    first.hear({ cmdId: 2, cmdUpdateType: "NOTIFICATIONS_COUNT" });
    pass(10_000);
    expect(live.state).toBe("live");
    pass(30_000);
    // No answer this time.
    pass(10_000);
    expect(live.state).toBe("lost");
    pass(500);
    await opened(1);
    expect(live.state).toBe("live");
  });

  it("stays away after it was stopped", async () => {
    const { live, sockets, timers, opened } = world();
    live.subscribe({ type: "NOTIFICATIONS" }, () => undefined);
    await opened(0);
    live.stop();
    timers.forEach((run) => run());
    live.wake();
    expect(live.state).toBe("idle");
    expect(sockets).toHaveLength(1);
  });

  it("sends many subscriptions in frames the server takes", async () => {
    const { live, opened } = world();
    for (let n = 0; n < 250; n += 1) live.subscribe({ type: "TIMESERIES" }, () => undefined);
    const socket = await opened(0);
    expect(socket.sent.map((frame) => (frame.cmds as unknown[]).length)).toEqual([100, 100, 50]);
  });
});

describe("the pause before another attempt", () => {
  it("doubles, is bounded and is spread", () => {
    expect(backoff(0, 0.5)).toBe(500);
    expect(backoff(3, 0.5)).toBe(4_000);
    expect(backoff(50, 0.5)).toBe(15_000);
    expect(backoff(0, 0)).toBeLessThan(backoff(0, 1));
  });
});
