import { describe, expect, it } from "vitest";
import { parseSearch, readList, readNext, sizes, stringifySearch, writeList } from "../src/app/url";
import { readSpan } from "../src/pages/detail/span";

describe("the address of a list", () => {
  it("comes back from any state as it was", () => {
    const texts = [
      "",
      "train",
      "status:Running gpu>0 sort:-created",
      'label:a="x & y=z"',
      "7",
      "true",
      "中文 😀",
      "a+b%20c#d",
      "null",
      '"\\""',
    ];
    for (const q of texts)
      for (const page of [1, 2, 18_665])
        for (const size of sizes) {
          const state = { q, page, size };
          expect(readList(parseSearch(stringifySearch(writeList(state))))).toEqual(state);
          const fewer = { ...state, cols: ["status" as const, "image" as const] };
          expect(readList(parseSearch(stringifySearch(writeList(fewer))))).toEqual(fewer);
        }
  });
  it("does not say what is the default", () => {
    expect(stringifySearch(writeList({ q: " ", page: 1, size: 50 }))).toBe("");
    expect(stringifySearch(writeList({ q: "gpu>0", page: 3, size: 50 }))).toBe("?q=gpu%3E0&page=3");
  });
  it("reads nonsense as the default", () => {
    for (const page of ["0", "-1", "1e3", "01", "x", "99999999999999999999"]) expect(readList({ page }).page).toBe(1);
    expect(readList({ cols: "name,image,nonsense,status" }).cols).toEqual(["status", "image"]);
    expect(readList({ cols: "name" }).cols).toEqual([]);
    for (const size of ["0", "51", "1000000", "x"]) expect(readList({ size }).size).toBe(50);
  });
});

describe("where the sign-in leads", () => {
  it("is a page of the console", () => {
    expect(readNext("/instances?q=gpu%3E0")).toBe("/instances?q=gpu%3E0");
    for (const next of [
      "//evil.example",
      "https://evil.example",
      "/\\evil.example",
      "\\/evil",
      "javascript:alert(1)",
      "/\t/evil",
      "",
      undefined,
      7,
    ])
      expect(readNext(next)).toBe("/");
  });
});

describe("a span of time", () => {
  const now = Date.parse("2026-01-31T12:00:07Z");
  it("is the last hour, or what the address says", () => {
    const end = Date.parse("2026-01-31T12:00:15Z") / 1000;
    expect(readSpan({}, now)).toEqual([end - 3600, end]);
    expect(readSpan({ since: "15m" }, now)).toEqual([end - 900, end]);
    expect(readSpan({ since: "constructor" }, now)).toEqual([end - 3600, end]);
    expect(readSpan({ from: "100", to: "200" }, now)).toEqual([100, 200]);
    expect(readSpan({ from: "200", to: "100" }, now)).toEqual([end - 3600, end]);
  });
});
