/** The parts of a connector's card that only show something. */

import { html, nothing, svg, type TemplateResult } from "lit";
import { GAUGE_HEIGHT, GAUGE_STROKE, GAUGE_WIDTH } from "./gauge";
import type { Fact, GaugeView, VehicleView } from "./view";

/** Returns the vehicle's name, and its level as a bar with a line where it is to end. */
export function vehiclePart(vehicle: VehicleView | null): TemplateResult | typeof nothing {
  if (vehicle === null) return nothing;
  return html`<div class="vehicle">
    <span class="vehicle-name">${vehicle.name}</span>
    ${vehicle.words === null ? nothing : html`<span class="level">${levelBar(vehicle)}${vehicle.words}</span>`}
  </div>`;
}

function levelBar({ level, target }: VehicleView): TemplateResult {
  const width = 100 * Math.min(Math.max(level ?? 0, 0), 1);
  return html`<svg class="battery" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
    <rect class="track" width="100" height="10" rx="2"></rect>
    <rect class="filled" width=${width} height="10" rx="2"></rect>
    ${target === null || target >= 1
      ? nothing
      : svg`<line class="target" x1=${100 * target} x2=${100 * target} y1="0" y2="10"></line>`}
  </svg>`;
}

/** Returns the gauge of drawn, offered and limit. */
export function gaugePart(gauge: GaugeView | null): TemplateResult | typeof nothing {
  if (gauge === null) return nothing;
  const { track, offered, drawn, limit } = gauge.shapes;
  return html`<div class="gauge">
    <svg viewBox="0 0 ${GAUGE_WIDTH} ${GAUGE_HEIGHT}" role="img" aria-label=${gauge.words}>
      <path class="track" d=${track} stroke-width=${GAUGE_STROKE}></path>
      ${gaugeArc("offered", track, offered)} ${gaugeArc("drawn", track, drawn)}
      ${limit === null
        ? nothing
        : svg`<line class="limit" x1=${limit.x1} y1=${limit.y1} x2=${limit.x2} y2=${limit.y2}></line>`}
      <text class="amps" x="100" y="76" text-anchor="middle">${gauge.drawn}</text>
      <text class="power" x="100" y="98" text-anchor="middle">${gauge.power ?? ""}</text>
    </svg>
    <div class="legend" aria-hidden="true">
      ${gauge.facts.map(
        ({ label, value }, index) =>
          html`<span><i class=${index === 0 ? "offered" : "limit"}></i>${label} <b>${value}</b></span>`,
      )}
    </div>
  </div>`;
}

/** Returns a share of the track; as a dash it grows along the track when it changes. */
function gaugeArc(name: string, track: string, share: number): TemplateResult {
  return svg`<path
    class=${name}
    d=${track}
    pathLength="100"
    stroke-dasharray="${100 * share} 200"
    stroke-width=${GAUGE_STROKE}
  ></path>`;
}

/** Returns the facts of a session. */
export function factsPart(facts: readonly Fact[]): TemplateResult | typeof nothing {
  if (facts.length === 0) return nothing;
  return html`<dl class="facts">
    ${facts.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}
  </dl>`;
}
