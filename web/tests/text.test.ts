import { readdirSync, readFileSync } from "node:fs";
import { createTranslator } from "use-intl/core";
import { expect, it } from "vitest";
import { en } from "../src/text/en";
import { zh } from "../src/text/zh";

type Tree = { [key: string]: string | Tree };
const leaves = (tree: Tree, at = ""): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[`${at}${key}`, value] as [string, string]] : leaves(value, `${at}${key}.`),
  );
const english = leaves(en);
const chinese = new Map(leaves(zh));
const argumentsOf = (text: string) =>
  [...new Set([...text.replaceAll("''", "").matchAll(/\{(\w+)[,}]/g)].map((found) => found[1]))].sort();

it("says the same in both languages", () => {
  expect([...chinese.keys()]).toEqual(english.map(([key]) => key));
  for (const [key, text] of english) expect(argumentsOf(chinese.get(key)!), key).toEqual(argumentsOf(text));
});

it.each([
  ["en", en],
  ["zh", zh],
] as const)("is all readable: %s", (locale, messages) => {
  const t = createTranslator({
    locale,
    messages: messages as typeof en,
    onError: (error) => {
      throw error;
    },
  });
  for (const [key, text] of english) {
    const values = Object.fromEntries(argumentsOf(text).map((name) => [name, 2]));
    if (text !== "") expect(t(key as never, values as never), key).not.toMatch(/[{}]/);
  }
});

it("has no text that is not shown", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter(
    (name) => /\.tsx?$/.test(name) && !name.startsWith("text/"),
  );
  const source = files.map((name) => readFileSync(`src/${name}`, "utf8")).join("\n");
  const unused = english
    .map(([key]) => key)
    .filter((key) => {
      const stem = key.slice(0, key.lastIndexOf(".") + 1);
      return !source.includes(`"${key}"`) && !source.includes(`\`${stem}\${`);
    });
  expect(unused).toEqual([]);
});
