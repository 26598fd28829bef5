import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { leaveTo, leaveToSignIn } from "../src/app/leave";
import { api, asked, counted, instance, open, openSignIn, questions, refusals, server } from "./console";

vi.mock("../src/app/leave", () => ({ leaveTo: vi.fn(), leaveToSignIn: vi.fn() }));

beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => {
  server.resetHandlers();
  refusals.clear();
});
afterAll(() => server.close());

const address = () => location.pathname + location.search + location.hash;
const lastAsked = () => new URLSearchParams(asked.at(-1)?.split("?")[1]);

it("signs in by a one-time link, which leaves the address at once", async () => {
  server.use(...api({ signedIn: false }));
  const enter = vi.fn();
  openSignIn("/sign-in?next=%2Finstances#ticket=good", enter);
  expect(address()).toBe("/console/sign-in?next=%2Finstances");
  await waitFor(() => expect(enter).toHaveBeenCalledOnce());
});

it("says that a link is used up, and how to get another", async () => {
  server.use(...api({ signedIn: false }));
  const enter = vi.fn();
  openSignIn("/sign-in#ticket=bad", enter);
  expect(await screen.findByRole("alert")).toHaveProperty("textContent", expect.stringMatching(/not valid/));
  await screen.findByText("atelier console");
  location.hash = "#ticket=good";
  await waitFor(() => expect(enter).toHaveBeenCalledOnce());
  expect(address()).toBe("/console/sign-in");
});

it("does not take who is signed in for whom a bad link is", async () => {
  server.use(...api());
  const enter = vi.fn();
  openSignIn("/sign-in#ticket=bad", enter);
  await screen.findByRole("alert");
  expect(enter).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole("button", { name: "Go on as Ada" }));
  expect(enter).toHaveBeenCalledOnce();
});

it("signs in by name and password where that is a way", async () => {
  const sent: unknown[] = [];
  server.use(
    http.get("/atelier/v1/session", () =>
      HttpResponse.json({ Code: "InvalidSession", SignInMethods: ["Link", "Password"] }, { status: 401 }),
    ),
    http.post("/atelier/v1/sign-in", async ({ request }) => {
      sent.push(await request.json());
      return sent.length === 1
        ? HttpResponse.json({ Code: "SignInFailed", Message: "It failed." }, { status: 401 })
        : HttpResponse.json({ UserId: "7", UserName: "ada", DisplayName: "Ada" });
    }),
  );
  const enter = vi.fn();
  openSignIn("/sign-in", enter);
  await userEvent.type(await screen.findByLabelText("User name"), "ada");
  await userEvent.type(screen.getByLabelText("Password"), "wrong{Enter}");
  await screen.findByText("That did not work. Check the name and the password.");
  expect(enter).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  await waitFor(() => expect(enter).toHaveBeenCalledOnce());
  expect(sent[0]).toEqual({ UserName: "ada", Password: "wrong" });
});

it("signs in by a provider where that is a way, and comes back to the page that was asked for", async () => {
  const sent: unknown[] = [];
  server.use(
    http.get("/atelier/v1/session", () =>
      HttpResponse.json(
        { Code: "InvalidSession", SignInMethods: ["Link", "Oidc"], ProviderName: "Example ID" },
        { status: 401 },
      ),
    ),
    http.post("/atelier/v1/sign-in", async ({ request }) => {
      sent.push(await request.json());
      return sent.length === 1
        ? HttpResponse.json({ Code: "ProviderUnavailable", Message: "It is away." }, { status: 503 })
        : HttpResponse.json({ Url: "https://id.example/auth?state=s" });
    }),
  );
  openSignIn("/sign-in?next=%2Finstances%3Fq%3Dgpu&problem=SignInFailed", vi.fn());
  expect(await screen.findByRole("alert")).toHaveProperty("textContent", expect.stringMatching(/not signed in/));
  expect(address()).toBe("/console/sign-in?next=%2Finstances%3Fq%3Dgpu");
  const button = screen.getByRole("button", { name: "Sign in with Example ID" });
  await userEvent.click(button);
  await screen.findByText("It is away.");
  expect(leaveTo).not.toHaveBeenCalled();
  await userEvent.click(button);
  await waitFor(() => expect(leaveTo).toHaveBeenCalledWith("https://id.example/auth?state=s"));
  expect(sent[1]).toEqual({ Provider: "Example ID", Next: "/instances?q=gpu" });
});

