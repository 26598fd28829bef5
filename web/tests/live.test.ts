import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listener, shows, startLive, unlessLive, unseen } from "../src/live/live";
import { type Change, openStream, path, silence, type Told } from "../src/live/stream";
import { follow, type Parts } from "../src/live/tabs";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  stopAll.splice(0).forEach((stop) => stop());
  vi.useRealTimers();
});
const stopAll: (() => void)[] = [];

const change = (Kind: Change["Kind"], Id: string): Change => ({ Kind, Id, Revision: 1 });
const changed = (...changes: Change[]): Told => ({ told: "changed", changes });

describe("what a change is shown by", () => {
  it.each([
    [change("Instance", "dsw-1"), ["ListInstances", [], 1, 50], true],
    [change("Instance", "dsw-1"), ["ListInstances", "counts", [], []], true],
    [change("Instance", "dsw-1"), ["GetInstance", "dsw-1"], true],
    [change("Instance", "dsw-1"), ["GetLifecycle", "dsw-1"], true],
    [change("Instance", "dsw-1"), ["GetInstanceEvents", "dsw-1"], true],
    [change("Instance", "dsw-1"), ["GetInstance", "dsw-2"], false],
    [change("Instance", "dsw-1"), ["GetInstanceMetrics", "dsw-1", "cpu", 0, 1], false],
    [change("Instance", "iris"), ["DescribeService", "iris"], false],
    [change("Service", "iris"), ["DescribeService", "iris"], true],
    [change("Service", "iris"), ["ListServices", "", "", "", 1, 50], true],
    [change("Service", "iris"), ["ListServiceInstances", "rose"], false],
    [change("Recommender", "airec-1"), ["ListInstance", "", 1], true],
    [change("Recommender", "airec-1"), ["DescribeInstance", "airec-1"], true],
    [change("Workspace", "9"), ["ListMembers", "9", 1], true],
    [change("Workspace", "9"), ["ListWorkspaces"], true],
    [change("Workspace", "9"), ["ListAccessKeys"], false],
  ] as const)("%o: %o", (one, key, shown) => expect(shows([one], key)).toBe(shown));

  it("is all of them after a gap, and nothing else", () => {
    expect(shows("all", ["ListServices", "", "", "", 1, 50])).toBe(true);
    expect(shows("all", ["GetInstance", "dsw-1"])).toBe(true);
    expect(shows("all", ["session"])).toBe(false);
    expect(shows("all", ["ListSystemLogs", "dsw-1"])).toBe(false);
  });
  it("is nothing for a kind of a later server", () => {
    expect(shows([{ Kind: "Quota" as never, Id: "q", Revision: 1 }], ["GetInstance", "q"])).toBe(false);
  });
});

/** A page that shows these, and how often each was asked for. */
function page(...keys: unknown[][]) {
  const client = new QueryClient();
  const asked = new Map<string, number>();
  for (const key of keys) {
    const name = key.join(" ");
    const observer = new QueryObserver(client, {
      queryKey: key,
      queryFn: () => asked.set(name, (asked.get(name) ?? 0) + 1).get(name),
      staleTime: Infinity,
    });
    stopAll.push(observer.subscribe(() => {}));
  }
  const { hear, stop } = listener(client);
  stopAll.push(stop);
  return { client, asked: (...key: unknown[]) => asked.get(key.join(" ")), hear };
}
const passes = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

