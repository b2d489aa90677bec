import type { DataTableBlock, TableBlock } from '@slack/types';
import { RichText } from './rich-text.tsx';
import { Unknown } from './unknown-block.tsx';

type Cell = TableBlock['rows'][number][number];

function CellView({ cell }: { cell: Cell }) {
  switch (cell.type) {
    case 'raw_text':
    case 'raw_number':
      return <>{cell.text}</>;
    case 'rich_text':
      return <RichText block={cell} />;
    default:
      return <Unknown what="cell" type={String((cell as { type?: unknown }).type)} />;
  }
}

/** The first row heads the columns, as Slack shows it. */
export function Table({ block }: { block: TableBlock | DataTableBlock }) {
  const settings = block.type === 'table' ? (block.column_settings ?? []) : [];
  const [head = [], ...rows] = block.rows;
  const look = (column: number, cell: Cell) =>
    `align-${settings[column]?.align ?? (cell.type === 'raw_number' ? 'right' : 'left')} ${settings[column]?.is_wrapped ? 'is-wrapped' : ''}`;
  return (
    <div class="table-scroll">
      <table>
        {block.type === 'data_table' ? <caption>{block.caption}</caption> : null}
        <thead>
          <tr>
            {head.map((cell, column) => (
              <th key={column} scope="col" class={look(column, cell)}>
                <CellView cell={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column} class={look(column, cell)}>
                  <CellView cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
