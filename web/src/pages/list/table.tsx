import { ArrowDownOutlined, ArrowUpOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import type { Row } from "../../api/instances";
import { valueOf } from "../../query/edit";
import { useText } from "../../text";
import { Actions } from "../../ui/actions";
import { StatusTag } from "../../ui/status";
import { Time } from "../../ui/time";

const columns = ["name", "status", "owner", "workspace", "machine", "image", "created", "modified", "actions"] as const;
const sortable = new Set<string>(["created", "modified"]);

interface Props {
  rows: Row[];
  total: number;
  first: number; // number of the first row in all, from 1
  q: string;
  old: boolean; // these are not of the newest answer
  sortBy: (order: string) => void;
}

export function InstanceTable({ rows, total, first, q, old, sortBy }: Props) {
  const t = useText();
  return (
    <div className="table-frame" tabIndex={0} role="group" aria-label={t("list.caption")}>
      <table className={old ? "old" : undefined} aria-rowcount={total + 1} aria-busy={old}>
        <caption className="unseen">{t("list.caption")}</caption>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <Head key={column} column={column} sort={valueOf(q, "sort") || "-created"} sortBy={sortBy} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <InstanceRow key={row.InstanceId} row={row} index={first + index + 1} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head({
  column,
  sort,
  sortBy,
}: {
  column: (typeof columns)[number];
  sort: string;
  sortBy: (order: string) => void;
}) {
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
        {name} {order === "ascending" ? <ArrowUpOutlined /> : order === "descending" ? <ArrowDownOutlined /> : null}
      </button>
    </th>
  );
}

function InstanceRow({ row, index }: { row: Row; index: number }) {
  const gpu = row.RequestedResource?.GPU;
  return (
    <tr aria-rowindex={index}>
      <th scope="row">
        <Link to="/instances/$id/$tab" params={{ id: row.InstanceId ?? "", tab: "overview" }}>
          {row.InstanceName}
        </Link>
        <span className="id">{row.InstanceId}</span>
      </th>
      <td>
        <StatusTag status={row.Status} />
        {row.ReasonMessage && <span className="reason">{row.ReasonMessage}</span>}
      </td>
      <td>{row.UserName || row.UserId}</td>
      <td>{row.WorkspaceName || row.WorkspaceId}</td>
      <td>
        {row.EcsSpec || row.ResourceName}
        {gpu && gpu !== "0" ? ` · ${gpu} GPU` : ""}
      </td>
      <td>{row.ImageName}</td>
      <td>
        <Time at={row.GmtCreateTime} />
      </td>
      <td>
        <Time at={row.GmtModifiedTime} relative />
      </td>
      <td>
        <Actions instance={row} />
      </td>
    </tr>
  );
}
