import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { useText } from "../text";
import { download } from "./copy";

interface Props {
  name: string; // of the file to save
  lines: string[]; // the oldest first
  follow: boolean;
  setFollow: (on: boolean) => void;
  tools?: ReactNode;
  above?: ReactNode;
}

/** Lines that something printed, with what one does to them. */
export function LogView({ name, lines, follow, setFollow, tools, above }: Props) {
  const t = useText();
  const [wrap, setWrap] = useState(false);
  const navigate = useNavigate();
  const { find = "" } = useSearch({ strict: false }) as { find?: string };
  const setFind = (next: string) =>
    void navigate({
      to: ".",
      search: (old: Record<string, string>) => ({ ...old, find: next }), // an empty one is not written
      replace: true,
      resetScroll: false,
    } as never);
  const shown = find === "" ? lines : lines.filter((line) => line.toLowerCase().includes(find.toLowerCase()));
  return (
    <>
      <div className="tools">
        <input
          className="input find"
          value={find}
          spellCheck={false}
          placeholder={t("instance.find")}
          aria-label={t("instance.find")}
          onChange={(event) => setFind(event.target.value)}
        />
        {tools}
        <Toggle on={follow} set={setFollow} name={t("instance.follow")} />
        <Toggle on={wrap} set={setWrap} name={t("instance.wrap")} />
        <Button size="small" disabled={shown.length === 0} onClick={() => download(name, `${shown.join("\n")}\n`)}>
          {t("instance.download")}
        </Button>
        <span className="quiet">{t("instance.lines", { shown: shown.length, count: lines.length })}</span>
      </div>
      {above}
      {shown.length > 0 && <Lines lines={shown} wrap={wrap} follow={follow} />}
    </>
  );
}

export function Toggle({ on, set, name }: { on: boolean; set: (on: boolean) => void; name: string }) {
  return (
    <label>
      <input type="checkbox" checked={on} onChange={(event) => set(event.target.checked)} /> {name}
    </label>
  );
}

/** Text, whatever is in it: no line becomes part of the page. */
function Lines({ lines, wrap, follow }: { lines: string[]; wrap: boolean; follow: boolean }) {
  const t = useText();
  const box = useRef<HTMLPreElement>(null);
  const newest = lines.at(-1);
  useLayoutEffect(() => {
    if (follow && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [follow, lines.length, newest]);
  return (
    <pre ref={box} className={wrap ? "lines wrap" : "lines"} tabIndex={0} role="group" aria-label={t("instance.logs")}>
      {lines.join("\n")}
    </pre>
  );
}
