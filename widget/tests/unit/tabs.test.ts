import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Channel, Surroundings } from "../../src/chat/tab-surroundings";
import { Tabs } from "../../src/chat/tabs";
import { ManualClock, settled } from "./fakes";

/** The tabs of one browser: what they share, and what became of each. */
class Browser {
  readonly clock = new ManualClock();
  readonly channels = new Set<TestChannel>();
  readonly tabs: Tab[] = [];
  /** Words on the channel so far. */
  words = 0;
  private holder: { reject: (error: Error) => void } | undefined;
  private readonly waiting: { grant: () => void }[] = [];

  constructor(private readonly offers: { locks: boolean; channel: boolean } = { locks: true, channel: true }) {}

  open(hidden = false, fresh = false): Tab {
    const tab = new Tab(this, this.offers, hidden);
    this.tabs.push(tab);
    tab.tabs.start(fresh);
    return tab;
  }

  get leaders(): readonly Tab[] {
    return this.tabs.filter((tab) => tab.leads);
  }

  /** Lets `milliseconds` pass, and all that follows from it. */
  async pass(milliseconds: number): Promise<void> {
    await settled();
    await this.clock.pass(milliseconds);
  }

  readonly request = (
    _: string,
    { signal, steal = false }: { signal?: AbortSignal; steal?: boolean },
    callback: () => Promise<void>,
  ): Promise<void> =>
    new Promise((resolve, reject) => {
      const aborted = (): void => reject(new DOMException("aborted", "AbortError"));
      const grant = (): void => {
        const holder = (this.holder = { reject: aborted });
        void callback().then(() => {
          resolve();
          if (this.holder === holder) this.next();
        });
      };
      if (steal) {
        this.holder?.reject(new DOMException("stolen", "AbortError"));
        grant();
        return;
      }
      const wait = { grant };
      this.waiting.push(wait);
      signal?.addEventListener("abort", () => {
        const place = this.waiting.indexOf(wait);
        if (place >= 0) this.waiting.splice(place, 1);
        aborted();
      });
      if (!this.holder) this.next();
    });

  private next(): void {
    this.holder = undefined;
    this.waiting.shift()?.grant();
  }
}

class TestChannel implements Channel {
  onmessage: ((event: MessageEvent) => void) | null = null;
  /** A frozen tab neither speaks nor hears. */
  frozen = false;

  constructor(private readonly browser: Browser) {
    browser.channels.add(this);
  }

  postMessage(word: unknown): void {
    if (this.frozen) return;
    this.browser.words += 1;
    const heard = structuredClone(word);
    for (const channel of this.browser.channels) {
      if (channel !== this)
        queueMicrotask(() => !channel.frozen && channel.onmessage?.({ data: heard } as MessageEvent));
    }
  }

  close(): void {
    this.browser.channels.delete(this);
  }
}

class Tab {
  leads = false;
  asked = 0;
  readonly heard: string[] = [];
  readonly tabs: Tabs<string>;
  private channel: TestChannel | undefined;

  constructor(
    private readonly browser: Browser,
    offers: { locks: boolean; channel: boolean },
    public hidden: boolean,
  ) {
    const listener = {
      lead: () => (this.leads = true),
      follow: () => (this.leads = false),
      hear: (message: string) => this.heard.push(message),
      asked: () => (this.asked += 1),
    };
    const surroundings: Surroundings = {
      locks: offers.locks ? ({ request: browser.request } as unknown as LockManager) : undefined,
      openChannel: offers.channel ? () => (this.channel = new TestChannel(browser)) : undefined,
      hidden: () => this.hidden,
    };
    this.tabs = new Tabs("session", listener, browser.clock, surroundings);
  }

  /** As browsers do with pages that have been out of sight: it does nothing, and does not know. */
  freeze(): void {
    if (this.channel) this.channel.frozen = true;
  }

  close(): void {
    this.tabs.stop();
    this.leads = false;
  }

  look(): Promise<void> {
    this.tabs.look();
    return this.browser.pass(3000);
  }
}

