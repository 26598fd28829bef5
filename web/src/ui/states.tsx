import { useEffect, useState } from "react";
import { ApiError } from "../api/client";
import { useFormat, useText } from "../text";

/** A skeleton, once waiting has become noticeable. */
export function Loading() {
  const t = useText();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" aria-label={t("app.loading")} className="loading">
      {late && <div className="skeleton" />}
    </div>
  );
}

/** What an HTTP status means for who reads it. Codes differ by product: DSW says InternalError of what is not there. */
const explained = { 403: "Forbidden", 404: "NotFound", 429: "Throttling", 503: "ServiceUnavailable" } as const;

/** What the console itself says: there was no answer to show. */
const own = {
  Offline: "error.offline",
  PopupBlocked: "error.popup",
  ReauthenticationRequired: "error.again",
} as const;

interface ProblemProps {
  error: Error;
  what?: string; // was to be done
  retry?: () => void;
  since?: number; // of what is still shown
}

/** An error in its place: as the server sent it, what it means, and what can be done. */
export function Problem({ error, what, retry, since }: ProblemProps) {
  const t = useText();
  const format = useFormat();
  const [copied, setCopied] = useState(false);
  const { status, code, requestId } =
    error instanceof ApiError ? error : { status: 0, code: error.name, requestId: "" };
  const ours = code in own ? own[code as keyof typeof own] : undefined;
  const explanation = status in explained ? t(`error.explain.${explained[status as keyof typeof explained]}`) : "";
  const copy = async () => {
    await navigator.clipboard.writeText(requestId);
    setCopied(true);
  };
  return (
    <div role="alert" className={ours ? "problem warning" : "problem"}>
      <strong>
        {what && `${what}: `}
        {ours ? t(ours) : error.message || t("error.title")}
      </strong>
      {!ours && (
        <p>
          {explanation} {t("error.code")}: <code>{code}</code>
          {requestId && (
            <>
              {" · "}
              {t("error.request")}: <code>{requestId}</code>{" "}
              <button type="button" className="button" onClick={() => void copy()}>
                {copied ? t("action.copied") : t("error.copy")}
              </button>
            </>
          )}
        </p>
      )}
      {since ? <p>{t("error.old", { time: format.dateTime(since, { timeStyle: "medium" }) })}</p> : null}
      {retry && (
        <button type="button" className="button" onClick={retry}>
          {t("error.retry")}
        </button>
      )}
    </div>
  );
}
