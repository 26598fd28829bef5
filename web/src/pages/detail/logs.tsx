import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { useLayoutEffect, useRef, useState } from "react";
import { type Answer, call } from "../../api/client";
import { useText } from "../../text";
import { Loading, Problem } from "../../ui/states";

type Line = NonNullable<Answer<"ListSystemLogs">["SystemLogs"]>[number];
const print = (line: Line) => `${line.GmtCreateTime} ${line.Content}`;

/** The newest lines first to arrive, the oldest first to read. */
export function Logs({ id }: { id: string }) {
  const t = useText();
  const [follow, setFollow] = useState(true);
  const [wrap, setWrap] = useState(false);
  const [find, setFind] = useState("");
  const query = useInfiniteQuery({
    queryKey: ["ListSystemLogs", id],
    queryFn: ({ signal, pageParam }) =>
      call(
        "ListSystemLogs",
        { InstanceId: id, Order: "DESC", ...(pageParam ? { Offset: pageParam } : {}) } as never,
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.Offset || undefined,
    // Older pages are counted from the newest line: once they are loaded, the view stands still.
    refetchInterval: ({ state }) => (follow && (state.data?.pages.length ?? 1) === 1 ? 3000 : false),
  });
  const lines = (query.data?.pages ?? []).flatMap((page) => page.SystemLogs ?? []).reverse();
  const shown = find === "" ? lines : lines.filter((line) => line.Content.toLowerCase().includes(find.toLowerCase()));
  return (
    <section aria-labelledby="logs">
      <h2 id="logs">{t("instance.logs")}</h2>
      <div className="tools">
        <Input
          className="find"
          size="small"
          allowClear
          value={find}
          placeholder={t("instance.find")}
          aria-label={t("instance.find")}
          onChange={(event) => setFind(event.target.value)}
        />
        <Toggle on={follow} set={setFollow} name={t("instance.follow")} />
        <Toggle on={wrap} set={setWrap} name={t("instance.wrap")} />
        <Button size="small" disabled={shown.length === 0} onClick={() => download(`${id}.log`, shown)}>
          {t("instance.download")}
        </Button>
        <span className="quiet">{t("instance.lines", { shown: shown.length, count: lines.length })}</span>
      </div>
      {query.error && <Problem error={query.error} retry={() => void query.refetch()} />}
      {!query.data && !query.error && <Loading />}
      {query.data && lines.length === 0 && <p>{t("instance.noLogs")}</p>}
      {query.hasNextPage && (
        <Button size="small" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("instance.more")}
        </Button>
      )}
      {shown.length > 0 && <Lines lines={shown} wrap={wrap} follow={follow} />}
    </section>
  );
}

function Toggle({ on, set, name }: { on: boolean; set: (on: boolean) => void; name: string }) {
  return (
    <label>
      <input type="checkbox" checked={on} onChange={(event) => set(event.target.checked)} /> {name}
    </label>
  );
}

/** Text, whatever is in it: no line of an instance becomes part of the page. */
function Lines({ lines, wrap, follow }: { lines: Line[]; wrap: boolean; follow: boolean }) {
  const t = useText();
  const box = useRef<HTMLPreElement>(null);
  useLayoutEffect(() => {
    if (follow && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [follow, lines.length]);
  return (
    <pre ref={box} className={wrap ? "lines wrap" : "lines"} tabIndex={0} role="group" aria-label={t("instance.logs")}>
      {lines.map(print).join("\n")}
    </pre>
  );
}

function download(name: string, lines: Line[]) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([lines.map(print).join("\n"), "\n"], { type: "text/plain" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