it("does not take who is signed in for whom the provider refused", async () => {
  server.use(...api());
  const enter = vi.fn();
  openSignIn("/sign-in?problem=ProviderUnavailable", enter);
  expect(await screen.findByRole("alert")).toHaveProperty("textContent", expect.stringMatching(/does not answer/));
  expect(address()).toBe("/console/sign-in");
  expect(enter).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole("button", { name: "Go on as Ada" }));
  expect(enter).toHaveBeenCalledOnce();
});

it("says why nobody can sign in where notebooks share the address", async () => {
  server.use(
    http.get("/atelier/v1/session", () =>
      HttpResponse.json({ Code: "InvalidSession", SignInMethods: [] }, { status: 401 }),
    ),
  );
  openSignIn("/sign-in", vi.fn());
  await screen.findByText(/--apps-listen/);
});

it("asks who is not signed in to do so, and comes back", async () => {
  server.use(...api({ signedIn: false }));
  open("/instances?q=train");
  await waitFor(() => expect(leaveToSignIn).toHaveBeenCalledWith("/instances?q=train"));
});

it("asks the server for a page of a query, and for nothing it cannot read", async () => {
  server.use(...api({ total: 1234 }));
  open("/instances?q=status%3Arunning+gpu%3E0&page=3&size=25");
  await screen.findByText("1,234 instances");
  expect(Object.fromEntries(lastAsked())).toEqual({
    WorkspaceId: "ALL",
    ResourceId: "ALL",
    SortBy: "GmtCreateTime",
    Order: "DESC",
    Status: "Running",
    MinGpu: "1",
    PageNumber: "3",
    PageSize: "25",
  });
  expect(screen.getByRole("table").getAttribute("aria-rowcount")).toBe("1235");
  expect(screen.getByText("Page 3 of 50")).toBeTruthy();

  const before = asked.length;
  const field = screen.getByRole("combobox", { name: "Query" });
  await userEvent.type(field, " nokey:x");
  expect((await screen.findByRole("alert")).textContent).toMatch(/^Character 22: 'nokey' is no key/);
  // "n", "no", ... are names of instances; with the colon it is no query any more.
  expect(asked.slice(before).some((one) => one.includes("nokey%3A"))).toBe(false);
});

it("keeps what people do in the address, and follows it back", async () => {
  server.use(...api({ total: 120 }));
  const user = userEvent.setup();
  open("/instances?page=2");
  await screen.findByText("Page 2 of 3");
  await user.click(screen.getByRole("button", { name: /^Failed/ }));
  await waitFor(() => expect(address()).toBe("/console/instances?q=status%3AFailed"));
  await user.click(await screen.findByRole("button", { name: /^Created/ }));
  await waitFor(() => expect(new URLSearchParams(location.search).get("q")).toBe("status:Failed sort:created"));
  history.back();
  await waitFor(() => expect(address()).toBe("/console/instances?q=status%3AFailed"));
  await waitFor(() => expect(screen.getByRole("combobox", { name: "Query" })).toHaveProperty("value", "status:Failed"));
  history.back();
  await screen.findByText("Page 2 of 3");
});

it("makes one step in the history of what is typed", async () => {
  server.use(...api({ total: 3 }));
  open("/instances?q=gpu%3E0");
  const field = await screen.findByRole("combobox", { name: "Query" });
  await screen.findByText("3 instances");
  await userEvent.type(field, " train");
  await waitFor(() => expect(address()).toBe("/console/instances?q=gpu%3E0+train"));
  await userEvent.type(field, "{Enter} cpu>4");
  await waitFor(() => expect(address()).toBe("/console/instances?q=gpu%3E0+train+cpu%3E4"));
  history.back();
  await waitFor(() => expect(address()).toBe("/console/instances?q=gpu%3E0+train"));
  history.back();
  await waitFor(() => expect(address()).toBe("/console/instances?q=gpu%3E0"));
});

