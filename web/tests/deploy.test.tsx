import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { changeFrom, merge, readConfig } from "../src/pages/service/config";
import { sentFor } from "../src/pages/service/configuration";
import { diff } from "../src/pages/service/diff";
import { lineAt, placesIn, problemsIn } from "../src/pages/service/places";
import { api, open, refusals, server } from "./console";

beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => {
  refusals.clear();
  server.resetHandlers();
});
afterAll(() => server.close());

const config = { name: "iris", metadata: { instance: 2, cpu: 2 } };

/** One service, and what it was made or changed by: the query and the body of each request. */
function service({ refuse = "" } = {}) {
  const sent: [query: string, body: unknown][] = [];
  let present: object = config;
  const take = async (request: Request, done: object) => {
    sent.push([new URL(request.url).search, await request.json()]);
    return refuse && sent.length === 1
      ? HttpResponse.json({ Code: "InvalidParameter", Message: refuse, RequestId: "r-1" }, { status: 400 })
      : HttpResponse.json(done);
  };
  server.use(
    http.get("/api/v2/regions", () => HttpResponse.json({ Regions: [{ RegionId: "home" }] })),
    http.get("/api/v2/services/home/iris", () =>
      HttpResponse.json({
        ServiceName: "iris",
        Status: "Running",
        CurrentVersion: 3,
        ServiceConfig: JSON.stringify(present),
      }),
    ),
    http.get("/api/v2/services/home/iris/:part", () => HttpResponse.json({ Instances: [], TotalCount: 0 })),
    http.post("/api/v2/services", ({ request }) => take(request, { ServiceName: "iris", Status: "Creating" })),
    http.put("/api/v2/services/home/iris", ({ request }) =>
      take(request, { Message: "Service iris is being updated. Unknown keys have no effect: metadata.cpuu." }),
    ),
    ...api(),
  );
  return { sent, become: (next: object) => (present = next) };
}
const editor = () => screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Configuration (JSON)" });
const write = async (text: string) => fireEvent.change(await editor(), { target: { value: text } });

it("deploys a service as it is written, in the workspace that was chosen, and goes to it", async () => {
  const { sent } = service();
  open("/services");
  await userEvent.click(await screen.findByRole("link", { name: "Deploy a service" }));
  expect(JSON.parse((await editor()).value)).toMatchObject({ name: "hello", metadata: { instance: 1 } });
  await write(JSON.stringify(config));
  await screen.findByRole("option", { name: "vision" });
  await userEvent.selectOptions(screen.getByRole("combobox", { name: "Workspace" }), "vision");
  await userEvent.click(screen.getByRole("button", { name: "Deploy" }));
  await waitFor(() => expect(location.pathname).toBe("/console/services/iris/overview"));
  expect(sent).toEqual([["?WorkspaceId=9", config]]);
});

it("leads to the line of each mistake that the server found", async () => {
  const { sent } = service({
    refuse: "containers[0].port must be from 1 to 65535; metadata.cpu must be from 1 to 1024; token is too long.",
  });
  open("/services/new");
  const text = '{\n  "name": "iris",\n  "metadata": {\n    "cpu": 0\n  },\n  "containers": [{"port": 0}]\n}';
  await write(text);
  await userEvent.click(screen.getByRole("button", { name: "Deploy" }));
  await screen.findByRole("alert");
  const found = screen.getAllByRole("listitem").filter((item) => within(item).queryByRole("button", { name: /^Line/ }));
  expect(found.map((item) => item.textContent)).toEqual([
    "Line 6 containers[0].port must be from 1 to 65535",
    "Line 4 metadata.cpu must be from 1 to 1024",
  ]);
  await userEvent.click(screen.getByRole("button", { name: "Line 4" }));
  const area = await editor();
  expect(area).toBe(document.activeElement);
  expect(text.slice(area.selectionStart, area.selectionEnd)).toBe('"cpu": 0');
  expect(sent).toEqual([["", JSON.parse(text)]]); // the server chooses the workspace
});

