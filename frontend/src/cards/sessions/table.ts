/** The table of a month's sessions. */

import { html, nothing, type TemplateResult } from "lit";

import { type Column, COLUMNS, type Money, type MonthView, type Row, type Sort } from "./model";
import { type SessionWords, UNKNOWN } from "./words";

export interface TableState {
  readonly view: MonthView;
  readonly words: SessionWords;
  readonly sort: Sort;
  /** The key of the row that is open. */
  readonly open: string | null;
  /** How many rows are shown; all if it is null. */
  readonly limit: number | null;
  readonly sortBy: (column: Column) => void;
  readonly toggle: (key: string) => void;
  readonly showAll: () => void;
  /** Returns the inside of the open row. */
  readonly details: (row: Row) => TemplateResult;
}

export function sessionsTable(state: TableState): TemplateResult {
  const { view, words, limit } = state;
  const rows = limit === null ? view.rows : view.rows.slice(0, limit);
  const hidden = view.rows.length - rows.length;
  return html`<table>
      <caption class="hidden">${words.text("caption", { month: words.month(view.month) })}</caption>
      <thead>
        <tr>${COLUMNS.map((column) => heading(state, column))}</tr>
      </thead>
      <tbody>
        ${rows.map((row) => bodyRow(state, row))}
      </tbody>
      ${total(state)}
    </table>
    ${
      hidden > 0
        ? html`<button type="button" class="plain" @click=${state.showAll}>
            ${words.text("show_all", { count: view.rows.length })}
          </button>`
        : nothing
    }
    ${view.total?.hasMore ? html`<p class="note">${words.text(view.rows.length > 0 ? "partly_kept" : "not_kept")}</p>` : nothing}`;
}

function heading({ words, sort, sortBy }: TableState, column: Column): TemplateResult {
  const isSorted = sort.column === column;
  const order = isSorted ? (sort.isDescending ? "descending" : "ascending") : "none";
  const sign = sort.isDescending ? "▼" : "▲";
  return html`<th scope="col" class=${column} aria-sort=${order}>
    <button type="button" @click=${() => sortBy(column)}>
      ${words.text(`column.${column}`)}${isSorted ? html`<span class="sign" aria-hidden="true">${sign}</span>` : nothing}
    </button>
  </th>`;
}

function bodyRow(state: TableState, row: Row): TemplateResult {
  const { words, open, toggle } = state;
  const isOpen = row.key === open;
  const who = [row.connector, row.vehicle].filter(Boolean).join(" · ");
  return html`<tr class=${isOpen ? "session open" : "session"} @click=${() => toggle(row.key)}>
      <th scope="row" class="started">
        <button
          type="button"
          aria-expanded=${isOpen ? "true" : "false"}
          @click=${(event: Event) => {
            event.stopPropagation();
            toggle(row.key);
          }}
        >
          ${words.dateTime(row.started)}
        </button>
        ${row.ended === null ? html`<span class="running">${words.text("running")}</span>` : nothing}
        <span class="who">${who}</span>
      </th>
      <td class="connector">${row.connector}${row.vehicle ? html`<span class="vehicle">${row.vehicle}</span>` : nothing}</td>
      <td class="energy">${words.energy(row.energy)}</td>
      <td class="sun">${words.percent(row.sun)}</td>
      <td class="cost">${words.money(row.cost, row.currency)}</td>
      <td class="average_price">${words.price(row.average_price, row.currency)}</td>
      <td class="at_once">${words.money(row.at_once, row.currency)}</td>
    </tr>
    ${isOpen ? html`<tr class="details"><td colspan=${COLUMNS.length}>${state.details(row)}</td></tr>` : nothing}`;
}

function total({ view, words }: TableState): TemplateResult | typeof nothing {
  const sum = view.total;
  if (sum === null) return nothing;
  const each = (show: (money: Money) => string): TemplateResult | string =>
    sum.money.length === 0 ? UNKNOWN : html`${sum.money.map((money) => html`<div>${show(money)}</div>`)}`;
  return html`<tfoot>
    <tr>
      <th scope="row" class="started">
        ${words.text("total")}
        <span class="who">${sum.hasMore ? nothing : words.text("count", { count: sum.count })}</span>
      </th>
      <td class="connector">${sum.hasMore ? nothing : words.text("count", { count: sum.count })}</td>
      <td class="energy">${words.energy(sum.energy)}</td>
      <td class="sun">${words.percent(sum.sun)}</td>
      <td class="cost">${each((money) => words.money(money.cost, money.currency))}</td>
      <td class="average_price">${each((money) => words.price(money.average_price, money.currency))}</td>
      <td class="at_once">${each((money) => words.money(money.at_once, money.currency))}</td>
    </tr>
  </tfoot>`;
}