describe("a tab", () => {
  it("asks again for what shows a change, and for nothing else", async () => {
    const { asked, hear } = page(["ListInstances", 1], ["GetInstance", "dsw-1"], ["GetInstance", "dsw-2"], ["session"]);
    hear({ told: "reset" });
    await passes(2000);
    expect(asked("GetInstance", "dsw-2")).toBe(2);
    expect(asked("session")).toBe(1);
    hear(changed(change("Instance", "dsw-1")));
    await passes(1);
    expect([asked("ListInstances", 1), asked("GetInstance", "dsw-1"), asked("GetInstance", "dsw-2")]).toEqual([
      3, 3, 2,
    ]);
  });
  it("asks at most once a second, however much it is told, and not too seldom", async () => {
    const { asked, hear } = page(["ListInstances", 1]);
    hear({ told: "reset" });
    await passes(5000);
    const before = asked("ListInstances", 1)!;
    for (let i = 0; i < 100; i++) {
      hear(changed(change("Instance", `dsw-${i}`)));
      await passes(100);
    }
    await passes(2000);
    expect(asked("ListInstances", 1)! - before).toBeGreaterThanOrEqual(10);
    expect(asked("ListInstances", 1)! - before).toBeLessThanOrEqual(11);
  });
  it("asks again for a first answer that may be of before the change", async () => {
    const { asked, hear } = page(["ListInstances", 1]);
    hear(changed(change("Instance", "dsw-1")));
    vi.advanceTimersByTime(0); // the first answer is not there yet
    await passes(5000);
    expect(asked("ListInstances", 1)).toBe(2);
  });
  it("asks now and then while nothing is heard, and rarely while something is", async () => {
    const { asked, hear } = page(["ListInstances", 1]);
    expect(unlessLive(2000)).toBe(2000);
    hear({ told: "beat" });
    expect(unlessLive(2000)).toBe(60_000);
    await passes(1);
    expect(asked("ListInstances", 1)).toBe(2); // it may have missed something before
    hear({ told: "beat" });
    await passes(2000);
    expect(asked("ListInstances", 1)).toBe(2);
    hear({ told: "away" });
    expect(unlessLive(2000)).toBe(2000);
    await passes(1);
    expect(asked("ListInstances", 1)).toBe(3);
    hear({ told: "beat" });
    await passes(silence - 1);
    expect(unlessLive(2000)).toBe(60_000);
    await passes(1);
    expect(unlessLive(2000)).toBe(2000);
  });
  it("asks who is signed in when the session has ended", async () => {
    const { asked, hear } = page(["session"]);
    await passes(1);
    hear({ told: "ended" });
    await passes(1);
    expect(asked("session")).toBe(2);
    expect(unlessLive(2000)).toBe(2000);
  });
});

class FakeSource {
  static readonly all: FakeSource[] = [];
  readyState = 0;
  readonly handlers = new Map<string, (event: MessageEvent<string>) => void>();
  constructor(readonly url: string) {
    FakeSource.all.push(this);
  }
  addEventListener(name: string, call: (event: MessageEvent<string>) => void) {
    this.handlers.set(name, call);
  }
  close() {
    this.readyState = 2;
  }
  say(name: string, data: unknown = {}) {
    this.handlers.get(name)!({ data: JSON.stringify(data) } as MessageEvent<string>);
  }
}
const openSources = () => FakeSource.all.filter((one) => one.readyState !== 2);
afterEach(() => void FakeSource.all.splice(0));

describe("the stream", () => {
  const start = () => {
    const heard: Told[] = [];
    stopAll.push(
      openStream(
        (what) => heard.push(what),
        (url) => new FakeSource(url) as never,
      ),
    );
    return heard;
  };
  it("says what it is told", () => {
    const heard = start();
    const [source] = FakeSource.all;
    expect(source!.url).toBe(path);
    source!.say("reset");
    source!.say("changed", { Changes: [change("Service", "iris")] });
    source!.say("beat");
    source!.say("ended", { Code: "InvalidSession" });
    expect(heard).toEqual([{ told: "reset" }, changed(change("Service", "iris")), { told: "beat" }, { told: "ended" }]);
  });
  it("leaves it to the browser to connect again", async () => {
    const heard = start();
    FakeSource.all[0]!.say("error"); // readyState: connecting
    expect(heard).toEqual([{ told: "away" }]);
    await passes(30_000);
    expect(FakeSource.all.length).toBe(1);
  });
  it("asks again, less and less often, when it is refused", async () => {
    start();
    const refuse = () => {
      const [source] = openSources();
      source!.readyState = 2;
      source!.say("error");
    };
    const waits = [5000, 10_000, 20_000, 40_000, 60_000, 60_000];
    for (const [tries, wait] of waits.entries()) {
      refuse();
      await passes(wait - 1);
      expect(FakeSource.all.length).toBe(tries + 1);
      await passes(1);
      expect(FakeSource.all.length).toBe(tries + 2);
    }
    openSources()[0]!.say("reset");
    refuse();
    await passes(5000);
    expect(FakeSource.all.length).toBe(waits.length + 2);
  });
  it("does not trust a connection that says nothing", async () => {
    const heard = start();
    FakeSource.all[0]!.say("reset");
    await passes(silence);
    expect(FakeSource.all[0]!.readyState).toBe(2);
    expect(heard.at(-1)).toEqual({ told: "away" });
    await passes(5000);
    expect(openSources().length).toBe(1);
  });
});

