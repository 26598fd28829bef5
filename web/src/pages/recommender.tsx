import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { type FormEvent, useState } from "react";
import { useChange } from "../api/account";
import { call, change } from "../api/client";
import {
  type Recommended,
  type Recommender as Data,
  recommenderQuery,
  tasksQuery,
  type Use,
  useQueryOf,
  type Version,
  versionsQuery,
} from "../api/recommenders";
import { useFormat, useText } from "../text";
import { Asked } from "../ui/ask";
import { StatusTag } from "../ui/status";
import { Table } from "../ui/table";
import { Time } from "../ui/time";
import { Title } from "../ui/title";
import { MayButton } from "../ui/may-button";

export function Recommender() {
  const { id = "" } = useParams({ strict: false });
  return (
    <Asked query={useQuery(recommenderQuery(id))}>
      {(recommender) => (
        <>
          <Head recommender={recommender} />
          <Asked query={useQuery(useQueryOf(id))}>
            {(use) => (
              <>
                <Funnel use={use} />
                <Versions id={id} current={recommender.dataSetVersion ?? ""} use={use} />
              </>
            )}
          </Asked>
          <Try id={id} />
        </>
      )}
    </Asked>
  );
}

function Head({ recommender }: { recommender: Data }) {
  const t = useText();
  const id = recommender.instanceId ?? "";
  const name = recommender.name || id;
  const locked = recommender.lockMode === "ManualLock";
  const lock = useChange((on: boolean) => change("LockRecommender", { instanceId: id }, { locked: on }), {
    again: ["DescribeInstance", "ListInstance"],
    what: () => name,
  });
  const facts = [
    [t("instance.id"), <code key="id">{id}</code>],
    [t("recommenders.version"), recommender.dataSetVersion || "–"],
    [t("recommenders.industry"), recommender.industry || "–"],
    [t("recommenders.scene"), recommender.scene || "–"],
    [t("recommenders.lock"), recommender.lockMode],
    [t("recommenders.expires"), <Time key="expires" at={recommender.expiredTime} />],
  ] as const;
  return (
    <header className="head">
      <Title
        extra={
          <MayButton
            may={["atelier:LockRecommender", id]}
            loading={lock.isPending}
            onClick={() => lock.mutate(!locked)}
          >
            {t(locked ? "recommenders.unlock" : "recommenders.lockIt")}
          </MayButton>
        }
      >
        {name}
      </Title>
      <p>
        <StatusTag status={recommender.status} />
      </p>
      <dl className="facts">
        {facts.map(([fact, value]) => (
          <div key={fact}>
            <dt>{fact}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </header>
  );
}

/** From what it holds to what came of its recommendations. */
function Funnel({ use }: { use: Use }) {
  const t = useText();
  const format = useFormat();
  const traced = Object.entries(use.traced ?? {}) as [string, number][];
  const steps: [string, number][] = [
    [t("recommenders.users"), use.users ?? 0],
    [t("recommenders.items"), use.items ?? 0],
    [t("recommenders.behaviors"), use.behaviors ?? 0],
    [t("recommenders.recommended"), use.recommended ?? 0],
    ...traced.map(([kind, count]): [string, number] => [t("recommenders.cameBack", { kind }), count]),
  ];
  const most = Math.max(1, ...steps.map(([, count]) => count));
  return (
    <section aria-labelledby="funnel">
      <h2 id="funnel">{t("recommenders.funnel")}</h2>
      <dl className="funnel">
        {steps.map(([step, count]) => (
          <div key={step}>
            <dt>{step}</dt>
            <dd>
              <progress max={most} value={count} aria-hidden="true" /> {format.number(count)}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Versions({ id, current, use }: { id: string; current: string; use: Use }) {
  const t = useText();
  const format = useFormat();
  const tasks = useQuery(tasksQuery(id));
  const attach = useChange((version: string) => change("AttachDataset", { instanceId: id, versionId: version }), {
    again: ["DescribeInstance", "ListDataSet"],
    what: (version) => version,
    said: (version) => t("recommenders.attached", { version }),
  });
  const useOf = (row: Version) =>
    (use.versions as Record<string, { recommended: number; traced: number }> | undefined)?.[row.versionId ?? ""];
  const iso = (time: number | undefined) => (time ? new Date(time).toISOString() : undefined);
  const columns = [
    { head: t("recommenders.version"), cell: (row: Version) => <code>{row.versionId}</code> },
    { head: t("list.column.status"), cell: (row: Version) => row.state },
    { head: t("list.column.created"), cell: (row: Version) => <Time at={iso(row.gmtCreate)} /> },
    { head: t("recommenders.recommended"), cell: (row: Version) => format.number(useOf(row)?.recommended ?? 0) },
    { head: t("recommenders.traced"), cell: (row: Version) => format.number(useOf(row)?.traced ?? 0) },
    {
      head: t("list.column.actions"),
      cell: (row: Version) =>
        row.versionId === current ? (
          <strong>{t("services.current")}</strong>
        ) : (
          <MayButton
            may={["airec:AttachDataset", id]}
            size="small"
            loading={attach.isPending && attach.variables === row.versionId}
            aria-label={t("recommenders.attachNamed", { version: row.versionId ?? "" })}
            onClick={() => attach.mutate(row.versionId ?? "")}
          >
            {t("recommenders.attach")}
          </MayButton>
        ),
    },
  ];
  return (
    <section aria-labelledby="versions">
      <h2 id="versions">{t("services.versions")}</h2>
      {tasks.data
        ?.filter((one) => (one.totalProgress ?? 100) < 100)
        .map((one) => (
          <p key={one.name} role="status">
            {one.name} <progress max={100} value={one.totalProgress} aria-label={one.name ?? ""} /> {one.totalProgress}{" "}
            %
          </p>
        ))}
      <Asked query={useQuery(versionsQuery(id))}>
        {(rows) =>
          rows.length === 0 ? (
            <>
              <p>{t("recommenders.noVersion")}</p>
              <pre>
                atelier recommender push {id} items -f items.jsonl{"\n"}atelier recommender import {id} --wait
              </pre>
            </>
          ) : (
            <Table
              caption={t("services.versions")}
              columns={columns}
              rows={rows}
              keyOf={(row) => row.versionId ?? ""}
            />
          )
        }
      </Asked>
    </section>
  );
}

/** What it recommends to one user now. */
function Try({ id }: { id: string }) {
  const t = useText();
  const format = useFormat();
  const [rows, setRows] = useState<Recommended[]>();
  const ask = useChange(
    async (user: string) => (await call("Recommend", { instanceId: id, userId: user, returnCount: 10 })).result ?? [],
    { again: ["GetRecommenderUse"], what: (user) => user },
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    ask.mutate(String(new FormData(event.currentTarget).get("user")).trim(), { onSuccess: setRows });
  };
  const columns = [
    { head: t("recommenders.item"), cell: (row: Recommended) => <code>{row.itemId}</code> },
    { head: t("recommenders.type"), cell: (row: Recommended) => row.itemType },
    {
      head: t("recommenders.weight"),
      cell: (row: Recommended) => format.number(Number(row.weight ?? 0), { maximumFractionDigits: 4 }),
    },
    { head: t("recommenders.why"), cell: (row: Recommended) => row.matchInfo || row.message },
  ];
  return (
    <section aria-labelledby="try">
      <h2 id="try">{t("recommenders.try")}</h2>
      <form className="tools" onSubmit={submit}>
        <label className="field">
          {t("recommenders.user")}
          <input className="input" name="user" required maxLength={128} autoComplete="off" spellCheck={false} />
        </label>
        <Button htmlType="submit" loading={ask.isPending}>
          {t("recommenders.ask")}
        </Button>
      </form>
      {rows &&
        (rows.length === 0 ? (
          <p role="status">{t("recommenders.nothing")}</p>
        ) : (
          <Table
            caption={t("recommenders.try")}
            columns={columns}
            rows={rows}
            keyOf={(row) => `${row.itemType} ${row.itemId}`}
          />
        ))}
    </section>
  );
}