it("sends nothing that is not JSON, and says where it stops to be", async () => {
  service();
  open("/services/new");
  await write('{\n  "name": "iris",\n}');
  await screen.findByText("Line 3, character 1: this is not JSON.");
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Deploy" }).disabled).toBe(true);
  await write("[]");
  await screen.findByText("The configuration is an object, in braces.");
  await write("{}");
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Deploy" }).disabled).toBe(false);
});

it("shows what a change makes of the present version, and sends what differs", async () => {
  const { sent } = service();
  open("/services/iris/configuration");
  expect((await editor()).value).toBe(JSON.stringify(config, null, 2));
  const review = screen.getByRole<HTMLButtonElement>("button", { name: "Review the change…" });
  expect([review.disabled, review.title]).toEqual([true, "Change something first."]);
  await write('{"name": "iris", "metadata": {"instance": 2, "cpu": 4}}');
  await userEvent.click(review);
  const dialog = within(screen.getByRole("dialog", { name: "Change the configuration of iris?" }));
  const difference = dialog.getByRole("group", { name: "Difference between the configurations" });
  expect(difference.querySelector(".removed")?.textContent).toBe('-     "cpu": 2,\n');
  expect(difference.querySelector(".added")?.textContent).toBe('+     "cpu": 4,\n');
  expect(sent).toEqual([]);
  await userEvent.click(dialog.getByRole("button", { name: "Deploy" }));
  await screen.findByText(/Unknown keys have no effect: metadata.cpuu/);
  expect(sent).toEqual([["?UpdateType=merge", { metadata: { cpu: 4 } }]]);
  expect(screen.queryByRole("dialog")).toBeNull();
});

it("leaves the change in place when it is refused", async () => {
  const { sent } = service({ refuse: "metadata.cpu must be from 1 to 1024." });
  open("/services/iris/configuration");
  await write('{"name": "iris", "metadata": {"instance": 2, "cpu": 0}}');
  await userEvent.click(screen.getByRole("button", { name: "Review the change…" }));
  await userEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Deploy" }));
  await screen.findByRole("button", { name: "Line 1" });
  expect(screen.queryByRole("dialog")).toBeNull();
  expect((await editor()).value).toContain('"cpu": 0');
  await userEvent.click(screen.getByRole("button", { name: "Drop the change" }));
  expect((await editor()).value).toBe(JSON.stringify(config, null, 2));
  expect(screen.queryByRole("alert")).toBeNull();
  expect(sent).toHaveLength(1);
});

it("keeps what others changed meanwhile, and says that they did", async () => {
  const { become } = service();
  open("/services/iris/configuration");
  await write('{"name": "iris", "metadata": {"instance": 2, "cpu": 4}}');
  become({ name: "iris", metadata: { instance: 5, cpu: 2 } });
  await screen.findByText(/The service has changed since you began/);
  await userEvent.click(screen.getByRole("button", { name: "Review the change…" }));
  const difference = screen.getByRole("group", { name: "Difference between the configurations" });
  expect([...difference.querySelectorAll(".added, .removed")].map((line) => line.textContent)).toEqual([
    '-     "cpu": 2,\n',
    '+     "cpu": 4,\n',
  ]);
});

it("turns the change off for who may not, and says what they see", async () => {
  refusals.add("eas:UpdateService iris");
  service();
  open("/services/iris/configuration");
  await screen.findByText(/shown only a part of its configuration/);
  await write("{}");
  const review = screen.getByRole<HTMLButtonElement>("button", { name: "Review the change…" });
  expect([review.disabled, review.title]).toEqual([true, "You may not do this: Not yours."]);
});

