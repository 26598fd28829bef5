import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

// As the build makes it, of src/app/themes.mjs.
const sheet = execFileSync(process.execPath, ["scripts/styles.mjs"], { encoding: "utf8" });
const own = readFileSync("src/app/console.css", "utf8");

type Names = Map<string, string>;
/** The variables that one rule sets. */
function setBy(css: string, selector: string): Names {
  const escaped = selector.replace(/[.*]/g, "\\$&");
  const blocks = [...css.matchAll(new RegExp(`(?:^|[}\\s])${escaped}\\s*\\{([^}]*)\\}`, "g"))].map(([, one]) => one!);
  return new Map(
    blocks.flatMap((block) =>
      [...block.matchAll(/(--ant-[\w-]+):\s*([^;}]+)/g)].map(([, name, value]): [string, string] => [
        name!.replace("--ant-", ""),
        value!.trim(),
      ]),
    ),
  );
}
const both = (...all: Names[]): Names => new Map(all.flatMap((one) => [...one]));

type Color = [red: number, green: number, blue: number, alpha: number];
function read(color: string | undefined): Color {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(color ?? "")?.[1];
  if (hex) {
    const digits = hex.length === 3 ? [...hex].map((one) => one + one) : hex.match(/../g)!;
    return [...digits.map((one) => parseInt(one, 16)), 1] as Color;
  }
  const parts = /^rgba?\(([\d\s.,%/]+)\)$/.exec(color ?? "")?.[1]?.match(/[\d.]+%?/g);
  if (!parts || parts.length < 3) throw new Error(`${color} is no colour that this test reads.`);
  const [red, green, blue, alpha = "1"] = parts;
  return [Number(red), Number(green), Number(blue), alpha.endsWith("%") ? parseFloat(alpha) / 100 : Number(alpha)];
}
const over = ([r, g, b, alpha]: Color, under: Color): Color => [
  ...([r, g, b].map((one, i) => one * alpha + under[i]! * (1 - alpha)) as [number, number, number]),
  1,
];
/** WCAG 2.2: of relative luminances. */
function contrast(text: string | undefined, ...grounds: (string | undefined)[]): number {
  const ground = grounds.map(read).reduceRight((under, one) => over(one, under));
  const luminance = (color: Color) =>
    [0.2126, 0.7152, 0.0722].reduce((sum, share, i) => {
      const part = color[i]! / 255;
      return sum + share * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    }, 0);
  const [a, b] = [luminance(over(read(text), ground)), luminance(ground)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

it("computes what WCAG does", () => {
  expect(contrast("#000", "#fff")).toBeCloseTo(21, 5);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
  expect(contrast("rgb(0 0 0 / 50%)", "#fff")).toBeCloseTo(3.98, 1); // as #7f7f7f
});

/** Too little of it, "what on what: how much" each. */
const weak = (pairs: [what: string, least: number, ratio: number][]) =>
  pairs.filter(([, least, ratio]) => !(ratio >= least)).map(([what, , ratio]) => `${what}: ${ratio.toFixed(2)}`);

const grounds = ["color-bg-container", "color-bg-layout", "color-bg-elevated"];

it.each(["light", "dark"])("can be read on every ground: %s", (theme) => {
  const at = both(setBy(sheet, `.theme-${theme}`), setBy(own, `html.theme-${theme}`));
  const used = new Set([...own.matchAll(/(?<![\w-])color:\s*var\(--ant-([\w-]+)\)/g)].map(([, name]) => name!));
  expect([...used].sort()).toContain("color-text-secondary");
  const texts = [...used].flatMap((name) =>
    grounds.map((ground): [string, number, number] => [
      `${name} on ${ground}`,
      4.5,
      contrast(at.get(name), at.get(ground)),
    ]),
  );
  const onColors = (
    [
      ["success", "success"],
      ["error", "error"],
      ["warning", "warning"],
      ["link", "primary"],
    ] as const
  ).flatMap(([icon, kind]): [string, number, number][] => [
    [`text on ${kind}-bg`, 4.5, contrast(at.get("color-text"), at.get(`color-${kind}-bg`))],
    // Icons, lines of charts, what has the focus: WCAG 1.4.11.
    [`${icon} on ${kind}-bg`, 3, contrast(at.get(`color-${icon}`), at.get(`color-${kind}-bg`))],
    [`${kind} on container`, 3, contrast(at.get(`color-${kind}`), at.get("color-bg-container"))],
    [`${kind} on layout`, 3, contrast(at.get(`color-${kind}`), at.get("color-bg-layout"))],
  ]);
  const fills = ["text", "text-secondary"].map((name): [string, number, number] => [
    `${name} on fill`,
    4.5,
    contrast(at.get(`color-${name}`), at.get("color-fill-tertiary"), at.get("color-bg-container")),
  ]);
  // The page to sign in at loads without the sheet.
  expect(setBy(own, `html.theme-${theme}`).get("color-primary-hover")).toBe(
    setBy(sheet, `.theme-${theme}`).get("color-primary-hover"),
  );
  const links = ["", "-hover"].map((state): [string, number, number] => [
    `white on primary${state}`,
    4.5,
    contrast("#fff", at.get(`color-primary${state}`)),
  ]);
  expect(weak([...texts, ...onColors, ...fills, ...links])).toEqual([]);
});

it.each(["light", "dark"])("can be read on buttons, under the pointer and pressed: %s", (theme) => {
  // Ant Design's buttons have the class of the theme themselves.
  const at = both(setBy(sheet, `.theme-${theme}`), setBy(sheet, `.theme-${theme}.ant-btn`));
  const danger = setBy(own, `html.theme-${theme} .ant-btn.ant-btn-color-dangerous.ant-btn-variant-outlined`);
  const page = both(at, setBy(own, `html.theme-${theme}`));
  const pairs = ["", "hover", "active"].flatMap((state): [string, number, number][] => {
    const name = (stem: string) => at.get(state === "" ? stem : `${stem}-${state}`);
    const middle = state === "" ? "" : `${state}-`;
    const outlined = danger.get(`btn-color-${state || "base"}`) ?? name("color-error");
    return [
      [`primary ${state}`, 4.5, contrast(at.get("button-primary-color"), name("color-primary"))],
      [`danger ${state}`, 4.5, contrast(at.get("button-danger-color"), name("color-error"))],
      [`danger, outlined ${state}`, 4.5, contrast(outlined, at.get("color-bg-container"))],
      [
        `default ${state}`,
        4.5,
        contrast(at.get(`button-default-${middle}color`), at.get(`button-default-${middle}bg`)),
      ],
      ...grounds.map((ground): [string, number, number] => [
        `text ${state} on ${ground}`,
        4.5,
        contrast(at.get(`button-text-text-${middle}color`), page.get(ground)),
      ]),
    ];
  });
  expect(weak(pairs)).toEqual([]);
});
