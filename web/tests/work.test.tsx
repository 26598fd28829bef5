import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { commandFor } from "../src/pages/list/bulk";
import { copyOf } from "../src/pages/create";
import { api, instance, open, server } from "./console";

beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const catalogue = [
  http.get("/api/v2/ecsspecs", ({ request }) => {
    const gpu = new URL(request.url).searchParams.get("AcceleratorType") === "GPU";
    const spec = gpu
      ? { InstanceType: "big", CPU: 8, Memory: 30, GPU: 1, GPUType: "A10", GPUMemorySize: 24, IsAvailable: false }
      : { InstanceType: "small", CPU: 2, Memory: 4, GPU: 0, IsAvailable: true };
    return HttpResponse.json({ EcsSpecs: [spec], TotalCount: 1 });
  }),
  http.get("/atelier/v1/instances/fit", () =>
    HttpResponse.json({
      Left: { CPU: 4, Memory: 6, GPU: 0 },
      Room: { CPU: 2, Memory: 4.5, GPU: 0, Instances: 1 },
      Fits: [
        { InstanceType: "small", Fits: true },
        {
          InstanceType: "big",
          Fits: false,
          Reason: "HostFull",
          Message: "There is no room on this server now.",
          Lacks: { CPU: 6, Memory: 25.5, GPU: 1 },
        },
      ],
    }),
  ),
  http.get("/api/v1/images", () =>
    HttpResponse.json({
      Images: [
        { ImageId: "image-lab", Name: "lab:4", ImageUri: "local/lab:4" },
        { ImageId: "image-torch", Name: "torch:2", ImageUri: "local/torch:2" },
      ],
    }),
  ),
  http.get("/api/v1/workspaces", () =>
    HttpResponse.json({
      Workspaces: [
        { WorkspaceId: "8", WorkspaceName: "speech", DisplayName: "speech", IsDefault: false },
        { WorkspaceId: "9", WorkspaceName: "vision", DisplayName: "Vision", IsDefault: true },
      ],
    }),
  ),
];

/** Remembers the bodies of CreateInstance; the first answer is lost, if `lossy`. */
function creation({ lossy = false } = {}) {
  const bodies: Record<string, unknown>[] = [];
  server.use(
    ...catalogue,
    http.post("/api/v2/instances", async ({ request }) => {
      bodies.push((await request.json()) as Record<string, unknown>);
      return lossy && bodies.length === 1 ? HttpResponse.error() : HttpResponse.json({ InstanceId: "dsw-new" });
    }),
    http.get("/api/v2/instances/:id", ({ params }) =>
      HttpResponse.json({
        ...instance(1, {
          Accessibility: "PUBLIC",
          ImageId: "image-torch",
          EcsSpec: "big",
          EnvironmentVariables: { A: "1" },
        }),
        InstanceId: params.id,
      }),
    ),
    http.get("/api/v2/instances/:id/lifecycle", () => HttpResponse.json({ Lifecycle: [], TotalCount: 0 })),
  );
  return bodies;
}

it("tells who has no notebook to create one", async () => {
  server.use(...api({ total: 0 }), ...catalogue);
  open("/");
  await userEvent.click(await screen.findByRole("link", { name: "Create instance" }));
  await screen.findByRole("heading", { name: "Create instance" });
});

it("creates what was chosen, and goes to its page", async () => {
  server.use(...api());
  const bodies = creation();
  open("/instances/new");
  await userEvent.type(await screen.findByRole("textbox", { name: "Name" }), "first_one");
  expect(screen.getByRole("radio", { name: /No room now/ })).toHaveProperty("checked", false);
  await userEvent.click(screen.getByRole("radio", { name: /torch:2/ }));
  await userEvent.click(screen.getByRole("button", { name: "Create" }));
  await waitFor(() => expect(location.pathname).toBe("/console/instances/dsw-new/overview"));
  expect(bodies).toEqual([
    {
      InstanceName: "first_one",
      WorkspaceId: "9",
      EcsSpec: "small",
      ImageId: "image-torch",
      Accessibility: "PRIVATE",
      ClientToken: expect.stringMatching(/^[\w-]{36}$/),
    },
  ]);
});