for (const offers of [
  { locks: true, channel: true },
  { locks: false, channel: true },
]) {
  describe(`tabs ${offers.locks ? "with" : "without"} locks`, () => {
    test("have one leader, however many they are", async () => {
      const browser = new Browser(offers);
      for (let count = 0; count < 50; count++) browser.open(count % 2 === 1);
      await browser.pass(3000);
      assert.equal(browser.leaders.length, 1);
    });

    test("keep the leader that they have", async () => {
      const browser = new Browser(offers);
      const first = browser.open();
      await browser.pass(3000);
      for (let count = 0; count < 5; count++) {
        browser.open();
        await browser.pass(3000);
      }
      assert.deepEqual(browser.leaders, [first]);
    });

    test("begin with the one in which the session began", async () => {
      const browser = new Browser(offers);
      const first = browser.open(false, true);
      const others = [browser.open(), browser.open()];
      await browser.pass(3000);
      assert.deepEqual(browser.leaders, [first]);
      assert.ok(others.every(({ leads }) => !leads));
    });

    test("have another one as soon as it closes, however often", async () => {
      const browser = new Browser(offers);
      for (let count = 0; count < 6; count++) browser.open();
      await browser.pass(3000);
      for (let left = 5; left > 0; left--) {
        browser.leaders[0]?.close();
        await browser.pass(1000);
        assert.equal(browser.leaders.length, 1);
      }
    });

    test("that are seen take the lead from one that does not answer; it gives way when it wakes", async () => {
      const browser = new Browser(offers);
      const asleep = browser.open();
      await browser.pass(3000);
      const seen = browser.open();
      await browser.pass(3000);
      asleep.freeze();
      await seen.look();
      assert.equal(seen.leads, true);
      if (!offers.locks) return;
      assert.equal(asleep.leads, false);
    });

    test("that are seen are given the lead by one that has long been hidden, not by one just left", async () => {
      const browser = new Browser(offers);
      const left = browser.open();
      await browser.pass(3000);
      const seen = browser.open();
      await browser.pass(3000);
      left.hidden = true;
      left.tabs.look();
      await browser.pass(1000);
      await seen.look();
      assert.deepEqual(browser.leaders, [left]);
      await browser.pass(60_000);
      await seen.look();
      assert.deepEqual(browser.leaders, [seen]);
    });

    test("lead again after they were put aside", async () => {
      const browser = new Browser(offers);
      const only = browser.open();
      await browser.pass(3000);
      only.close();
      only.tabs.start(false);
      await browser.pass(3000);
      assert.deepEqual(browser.leaders, [only]);
    });

    test("hear each other, and know whether they are alone", async () => {
      const browser = new Browser(offers);
      const first = browser.open();
      await browser.pass(3000);
      assert.equal(first.tabs.alone, true);
      const second = browser.open();
      await browser.pass(3000);
      assert.equal(first.tabs.alone, false);
      second.tabs.say("hello");
      await browser.pass(0);
      assert.deepEqual([first.heard, second.heard], [["hello"], []]);
      second.close();
      await browser.pass(0);
      assert.equal(first.tabs.alone, true);
    });

    test("ask little: a thousand at once get a few answers", async () => {
      const browser = new Browser(offers);
      const first = browser.open(false, true);
      await browser.pass(1000);
      for (let count = 0; count < 1000; count++) browser.open(true);
      await browser.pass(1000);
      assert.deepEqual(browser.leaders, [first]);
      assert.ok(first.asked <= 3, `${first.asked} answers`);
      const words = browser.words;
      await browser.pass(3_600_000);
      assert.equal(browser.words, words);
    });
  });
}

describe("tabs that cannot hear each other", () => {
  test("lead each for itself", async () => {
    const browser = new Browser({ locks: true, channel: false });
    browser.open();
    browser.open();
    await browser.pass(0);
    assert.equal(browser.leaders.length, 2);
  });
});

describe("two tabs that claim the lead at the same time", () => {
  test("agree", async () => {
    const browser = new Browser({ locks: false, channel: true });
    browser.open(false, true);
    browser.open(false, true);
    await browser.pass(1000);
    assert.equal(browser.leaders.length, 1);
  });
});
