import { useId, useMemo, useRef } from "react";
import { useText } from "../../text";
import { Problem } from "../../ui/states";
import type { Config } from "./config";
import { lineAt, placesIn, problemsIn } from "./places";

/** More than any service needs, and less than the server takes. */
const most = 256 * 1024; // characters

/** What stands in the editor, if that is a service JSON. */
export function readJson(text: string): Config | undefined {
  if (!(placesIn(text) instanceof Map)) return undefined;
  const value = JSON.parse(text) as unknown;
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Config) : undefined;
}

interface Props {
  label: string;
  text: string;
  set: (text: string) => void;
  error: Error | null; // what the server said of it
}

/** A JSON text to change. What is wrong with it, for a parser or for the server, is shown with its line. */
export function JsonEditor({ label, text, set, error }: Props) {
  const t = useText();
  const id = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  const places = useMemo(() => placesIn(text), [text]);
  const mistake = places instanceof Map ? undefined : places;
  const goTo = (at: number) => {
    const area = box.current!;
    const end = text.indexOf("\n", at);
    area.focus();
    area.setSelectionRange(at, end < 0 ? text.length : end);
    const lines = text.split("\n").length;
    area.scrollTop = (area.scrollHeight / lines) * (lineAt(text, at).line - 1) - area.clientHeight / 2;
  };
  const found = error && places instanceof Map ? problemsIn(error.message, places) : [];
  const said =
    mistake !== undefined
      ? t(mistake.deep ? "services.deploy.tooDeep" : "services.deploy.notJson", lineAt(text, mistake.at))
      : readJson(text) === undefined
        ? t("services.deploy.notObject")
        : "";
  return (
    <>
      <label className="field">
        {label}
        <textarea
          ref={box}
          className="input editor"
          rows={22}
          wrap="off"
          maxLength={most}
          spellCheck={false}
          autoComplete="off"
          value={text}
          aria-invalid={said !== ""}
          aria-describedby={id}
          onChange={(event) => set(event.target.value)}
        />
      </label>
      <p id={id} role="status" className="query-error">
        {said}{" "}
        {mistake && (
          <button type="button" className="button" onClick={() => goTo(mistake.at)}>
            {t("services.deploy.show")}
          </button>
        )}
      </p>
      {error && <Problem error={error} />}
      {found.some(({ at }) => at !== undefined) && (
        <ul className="places">
          {found.map(
            ({ what, at }) =>
              at !== undefined && (
                <li key={what}>
                  <button type="button" className="button" onClick={() => goTo(at)}>
                    {t("services.deploy.line", { line: lineAt(text, at).line })}
                  </button>{" "}
                  {what}
                </li>
              ),
          )}
        </ul>
      )}
    </>
  );
}
