import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { api, instance, open, refusals, server } from "./console";

beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => {
  refusals.clear();
  server.resetHandlers();
});
afterAll(() => server.close());

const bob = { UserId: "20", UserName: "bob", DisplayName: "Bob", CreateDate: "2026-01-31T12:00:00Z" };

/** RAM: each operation by its name, called as a session does. Remembers what changed something. */
function ram(answers: Record<string, object | ((asked: Record<string, string>) => object)>) {
  const calls: string[] = [];
  server.use(
    ...api(),
    http.get("/atelier/v1/sessions", () => HttpResponse.json({ Sessions: [], TotalCount: 0 })),
    http.post("/", ({ request }) => {
      const { Action = "", Version, ...rest } = Object.fromEntries(new URL(request.url).searchParams);
      if (Version !== "2015-05-01" || request.headers.get("X-Atelier-Console") !== "1" || !(Action in answers))
        return HttpResponse.json({ Code: "NoPermission", Message: `Not ${Action}.` }, { status: 403 });
      if (!/^(List|Get)/.test(Action)) calls.push(`${Action} ${Object.values(rest).join(" ")}`.trim());
      const answer = answers[Action]!;
      return HttpResponse.json(typeof answer === "function" ? answer(rest) : answer);
    }),
  );
  return calls;
}
const key = (id: string, status: string) => ({ AccessKeyId: id, Status: status, CreateDate: "2026-01-31T12:00:00Z" });

