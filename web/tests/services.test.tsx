import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { commandOf, tryService } from "../src/api/try";
import { alone, topOf } from "../src/pages/detail/chart";
import { diff, linesOf } from "../src/pages/service/diff";
import { chartLines, classes, latencies, marksOf, thresholdsOf, timesOf, wantedOf } from "../src/pages/service/series";
import { api, open, server } from "./console";

// It draws on a canvas, which jsdom has not.
vi.mock("uplot", () => ({
  default: class {
    destroy() {}
    setSize() {}
  },
}));

beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const iris = {
  ServiceName: "iris",
  ServiceUid: "eas-1",
  ServiceId: "eas-1",
  Status: "Failed",
  Reason: "CrashLoop",
  Message: "An instance ended 3 times within 10 minutes.",
  RunningInstance: 1,
  TotalInstance: 2,
  CurrentVersion: 3,
  LatestVersion: 3,
  Cpu: 2,
  Memory: 1536,
  Gpu: 0,
  Image: "",
  AccessToken: "secret-token",
  InternetEndpoint: "http://localhost/api/predict/iris",
  ServiceConfig: '{"name":"iris","metadata":{"instance":2,"cpu":2}}',
  CreateTime: "2026-01-31T12:00:00Z",
  UpdateTime: "2026-01-31T12:00:05Z",
};
const version = (number: number, cpu: number) => ({
  ImageId: number,
  BuildTime: "2026-01-31T12:00:00Z",
  ServiceConfig: JSON.stringify({ metadata: { cpu, instance: 2 }, name: "iris" }),
});

const trafficAsked: URLSearchParams[] = [];
const point = (Time: number, more: object = {}) => ({
  Time,
  Seconds: 10,
  Status1xx: 0,
  Status2xx: 0,
  Status3xx: 0,
  Status4xx: 0,
  Status429: 0,
  Status450: 0,
  Status5xx: 0,
  GivenUp: 0,
  Latency: [],
  UnderWay: 0,
  Waiting: 0,
  ...more,
});

/** The API of one service; remembers what it was changed to. */
function service(more: object = {}) {
  const changes: unknown[] = [];
  const at = "/api/v2/services/home/iris";
  server.use(
    http.get("/api/v2/regions", () => HttpResponse.json({ Regions: [{ RegionId: "home" }] })),
    http.get("/api/v2/services", ({ request }) => {
      const query = new URL(request.url).searchParams;
      const found = !query.has("Filter") || "iris".includes(query.get("Filter")!);
      return HttpResponse.json({ Services: found ? [{ ...iris, ...more }] : [], TotalCount: found ? 1 : 0 });
    }),
    http.get(at, () => HttpResponse.json({ ...iris, ...more })),
    http.get(`${at}/diagnosis`, () =>
      HttpResponse.json({
        DiagnosisList: [{ Error: "It crashes.", Causes: ["It ended at once."], Advices: ["Look at its log."] }],
      }),
    ),
    http.get(`${at}/instances`, () =>
      HttpResponse.json({
        TotalCount: 1,
        Instances: [
          {
            InstanceName: "iris-1",
            Status: "Running",
            Reason: "",
            RestartCount: 3,
            CreateTime: "2026-01-31T12:00:00Z",
            LastState: [{ ExitCode: 1, Reason: "Error", Message: "", FinishedAt: "2026-01-31T12:00:00Z" }],
          },
        ],
      }),
    ),
    http.get(`${at}/versions`, () => HttpResponse.json({ Versions: [version(3, 2), version(2, 4)], TotalCount: 2 })),
    http.get(`${at}/logs`, ({ request }) => {
      const page = Number(new URL(request.url).searchParams.get("PageNum") ?? 1);
      return HttpResponse.json({ Logs: [`line of page ${page}`], TotalCount: 300, TotalPageNum: 3, PageNum: page });
    }),
    http.get(`${at}/events`, () =>
      HttpResponse.json({
        Events: [
          {
            Reason: "AutoScaling",
            Message: "From 1 to 2 instances: 9 qps.",
            Time: new Date().toISOString(),
            Type: "Normal",
          },
          { Reason: "Created", Message: "It was created.", Time: new Date().toISOString(), Type: "Normal" },
        ],
        TotalCount: 2,
      }),
    ),
    http.get("/atelier/v1/services/iris/traffic", ({ request }) => {
      const query = new URL(request.url).searchParams;
      trafficAsked.push(query);
      const begin = Date.parse(query.get("StartTime")!) / 1000;
      const points = [point(begin, { Status2xx: 20, Status429: 5, P50: 12 }), point(begin + 30)];
      return HttpResponse.json({ Period: 10, Points: query.has("InstanceName") ? [] : points });
    }),
    http.put(`${at}/version`, async ({ request }) => {
      changes.push(await request.json());
      return HttpResponse.json({ Message: "ok" });
    }),
    ...api(),
  );
  return changes;
}