/** Tabs of one browser: one lock, one channel, as many streams as are open. */
function makeBrowser() {
  const waiting: (() => void)[] = [];
  let held = false;
  const next = () => {
    if (held) return;
    const grant = waiting.shift();
    if (!grant) return;
    held = true;
    grant();
  };
  const channels = new Set<{ onmessage: ((event: MessageEvent<Told>) => void) | null }>();
  const streams: ((what: Told) => void)[] = [];
  const parts: Parts = {
    locks: {
      request: (_: string, { signal }: LockOptions, call: () => Promise<unknown>) =>
        new Promise((done, fail) => {
          const grant = () =>
            void call().then((value) => {
              held = false;
              done(value);
              next();
            });
          waiting.push(grant);
          signal?.addEventListener("abort", () => {
            const at = waiting.indexOf(grant);
            if (at < 0) return;
            waiting.splice(at, 1);
            fail(new DOMException("", "AbortError"));
          });
          next();
        }),
    } as never,
    channel: () => {
      const mine = {
        onmessage: null as ((event: MessageEvent<Told>) => void) | null,
        postMessage: (data: Told) => {
          for (const other of channels) if (other !== mine) other.onmessage?.({ data } as MessageEvent<Told>);
        },
        close: () => void channels.delete(mine),
      };
      channels.add(mine);
      return mine;
    },
    stream: (hear) => {
      streams.push(hear);
      return () => void streams.splice(streams.indexOf(hear), 1);
    },
  };
  return { parts, streams };
}

describe("six tabs of a browser", () => {
  it("have one stream, and all hear it", () => {
    const { parts, streams } = makeBrowser();
    const heard = [0, 0, 0, 0, 0, 0];
    heard.forEach((_, tab) => stopAll.push(follow(() => heard[tab]!++, parts)));
    expect(streams.length).toBe(1);
    streams[0]!({ told: "reset" });
    streams[0]!(changed(change("Instance", "dsw-1")));
    expect(heard).toEqual([2, 2, 2, 2, 2, 2]);
  });
  it("pass it on when the one that has it closes, and not when another does", async () => {
    const { parts, streams } = makeBrowser();
    const heard: string[] = [];
    const close = ["a", "b", "c"].map((tab) => follow(() => heard.push(tab), parts));
    const [ofA] = streams;
    close[1]!();
    await passes(0);
    expect(streams).toEqual([ofA]);
    close[0]!();
    await passes(0);
    expect(streams.length).toBe(1);
    expect(streams[0]).not.toBe(ofA);
    streams[0]!({ told: "reset" });
    expect(heard).toEqual(["c"]);
    close[2]!();
    await passes(0);
    expect(streams).toEqual([]);
  });
});

describe("a tab that nobody looks at", () => {
  const look = (hidden: boolean) => {
    vi.spyOn(document, "hidden", "get").mockReturnValue(hidden);
    document.dispatchEvent(new Event("visibilitychange"));
  };
  afterEach(() => void vi.restoreAllMocks());

  it("leaves the stream after five minutes, and comes back with the first look", async () => {
    const { parts, streams } = makeBrowser();
    stopAll.push(startLive(new QueryClient(), parts));
    expect(streams.length).toBe(1);
    look(true);
    await passes(unseen - 1);
    expect(streams.length).toBe(1);
    look(false);
    look(true);
    await passes(unseen - 1);
    expect(streams.length).toBe(1);
    await passes(1);
    expect(streams.length).toBe(0);
    expect(unlessLive(2000)).toBe(2000);
    look(false);
    await passes(0);
    expect(streams.length).toBe(1);
  });
  it("asks when it is looked at again, not before", async () => {
    const { client, asked, hear } = page(["ListInstances", 1]);
    hear({ told: "beat" });
    await passes(2000);
    const before = asked("ListInstances", 1);
    look(true);
    hear(changed(change("Instance", "dsw-1")));
    await passes(2000);
    expect(asked("ListInstances", 1)).toBe(before);
    expect(client.getQueryState(["ListInstances", 1])?.isInvalidated).toBe(true);
  });
});

it("asks now and then where a browser has not what it takes", () => {
  expect(() => startLive(new QueryClient(), undefined)()).not.toThrow();
  expect(unlessLive(2000)).toBe(2000);
});
