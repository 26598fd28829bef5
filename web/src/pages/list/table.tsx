import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import type { Row } from "../../api/instances";
import type { Column } from "../../app/url";
import { valueOf } from "../../query/edit";
import { useText } from "../../text";
import { Actions } from "../../ui/actions";
import { Icon } from "../../ui/icons";
import { StatusTag } from "../../ui/status";
import { Time } from "../../ui/time";

const sortable = new Set<string>(["created", "modified"]);

interface Props {
  rows: Row[];
  total: number;
  first: number; // number of the first row in all, from 1
  q: string;
  old: boolean; // these are not of the newest answer
  sortBy: (order: string) => void;
  selection: Selection;
  cols: readonly Column[]; // besides the name
}

/** Which rows are selected: of this page and of others. */
export interface Selection {
  has: (id: string) => boolean;
  set: (rows: Row[], on: boolean) => void;
}

export function InstanceTable({ rows, total, first, q, old, sortBy, selection, cols }: Props) {
  const t = useText();
  const last = useRef<number>(undefined); // the row that was clicked before, from which Shift reaches on
  const toggle = (index: number, on: boolean, reach: boolean) => {
    const from = reach && last.current !== undefined ? last.current : index;
    last.current = index;
    selection.set(rows.slice(Math.min(from, index), Math.max(from, index) + 1), on);
  };
  return (
    <div className="table-frame" tabIndex={0} role="group" aria-label={t("list.caption")}>
      <table className={old ? "old" : undefined} aria-rowcount={total + 1} aria-busy={old}>
        <caption className="unseen">{t("list.caption")}</caption>
        <thead>
          <tr aria-rowindex={1}>
            <PageBox rows={rows} selection={selection} />
            {(["name", ...cols] as const).map((column) => (
              <Head key={column} column={column} sort={valueOf(q, "sort") || "-created"} sortBy={sortBy} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <InstanceRow
              key={row.InstanceId}
              row={row}
              cols={cols}
              index={first + index + 1}
              selected={selection.has(row.InstanceId ?? "")}
              toggle={(on, reach) => toggle(index, on, reach)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head({ column, sort, sortBy }: { column: "name" | Column; sort: string; sortBy: (order: string) => void }) {
  const t = useText();
  const name = t(`list.column.${column}`);
  if (!sortable.has(column))
    return (
      <th scope="col" title={column === "actions" ? undefined : t("list.unsorted")}>
        {name}
      </th>
    );
  const order = sort === column ? "ascending" : sort === `-${column}` ? "descending" : undefined;
  return (
    <th scope="col" aria-sort={order ?? "none"}>
      <button
        type="button"
        className="sort"
        title={t("list.sort", { column: name })}
        onClick={() => sortBy(order === "descending" ? column : `-${column}`)}
      >
        {name} {order === "ascending" ? <Icon name="up" /> : order === "descending" ? <Icon name="down" /> : null}
      </button>
    </th>
  );
}

/** This page, whole; never what other pages have. */
function PageBox({ rows, selection }: { rows: Row[]; selection: Selection }) {
  const t = useText();
  const box = useRef<HTMLInputElement>(null);
  const count = rows.filter((row) => selection.has(row.InstanceId ?? "")).length;
  const all = count === rows.length;
  useEffect(() => {
    if (box.current) box.current.indeterminate = count > 0 && !all;
  }, [count, all]);
  return (
    <th scope="col" className="box">
      <input
        ref={box}
        type="checkbox"
        aria-label={t("list.selectPage")}
        checked={all}
        onChange={() => selection.set(rows, !all)}
      />
    </th>
  );
}

interface RowProps {
  row: Row;
  cols: readonly Column[];
  index: number;
  selected: boolean;
  toggle: (on: boolean, reach: boolean) => void;
}

function InstanceRow({ row, cols, index, selected, toggle }: RowProps) {
  const t = useText();
  return (
    <tr aria-rowindex={index} className={selected ? "selected" : undefined} data-id={row.InstanceId}>
      <td className="box">
        <input
          type="checkbox"
          data-does="select"
          aria-label={t("list.select", { name: row.InstanceName ?? "" })}
          checked={selected}
          onChange={(event) => toggle(event.target.checked, (event.nativeEvent as MouseEvent).shiftKey)}
        />
      </td>
      <th scope="row">
        <Link data-does="page" to="/instances/$id/$tab" params={{ id: row.InstanceId ?? "", tab: "overview" }}>
          {row.InstanceName}
        </Link>
        <span className="id">{row.InstanceId}</span>
      </th>
      {cols.map((column) => (
        <td key={column}>{cells[column](row)}</td>
      ))}
    </tr>
  );
}

const cells: Record<Column, (row: Row) => ReactNode> = {
  status: (row) => (
    <>
      <StatusTag status={row.Status} />
      {row.ReasonMessage && <span className="reason">{row.ReasonMessage}</span>}
    </>
  ),
  actions: (row) => <Actions instance={row} />,
  owner: (row) => row.UserName || row.UserId,
  workspace: (row) => row.WorkspaceName || row.WorkspaceId,
  machine: ({ EcsSpec: spec, ResourceName: name, RequestedResource: asked }) => (
    <>
      {spec || name}
      {asked?.GPU && asked.GPU !== "0" ? ` · ${asked.GPU} GPU` : ""}
    </>
  ),
  image: (row) => row.ImageName,
  created: (row) => <Time at={row.GmtCreateTime} />,
  modified: (row) => <Time at={row.GmtModifiedTime} relative />,
};
