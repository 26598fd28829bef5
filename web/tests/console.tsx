import { RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";
import { makeQueryClient, Providers } from "../src/app/providers";
import { makeRouter } from "../src/app/router";
import { Theme } from "../src/app/theme";
import { takeTicket } from "../src/api/session";
import { SignIn } from "../src/sign-in/sign-in";
import { type Language, type Loaded, Texts } from "../src/text";
import { en } from "../src/text/en";
import { zh } from "../src/text/zh";

export const ada = { UserId: "7", UserName: "ada", DisplayName: "Ada", ExpiresAt: "2026-12-01T00:00:00Z" };

export const instance = (number: number, more: object = {}) => ({
  InstanceId: `dsw-${number}`,
  InstanceName: `train_${number}`,
  Status: "Running",
  UserId: "7",
  UserName: "ada",
  WorkspaceId: "9",
  WorkspaceName: "vision",
  EcsSpec: "ecs.g6.large",
  ImageName: "torch:2.1",
  GmtCreateTime: "2026-01-31T12:00:00Z",
  GmtModifiedTime: "2026-01-31T12:00:05Z",
  JupyterlabUrl: "http://localhost:9/dsw/lab",
  ReasonMessage: "",
  ...more,
});

/** What the pages asked for, "GET /path?query" each, the session apart. */
export const asked: string[] = [];

/** What CheckPermissions refuses, "action resource" each. */
export const refusals = new Set<string>();
/** What was counted by state: the query of each request. */
export const counted: string[] = [];
/** What it was asked, a list a request. */
export const questions: string[][] = [];

/** The API: who is signed in (nobody: ""), and a list that knows PageNumber, PageSize and Status. */
export function api({ signedIn = true, total = 0, status = 200 } = {}) {
  let session = signedIn;
  return [
    http.get("/atelier/v1/session", () =>
      session
        ? HttpResponse.json(ada)
        : HttpResponse.json({ Code: "InvalidSession", SignInMethods: ["Link"] }, { status: 401 }),
    ),
    http.post("/atelier/v1/sign-in", async ({ request }) => {
      const { Ticket } = (await request.json()) as { Ticket: string };
      if (Ticket !== "good" || request.headers.get("X-Atelier-Console") !== "1")
        return HttpResponse.json(
          { Code: "SignInFailed", Message: "The link is not valid any more.", RequestId: "r-1" },
          { status: 401 },
        );
      session = true;
      return HttpResponse.json(ada);
    }),
    http.post("/atelier/v1/can", async ({ request }) => {
      const { Questions } = (await request.json()) as { Questions: { Action: string; Resource: string }[] };
      questions.push(Questions.map(({ Action, Resource }) => `${Action} ${Resource}`));
      return HttpResponse.json({
        Permissions: Questions.map(({ Action, Resource }) => {
          const refused = refusals.has(`${Action} ${Resource}`);
          return {
            Action,
            Resource,
            Allowed: !refused,
            Code: refused ? "NoPermission" : "",
            Message: refused ? "Not yours." : "",
          };
        }),
      });
    }),
    http.get("/atelier/v1/bulk-jobs", () => HttpResponse.json({ BulkJobs: [], TotalCount: 0 })),
    http.get("/api/v2/services", () => HttpResponse.json({ Services: [], TotalCount: 0 })),
    http.get("/api/v1/workspaces", () =>
      HttpResponse.json({ Workspaces: [{ WorkspaceId: "9", WorkspaceName: "vision", IsDefault: true }] }),
    ),
    http.get("/api/v1/images", () => HttpResponse.json({ Images: [{ ImageId: "image-lab", Name: "lab:4" }] })),
    http.get("/atelier/v1/instances/counts", ({ request }) => {
      counted.push(String(new URL(request.url).searchParams));
      return HttpResponse.json({ TotalCount: total, Counts: { Running: total, Failed: 0, Queuing: 0, Stopped: 0 } });
    }),
    http.get("/api/v2/instances", ({ request }) => {
      const query = new URL(request.url).searchParams;
      asked.push(`GET /api/v2/instances?${query}`);
      if (status !== 200)
        return HttpResponse.json({ Code: "ServiceUnavailable", Message: "Not now.", RequestId: "r-2" }, { status });
      const size = Number(query.get("PageSize"));
      const first = (Number(query.get("PageNumber")) - 1) * size;
      const count = Math.max(0, Math.min(size, total - first));
      return HttpResponse.json({
        TotalCount: total,
        Instances: Array.from({ length: count }, (_, i) => instance(first + i + 1)),
      });
    }),
    http.put("/api/v2/instances/:id/stop", ({ params, request }) => {
      asked.push(`PUT stop ${params.id} ${request.headers.get("X-Atelier-Console")}`);
      return HttpResponse.json({ RequestId: "r-3" });
    }),
  ];
}

export const server = setupServer();

const textsIn = (language: Language): Loaded => ({ language, messages: language === "zh" ? zh : en });

/** Opens the console at a path below /console. */
export function open(path: string, language: Language = "en") {
  asked.length = 0;
  questions.length = 0;
  counted.length = 0;
  history.replaceState(null, "", `/console${path}`);
  return render(
    <Providers client={makeQueryClient()} texts={textsIn(language)}>
      <RouterProvider router={makeRouter()} />
    </Providers>,
  );
}

/** Opens the page to sign in at. */
export function openSignIn(path: string, enter: () => void) {
  history.replaceState(null, "", `/console${path}`);
  const ticket = takeTicket();
  return render(
    <Texts initial={textsIn("en")}>
      <Theme>
        <SignIn ticket={ticket} enter={enter} />
      </Theme>
    </Texts>,
  );
}
