// The styles of the Ant Design components that the console uses, as one static sheet: the page's policy allows no
// style that a script makes. Both themes are in it, each under a class of its own (src/app/theme.ts).
import { extractStyle } from "@ant-design/static-style-extract";
import { readFileSync } from "node:fs";
import { ConfigProvider } from "antd";
import { createElement } from "react";
import { components, themes } from "../src/app/themes.mjs";

export function styles() {
  const wrap = (theme) => (node) => createElement(ConfigProvider, { theme: { ...theme, zeroRuntime: false } }, node);
  const each = Object.values(themes).map((theme) => extractStyle({ customTheme: wrap(theme), includes: components }));
  return onlyUsed(unique(each.join("")));
}

/** Without the variables that nothing reads: they are most of the sheet. */
function onlyUsed(sheet) {
  const own = sources.map((file) => readFileSync(new URL(`../src/${file}`, import.meta.url), "utf8")).join("");
  for (;;) {
    const read = new Set([...(sheet + own).matchAll(/var\((--ant-[\w-]+)|color\("([\w-]+)"\)/g)].map(nameOf));
    const less = sheet.replace(/(--ant-[\w-]+):[^;}]*;?/g, (all, name) => (read.has(name) ? all : ""));
    if (less === sheet) return sheet;
    sheet = less;
  }
}
const nameOf = ([, name, color]) => name ?? `--ant-color-${color}`;
/** Where variables are read but in the sheet itself. */
const sources = ["app/console.css", "pages/detail/chart.tsx"];

/** The rules once each: those of the second theme differ in its variables only. */
function unique(sheet) {
  const rules = [];
  for (let at = 0, depth = 0, from = 0; at < sheet.length; ++at) {
    if (sheet[at] === "{") ++depth;
    if (sheet[at] === "}" && --depth === 0) {
      rules.push(sheet.slice(from, at + 1));
      from = at + 1;
    }
  }
  return [...new Set(rules)].join("\n");
}

if (import.meta.filename === process.argv[1]) console.log(styles());
