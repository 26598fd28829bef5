import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { api, open, server } from "./console";

beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const shop = {
  instanceId: "airec-1",
  name: "shop",
  status: "Running",
  dataSetVersion: "v2",
  industry: "ecommerce",
  scene: "gul",
  lockMode: "Unlock",
  expiredTime: "2027-01-31T12:00:00Z",
};

/** The API of one recommender; remembers what changed it. */
function recommender() {
  const changes: unknown[] = [];
  const now = { ...shop };
  const at = "/v2/openapi/instances";
  server.use(
    http.get(at, ({ request }) => {
      const query = new URL(request.url).searchParams;
      return HttpResponse.json({ result: "shop".includes(query.get("name") ?? "") ? [now] : [] });
    }),
    http.get(`${at}/airec-1`, () => HttpResponse.json({ result: now })),
    http.get(`${at}/airec-1/tasks`, () => HttpResponse.json({ result: [] })),
    http.get(`${at}/airec-1/dataSets`, () =>
      HttpResponse.json({
        result: ["v2", "v1"].map((versionId) => ({ versionId, state: "READY", gmtCreate: 1769860800000 })),
      }),
    ),
    http.get("/atelier/v1/recommenders/airec-1/use", () =>
      HttpResponse.json({
        result: {
          users: 10,
          items: 1234,
          behaviors: 99,
          recommended: 50,
          traced: { click: 7 },
          versions: { v2: { recommended: 40, traced: 6 } },
        },
      }),
    ),
    http.post(`${at}/airec-1/dataSets/:version/actions/current`, ({ params }) => {
      changes.push(`attach ${params.version}`);
      now.dataSetVersion = String(params.version);
      return HttpResponse.json({ result: {} });
    }),
    http.get(`${at}/airec-1/actions/recommend`, ({ request }) => {
      const query = Object.fromEntries(new URL(request.url).searchParams);
      if (query.userId === "nobody")
        return HttpResponse.json(
          { code: "ValidationError", message: "No such user.", requestId: "r-7" },
          { status: 400 },
        );
      changes.push(query);
      return HttpResponse.json({ result: [{ itemId: "i9", itemType: "item", weight: 0.25, matchInfo: "ease" }] });
    }),
    ...api(),
  );
  return changes;
}

it("finds a recommender by its name", async () => {
  recommender();
  open("/recommenders");
  await screen.findByRole("link", { name: "shop" });
  await userEvent.type(screen.getByRole("textbox", { name: "Part of the name" }), "x");
  await screen.findByText("No recommender matches.");
  expect(location.search).toBe("?q=x");
  await userEvent.click(screen.getByRole("button", { name: "Show all" }));
  await userEvent.click(await screen.findByRole("link", { name: "shop" }));
  await screen.findByRole("heading", { name: "shop" });
});

it("shows what came of it, lets another version answer, and asks for a user", async () => {
  const changes = recommender();
  open("/recommenders/airec-1");
  await screen.findByText("1,234");
  screen.getByText("Came back as click");
  const row = within((await screen.findByRole("rowheader", { name: "v2" })).closest("tr")!);
  row.getByText("Current");
  row.getByText("40");
  await userEvent.click(screen.getByRole("button", { name: "Let version v1 answer" }));
  await screen.findByText("Version v1 answers now");

  await userEvent.type(screen.getByRole("textbox", { name: "User id" }), "u1{Enter}");
  await screen.findByRole("rowheader", { name: "i9" });
  expect(changes).toEqual(["attach v1", { userId: "u1", returnCount: "10" }]);

  await userEvent.clear(screen.getByRole("textbox", { name: "User id" }));
  await userEvent.type(screen.getByRole("textbox", { name: "User id" }), "nobody{Enter}");
  await waitFor(() => expect(screen.getByRole("alert").textContent).toMatch(/No such user\..*ValidationError.*r-7/));
});