it("lists services with what is wrong, and leads to each", async () => {
  service();
  open("/services");
  await screen.findByText("An instance ended 3 times within 10 minutes.");
  screen.getByText("1 of 2 ready");
  screen.getByText("2 vCPU · 1.5 GB");
  await userEvent.type(screen.getByRole("textbox", { name: "Part of the name" }), "zz");
  await screen.findByText(/No service matches/);
  await waitFor(() => expect(location.search).toBe("?q=zz"));
  await userEvent.click(screen.getByRole("button", { name: "Show all" }));
  await userEvent.click(await screen.findByRole("link", { name: "iris" }));
  await waitFor(() => expect(location.pathname).toBe("/console/services/iris/overview"));
});

it("says why a service does not run, and how each instance ended", async () => {
  service();
  open("/services/iris");
  await screen.findByText("It crashes.");
  screen.getByText("Look at its log.");
  await screen.findByText("exit code 1", { exact: false });
  expect(screen.queryByText("secret-token", { exact: false })).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Show token" }));
  screen.getByText("secret-token", { exact: false });
});

it("goes back to a version, once its difference was shown", async () => {
  const changes = service();
  open("/services/iris/versions");
  await userEvent.click(await screen.findByRole("button", { name: "Go to version 2…" }));
  const dialog = within(screen.getByRole("dialog", { name: "Go to version 2 of iris?" }));
  const difference = dialog.getByRole("group", { name: "Difference between the configurations" });
  expect(difference.querySelector(".removed")?.textContent).toBe('-     "cpu": 2,\n');
  expect(difference.querySelector(".added")?.textContent).toBe('+     "cpu": 4,\n');
  await userEvent.click(dialog.getByRole("button", { name: "Go to version 2" }));
  await waitFor(() => expect(changes).toEqual([{ Version: 2 }]));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

it("shows the last lines of a long log", async () => {
  service();
  open("/services/iris/logs");
  await screen.findByText(/line of page 2\s+line of page 3/);
  screen.getByText("The last 2 of 300 lines.");
});

it("finds what two configurations do not share", () => {
  expect(linesOf('{"b":1,"a":[{"d":1,"c":2}]}')).toEqual(linesOf('{"a":[{"c":2,"d":1}],"b":1}'));
  expect(linesOf("not json")).toEqual(["not json"]);
  expect(diff(["a", "b", "c"], ["a", "x", "c", "d"])).toEqual([
    [" ", "a"],
    ["-", "b"],
    ["+", "x"],
    [" ", "c"],
    ["+", "d"],
  ]);
  expect(diff([], ["a"])).toEqual([["+", "a"]]);
  expect(diff(["a"], [])).toEqual([["-", "a"]]);
});

it("shows the traffic with its gaps and what the scaler did, of the service and of one instance", async () => {
  service();
  trafficAsked.length = 0;
  open("/services/iris/traffic?since=15m");
  const requests = within(await screen.findByRole("figure", { name: /^Requests/ }));
  expect(requests.getAllByRole("row", { hidden: true }).map((row) => row.textContent)).toEqual([
    "Time2xx429 too many5xx",
    expect.stringMatching(/20.50$/), // 2 a second, 0.5 refused, none failed
    expect.stringMatching(/–––$/), // not measured
    expect.stringMatching(/000$/), // measured, and nothing
  ]);
  const latency = within(screen.getByRole("figure", { name: /^Latency/ }));
  expect(latency.getAllByRole("row", { hidden: true }).at(-1)!.textContent).toMatch(/–––$/); // nothing was answered
  await screen.findByText("From 1 to 2 instances: 9 qps.", { exact: false });
  expect(screen.queryByText("It was created.", { exact: false })).toBeNull();
  const asked = trafficAsked[0]!;
  expect(Date.parse(asked.get("EndTime")!) - Date.parse(asked.get("StartTime")!)).toBe(900_000);
  await userEvent.selectOptions(screen.getByRole("combobox", { name: "Of" }), "iris-1");
  await screen.findByText(/Nothing was measured/);
  expect(trafficAsked.at(-1)!.get("InstanceName")).toBe("iris-1");
  expect(location.search).toBe("?since=15m&instance=iris-1");
});

it("holds the traffic against what the autoscaler goes by", async () => {
  service({ AutoscalerEnabled: true });
  server.use(
    http.get("/api/v2/services/home/iris/autoscaler", () =>
      HttpResponse.json({
        MinReplica: 1,
        MaxReplica: 3,
        ScaleStrategies: [
          { metricName: "qps", threshold: 2.5 },
          { metricName: "cpu", threshold: 80 },
          { metricName: "concurrency", threshold: 400 },
        ],
        CurrentMetrics: [{ metricName: "cpu", service: "iris", value: 33.25 }],
      }),
    ),
  );
  open("/services/iris/traffic?since=15m");
  const requests = within(await screen.findByRole("figure", { name: /^Requests/ }));
  await requests.findByText("threshold now, of all together: 2.5 × 2 instances = 5");
  // Far above what there is: the values stay readable.
  const load = within(screen.getByRole("figure", { name: /^At the same time/ }));
  load.getByText("threshold now, of all together: 400 × 2 instances = 800 (above this chart)");
  screen.getByRole("heading", { name: "The autoscaler keeps 1 to 3 instances" });
  expect(
    screen
      .getAllByRole("listitem")
      .map((item) => item.textContent)
      .filter((text) => text.includes("asks for more")),
  ).toEqual([
    "Requests a second: more than 2.5 for each instance asks for more instances.",
    "% of CPU: more than 80 for each instance asks for more instances. Measured last: 33.3.",
    "Requests at the same time: more than 400 for each instance asks for more instances.",
  ]);
});

it("finds thresholds for what a chart shows, and draws those that fit into it", () => {
  const scaler = {
    ScaleStrategies: [
      { metricName: "qps", threshold: 20 },
      { metricName: "cpu", threshold: 80 },
      { metricName: "concurrency", threshold: 4 },
    ],
  };
  expect(thresholdsOf(scaler, "requests", 3)).toEqual([{ each: 20, value: 60 }]);
  expect(thresholdsOf(scaler, "load", 1)).toEqual([{ each: 4, value: 4 }]);
  expect(thresholdsOf(scaler, "latency", 3)).toEqual([]);
  expect(thresholdsOf(scaler, "requests", 0)).toEqual([]); // asleep: a request wakes it, not a threshold
  expect(thresholdsOf(undefined, "requests", 3)).toEqual([]);
  expect(
    ['{"metadata":{"instance":4}}', '{"metadata":{"instance":0}}', "{}", '{"metadata":null}', "no"].map(wantedOf),
  ).toEqual([4, 0, 1, 1, 1]);
  const at = (value: number) => ({ name: "", value });
  expect([topOf(10, []), topOf(10, [at(4)]), topOf(10, [at(30)]), topOf(10, [at(31)])]).toEqual([10, 10, 30, 10]);
  expect([topOf(0, [at(2)]), topOf(0, [at(4)])]).toEqual([2, 1]);
});

it("draws no line over what was not measured", () => {
  const [times, points] = timesOf([point(0, { Status3xx: 5 }), point(10), point(60), point(70)], 10);
  expect(times).toEqual([0, 10, 20, 60, 70]);
  const lines = chartLines(classes, points, (key) => key);
  expect(lines.map(({ name }) => name)).toEqual(["Status2xx", "Status3xx", "Status5xx"]);
  expect(lines[1]!.values).toEqual([0.5, 0, null, 0, 0]);
  // A period of which the half was measured has the rate of that half.
  expect(chartLines(classes, [point(0, { Seconds: 30, Status2xx: 30 })], (key) => key)[0]!.values).toEqual([1]);
  expect(chartLines(latencies, points, (key) => key)[0]!.values).toEqual([null, null, null, null, null]);
  expect(timesOf([], 10)).toEqual([[], []]);
  expect(alone([null, 1, null, 2, 3, undefined, 4])).toEqual([1, 6]);
  expect(marksOf([{ Reason: "CronScaling", Message: "m", Time: "1970-01-01T00:01:00Z" }])).toEqual([
    { time: 60, text: "m" },
  ]);
});

it("calls a service as the form says, with its token and no cookie", async () => {
  service();
  const calls: [string, string | null, string, string][] = [];
  server.use(
    http.post("http://localhost/api/predict/iris/v1", async ({ request }) => {
      calls.push([
        new URL(request.url).search,
        request.headers.get("Authorization"),
        request.credentials,
        await request.text(),
      ]);
      return HttpResponse.json({ y: 2 }, { status: 422 });
    }),
  );
  open("/services/iris");
  await userEvent.clear(await screen.findByRole("textbox", { name: "Path" }));
  await userEvent.type(screen.getByRole("textbox", { name: "Path" }), "v1?a=b");
  await userEvent.clear(screen.getByRole("textbox", { name: "Body" }));
  await userEvent.type(screen.getByRole("textbox", { name: "Body" }), "[[1,2]");
  screen.getByText(/curl -H "Authorization: \$TOKEN" .* --data '\[1,2\]' 'http:..localhost.api.predict.iris.v1\?a=b'/);
  await userEvent.click(screen.getByRole("button", { name: "Send" }));
  await screen.findByText("422");
  expect(screen.getByRole("group", { name: "Answer" }).textContent).toBe('{"y":2}');
  expect(calls).toEqual([["?a=b", "secret-token", "omit", "[1,2]"]]);
});

it("shows no more of an answer than people read, and says so where there is none", async () => {
  server.use(
    http.get("http://localhost/api/predict/iris/long", () => HttpResponse.text("x".repeat(300 * 1024))),
    http.get("http://localhost/api/predict/iris/none", () => HttpResponse.error()),
  );
  const endpoint = "http://localhost/api/predict/iris";
  const get = (path: string) =>
    tryService(endpoint, "t", { method: "GET", path, body: "" }, new AbortController().signal);
  const long = await get("/long");
  expect([long.status, long.text.length, long.cut]).toEqual([200, 256 * 1024, true]);
  await expect(get("none")).rejects.toThrow();
  expect(commandOf(endpoint, "it's", { method: "POST", path: "/", body: "a'b" })).toBe(
    `curl -H 'Authorization: it'\\''s' -H 'Content-Type: application/json' --data 'a'\\''b' '${endpoint}/'`,
  );
});
