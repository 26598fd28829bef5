import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { diff, linesOf } from "../src/pages/service/diff";
import { api, open, server } from "./console";

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
