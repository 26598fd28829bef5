import { Button } from "antd";
import { type SyntheticEvent, useEffect, useRef, useState } from "react";
import type { Service } from "../../api/services";
import { commandOf, type Outcome, type Trial, tryService } from "../../api/try";
import { useFormat, useText } from "../../text";
import { Copy } from "../../ui/copy";

/** Where it is called, and how; and a call of it, from this browser. The token is shown to who asks for it. */
export function Calling({ service: { InternetEndpoint: url = "", AccessToken: token = "" } }: { service: Service }) {
  const t = useText();
  const [shown, setShown] = useState(false);
  const [trial, setTrial] = useState<Trial>({ method: "POST", path: "/", body: "{}" });
  return (
    <section aria-labelledby="calling">
      <h2 id="calling">{t("services.calling")}</h2>
      <pre>{commandOf(url, shown && token ? token : "$TOKEN", trial)}</pre>
      {token === "" ? (
        <p className="quiet">{t("services.noToken")}</p>
      ) : (
        <>
          <span className="actions">
            <Button size="small" aria-pressed={shown} onClick={() => setShown(!shown)}>
              {shown ? t("services.hideToken") : t("services.showToken")}
            </Button>
            <Copy text={token}>{t("services.copyToken")}</Copy>
            <Copy text={commandOf(url, token, trial)}>{t("services.copyCommand")}</Copy>
          </span>
          {url !== "" && <Try url={url} token={token} trial={trial} set={setTrial} />}
        </>
      )}
    </section>
  );
}

interface Props {
  url: string;
  token: string;
  trial: Trial;
  set: (trial: Trial) => void;
}

function Try({ url, token, trial, set }: Props) {
  const t = useText();
  const [outcome, setOutcome] = useState<Outcome | "none">();
  const underWay = useRef<AbortController>(undefined);
  const [busy, setBusy] = useState(false);
  useEffect(() => () => underWay.current?.abort(), []);
  const send = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (busy) return;
    const call = (underWay.current = new AbortController());
    setBusy(true);
    const found = await tryService(url, token, trial, call.signal).catch(() => "none" as const);
    if (call.signal.aborted) return;
    setBusy(false);
    setOutcome(found);
  };
  return (
    <form className="try" onSubmit={(event) => void send(event)}>
      <h3>{t("services.try.title")}</h3>
      <div className="tools">
        <label className="field">
          {t("services.try.method")}
          <select
            className="input"
            value={trial.method}
            onChange={({ target: { value } }) => set({ ...trial, method: value === "GET" ? "GET" : "POST" })}
          >
            <option>POST</option>
            <option>GET</option>
          </select>
        </label>
        <label className="field">
          {t("services.try.path")}
          <input
            className="input"
            spellCheck={false}
            autoComplete="off"
            value={trial.path}
            onChange={({ target: { value } }) => set({ ...trial, path: value })}
          />
        </label>
      </div>
      {trial.method === "POST" && (
        <label className="field">
          {t("services.try.body")}
          <textarea
            className="input"
            rows={4}
            spellCheck={false}
            value={trial.body}
            onChange={({ target: { value } }) => set({ ...trial, body: value })}
          />
        </label>
      )}
      <Button htmlType="submit" loading={busy}>
        {t("services.try.send")}
      </Button>
      <div role="status">{outcome && <Shown outcome={outcome} />}</div>
    </form>
  );
}

function Shown({ outcome }: { outcome: Outcome | "none" }) {
  const t = useText();
  const format = useFormat();
  if (outcome === "none") return <p>{t("services.try.noAnswer")}</p>;
  const { status, milliseconds, type, text, cut } = outcome;
  return (
    <>
      <p>
        <strong>{status}</strong> ·{" "}
        {format.number(milliseconds, { style: "unit", unit: "millisecond", maximumFractionDigits: 0 })}
        {type && (
          <>
            {" "}
            · <code>{type}</code>
          </>
        )}
      </p>
      <pre className="lines" tabIndex={0} role="group" aria-label={t("services.try.answer")}>
        {text}
      </pre>
      {cut && <p className="quiet">{t("services.try.cut")}</p>}
    </>
  );
}
