import { useText } from "../../text";
import type { DiffLine } from "./diff";

/** What one configuration has and another has not. */
export function Difference({ lines }: { lines: DiffLine[] }) {
  const t = useText();
  if (lines.every(([mark]) => mark === " ")) return <p className="quiet">{t("services.same")}</p>;
  return (
    <pre className="diff" tabIndex={0} role="group" aria-label={t("services.difference")}>
      {lines.map(([mark, text], index) => (
        <span key={index} className={mark === "+" ? "added" : mark === "-" ? "removed" : undefined}>
          {`${mark} ${text}\n`}
        </span>
      ))}
    </pre>
  );
}
