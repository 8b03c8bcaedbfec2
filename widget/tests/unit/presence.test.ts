import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RealtimeAccess } from "../../src/chat/api";
import type { Listeners } from "../../src/parts/signalr";
import { Refused, Watcher, type Answer } from "../../src/presence/watcher";
import type { PresenceState } from "../../src/shared/presence";
import { settled } from "./fakes";

const ACCESS: RealtimeAccess = { url: "https://hub.example", accessToken: "token" };

/** A watcher whose time passes only by `passes`, and what the other side sees of it. */
class World {
  time = 0;
  visible = true;
  hub: "there" | "away" | "none" = "there";
  failure: Error | undefined;
  state: PresenceState = "available";
  readonly asked: ("signalR" | "poll")[] = [];
  readonly shown: (PresenceState | undefined)[] = [];
  readonly connections: { listeners: Listeners; lose: () => void; stopped: boolean }[] = [];
  readonly watcher: Watcher;
  private due: { at: number; wake: () => void } | undefined;
  private running: Promise<void> | undefined;
  ended = false;

  constructor(push: boolean) {
    this.watcher = new Watcher({
      push,
      isVisible: () => this.visible,
      show: (state) => this.shown.push(state),
      ask: (wanted) => this.answer(wanted),
      connect: (_, listeners) => this.connect(listeners),
      clock: {
        now: () => this.time,
        random: () => 1,
        sleep: (milliseconds, signal) =>
          new Promise((resolve) => {
            if (signal?.aborted) {
              resolve();
              return;
            }
            this.due = { at: this.time + milliseconds, wake: resolve };
            signal?.addEventListener("abort", () => resolve());
          }),
      },
    });
  }

  async passes(seconds: number): Promise<void> {
    this.running ??= this.watcher.run().then(() => void (this.ended = true));
    const end = this.time + seconds * 1000;
    await settled();
    while (this.due && this.due.at <= end) {
      const { at, wake } = this.due;
      this.due = undefined;
      this.time = at;
      wake();
      await settled();
    }
    this.time = end;
  }

  /** The time as servers write it. */
  at(milliseconds = this.time): string {
    return new Date(milliseconds).toISOString();
  }

  private answer(wanted: boolean): Promise<Answer> {
    this.asked.push(wanted ? "signalR" : "poll");
    if (this.failure) return Promise.reject(this.failure);
    const offered = wanted && this.hub !== "none";
    return Promise.resolve({
      state: this.state,
      at: this.at(),
      checkAfter: offered ? 60 : 10,
      ...(offered ? { realtime: ACCESS } : {}),
    });
  }

  private connect(listeners: Listeners) {
    if (this.hub !== "there") return Promise.reject(new Error("refused"));
    let lose = (): void => undefined;
    const closed = new Promise<void>((resolve) => (lose = resolve));
    const connection = { listeners, lose, stopped: false };
    this.connections.push(connection);
    const stop = (): void => {
      connection.stopped = true;
      lose();
    };
    return Promise.resolve({ closed, stop });
  }
}

describe("presence", () => {
  test("is asked for every ten seconds where there is to be no connection", async () => {
    const world = new World(false);
    await world.passes(45);
    assert.deepEqual(world.asked, Array(5).fill("poll"));
    assert.equal(world.connections.length, 0);
    assert.deepEqual(new Set(world.shown), new Set(["available"]));
  });

  test("comes by push, is asked for once more then, and every minute to say that somebody watches", async () => {
    const world = new World(true);
    await world.passes(1);
    assert.deepEqual(world.asked, ["signalR", "signalR"]);
    await world.passes(180);
    assert.deepEqual(world.asked, Array(5).fill("signalR"));
    assert.equal(world.connections.length, 1);
    world.connections[0]?.listeners["presence"]?.({ state: "busy", at: world.at() });
    assert.equal(world.shown.at(-1), "busy");
  });

  test("heeds no push that makes no sense", async () => {
    const world = new World(true);
    await world.passes(1);
    const shown = world.shown.length;
    for (const nonsense of [undefined, null, "busy", {}, { state: "gone", at: "2030" }, { state: "busy" }]) {
      world.connections[0]?.listeners["presence"]?.(nonsense);
    }
    assert.equal(world.shown.length, shown);
  });

  test("is what was seen last, however it comes in the wrong order", async () => {
    const world = new World(true);
    await world.passes(1);
    const push = world.connections[0]?.listeners["presence"];
    push?.({ state: "offline", at: world.at(world.time + 20) });
    push?.({ state: "busy", at: world.at(world.time + 10) });
    assert.equal(world.shown.at(-1), "offline", "the host that has looked earlier tells later");
    world.state = "busy";
    world.time -= 500;
    world.watcher.look();
    await world.passes(0);
    assert.equal(world.shown.at(-1), "offline", "an answer from before the push");
    await world.passes(60);
    assert.equal(world.shown.at(-1), "busy");
  });

  test("is polled silently while the connection is lost, which comes back", async () => {
    const world = new World(true);
    await world.passes(1);
    world.hub = "away";
    world.state = "busy";
    world.connections[0]?.lose();
    await world.passes(0);
    assert.equal(world.shown.at(-1), "busy", "asked for at once");
    await world.passes(120);
    assert.ok(world.asked.filter((one) => one === "poll").length >= 8, world.asked.join(" "));
    assert.equal(world.shown.includes(undefined), false);
    world.hub = "there";
    await world.passes(60);
    assert.equal(world.connections.length, 2);
    const before = world.asked.length;
    await world.passes(120);
    assert.ok(world.asked.length - before <= 3, "as seldom as before");
  });

  test("is polled where the deployment has no push, which is not asked for all the time", async () => {
    const world = new World(true);
    world.hub = "none";
    await world.passes(290);
    assert.equal(world.asked.filter((one) => one === "signalR").length, 1);
    world.hub = "there";
    await world.passes(30);
    assert.equal(world.connections.length, 1);
  });

  test("is not asked for while nobody sees the page, and at once when somebody does", async () => {
    const world = new World(true);
    await world.passes(1);
    world.visible = false;
    await world.passes(61);
    assert.equal(world.connections[0]?.stopped, true, "hidden tabs hold no connection");
    const before = world.asked.length;
    await world.passes(600);
    assert.equal(world.asked.length, before);
    world.visible = true;
    world.watcher.look();
    await world.passes(0);
    assert.equal(world.connections.length, 2);
  });

  test("is shown through two failures, and no longer", async () => {
    const world = new World(false);
    await world.passes(1);
    world.failure = new Error("away");
    await world.passes(12);
    assert.equal(world.shown.at(-1), "available");
    await world.passes(60);
    assert.equal(world.shown.at(-1), undefined);
    world.failure = undefined;
    await world.passes(60);
    assert.equal(world.shown.at(-1), "available");
  });

  test("ends where the page may not ask", async () => {
    const world = new World(true);
    world.failure = new Refused();
    await world.passes(600);
    assert.deepEqual([world.ended, world.asked.length, world.shown.at(-1)], [true, 1, undefined]);
  });

  test("ends when it is stopped, connection and all", async () => {
    const world = new World(true);
    await world.passes(1);
    world.watcher.stop();
    await world.passes(600);
    assert.deepEqual([world.ended, world.connections[0]?.stopped, world.asked.length], [true, true, 2]);
  });
});
