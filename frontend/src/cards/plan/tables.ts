/** What the chart shows, as tables. */

import { html, nothing, type TemplateResult } from "lit";

import { meanWithin, pieceAt } from "../../charts/pieces";
import { type PlanView, runsOfView } from "./model";
import { type PlanWords, UNKNOWN } from "./words";

export function tables(view: PlanView, words: PlanWords): TemplateResult {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${words.text("table.show")}>
    ${times(view, words)} ${prices(view, words)}
  </div>`;
}

function times(view: PlanView, words: PlanWords): TemplateResult {
  const runs = runsOfView(view);
  if (runs.length === 0) return html`<p>${words.text("table.no_times")}</p>`;
  const names = new Map(view.lanes.map((lane) => [lane.key, lane.name]));
  return html`<table>
    <caption>${words.text("table.times")}</caption>
    <thead>
      <tr>
        <th scope="col">${words.text("table.time")}</th>
        <th scope="col">${words.text("table.vehicle")}</th>
        <th scope="col" class="number">${words.text("current")}</th>
        <th scope="col" class="number">${words.text("energy")}</th>
        <th scope="col" class="number">${words.text("cost")}</th>
        <th scope="col">${words.text("table.reason")}</th>
      </tr>
    </thead>
    <tbody>
      ${runs.map(
        (run) => html`<tr>
          <th scope="row">${words.span(run)}</th>
          <td>${names.get(run.lane)}</td>
          <td class="number">${words.amps(run)}</td>
          <td class="number">${words.energy(run.kwh)}</td>
          <td class="number">${words.cost(run.cost, view.currency)}</td>
          <td>${words.reason(run.reason, view.currency)}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}

/** Prices and sun; a new row begins where either changes. */
function prices(view: PlanView, words: PlanWords): TemplateResult | typeof nothing {
  const bounds = [...view.prices, ...view.sun].flatMap(({ start, end }) => [start, end]);
  const times = [...new Set(bounds)].sort((one, other) => one - other);
  if (times.length === 0) return nothing;
  const spans = times.slice(0, -1).map((start, index) => ({ start, end: times[index + 1]! }));
  const hasPrices = view.prices.length > 0;
  const hasSun = view.sun.length > 0;
  return html`<table>
    <caption>${words.text("table.prices")}</caption>
    <thead>
      <tr>
        <th scope="col">${words.text("table.time")}</th>
        ${hasPrices ? html`<th scope="col" class="number">${words.text("price")}</th>` : nothing}
        ${hasSun ? html`<th scope="col" class="number">${words.text("legend.sun")}</th>` : nothing}
      </tr>
    </thead>
    <tbody>
      ${spans.map((span) => {
        const price = pieceAt(view.prices, span.start);
        const sun = meanWithin(view.sun, span);
        return html`<tr>
          <th scope="row">${words.span(span)}</th>
          ${hasPrices ? html`<td class="number">${price ? words.price(price.value, view.currency) : UNKNOWN}</td>` : nothing}
          ${hasSun ? html`<td class="number">${sun === null ? UNKNOWN : words.power(sun)}</td>` : nothing}
        </tr>`;
      })}
    </tbody>
  </table>`;
}
