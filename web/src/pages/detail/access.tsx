import { Button } from "antd";
import { type FormEvent, useState } from "react";
import { useChange } from "../../api/account";
import { call } from "../../api/client";
import type { Instance } from "../../api/instances";
import { useRefusal } from "../../api/permissions";
import { useFormat, useText } from "../../text";
import { Copy } from "../../ui/copy";
import { useReason } from "../../ui/may-button";

const hours = [1, 8, 24, 168] as const;

/** Links that let a colleague in for a while. */
export function Access({ instance }: { instance: Instance }) {
  const t = useText();
  const format = useFormat();
  const { InstanceId: id = "", InstanceName: name = "", JupyterlabUrl: url = "" } = instance;
  const [made, setMade] = useState<{ link: string; ends: number }>();
  const make = useChange(
    async (length: number) => {
      const asked = { InstanceId: id, Type: "Access", ExpireTime: length * 3600 } as const;
      const { Token: token = "" } = await call("GetToken", asked);
      return { link: `${url}?${new URLSearchParams({ Token: token })}`, ends: Date.now() + length * 3_600_000 };
    },
    { again: [], what: () => name },
  );
  // A link passes on that one may open it, which CreateOpenLink asks for, too.
  const mayOpen = useRefusal(["atelier:CreateOpenLink", id]);
  const maySign = useRefusal(["paidsw:GetToken", id]);
  const reason = useReason();
  const refusal = maySign ?? mayOpen;
  const why = refusal ? reason(refusal) : url === "" ? t("action.notReady") : undefined;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    make.mutate(Number(new FormData(event.currentTarget).get("hours")), { onSuccess: setMade });
  };
  return (
    <section aria-labelledby="access">
      <h2 id="access">{t("instance.access")}</h2>
      <p>{t("access.what")}</p>
      <form className="tools" onSubmit={submit}>
        <label className="field">
          {t("access.length")}
          <select className="input" name="hours" defaultValue={8}>
            {hours.map((one) => (
              <option key={one} value={one}>
                {t("access.hours", { count: one })}
              </option>
            ))}
          </select>
        </label>
        <Button htmlType="submit" type="primary" loading={make.isPending} disabled={why !== undefined} title={why}>
          {t("access.make")}
        </Button>
        {why !== undefined && <span className="quiet">{why}</span>}
      </form>
      {made && (
        <>
          <p role="status">
            {t("access.ends", { time: format.dateTime(made.ends, { dateStyle: "medium", timeStyle: "short" }) })}
          </p>
          <pre tabIndex={0} role="group" aria-label={t("access.link")}>
            {made.link}
          </pre>
          <Copy key={made.link} text={made.link}>
            {t("users.copyLink")}
          </Copy>
          <p className="note">{t("access.warning")}</p>
        </>
      )}
    </section>
  );
}