it("merges as UpdateService does, and replaces where something is left out", () => {
  // As in ServiceSpec.MergeIsDeepAndArraysAreReplaced.
  expect(merge({ a: 1, m: { x: 1, y: { p: 1, q: 2 } }, l: [1, 2] }, { m: { y: { q: 3 } }, l: [9], n: true })).toEqual({
    a: 1,
    m: { x: 1, y: { p: 1, q: 3 } },
    l: [9],
    n: true,
  });
  expect(changeFrom({ a: 1, m: { x: 1 } }, { m: { x: 1 }, a: 1 })).toEqual({}); // the order is nothing
  expect(changeFrom({ a: 1, m: { x: 1, y: 2 } }, { a: 1, m: { x: 1, y: 3 } })).toEqual({ m: { y: 3 } });
  expect(changeFrom({ l: [{ a: 1, b: 2 }] }, { l: [{ a: 1 }] })).toEqual({ l: [{ a: 1 }] }); // arrays are replaced
  expect(changeFrom({ a: { x: 1 } }, { a: 5 })).toEqual({ a: 5 });
  expect(changeFrom({ a: 1 }, { a: null })).toEqual({ a: null });
  expect(changeFrom({ m: { x: 1, y: 2 } }, { m: { x: 1 } })).toBeUndefined();
  expect(sentFor({ a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 7 })).toEqual({
    sent: { type: "merge", config: { a: 2 } },
    made: { a: 2, b: 7 },
  });
  expect(sentFor({ a: 1, b: 1 }, { a: 1 }, { a: 1, b: 7 })).toEqual({
    sent: { type: "replace", config: { a: 1 } },
    made: { a: 1 },
  });
  expect([readConfig("[1]"), readConfig("no"), readConfig(undefined)]).toEqual([{}, {}, {}]);
});

it("finds the places of a JSON text as the server names them", () => {
  const text = '{"a": {"rpc.x": [1, {"b": "}"}]}, "c": null}';
  const places = placesIn(text) as Map<string, number>;
  const at = Object.fromEntries([...places].map(([path, place]) => [path, text.slice(place, place + 4)]));
  expect(at).toEqual({
    "": '{"a"',
    a: '"a":',
    "a.rpc.x": '"rpc',
    "a.rpc.x[0]": "1, {",
    "a.rpc.x[1]": '{"b"',
    "a.rpc.x[1].b": '"b":',
    c: '"c":',
  });
  expect(lineAt("ab\ncd", 4)).toEqual({ line: 2, column: 2 });
  expect(lineAt("", 0)).toEqual({ line: 1, column: 1 });
  expect(problemsIn("a.rpc.x[1].zz must be there; body is bad; d is required; a: no.", places)).toEqual([
    { what: "a.rpc.x[1].zz must be there", at: places.get("a.rpc.x[1]") },
    { what: "body is bad" },
    { what: "d is required" },
    { what: "a: no.", at: 1 },
  ]);
});

it.each([
  ["", 0],
  ["  ", 2],
  ["{", 1],
  ['{"a"}', 4],
  ['{"a":1,}', 7],
  ["[1 2]", 3],
  ["[01]", 2],
  ['"a\nb"', 0],
  ['"\\x"', 0],
  ["tru", 0],
  ["{} x", 3],
])("finds the first place that is not JSON: %j", (text, at) => {
  expect(() => JSON.parse(text) as unknown).toThrow();
  expect(placesIn(text)).toEqual({ at });
});

it("reads what a parser reads, as deep as the server does", () => {
  for (const text of ["0", "-1.5e+3", '"\\u00e9\\n"', "[]", " { } ", "[[],{}]", "[true,false,null]", '{"":1}'])
    expect(placesIn(text), text).toBeInstanceOf(Map);
  const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  expect(placesIn(nested(32))).toBeInstanceOf(Map);
  expect(placesIn(nested(33))).toEqual({ at: 32, deep: true });
});

it("compares long texts without a table of all pairs of lines", () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => String(i));
  const other = lines.with(10_000, "x");
  expect(diff(lines, other).filter(([mark]) => mark !== " ")).toEqual([
    ["-", "10000"],
    ["+", "x"],
  ]);
  const none = Array.from({ length: 20_000 }, (_, i) => `y${i}`);
  expect(diff(lines, none)).toHaveLength(40_000);
});