it("makes a key whose secret is shown once, with snippets that are filled in", async () => {
  const keys = [key("LTAI1", "Active")];
  const calls = ram({
    ListAccessKeys: () => ({ AccessKeys: { AccessKey: keys } }),
    CreateAccessKey: () => {
      keys.push(key("LTAI2", "Active"));
      return { AccessKey: { ...key("LTAI2", "Active"), AccessKeySecret: "s3cret" } };
    },
  });
  open("/keys");
  await screen.findByText("LTAI1");
  await userEvent.click(screen.getByRole("button", { name: "Create key" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Your new access key" }));
  dialog.getByText("s3cret");
  expect(dialog.getByText(/export ALIBABA_CLOUD_ACCESS_KEY_ID/).textContent).toContain(
    "export ATELIER_ENDPOINT=http://localhost",
  );
  await userEvent.click(dialog.getByRole("button", { name: "Python" }));
  expect(dialog.getByText(/alibabacloud_pai_dsw/).textContent).toContain(
    'access_key_id="LTAI2", access_key_secret="s3cret"',
  );
  await userEvent.click(dialog.getAllByRole("button", { name: "Close" })[0]!);
  await screen.findByText("LTAI2");
  expect(screen.queryByText(/s3cret/)).toBeNull();
  expect(calls).toEqual(["CreateAccessKey"]);
});

it("disables a key by one click, and deletes it after a question", async () => {
  const keys = [key("LTAI1", "Active")];
  const calls = ram({
    ListAccessKeys: () => ({ AccessKeys: { AccessKey: keys } }),
    UpdateAccessKey: () => {
      keys[0] = key("LTAI1", "Inactive");
      return {};
    },
    DeleteAccessKey: () => {
      keys.pop();
      return {};
    },
  });
  open("/keys");
  await userEvent.click(await screen.findByRole("button", { name: "Disable LTAI1" }));
  await screen.findByText("Disabled");
  await userEvent.click(screen.getByRole("button", { name: "Delete LTAI1" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Delete LTAI1?" }));
  expect(calls).toEqual(["UpdateAccessKey LTAI1 Inactive"]);
  await userEvent.click(dialog.getByRole("button", { name: "Delete" }));
  await screen.findByText("You have no access key.");
  expect(calls[1]).toBe("DeleteAccessKey LTAI1");
});

it("shows when each key was used last, from where and for what", async () => {
  const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
  ram({
    ListAccessKeys: { AccessKeys: { AccessKey: [key("LTAI1", "Active"), key("LTAI2", "Active")] } },
    GetAccessKeyLastUsed: ({ UserAccessKeyId: id }) => ({
      AccessKeyLastUsed: id === "LTAI1" ? { LastUsedDate: hourAgo, ServiceName: "DSW", SourceIp: "192.0.2.7" } : {},
    }),
  });
  open("/keys");
  const used = within((await screen.findByText("LTAI1")).closest("tr")!);
  await used.findByText("for DSW, from 192.0.2.7");
  used.getByText("1 hour ago");
  await within(screen.getByText("LTAI2").closest("tr")!).findByText("Never");
});

it("ends a browser's session", async () => {
  ram({ ListAccessKeys: { AccessKeys: { AccessKey: [] } } });
  let rows = [
    { SessionId: "s1", UserAgent: "Here", Current: true, SourceIp: "127.0.0.1", Method: "Link" },
    { SessionId: "s2", UserAgent: "Lost laptop", Current: false, SourceIp: "10.0.0.9", Method: "Link" },
  ];
  server.use(
    http.get("/atelier/v1/sessions", () => HttpResponse.json({ Sessions: rows, TotalCount: rows.length })),
    http.delete("/atelier/v1/sessions/:id", ({ params }) => {
      rows = rows.filter((one) => one.SessionId !== params.id);
      return HttpResponse.json({});
    }),
  );
  open("/keys");
  await userEvent.click(await screen.findByRole("button", { name: "Sign out Lost laptop" }));
  await waitFor(() => expect(screen.queryByText("Lost laptop")).toBeNull());
  screen.getByText("(this one)");
});

it("lets a colleague in: a user, a policy, and a link for their browser", async () => {
  const policy = (name: string) => ({ PolicyName: name, PolicyType: "System", Description: "" });
  const users: (typeof bob)[] = [];
  const attached: object[] = [];
  const calls = ram({
    ListUsers: () => ({ Users: { User: users }, IsTruncated: false }),
    CreateUser: () => {
      users.push(bob);
      return { User: bob };
    },
    GetUser: { User: bob },
    ListPolicies: { Policies: { Policy: [policy("AliyunPAIReadOnlyAccess"), policy("AliyunPAIFullAccess")] } },
    ListPoliciesForUser: () => ({ Policies: { Policy: attached } }),
    AttachPolicyToUser: () => {
      attached.push(policy("AliyunPAIFullAccess"));
      return {};
    },
  });
  const links: unknown[] = [];
  server.use(
    http.post("/atelier/v1/sign-in-links", async ({ request }) => {
      links.push(await request.json());
      return HttpResponse.json({ Url: "http://localhost/console/sign-in#ticket=t" });
    }),
  );
  open("/admin/users");
  await screen.findByText("There is no user yet besides the main account.");
  await userEvent.click(screen.getByRole("button", { name: "Create user" }));
  await userEvent.type(await screen.findByLabelText("User name"), "bob{Enter}");
  await userEvent.click(await screen.findByRole("button", { name: "Sign-in link for bob" }));
  await screen.findByText("http://localhost/console/sign-in#ticket=t");
  expect(links).toEqual([{ UserId: "20" }]);
  await userEvent.click(screen.getAllByRole("button", { name: "Close" })[0]!);

  await userEvent.click(screen.getByRole("link", { name: "bob" }));
  await userEvent.click(await screen.findByRole("button", { name: "Attach AliyunPAIFullAccess" }));
  await screen.findByRole("button", { name: "Detach AliyunPAIFullAccess" });
  expect(screen.getAllByRole("rowheader").map((one) => one.textContent)).toEqual([
    "AliyunPAIFullAccess",
    "AliyunPAIReadOnlyAccess",
  ]);
  expect(calls).toEqual(["CreateUser bob", "AttachPolicyToUser bob AliyunPAIFullAccess System"]);
});

it("says in its place what somebody may not see", async () => {
  ram({});
  open("/admin/users");
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toMatch(/Not ListUsers\..*Ask an administrator.*NoPermission/);
});

it("changes the members of a workspace and their roles", async () => {
  ram({ GetUser: { User: { UserId: "20", UserName: "bob" } } });
  const at = "/api/v1/workspaces/9/members";
  const calls: unknown[] = [];
  const member = (id: string, name: string, roles: string[]) => ({
    MemberId: `m-${id}`,
    UserId: id,
    MemberName: name,
    DisplayName: name,
    Roles: roles,
    GmtCreateTime: "2026-01-31T12:00:00Z",
  });
  let members = [member("7", "ada", ["PAI.WorkspaceOwner"])];
  const said = (what: unknown) => {
    calls.push(what);
    return HttpResponse.json({});
  };
  server.use(
    http.get("/api/v1/workspaces/9", () => HttpResponse.json({ WorkspaceName: "vision", DisplayName: "Vision" })),
    http.get(at, () => HttpResponse.json({ Members: members, TotalCount: members.length })),
    http.post(at, async ({ request }) => {
      members = [...members, member("20", "bob", ["PAI.AlgoDeveloper"])];
      return said(await request.json());
    }),
    http.post(`${at}/:member/roles/:role`, ({ params }) => {
      members = [members[0]!, member("20", "bob", ["PAI.AlgoDeveloper", String(params.role)])];
      return said(`add ${params.member} ${params.role}`);
    }),
    http.delete(at, ({ request }) => {
      members = members.slice(0, 1);
      return said(`remove ${new URL(request.url).searchParams.get("MemberIds")}`);
    }),
  );
  open("/workspaces/9");
  await screen.findByRole("heading", { name: "Vision" });
  expect(screen.queryByRole("button", { name: "Remove ada" })).toBeNull();
  await userEvent.click(await screen.findByRole("button", { name: "Add member" }));
  await userEvent.type(await screen.findByLabelText("User name or id"), "bob{Enter}");
  await userEvent.click(await screen.findByRole("checkbox", { name: "WorkspaceAdmin of bob" }));
  await waitFor(() =>
    expect(screen.getByRole("checkbox", { name: "WorkspaceAdmin of bob" })).toHaveProperty("checked", true),
  );
  await userEvent.click(screen.getByRole("button", { name: "Remove bob" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Remove bob from the workspace?" }));
  dialog.getByText(/their own instances included/);
  await userEvent.click(dialog.getByRole("button", { name: "Remove" }));
  await waitFor(() => expect(screen.queryByText("bob")).toBeNull());
  expect(calls).toEqual([
    { Members: [{ UserId: "20", Roles: ["PAI.AlgoDeveloper"] }] },
    "add m-20 PAI.WorkspaceAdmin",
    "remove m-20",
  ]);
});

it("looks through the audit log by the address, page after page", async () => {
  ram({});
  const asked: Record<string, string>[] = [];
  server.use(
    http.get("/atelier/v1/auditrecords", ({ request }) => {
      const query = Object.fromEntries(new URL(request.url).searchParams);
      asked.push(query);
      const older = query.NextToken === "n2";
      const record = { Time: "2026-01-31T12:00:00.000Z", Principal: "user/ada", Target: "dsw-1", SourceIp: "::1" };
      return HttpResponse.json({
        AuditRecords: [
          { ...record, Operation: older ? "CreateInstance" : "StopInstance", RequestId: older ? "r1" : "r2" },
        ],
        NextToken: older ? "" : "n2",
      });
    }),
  );
  open("/admin/audit?principal=user%2Fada");
  await screen.findByText("StopInstance");
  await userEvent.click(screen.getByRole("button", { name: "Load older records" }));
  await screen.findByText("CreateInstance");
  expect(asked).toEqual([{ Principal: "user/ada" }, { Principal: "user/ada", NextToken: "n2" }]);
  await userEvent.type(screen.getByLabelText("Target"), "dsw-1{Enter}");
  await waitFor(() => expect(location.search).toBe("?principal=user%2Fada&target=dsw-1"));
  await waitFor(() => expect(asked.at(-1)).toEqual({ Principal: "user/ada", Target: "dsw-1" }));
});

it("shows what is wrong with the server while it answers nothing else", async () => {
  ram({});
  server.use(
    http.get("/readyz", () =>
      HttpResponse.json(
        { Status: "not ready", Reason: "The disk is full.", Orphans: 2, StoreWentBack: "", Warnings: ["calls: open"] },
        { status: 503 },
      ),
    ),
  );
  open("/admin/health");
  await screen.findByText("Not ready");
  screen.getByText("The disk is full.");
  screen.getByText("calls: open");
  screen.getByText(/^2 workloads run/);
});

/** The settings of an instance; remembers what it was changed to. */
function settings(more: object = {}) {
  const changes: unknown[] = [];
  const took = async (what: string, request: Request) => {
    changes.push([what, await request.json().catch(() => null)]);
    return HttpResponse.json({});
  };
  ram({});
  server.use(
    http.get("/api/v2/ecsspecs", ({ request }) => {
      const cpu = new URL(request.url).searchParams.get("AcceleratorType") === "CPU";
      return HttpResponse.json({ EcsSpecs: cpu ? [{ InstanceType: "big", CPU: 8, Memory: 30 }] : [] });
    }),
    http.get("/api/v1/images", () => HttpResponse.json({ Images: [{ ImageId: "image-lab", Name: "lab:4" }] })),
    http.get("/api/v2/instances/dsw-1", () =>
      HttpResponse.json(instance(1, { ImageId: "image-lab", Accessibility: "PRIVATE", ...more })),
    ),
    http.put("/api/v2/instances/dsw-1", ({ request }) => took("update", request)),
    http.post("/api/v2/instances/dsw-1/shutdowntimer", ({ request }) => took("timer", request)),
    http.post("/api/v2/instances/dsw-1/idleinstanceculler", ({ request }) => took("idle", request)),
    http.put("/api/v2/instances/dsw-1/labels", ({ request }) => took("label", request)),
    http.delete("/api/v2/instances/dsw-1/labels", ({ request }) =>
      took(`no label ${new URL(request.url).searchParams.get("LabelKeys")}`, request),
    ),
  );
  return changes;
}

it("saves what was changed of an instance and nothing else, and says first that it restarts", async () => {
  const changes = settings();
  open("/instances/dsw-1/settings");
  const machine = await screen.findByRole("combobox", { name: "Machine" });
  expect(screen.getByRole("button", { name: "Save" })).toHaveProperty("disabled", true);
  await userEvent.selectOptions(machine, "big");
  await screen.findByText(/It is restarted for this/);
  await userEvent.click(screen.getByRole("button", { name: "Save and restart" }));
  await waitFor(() => expect(changes).toEqual([["update", { EcsSpec: "big" }]]));
});

it("sets when an instance stops, and its labels", async () => {
  const changes = settings({ Labels: [{ Key: "team", Value: "vision" }] });
  open("/instances/dsw-1/settings");
  const hours = await screen.findByLabelText("Hours from now");
  await userEvent.clear(hours);
  await userEvent.type(hours, "2{Enter}");
  await userEvent.type(screen.getByLabelText("Idle minutes"), "{Enter}");
  await userEvent.type(screen.getByLabelText("Label"), "run");
  await userEvent.type(screen.getByLabelText("Value"), "7{Enter}");
  await userEvent.click(screen.getByRole("button", { name: "Remove label team" }));
  await waitFor(() => expect(changes.length).toBe(4));
  expect(changes).toEqual([
    ["timer", { RemainingTimeInMs: 7_200_000 }],
    ["idle", { MaxIdleTimeInMinutes: 60, CpuPercentThreshold: 10 }],
    ["label", { Labels: [{ Key: "run", Value: "7" }] }],
    ["no label team", expect.anything()],
  ]);
});

it.each(["paidsw:GetToken", "atelier:CreateOpenLink"])(
  "makes no link for who may not pass that on: %s",
  async (right) => {
    settings();
    refusals.add(`${right} dsw-1`);
    open("/instances/dsw-1/access");
    await screen.findByText("You may not do this: Not yours.");
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Make a link" }).disabled).toBe(true);
  },
);

it("tells the main account what needs a new sign-in, before it is tried", async () => {
  ram({ ListUsers: { Users: { User: [bob] }, IsTruncated: false } });
  server.use(
    http.post("/atelier/v1/can", async ({ request }) => {
      const { Questions } = (await request.json()) as { Questions: { Action: string; Resource: string }[] };
      return HttpResponse.json({
        Permissions: Questions.map((one) => ({
          ...one,
          Allowed: false,
          Code: "ReauthenticationRequired",
          Message: "As the server says it.",
        })),
      });
    }),
  );
  open("/admin/users");
  const why = "This change needs a sign-in of the last 15 minutes.";
  await screen.findByText(why, { exact: false });
  for (const name of ["Create user", "Sign-in link for bob"]) {
    const button = await screen.findByRole<HTMLButtonElement>("button", { name });
    expect([name, button.disabled, button.title.startsWith(why)]).toEqual([name, true, true]);
  }
});

it("makes a link that opens an instance for a while", async () => {
  settings();
  const asked: object[] = [];
  server.use(
    http.get("/api/v2/tokens", ({ request }) => {
      asked.push(Object.fromEntries(new URL(request.url).searchParams));
      return HttpResponse.json({ Token: "a+b" });
    }),
  );
  open("/instances/dsw-1/access");
  await userEvent.selectOptions(await screen.findByLabelText("Good for"), "24 hours");
  await userEvent.click(screen.getByRole("button", { name: "Make a link" }));
  await screen.findByText("http://localhost:9/dsw/lab?Token=a%2Bb");
  expect(asked).toEqual([{ InstanceId: "dsw-1", Type: "Access", ExpireTime: "86400" }]);
});
