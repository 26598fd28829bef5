import { readFileSync } from "node:fs";
import { createTranslator } from "use-intl/core";
import { describe, expect, it } from "vitest";
import { check, compile } from "../src/query/compile";
import { complete } from "../src/query/complete";
import { print, toggled, valueOf, without, withValue } from "../src/query/edit";
import { scan } from "../src/query/scan";
import { en } from "../src/text/en";

const t = createTranslator({ locale: "en", messages: en });

/** As the command line prints it: "A=x&B=y", or what is wrong. */
function compiled(text: string): string {
  const checked = check(text);
  if ("parameters" in checked) return [...checked.parameters].map(([name, value]) => `${name}=${value}`).join("&");
  const { at, code, values } = checked.error;
  return `Query, character ${at + 1}: ${t(`query.error.${code}`, values as never)}`;
}

describe("a query", () => {
  const file = readFileSync("../tests/data/query_cases.tsv", "utf8");
  const cases = file
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split("\t"));
  it("has cases", () => expect(cases.length).toBeGreaterThan(60));
  it.each(cases)("%j becomes %j", (text, want) => expect(compiled(text!)).toBe(want));
  it("takes tabs and new lines for blanks", () => {
    expect(compiled("  \t\n ")).toBe("");
    expect(compiled("gpu>0\n\ttrain\r\n")).toBe("MinGpu=1&InstanceName=train");
  });
  it("knows no key that every object has", () =>
    expect(compiled("constructor:x")).toMatch(/^Query, character 1: 'constructor' is no key/));
});

describe("changing a query", () => {
  it("keeps what it does not touch as it was spelled", () => {
    expect(withValue('train  status:running label:team="vision lab"', "sort", ":", "-created")).toBe(
      'train status:running label:team="vision lab" sort:-created',
    );
    expect(withValue("sort:created train", "sort", ":", "-created")).toBe("train sort:-created");
    expect(without("train status:Running", "status")).toBe("train");
  });
  it("adds a state, and takes it away again", () => {
    expect(toggled("train", "status", "Running")).toBe("train status:Running");
    expect(toggled("status:running", "status", "Failed")).toBe("status:running,Failed");
    expect(toggled("status:running,Failed train", "status", "Running")).toBe("train status:Failed");
    expect(toggled("status:Running", "status", "Running")).toBe("");
  });
  it("quotes what would be read otherwise, and reads it back", () => {
    const alphabet = 'ab :~=<>"\\,中😀';
    for (let seed = 1; seed < 500; ++seed) {
      const value = Array.from(
        { length: 1 + (seed % 7) },
        (_, i) => [...alphabet][(seed * 31 + i * i * 17) % [...alphabet].length],
      ).join("");
      for (const [key, op] of [
        ["", ""],
        ["image", ":"],
        ["name", "~"],
      ] as const) {
        const conditions = scan(print(key, op, value));
        expect(conditions.map(({ key, op, value }) => ({ key, op, value }))).toEqual([{ key, op, value }]);
      }
      expect(valueOf(`x ${print("image", ":", value)}`, "image")).toBe(value);
      expect(compile(print("image", ":", value)).get("ImageName")).toBe(value);
    }
  });
});

describe("completion", () => {
  const labels = (text: string) => complete(text, text.length).map((one) => one.label);
  it("offers keys with their operator", () => {
    expect(labels("sta")).toEqual(["status:"]);
    expect(labels("train gpu")).toEqual(["gpu=", "gpu-memory=", "gpu-type:"]);
    expect(labels("")).toEqual([]);
  });
  it("offers the values of a key, and replaces what was typed of it", () => {
    expect(labels("status:Sto")).toEqual(["Stopping", "Stopped"].sort().reverse());
    expect(labels("sort:-c")).toEqual(["-created"]);
    expect(complete("status:Running,fa", 17)).toEqual([{ label: "Failed", insert: "Failed", from: 15, to: 17 }]);
    expect(labels("constructor:x")).toEqual([]);
  });
});
