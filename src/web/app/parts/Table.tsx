/** A small table; the first column is text, the others numbers, with a bar where a share is given. */
import type { ReactNode } from 'react';

interface TableRow {
  readonly key: string;
  readonly cells: readonly ReactNode[];
  /** 0 to 1: drawn behind the first cell. */
  readonly share?: number | undefined;
}

interface TableProps {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
  readonly empty: string;
}

export function Table({ title, columns, rows, empty }: TableProps): ReactNode {
  return (
    <section className="card table-card" aria-label={title}>
      <h2>{title}</h2>
      {rows.length === 0 ? (
        <p className="dim">{empty}</p>
      ) : (
        <div className="scroll-x" tabIndex={0} role="group" aria-label={`${title}, table`}>
          <table>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.key}>
                  {row.cells.map((cell, index) => (
                    <td key={columns[index]}>
                      {index === 0 && row.share !== undefined ? <Bar share={row.share} /> : null}
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Bar({ share }: { readonly share: number }): ReactNode {
  return (
    <span
      className="cell-bar"
      style={{ width: `${Math.max(0, Math.min(1, share)) * 100}%` }}
      aria-hidden="true"
    />
  );
}