it("completes with what the server has, and shows the columns of the address", async () => {
  server.use(...api({ total: 3 }));
  open("/instances?cols=name%2Cowner");
  await screen.findByText("train_3");
  expect(screen.getAllByRole("columnheader").map((one) => one.textContent)).toEqual(["", "Name", "Owner"]);
  await userEvent.click(screen.getByText("Columns"));
  await userEvent.click(screen.getByRole("checkbox", { name: "Image" }));
  await waitFor(() => expect(address()).toBe("/console/instances?cols=name%2Cowner%2Cimage"));
  await userEvent.type(screen.getByRole("combobox", { name: "Query" }), "workspace:vi");
  await userEvent.click(await screen.findByRole("option", { name: "vision" }));
  await waitFor(() => expect(lastAsked().get("WorkspaceId")).toBe("9"));
});

it("shows my services on the home page, and nothing of them to who has none", async () => {
  server.use(
    http.get("/api/v2/services", ({ request }) => {
      expect(new URL(request.url).searchParams.get("CallerUid")).toBe("7");
      const iris = { ServiceName: "iris", ServiceUid: "eas-1", Status: "Failed", Message: "It crashes." };
      return HttpResponse.json({ Services: [iris], TotalCount: 1 });
    }),
    ...api(),
  );
  open("/");
  await screen.findByRole("heading", { name: "My services" });
  screen.getByText("It crashes.");
  cleanup();
  server.resetHandlers();
  server.use(...api());
  open("/");
  await screen.findByText(/You have no notebook yet/);
  expect(screen.queryByRole("heading", { name: "My services" })).toBeNull();
});

it("keeps what is looked for in a log in the address", async () => {
  server.use(
    http.get("/api/v2/instances/dsw-1", () => HttpResponse.json(instance(1))),
    http.get("/api/v2/systemlogs", () =>
      HttpResponse.json({
        SystemLogs: ["all is well", "an Error"].map((Content) => ({ Content, GmtCreateTime: "" })),
        Offset: "",
      }),
    ),
    ...api(),
  );
  open("/instances/dsw-1/logs?find=error");
  expect((await screen.findByRole("group", { name: "Logs" })).textContent).toBe("an Error");
  await userEvent.clear(screen.getByRole("textbox", { name: "Find in the lines" }));
  await userEvent.type(screen.getByRole("textbox", { name: "Find in the lines" }), "well");
  await waitFor(() => expect(address()).toBe("/console/instances/dsw-1/logs?find=well"));
  expect(screen.getByRole("group", { name: "Logs" }).textContent).toBe("all is well");
});

it("counts by state, in one request, what else matches", async () => {
  server.use(...api({ total: 1234 }));
  open("/instances?q=status%3AFailed+gpu%3E0+sort%3Acreated");
  await screen.findByRole("button", { name: /^Running\s*1,234$/, pressed: false });
  await screen.findByRole("button", { name: /^Failed\s*0$/, pressed: true });
  expect(counted).toEqual(["WorkspaceId=ALL&ResourceId=ALL&MinGpu=1"]);
});

it("goes to the last page when there are fewer", async () => {
  server.use(...api({ total: 120 }));
  open("/instances?page=9");
  await screen.findByText("Page 3 of 3");
  await waitFor(() => expect(address()).toBe("/console/instances?page=3"));
});

it("stops an instance with one click, as the public API is called", async () => {
  server.use(...api({ total: 1 }));
  open("/instances");
  await userEvent.click(await screen.findByRole("button", { name: "Stop train_1" }));
  await waitFor(() => expect(asked).toContain("PUT stop dsw-1 1"));
  await screen.findByText("train_1 is stopping");
});

