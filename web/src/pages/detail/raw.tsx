import type { Instance } from "../../api/instances";
import { useText } from "../../text";
import { Copy } from "../../ui/copy";

/** As the API gives it, and how it is asked for. */
export function Raw({ instance }: { instance: Instance }) {
  const t = useText();
  const id = instance.InstanceId ?? "";
  const text = JSON.stringify(instance, null, 2);
  return (
    <section aria-labelledby="raw">
      <h2 id="raw">{t("instance.raw")}</h2>
      <dl className="facts">
        <div>
          <dt>{t("raw.command")}</dt>
          <dd>
            <code>atelier instance get {id} -o json</code>
          </dd>
        </div>
        <div>
          <dt>{t("raw.request")}</dt>
          <dd>
            <code>
              GET {location.origin}/api/v2/instances/{id}
            </code>
          </dd>
        </div>
      </dl>
      <Copy text={text}>{t("raw.copy")}</Copy>
      <pre className="lines" tabIndex={0} role="group" aria-label={t("instance.raw")}>
        {text}
      </pre>
    </section>
  );
}
