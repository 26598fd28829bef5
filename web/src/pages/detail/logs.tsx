import { useInfiniteQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { type Answer, call } from "../../api/client";
import { useText } from "../../text";
import { LogView } from "../../ui/log-view";
import { Loading, Problem } from "../../ui/states";

type Line = NonNullable<Answer<"ListSystemLogs">["SystemLogs"]>[number];
const print = (line: Line) => `${line.GmtCreateTime} ${line.Content}`.trimStart();

/** The newest lines first to arrive, the oldest first to read. */
export function Logs({ id }: { id: string }) {
  const t = useText();
  const [follow, setFollow] = useState(true);
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
  const lines = (query.data?.pages ?? [])
    .flatMap((page) => page.SystemLogs ?? [])
    .reverse()
    .map(print);
  return (
    <section aria-labelledby="logs">
      <h2 id="logs">{t("instance.logs")}</h2>
      <LogView
        name={`${id}.log`}
        lines={lines}
        follow={follow}
        setFollow={setFollow}
        above={
          <>
            {query.error && <Problem error={query.error} retry={() => void query.refetch()} />}
            {!query.data && !query.error && <Loading />}
            {query.data && lines.length === 0 && <p>{t("instance.noLogs")}</p>}
            {query.hasNextPage && (
              <Button size="small" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {t("instance.more")}
              </Button>
            )}
          </>
        }
      />
    </section>
  );
}
