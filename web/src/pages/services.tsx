import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { useEffect, useRef, useState } from "react";
import { type Service, type Asked, servicesQuery } from "../api/services";
import { readList, writeList } from "../app/url";
import { useText } from "../text";
import { Icon } from "../ui/icons";
import { Loading, Problem } from "../ui/states";
import { StatusTag, useStatusName } from "../ui/status";
import { Time } from "../ui/time";
import { Title } from "../ui/title";
import { Pager, pagesOf } from "./list/pager";

const chips = ["Running", "Pending", "Failed", "Stopped"];

/** As in the list of instances: the address is the state. */
function useAsked() {
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Record<string, string | undefined>;
  const asked: Asked = { ...readList(search), status: chips.find((one) => one === search.status) ?? "" };
  const go = (to: Partial<Asked>, replace = false) => {
    const next = { ...asked, ...(to.page === undefined ? { page: 1 } : {}), ...to };
    const search = { ...writeList(next), status: next.status }; // an empty one is not written
    void navigate({ to: "/services", search, replace, resetScroll: false });
  };
  return { asked, go };
}

export function Services() {
  const t = useText();
  const name = useStatusName();
  const queries = useQueryClient();
  const { asked, go } = useAsked();
  const list = useQuery(servicesQuery(asked));
  const { data, error } = list;
  const pages = data ? pagesOf(data.total, asked.size) : undefined;
  useEffect(() => {
    if (pages && !list.isPlaceholderData && asked.page > pages) go({ page: pages }, true);
  });
  const filtered = asked.q.trim() !== "" || asked.status !== "";
  return (
    <>
      <Title
        extra={
          <Link to="/services/new" className="button button-primary">
            <Icon name="plus" /> {t("services.deploy.title")}
          </Link>
        }
      >
        {t("services.title")}
      </Title>
      <div className="tools">
        <Find value={asked.q} change={(q) => go({ q }, asked.q !== "")} />
        <div className="chips" role="group" aria-label={t("list.filter")}>
          {chips.map((status) => (
            <Button
              key={status}
              size="small"
              shape="round"
              type={asked.status === status ? "primary" : "default"}
              aria-pressed={asked.status === status}
              onClick={() => go({ status: asked.status === status ? "" : status })}
            >
              {name(status)}
            </Button>
          ))}
        </div>
      </div>
      {error && (
        <Problem error={error} retry={() => void list.refetch()} {...(data ? { since: list.dataUpdatedAt } : {})} />
      )}
      {!data && !error && <Loading />}
      {data && (
        <>
          <p className="count" role="status">
            {t("services.count", { count: data.total })}
          </p>
          {data.total === 0 ? (
            <Nothing filtered={filtered} clear={() => go({ q: "", status: "" })} />
          ) : (
            <>
              <ServiceTable rows={data.rows} old={list.isPlaceholderData || !!error} />
              <Pager
                state={asked}
                total={data.total}
                go={go}
                prefetch={(page) => void queries.prefetchQuery(servicesQuery({ ...asked, page }))}
              />
            </>
          )}
        </>
      )}
    </>
  );
}

/** What is typed runs ahead of the address, which is asked for anew with each letter; back and forward change it. */
function Find({ value, change }: { value: string; change: (to: string) => void }) {
  const t = useText();
  const [text, setText] = useState(value);
  const typing = useRef(false);
  useEffect(() => {
    if (!typing.current) setText(value);
  }, [value]);
  return (
    <input
      className="input find"
      value={text}
      maxLength={200}
      placeholder={t("services.find")}
      aria-label={t("services.find")}
      onFocus={() => (typing.current = true)}
      onBlur={() => (typing.current = false)}
      onChange={(event) => {
        setText(event.target.value);
        change(event.target.value);
      }}
    />
  );
}

function Nothing({ filtered, clear }: { filtered: boolean; clear: () => void }) {
  const t = useText();
  if (filtered)
    return (
      <div className="empty">
        <p>
          {t("services.none")} {t("list.sight")}
        </p>
        <Button onClick={clear}>{t("services.clear")}</Button>
      </div>
    );
  return (
    <div className="empty">
      <p>{t("services.noneAtAll")}</p>
    </div>
  );
}

function ServiceTable({ rows, old }: { rows: Service[]; old: boolean }) {
  const t = useText();
  const columns = ["name", "status", "instances", "version", "machine", "modified"] as const;
  return (
    <div className="table-frame" tabIndex={0} role="group" aria-label={t("services.title")}>
      <table className={old ? "old" : undefined} aria-busy={old}>
        <caption className="unseen">{t("services.title")}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {t(`services.column.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <ServiceRow key={row.ServiceUid} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ServiceRow({ row }: { row: Service }) {
  const t = useText();
  return (
    <tr>
      <th scope="row">
        <Link to="/services/$name/$tab" params={{ name: row.ServiceName ?? "", tab: "overview" }}>
          {row.ServiceName}
        </Link>
        <span className="id">{row.ServiceId}</span>
      </th>
      <td>
        <StatusTag status={row.Status} />
        {row.Status !== "Running" && row.Message && <span className="reason">{row.Message}</span>}
      </td>
      <td>{t("services.ready", { ready: row.RunningInstance ?? 0, total: row.TotalInstance ?? 0 })}</td>
      <td>{row.CurrentVersion}</td>
      <td>
        <Size service={row} />
      </td>
      <td>
        <Time at={row.UpdateTime} relative />
      </td>
    </tr>
  );
}

/** What one instance of a service has. */
export function Size({ service: { Cpu: cpu = 0, Memory: memory = 0, Gpu: gpu = 0 } }: { service: Service }) {
  const t = useText();
  return <>{t("services.size", { cpu, memory: Math.round(memory / 102.4) / 10, gpu })}</>;
}