it("goes through a list by the keyboard, and not while somebody types", async () => {
  server.use(...api({ total: 3 }));
  const user = userEvent.setup();
  open("/instances");
  await screen.findByText("train_3");
  await user.keyboard("jj");
  expect(document.activeElement?.textContent).toBe("train_2");
  await user.keyboard("x");
  await screen.findByText("1 instance selected");
  await user.keyboard("k");
  expect(document.activeElement?.textContent).toBe("train_1");
  await user.keyboard("s");
  await waitFor(() => expect(asked).toContain("PUT stop dsw-1 1"));
  await user.keyboard("/");
  expect(document.activeElement?.getAttribute("role")).toBe("combobox");
  await user.keyboard("x?");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(screen.getByRole("combobox", { name: "Query" })).toHaveProperty("value", "x?");
  screen.getByRole("combobox", { name: "Query" }).blur();
  await user.keyboard("?");
  await screen.findByRole("dialog", { name: "Keyboard shortcuts" });
  await user.click(screen.getByRole("button", { name: "Close" }));
  await user.keyboard("gh");
  await waitFor(() => expect(location.pathname).toBe("/console/"));
  expect(document.activeElement?.id).toBe("content");
  localStorage.setItem("atelier.shortcuts", "off");
  await user.keyboard("gi");
  expect(location.pathname).toBe("/console/");
});

it("says why an action was refused until that was read", async () => {
  server.use(
    http.put("/api/v2/instances/:id/stop", () =>
      HttpResponse.json({ Code: "NoPermission", Message: "Not yours.", RequestId: "r-9" }, { status: 403 }),
    ),
    ...api({ total: 1 }),
  );
  open("/instances");
  await userEvent.click(await screen.findByRole("button", { name: "Stop train_1" }));
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toMatch(/train_1: Not yours\..*Ask an administrator.*NoPermission.*r-9/);
  await userEvent.click(screen.getByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
});

it("shows an error in its place, with what to do", async () => {
  server.use(...api({ status: 403 }));
  open("/instances");
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toMatch(/Not now\..*ServiceUnavailable.*r-2/);
  server.use(...api({ total: 1 }));
  await userEvent.click(within(alert).getByRole("button", { name: "Try again" }));
  await screen.findByText("train_1");
});

it("speaks Chinese, API names apart", async () => {
  server.use(...api({ total: 2 }));
  open("/instances", "zh");
  await screen.findByText("2 个实例");
  expect(screen.getAllByText("运行中").length).toBeGreaterThan(1);
  expect(document.documentElement.lang).toBe("zh-CN");
});

it("has a page for addresses that are none", async () => {
  server.use(...api());
  open("/nowhere");
  await screen.findByRole("heading", { name: "There is no such page" });
});

it("turns off what would be refused, and says why", async () => {
  server.use(...api({ total: 2 }));
  refusals.add("paidsw:StopInstance dsw-2").add("atelier:CreateOpenLink dsw-2");
  open("/instances");
  const button = (name: string) => screen.findByRole<HTMLButtonElement>("button", { name });
  await waitFor(async () => expect((await button("Stop train_2")).disabled).toBe(true));
  expect((await button("Stop train_2")).title).toBe("You may not do this: Not yours.");
  expect((await button("Open train_2 in a new tab")).disabled).toBe(true);
  expect((await button("Stop train_1")).disabled).toBe(false);
  expect((await button("Open train_1 in a new tab")).disabled).toBe(false);
});

it("asks for all rows of a page at once what may be done to them", async () => {
  server.use(...api({ total: 300 }));
  open("/instances?size=200");
  await screen.findByText("300 instances");
  await waitFor(() => expect(questions.flat()).toHaveLength(400)); // open and stop
  expect(questions.map((one) => one.length)).toEqual([200, 200]);
});

it("leaves a button on when what may be done is not known", async () => {
  server.use(
    http.post("/atelier/v1/can", () => HttpResponse.json({ Code: "InternalError" }, { status: 500 })),
    ...api({ total: 1 }),
  );
  open("/instances");
  expect((await screen.findByRole<HTMLButtonElement>("button", { name: "Stop train_1" })).disabled).toBe(false);
});
