import { Button } from "antd";
import { type Row, useAction } from "../api/instances";
import { useText } from "../text";
import { canOpen, canStart, canStop } from "./status";

type Of = Partial<Pick<Row, "InstanceId" | "InstanceName" | "Status" | "JupyterlabUrl">>;

/** Open, start, stop. What cannot be done now says why. */
export function Actions({ instance, size = "small" }: { instance: Of; size?: "small" | "middle" }) {
  const t = useText();
  const act = useAction();
  const { InstanceId: id = "", InstanceName: name = "", Status: status, JupyterlabUrl: url } = instance;
  const open = canOpen(status) && !!url;
  const run = (action: "start" | "stop") => act.mutate({ action, id, name });
  return (
    <span className="actions">
      <Button
        size={size}
        type="primary"
        disabled={!open}
        aria-label={t("action.openNamed", { name })}
        title={open ? undefined : t("action.notReady")}
        // Its page is not the console's to reach: no opener, no referrer.
        {...(open ? { href: url, target: "_blank", rel: "noopener noreferrer" } : {})}
      >
        {t("action.open")}
      </Button>
      {canStart(status) || !canStop(status) ? (
        <Button
          size={size}
          disabled={!canStart(status)}
          loading={act.isPending}
          aria-label={t("action.startNamed", { name })}
          title={canStart(status) ? undefined : t("action.cannotStart")}
          onClick={() => run("start")}
        >
          {t("action.start")}
        </Button>
      ) : (
        <Button
          size={size}
          loading={act.isPending}
          aria-label={t("action.stopNamed", { name })}
          onClick={() => run("stop")}
        >
          {t("action.stop")}
        </Button>
      )}
    </span>
  );
}
