/** One session: what is known of it beside its row, and its curve. */

import { html, nothing, type TemplateResult } from "lit";

import type { Curve } from "./curve";
import { curveChart } from "./curve-chart";
import type { Row } from "./model";
import type { SessionWords } from "./words";

/** `no_sensor`: the power sensor of its connector is disabled, or gone. */
export type CurveState = Curve | "loading" | "failed" | "no_sensor";

export interface DetailsState {
  readonly row: Row;
  readonly words: SessionWords;
  readonly curve: CurveState;
  readonly width: number;
  readonly timeZone: string;
  readonly now: number;
  readonly retry: () => void;
}

export function sessionDetails(state: DetailsState): TemplateResult {
  return html`<div class="inside">${facts(state.row, state.words)} ${curveOf(state)}</div>`;
}

function facts(row: Row, words: SessionWords): TemplateResult {
  const { data } = row;
  const entry = (key: string, value: string): TemplateResult =>
    html`<div><dt>${words.text(key)}</dt><dd>${value}</dd></div>`;
  return html`<dl>
    ${row.average_price === null ? nothing : entry("column.average_price", words.price(row.average_price, row.currency))}
    ${row.at_once === null ? nothing : entry("column.at_once", words.money(row.at_once, row.currency))}
    ${row.at_once === null || row.cost === null ? nothing : saved(row.at_once - row.cost, row, words)}
    ${
      data === null
        ? nothing
        : html`
            ${entry("ended", words.dateTime(row.ended!))}
            ${data.end === null ? nothing : entry("end_reason", words.text(`end.${data.end}`))}
            ${entry("charging_time", words.minutes(data.charging_minutes))}
            ${data.charging_minutes > 0 ? entry("average_power", words.power((60_000 * data.energy_kwh) / data.charging_minutes)) : nothing}
            ${entry("peak", words.amps(data.peak_amps))}
            ${data.green_percent === null ? nothing : entry("from_sun", words.energy(data.green_kwh))}
            ${data.battery_kwh > 0 ? entry("from_battery", words.energy(data.battery_kwh)) : nothing}
            ${data.grid_kwh > 0 ? entry("from_grid", words.energy(data.grid_kwh)) : nothing}
            ${data.unknown_kwh > 0 ? entry("from_unknown", words.energy(data.unknown_kwh)) : nothing}
            ${data.priced_percent !== null && data.priced_percent < 100 && data.cost !== null ? entry("priced", words.percent(data.priced_percent)) : nothing}
            ${data.price_source ? entry("price_source", data.price_source) : nothing}
          `
    }
  </dl>`;
}

/** What waiting has saved, or has cost more. */
function saved(amount: number, row: Row, words: SessionWords): TemplateResult | typeof nothing {
  if (Math.abs(amount) < 0.005) return nothing;
  return html`<div>
    <dt>${words.text(amount > 0 ? "saved" : "dearer")}</dt>
    <dd>${words.money(Math.abs(amount), row.currency)}</dd>
  </div>`;
}

function curveOf({ row, words, curve, width, timeZone, now, retry }: DetailsState): TemplateResult {
  if (curve === "loading") return html`<p class="note" role="status">${words.text("curve.loading")}</p>`;
  if (curve === "no_sensor") return html`<p class="note">${words.text("curve.no_sensor")}</p>`;
  if (curve === "failed") {
    return html`<p class="note" role="alert">
      ${words.text("curve.failed")}
      <button type="button" class="plain" @click=${retry}>${words.text("retry")}</button>
    </p>`;
  }
  if (curve.pieces.length === 0) return html`<p class="note">${words.text("curve.none")}</p>`;
  const span = {
    start: Math.min(row.started, curve.pieces[0]!.start),
    end: Math.max(row.ended ?? now, curve.pieces.at(-1)!.end),
  };
  const maximum = Math.max(...curve.pieces.map((piece) => piece.value));
  const chart = curveChart(curve.pieces, span, {
    width,
    timeZone,
    label: words.text("curve.label", {
      start: words.time(span.start),
      end: words.time(span.end),
      maximum: words.power(maximum),
    }),
    time: (at) => words.time(at),
    number: (value, digits) => words.number(value, digits),
  });
  return html`<div class="curve">${chart}</div>
    ${curve.isHourly ? html`<p class="note">${words.text("curve.hourly")}</p>` : nothing}`;
}
