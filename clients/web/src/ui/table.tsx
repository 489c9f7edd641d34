// Tables: a row redraws when its own thing changes, and the table when rows come, go or are sorted anew.
import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";

export interface Column<T> {
  readonly title: string;
  readonly cell: (one: T) => ComponentChildren;
  readonly right?: boolean;
  /** Its title is for screen readers only. */
  readonly untitled?: boolean;
  /** Takes the room that is left. */
  readonly grow?: boolean;
  /** Not shown below so many pixels of the window. */
  readonly from?: 900 | 1200 | 1500;
  /** What rows are sorted by when its title is clicked. */
  readonly sort?: (one: T) => number | string;
}

interface TableProps<T> {
  label: string;
  columns: readonly Column<T>[];
  keys: readonly string[];
  row: (key: string) => ReadonlySignal<T | undefined>;
  /** Enter, or a click on a row, opens it. */
  open?: (key: string) => void;
  selected?: string | undefined;
}

interface Order {
  readonly column: number;
  readonly down: boolean;
}

export function Table<T>({ label, columns, keys, row, open, selected }: TableProps<T>) {
  const order = useSignal<Order | undefined>(undefined);
  const shown = sorted(keys, row, columns, order.value);
  return (
    <table class="table" aria-label={label}>
      <thead>
        <tr>
          {columns.map((column, number) => (
            <Title key={column.title} column={column} number={number} order={order} />
          ))}
        </tr>
      </thead>
      <tbody>
        {shown.map((key) => (
          <Row key={key} id={key} source={row(key)} columns={columns} open={open} selected={key === selected} />
        ))}
      </tbody>
    </table>
  );
}

/** The same of a list that is there as a whole. */
export function ListTable<T>(
  props: Omit<TableProps<T>, "keys" | "row"> & { list: readonly T[]; id: (one: T) => string },
) {
  const { list, id, ...rest } = props;
  const held = useMemo(() => new Map(list.map((one) => [id(one), { value: one, peek: () => one }])), [list]);
  const row = (key: string) => held.get(key) as unknown as ReadonlySignal<T | undefined>;
  return <Table {...rest} keys={[...held.keys()]} row={row} />;
}

function sorted<T>(
  keys: readonly string[],
  row: TableProps<T>["row"],
  columns: readonly Column<T>[],
  order: Order | undefined,
): readonly string[] {
  const by = order && columns[order.column]?.sort;
  if (!by) return keys;
  const sign = order.down ? -1 : 1;
  const values = new Map(keys.map((key) => [key, sortValue(row(key).value, by)]));
  return [...keys].sort((one, other) => sign * compare(values.get(one), values.get(other)));
}

const sortValue = <T,>(one: T | undefined, by: (one: T) => number | string) => (one === undefined ? "" : by(one));

function compare(one: number | string | undefined, other: number | string | undefined): number {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return String(one).localeCompare(String(other));
}

const classOf = (column: Column<never>): string =>
  [column.right && "right", column.grow && "grow", column.from && `from-${column.from}`].filter(Boolean).join(" ");

interface TitleProps<T> {
  column: Column<T>;
  number: number;
  order: { value: Order | undefined };
}

function Title<T>({ column, number, order }: TitleProps<T>) {
  const now = order.value?.column === number ? order.value : undefined;
  const next = () => {
    order.value = now ? (now.down ? { column: number, down: false } : undefined) : { column: number, down: true };
  };
  const sort = now && (now.down ? "descending" : "ascending");
  return (
    <th scope="col" class={classOf(column as Column<never>)} aria-sort={sort}>
      {column.sort ? (
        <button type="button" onClick={next}>
          {column.title}
          {now ? (now.down ? " ↓" : " ↑") : ""}
        </button>
      ) : (
        <span class={column.untitled ? "hidden" : undefined}>{column.title}</span>
      )}
    </th>
  );
}

interface RowProps<T> {
  id: string;
  source: ReadonlySignal<T | undefined>;
  columns: readonly Column<T>[];
  open: ((key: string) => void) | undefined;
  selected: boolean;
}

function Row<T>({ id, source, columns, open, selected }: RowProps<T>) {
  const one = source.value;
  if (one === undefined) return null;
  const cells = columns.map((column, number) => (
    <td key={column.title} class={classOf(column as Column<never>)}>
      {open && number === 0 ? (
        <button type="button" class="open" onClick={() => open(id)}>
          {column.cell(one)}
        </button>
      ) : (
        column.cell(one)
      )}
    </td>
  ));
  const click = open && ((event: MouseEvent) => !(event.target as Element).closest("button, a, input") && open(id));
  return (
    <tr class={open ? "opens" : undefined} aria-current={selected || undefined} onClick={click || undefined}>
      {cells}
    </tr>
  );
}
