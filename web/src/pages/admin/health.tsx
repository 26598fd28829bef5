import { useQuery } from "@tanstack/react-query";
import { failure, send } from "../../api/client";
import { useText } from "../../text";
import { Asked } from "../../ui/ask";
import { Badge } from "../../ui/status";

interface Ready {
  ready: boolean;
  why: string; // not
  orphans: number;
  wentBack: string; // what the store has lost; empty: nothing
  warnings: string[];
}

/** /readyz answers while nothing else does, and says with a 503 what is wrong. */
async function readiness({ signal }: { signal: AbortSignal }): Promise<Ready> {
  const { response, answer } = await send("GET", "/readyz", { signal });
  if (typeof answer.Status !== "string") throw failure(response.status, answer);
  return {
    ready: response.ok,
    why: String(answer.Reason ?? ""),
    orphans: Number(answer.Orphans ?? 0),
    wentBack: String(answer.StoreWentBack ?? ""),
    warnings: Array.isArray(answer.Warnings) ? answer.Warnings.map(String) : [],
  };
}

export function Health() {
  const t = useText();
  const query = useQuery({ queryKey: ["readyz"], queryFn: readiness, refetchInterval: 5000 });
  return (
    <section aria-labelledby="health">
      <h2 id="health">{t("admin.health")}</h2>
      <Asked query={query}>
        {({ ready, why, orphans, wentBack, warnings }) => (
          <>
            <p role="status">
              <Badge kind={ready ? "good" : "bad"} word={t(ready ? "health.ready" : "health.notReady")} /> {why}
            </p>
            {wentBack !== "" && (
              <div className="problem">
                <strong>{t("health.wentBack")}</strong>
                <p>{wentBack}</p>
              </div>
            )}
            {orphans > 0 && (
              <>
                <p>{t("health.orphans", { count: orphans })}</p>
                <pre>atelier orphan list</pre>
              </>
            )}
            <h3>{t("health.warnings")}</h3>
            {warnings.length === 0 ? (
              <p>{t("health.none")}</p>
            ) : (
              <ul>
                {warnings.map((one) => (
                  <li key={one}>{one}</li>
                ))}
              </ul>
            )}
          </>
        )}
      </Asked>
    </section>
  );
}
