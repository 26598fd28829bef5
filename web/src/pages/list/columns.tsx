import { type Column, columns } from "../../app/url";
import { useText } from "../../text";

interface Props {
  shown: readonly Column[];
  choose: (cols: Column[]) => void;
}

/** Which columns the table has; the name always is one. */
export function Columns({ shown, choose }: Props) {
  const t = useText();
  const toggle = (column: Column) =>
    choose(columns.filter((one) => (one === column ? !shown.includes(one) : shown.includes(one))));
  return (
    <details className="columns">
      <summary>{t("list.columns")}</summary>
      <div className="checks">
        {columns.map((column) => (
          <label key={column}>
            <input type="checkbox" checked={shown.includes(column)} onChange={() => toggle(column)} />{" "}
            {t(`list.column.${column}`)}
          </label>
        ))}
      </div>
    </details>
  );
}
