import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { commandFor } from "../src/pages/list/bulk";
import { copyOf } from "../src/pages/create";
import { api, asked, instance, open, server } from "./console";

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

/** A list of 30, of which number 3 is stopped, and which number 5 leaves between the look and the act. */
function herd() {
  const stopped: string[] = [];
  server.use(
    http.get("/api/v2/instances", ({ request }) => {
      const query = new URL(request.url).searchParams;
      asked.push(`GET /api/v2/instances?${query}`);
      const ids = query.get("InstanceId")?.split(",");
      const all = Array.from({ length: 30 }, (_, index) =>
        instance(index + 1, index + 1 === 3 ? { Status: "Stopped" } : {}),
      ).filter(({ InstanceId: id }) => !ids || (ids.includes(id) && (id !== "dsw-5" || ids.length < 3)));
      const size = Number(query.get("PageSize"));
      const first = (Number(query.get("PageNumber")) - 1) * size;
      return HttpResponse.json({ TotalCount: all.length, Instances: all.slice(first, first + size) });
    }),
    http.put("/api/v2/instances/:id/stop", ({ params }) => {
      if (params.id === "dsw-7")
        return HttpResponse.json({ Code: "Forbidden", Message: "Not yours." }, { status: 403 });
      stopped.push(String(params.id));
      return HttpResponse.json({ RequestId: "r" });
    }),
    ...api(),
  );
  return stopped;
}

it("stops many: first what would happen, then what did", async () => {
  const stopped = herd();
  open("/instances?q=train+sort%3A-modified&size=25");
  await userEvent.click(await screen.findByRole("checkbox", { name: "Select this page" }));
  await screen.findByText("25 instances selected");
  await userEvent.click(screen.getByRole("button", { name: "Select all 30 that match" }));
  await userEvent.click(screen.getByRole("button", { name: "Stop…" }));

  const dialog = within(await screen.findByRole("dialog", { name: "Stop instances" }));
  await dialog.findByText("29 instances will be stopped:");
  dialog.getByText("(Stopped 1)");
  dialog.getByText("and 19 more", { exact: false });
  expect(stopped).toEqual([]);

  const button = dialog.getByRole("button", { name: "Stop 29 instances" });
  expect(button).toHaveProperty("disabled", true);
  await userEvent.type(dialog.getByRole("textbox", { name: "Type 29 to confirm" }), "29");
  await userEvent.click(button);
  await dialog.findByText("27 of 29 done");
  dialog.getByText("1 had changed by then and was left alone");
  dialog.getByText("Not yours.", { exact: false });
  expect(stopped.length).toBe(27);
  expect(stopped).not.toContain("dsw-3");
  expect(stopped).not.toContain("dsw-5");
  // What is acted on is looked for by the query once more.
  const again = new URLSearchParams(asked.findLast((one) => one.includes("InstanceId="))!.split("?")[1]);
  expect(again.get("InstanceName")).toBe("train");
  const looks = asked.map((one) => new URLSearchParams(one.split("?")[1])).filter((one) => one.has("InstanceId"));
  expect(new Set(looks.map((one) => `${one.get("SortBy")} ${one.get("Order")}`))).toEqual(
    new Set(["GmtCreateTime ASC"]),
  );
  expect(asked.some((one) => one.includes("PageSize=1000") && one.includes("SortBy=GmtCreateTime"))).toBe(true);
  await userEvent.click(dialog.getAllByRole("button", { name: "Close" }).at(-1)!);
  await waitFor(() => expect(screen.queryByText(/selected/)).toBeNull());
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
