/** A year of the sessions card: the sums of its months, each of which leads to its sessions. */

import { html, type TemplateResult } from "lit";

import type { MonthData } from "./data";
import { type Money, type Total, totalOf } from "./model";
import { type SessionWords, UNKNOWN } from "./words";

export interface YearView {
  readonly year: string;
  /** The months with sessions, the last one first. */
  readonly months: readonly { readonly month: string; readonly total: Total }[];
  readonly total: Total | null;
}

/** Returns the years with sessions, and the present one, the first one first. */
export function yearsOf(months: readonly string[]): string[] {
  return [...new Set(months.map((month) => month.slice(0, 4)))].sort();
}

/** Returns the sums of the months of a year, and of all of it. */
export function yearView(year: string, sums: readonly MonthData[]): YearView {
  const own = sums.filter(({ month }) => month.startsWith(`${year}-`));
  const months = [...new Set(own.map(({ month }) => month))].sort().reverse();
  return {
    year,
    months: months.map((month) => ({ month, total: sumOf(own.filter((sum) => sum.month === month))! })),
    total: sumOf(own),
  };
}

function sumOf(sums: readonly MonthData[]): Total | null {
  // How many sessions there were is not kept with the sums.
  return totalOf(sums, 0, true);
}

/** Returns the table of a year with sessions; `show` is called with the month that is to be shown. */
export function yearTable(view: YearView & { total: Total }, words: SessionWords, show: (month: string) => void): TemplateResult {
  const columns = ["month", "energy", "sun", "cost", "average_price"];
  return html`<table>
    <caption class="hidden">${words.text("caption", { month: view.year })}</caption>
    <thead>
      <tr>
        ${columns.map((column) => html`<th scope="col" class=${classOf(column)}>${words.text(`column.${column}`)}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${view.months.map(
        ({ month, total }) => html`<tr class="session" @click=${() => show(month)}>
          <th scope="row" class="started"><button type="button">${words.month(month)}</button></th>
          ${cells(total, words)}
        </tr>`,
      )}
    </tbody>
    <tfoot>
      <tr>
        <th scope="row" class="started">${words.text("total")}</th>
        ${cells(view.total, words)}
      </tr>
    </tfoot>
  </table>`;
}

/** Months stand where sessions have their start. */
function classOf(column: string): string {
  return column === "month" ? "started" : column;
}

function cells(total: Total, words: SessionWords): TemplateResult {
  const each = (show: (money: Money) => string): TemplateResult | string =>
    total.money.length === 0 ? UNKNOWN : html`${total.money.map((money) => html`<div>${show(money)}</div>`)}`;
  return html`<td class="energy">${words.energy(total.energy)}</td>
    <td class="sun">${words.percent(total.sun)}</td>
    <td class="cost">${each((money) => words.money(money.cost, money.currency))}</td>
    <td class="average_price">${each((money) => words.price(money.average_price, money.currency))}</td>`;
}
