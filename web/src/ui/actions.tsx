import { useState } from "react";
import { openInstance, type Row, useAction } from "../api/instances";
import { useText } from "../text";
import { useSay } from "./message";
import { canOpen, canStart, canStop } from "./status";
import { MayButton } from "./may-button";

type Of = Partial<Pick<Row, "InstanceId" | "InstanceName" | "Status" | "JupyterlabUrl">>;

/** Open, start, stop. What cannot be done now says why. */
export function Actions({ instance, size = "small" }: { instance: Of; size?: "small" | "middle" }) {
  const t = useText();
  const act = useAction();
  const { InstanceId: id = "", InstanceName: name = "", Status: status, JupyterlabUrl: url = "" } = instance;
  const run = (action: "start" | "stop") => act.mutate({ action, id, name });
  return (
    <span className="actions">
      <Open id={id} name={name} url={canOpen(status) ? url : ""} size={size} />
      {canStart(status) || !canStop(status) ? (
        <MayButton
          may={["paidsw:StartInstance", id]}
          size={size}
          data-does="power"
          disabled={!canStart(status)}
          loading={act.isPending}
          aria-label={t("action.startNamed", { name })}
          title={canStart(status) ? undefined : t("action.cannotStart")}
          onClick={() => run("start")}
        >
          {t("action.start")}
        </MayButton>
      ) : (
        <MayButton
          may={["paidsw:StopInstance", id]}
          size={size}
          data-does="power"
          loading={act.isPending}
          aria-label={t("action.stopNamed", { name })}
          onClick={() => run("stop")}
        >
          {t("action.stop")}
        </MayButton>
      )}
    </span>
  );
}

function Open({ id, name, url, size }: { id: string; name: string; url: string; size: "small" | "middle" }) {
  const t = useText();
  const say = useSay();
  const [busy, setBusy] = useState(false);
  const open = async () => {
    setBusy(true);
    try {
      await openInstance(id);
    } catch (error) {
      say.error(error as Error, name);
    } finally {
      setBusy(false);
    }
  };
  return (
    <MayButton
      may={["atelier:CreateOpenLink", id]}
      size={size}
      data-does="open"
      type="primary"
      loading={busy}
      disabled={url === ""}
      aria-label={t("action.openNamed", { name })}
      title={url === "" ? t("action.notReady") : undefined}
      onClick={() => void open()}
    >
      {t("action.open")}
    </MayButton>
  );
}
