import type { ReactNode } from "react";

interface Column<Row> {
  head: string;
  cell: (row: Row) => ReactNode;
}
interface Props<Row> {
  caption: string;
  columns: Column<Row>[]; // the first one names the row
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  old?: boolean; // these are not of the newest answer
}

/** A table that scrolls by itself where the screen is too narrow for it, with the keyboard too. */
export function Table<Row>({ caption, columns, rows, keyOf, old = false }: Props<Row>) {
  return (
    <div className="table-frame" tabIndex={0} role="group" aria-label={caption}>
      <table className={old ? "old" : undefined} aria-busy={old}>
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ head }) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ head, cell }, index) =>
                index === 0 ? (
                  <th key={head} scope="row">
                    {cell(row)}
                  </th>
                ) : (
                  <td key={head}>{cell(row)}</td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