it("tells beside the types what fits, in the workspace that was chosen", async () => {
  server.use(...api());
  creation();
  const workspaces: (string | null)[] = [];
  open("/instances/new");
  await screen.findByText("Room now for one more: 2 vCPU, 4.5 GB, 0 GPU, 1 instance.");
  const big = screen.getByRole("radio", { name: /No room now \(6 vCPU, 25.5 GB, 1 GPU too few\)/ });
  expect(screen.queryByText("There is no room on this server now.", { exact: false })).toBeNull();
  await userEvent.click(big);
  expect(screen.getByText("There is no room on this server now.", { exact: false })).toBeTruthy();
  const mine = screen.getByRole("link", { name: "Show what I have running" });
  expect(new URL((mine as HTMLAnchorElement).href).searchParams.get("q")).toBe("owner:ada status:Running");

  server.use(
    http.get("/atelier/v1/instances/fit", ({ request }) => {
      workspaces.push(new URL(request.url).searchParams.get("WorkspaceId"));
      const refusal = {
        Fits: false,
        Reason: "WorkspaceLimit",
        Message: "The limit of this workspace is 0.",
        Lacks: {},
      };
      return HttpResponse.json({ Left: {}, Room: {}, Fits: [{ InstanceType: "small", ...refusal }] });
    }),
  );
  await userEvent.selectOptions(screen.getByRole("combobox", { name: "Workspace" }), "8");
  await screen.findByRole("radio", { name: /Above the limit of the workspace/ });
  expect(workspaces).toEqual(["8"]);
  expect(screen.queryByText(/Room now/)).toBeNull();
});

it("tells what the list of types knows where nobody may ask what fits", async () => {
  server.use(...api());
  creation();
  server.use(http.get("/atelier/v1/instances/fit", () => HttpResponse.json({ Code: "NoPermission" }, { status: 403 })));
  open("/instances/new");
  await screen.findByRole("radio", { name: /No room now/ });
  expect(screen.queryByText(/too few/)).toBeNull();
});

it("asks for the same instance again when the answer was lost", async () => {
  server.use(...api());
  const bodies = creation({ lossy: true });
  open("/instances/new");
  const name = await screen.findByRole("textbox", { name: "Name" });
  const button = screen.getByRole("button", { name: "Create" });
  await userEvent.type(name, "one");
  await userEvent.click(button);
  await screen.findByRole("alert");
  await userEvent.click(button);
  await waitFor(() => expect(location.pathname).toBe("/console/instances/dsw-new/overview"));
  expect(bodies.length).toBe(2);
  expect(bodies[1]).toEqual(bodies[0]);
});

it("copies an instance under a name of its own", async () => {
  server.use(...api());
  const bodies = creation();
  open("/instances/new?from=dsw-1");
  await screen.findByRole("heading", { name: "Create an instance like train_1" });
  await screen.findByText("1 environment variable is copied.");
  await userEvent.click(screen.getByRole("button", { name: "Create" }));
  await waitFor(() => expect(bodies.length).toBe(1));
  expect(bodies[0]).toMatchObject({
    InstanceName: "train_2",
    EcsSpec: "big",
    ImageId: "image-torch",
    Accessibility: "PUBLIC",
    EnvironmentVariables: { A: "1" },
  });
});

it("names copies within 27 characters", () => {
  expect(copyOf("train")).toBe("train_2");
  expect(copyOf("train_9")).toBe("train_10");
  expect(copyOf("a_2026x")).toBe("a_2026x_2");
  expect(copyOf("abcdefghijklmnopqrstuvwxyz_")).toBe("abcdefghijklmnopqrstuvwxy_2");
  expect(copyOf("abcdefghijklmnopqrstuvwx_99")).toBe("abcdefghijklmnopqrstuvw_100");
});

