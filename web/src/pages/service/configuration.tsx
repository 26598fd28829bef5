import { useState } from "react";
import { useRefusal } from "../../api/permissions";
import { type Service, useUpdateService } from "../../api/services";
import { useText } from "../../text";
import { Confirm } from "../../ui/delete";
import { Dialog } from "../../ui/dialog";
import { MayButton } from "../../ui/may-button";
import { changeFrom, type Config, merge, readConfig, textOf } from "./config";
import { diff, linesOf } from "./diff";
import { Difference } from "./difference";
import { JsonEditor, readJson } from "./json-editor";

interface Draft {
  text: string;
  from: string; // the configuration that it began with
}

/** The configuration, to be changed: what a change makes of the present version is shown before it is sent. */
export function Configuration({ service }: { service: Service }) {
  const t = useText();
  const { ServiceName: name = "", ServiceConfig: present = "" } = service;
  const update = useUpdateService();
  const refused = useRefusal(["eas:UpdateService", name]) !== undefined;
  const [draft, setDraft] = useState<Draft>();
  const [reviewed, setReviewed] = useState(false);
  const text = draft?.text ?? textOf(readConfig(present));
  const wanted = readJson(text);
  const drop = () => {
    setDraft(undefined);
    update.reset();
  };
  return (
    <section aria-labelledby="configuration">
      <h2 id="configuration">{t("services.configuration.title")}</h2>
      <p className="quiet">{t(refused ? "services.configuration.part" : "services.configuration.what")}</p>
      {draft && draft.from !== present && <p className="problem warning">{t("services.configuration.moved")}</p>}
      <JsonEditor
        label={t("services.deploy.json")}
        text={text}
        set={(next) => setDraft({ text: next, from: draft?.from ?? present })}
        error={update.error}
      />
      <span className="actions">
        <MayButton
          may={["eas:UpdateService", name]}
          type="primary"
          disabled={!draft || !wanted}
          title={draft ? undefined : t("services.configuration.untouched")}
          onClick={() => setReviewed(true)}
        >
          {t("services.configuration.review")}…
        </MayButton>
        {draft && (
          <button type="button" className="button" onClick={drop}>
            {t("services.configuration.anew")}
          </button>
        )}
      </span>
      {!draft && update.data?.Message && <p role="status">{update.data.Message}</p>}
      {reviewed && draft && wanted && (
        <Review
          service={service}
          from={readConfig(draft.from)}
          wanted={wanted}
          busy={update.isPending}
          close={() => setReviewed(false)}
          send={(sent) =>
            update.mutate(
              { name, ...sent },
              { onSuccess: () => setDraft(undefined), onSettled: () => setReviewed(false) },
            )
          }
        />
      )}
    </section>
  );
}

/** What is sent for a change of `from` to `wanted`, and what it makes of `present`, which may be newer. Where nothing is
 * left out it is merged: what others changed meanwhile stays. */
export function sentFor(from: Config, wanted: Config, present: Config) {
  const change = changeFrom(from, wanted);
  return change
    ? { sent: { type: "merge" as const, config: change }, made: merge(present, change) }
    : { sent: { type: "replace" as const, config: wanted }, made: wanted };
}

interface Props {
  service: Service;
  from: Config;
  wanted: Config;
  busy: boolean;
  close: () => void;
  send: (sent: { type: "merge" | "replace"; config: Config }) => void;
}

function Review({ service, from, wanted, busy, close, send }: Props) {
  const t = useText();
  const present = readConfig(service.ServiceConfig);
  const { sent, made } = sentFor(from, wanted, present);
  const lines = diff(linesOf(JSON.stringify(present)), linesOf(JSON.stringify(made)));
  return (
    <Dialog title={t("services.configuration.change", { name: service.ServiceName ?? "" })} close={close}>
      <Confirm
        word=""
        button={t("services.deploy.button")}
        danger={false}
        off={lines.every(([mark]) => mark === " ")}
        busy={busy}
        cancel={close}
        run={() => send(sent)}
      >
        <p>{t("services.configuration.from", { version: service.CurrentVersion ?? 0 })}</p>
        <Difference lines={lines} />
        <p className="quiet">{t(`services.configuration.${sent.type}`)}</p>
      </Confirm>
    </Dialog>
  );
}
