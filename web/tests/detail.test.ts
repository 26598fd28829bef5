import { describe, expect, it } from "vitest";
import { readEvent } from "../src/pages/detail/events";
import { withGaps } from "../src/pages/detail/series";
import { lengthOf } from "../src/pages/detail/timeline";

const samples = (...times: number[]) => times.map((Time) => ({ Time, Value: Time }));

describe("a chart's line", () => {
  it("breaks where nothing was measured", () => {
    expect(withGaps(samples(0, 15, 30, 120, 135))).toEqual([
      [0, 15, 30, 45, 120, 135],
      [0, 15, 30, null, 120, 135],
    ]);
  });
  it("goes on over a late sample", () => expect(withGaps(samples(0, 15, 55, 70, 85))[1]).not.toContain(null));
  it("needs no order and no samples", () => {
    expect(withGaps([])).toEqual([[], []]);
    expect(withGaps(samples(30, 0, 15))[0]).toEqual([0, 15, 30]);
    expect(withGaps(samples(5))).toEqual([[5], [5]]);
  });
});

describe("a step of the timeline", () => {
  const step = {
    Status: "Running",
    ReasonCode: "",
    ReasonMessage: "",
    GmtCreateTime: "2026-01-31T12:00:00Z",
    LifecycleId: "1",
  };
  const at = (time: string) => Date.parse(time);
  it("lasts to its end, or until now", () => {
    expect(lengthOf({ ...step, GmtEndTime: "2026-01-31T12:01:00Z" }, 0)).toBe(60_000);
    expect(lengthOf({ ...step, GmtEndTime: "" }, at("2026-01-31T12:00:05Z"))).toBe(5000);
    expect(lengthOf({ ...step, GmtEndTime: "" }, at("2026-01-31T11:00:00Z"))).toBe(0);
  });
});

describe("an event", () => {
  it("is a time, a level and a sentence", () =>
    expect(readEvent("2026-01-31T12:00:00Z Warning CPU 0.4 % under 5 %")).toEqual({
      time: "2026-01-31T12:00:00Z",
      level: "Warning",
      message: "CPU 0.4 % under 5 %",
    }));
});