it("deletes an instance once its name was typed", async () => {
  server.use(...api());
  creation();
  const deleted = vi.fn(() => HttpResponse.json({ RequestId: "r" }));
  server.use(http.delete("/api/v2/instances/dsw-1", deleted));
  open("/instances/dsw-1/overview");
  await userEvent.click(await screen.findByRole("button", { name: "Delete" }));
  const dialog = within(screen.getByRole("dialog", { name: "Delete train_1?" }));
  const button = dialog.getByRole("button", { name: "Delete" });
  expect(button).toHaveProperty("disabled", true);
  await userEvent.type(dialog.getByRole("textbox"), "train_1{Enter}");
  await waitFor(() => expect(location.pathname).toBe("/console/instances"));
  expect(deleted).toHaveBeenCalledOnce();
});

interface Asked {
  Action: string;
  Query: Record<string, string>;
  DryRun?: boolean;
  Revision?: number;
  TotalCount?: number;
  ClientToken?: string;
}

/** A list of 30, and a server that makes one job for it. What was asked of it, and whether the job goes on. */
function herd() {
  const jobs: Asked[] = [];
  const state = { runs: true, stopped: false };
  const names = Array.from({ length: 10 }, (_, index) => ({
    InstanceId: `dsw-${index + 1}`,
    InstanceName: `train_${index + 1}`,
    Status: "Running",
  }));
  const job = () => ({
    BulkJobId: "bulk-1",
    Action: "Stop",
    Query: {},
    Revision: 7,
    Status: state.stopped ? "Stopped" : state.runs ? "Running" : "Done",
    UserId: "7",
    UserName: "ada",
    GmtCreateTime: "2026-01-31T12:00:00Z",
    TotalCount: 30,
    ...(state.runs ? { Done: 10, Skipped: 0, Failed: 0, Left: 20 } : { Done: 27, Skipped: 2, Failed: 1, Left: 0 }),
  });
  server.use(
    http.get("/api/v2/instances", () =>
      HttpResponse.json({
        TotalCount: 30,
        Instances: Array.from({ length: 25 }, (_, index) => instance(index + 1)),
      }),
    ),
    http.post("/atelier/v1/bulk-jobs", async ({ request }) => {
      const body = (await request.json()) as Asked;
      jobs.push(body);
      if (!body.DryRun) return HttpResponse.json({ BulkJobId: "bulk-1" });
      return HttpResponse.json({
        DryRun: {
          Revision: 7,
          TotalCount: 30,
          Counts: { Running: 29, Stopped: 1 },
          Shares: [
            { Outcome: "Act", Reason: "", Message: "", Count: 28, Instances: names },
            { Outcome: "Refuse", Reason: "Workspace", Message: "No.", Count: 1, Instances: names.slice(0, 1) },
            { Outcome: "Skip", Reason: "AlreadyThere", Message: "", Count: 1, Instances: names.slice(2, 3) },
          ],
        },
      });
    }),
    http.get("/atelier/v1/bulk-jobs", () =>
      HttpResponse.json({ TotalCount: 1, BulkJobs: jobs.some(({ DryRun: dry }) => !dry) ? [job()] : [] }),
    ),
    http.get("/atelier/v1/bulk-jobs/bulk-1", () =>
      HttpResponse.json({
        ...job(),
        Failures: state.runs ? [] : [{ Code: "C", Message: "Not yours.", Count: 1, InstanceIds: ["dsw-7"] }],
      }),
    ),
    http.post("/atelier/v1/bulk-jobs/bulk-1/stop", () => {
      state.stopped = true;
      return HttpResponse.json({ BulkJobId: "bulk-1" });
    }),
    ...api(),
  );
  return { jobs, state };
}

async function openPanel() {
  open("/instances?q=train+sort%3A-modified&size=25");
  await userEvent.click(await screen.findByRole("checkbox", { name: "Select this page" }));
  await screen.findByText("25 instances selected");
  await userEvent.click(screen.getByRole("button", { name: "Select all 30 that match" }));
  await userEvent.click(screen.getByRole("button", { name: "Stop…" }));
  return within(await screen.findByRole("dialog", { name: "Stop instances" }));
}

it("stops many: first what would happen, then how far the job is, then what failed", async () => {
  const { jobs, state } = herd();
  const dialog = await openPanel();
  await dialog.findByText("28 instances will be stopped:");
  dialog.getByText("(Running 29, Stopped 1)");
  dialog.getByText("and 18 more", { exact: false });
  dialog.getByText("your role in their workspace does not allow it.", { exact: false });
  const conditions = { InstanceName: "train", WorkspaceId: "ALL", ResourceId: "ALL" };
  expect(jobs).toEqual([{ Action: "Stop", Query: conditions, DryRun: true }]);

  const button = dialog.getByRole("button", { name: "Stop 28 instances" });
  expect(button).toHaveProperty("disabled", true);
  await userEvent.type(dialog.getByRole("textbox", { name: "Type 28 to confirm" }), "28");
  await userEvent.click(button);
  await dialog.findByText("10 of 30 done");
  expect(jobs[1]).toMatchObject({ Action: "Stop", Query: conditions, Revision: 7, TotalCount: 30 });
  expect(jobs[1]!.ClientToken).toMatch(/^[0-9a-f-]{36}$/);
  dialog.getByText("This goes on when the page is closed.");
  state.runs = false;
  await dialog.findByText("27 of 30 done", {}, { timeout: 3000 });
  dialog.getByText("2 had changed by then and were left alone");
  dialog.getByText("Not yours.", { exact: false });
  await userEvent.click(dialog.getByRole("button", { name: "Select the 1 that failed" }));
  await screen.findByText("1 instance selected");
});

it("finds a job again that goes on without its page, and stops it", async () => {
  const { jobs } = herd();
  const dialog = await openPanel();
  await userEvent.type(await dialog.findByRole("textbox"), "28{Enter}");
  await dialog.findByText("10 of 30 done");
  await userEvent.click(dialog.getAllByRole("button", { name: "Close" }).at(-1)!);
  await userEvent.click(await screen.findByRole("button", { name: "Show" }));
  const again = within(await screen.findByRole("dialog", { name: "Stop instances" }));
  await userEvent.click(await again.findByRole("button", { name: "Stop here" }));
  await again.findByText("20 were not reached", {}, { timeout: 3000 });
  expect(jobs.length).toBe(2);
});

it("says how the command line does the same", () => {
  expect(commandFor("stop", "train status:Running sort:-created", [])).toBe(
    "atelier instance stop --query 'train status:Running' --dry-run",
  );
  expect(commandFor("delete", "x", ["dsw-1", "dsw-2"])).toBe(
    "atelier instance delete --query 'id:dsw-1,dsw-2' --dry-run",
  );
  expect(commandFor("start", '"it\'s"', [])).toBe(`atelier instance start --query '"it'\\''s"' --dry-run`);
  // An empty query is none for the command line, which so does not take all by mistake.
  expect(commandFor("start", " ", [])).toBe("atelier instance start --query 'created>=1970-01-01' --dry-run");
});

it("selects a span with Shift, and forgets it with the query", async () => {
  herd();
  const user = userEvent.setup();
  open("/instances?size=25");
  await user.click(await screen.findByRole("checkbox", { name: "Select train_2" }));
  await user.keyboard("{Shift>}");
  await user.click(screen.getByRole("checkbox", { name: "Select train_6" }));
  await user.keyboard("{/Shift}");
  await screen.findByText("5 instances selected");
  await user.click(screen.getByRole("button", { name: /^Failed/ }));
  await waitFor(() => expect(screen.queryByText(/selected/)).toBeNull());
});
