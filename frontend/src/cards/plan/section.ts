/** The part of the plan card for one bus: what is said, the chart with its controls, the details, the tables. */

import { html, nothing, svg, type TemplateResult } from "lit";

import { meanWithin, pieceAt } from "../../charts/pieces";
import { chart } from "./chart";
import { type Layout, layoutOf, nearest } from "./layout";
import { type Lane, type PlannedRun, type PlanView, runsOfView, type ShownPlan } from "./model";
import { tables } from "./tables";
import type { PlanWords } from "./words";

const QUARTER = 15 * 60_000;
const HOUR = 4 * QUARTER;

export interface SectionState {
  readonly view: PlanView;
  readonly words: PlanWords;
  readonly hasTitle: boolean;
  readonly timeZone: string;
  readonly available: number;
  readonly selected: string | null;
  readonly cursor: number | null;
  readonly hasTables: boolean;
  readonly select: (id: string | null) => void;
  readonly point: (at: number | null) => void;
  readonly showTables: (isOpen: boolean) => void;
  readonly focus: (id: string) => void;
}

export function planSection(state: SectionState): TemplateResult {
  const { view, words } = state;
  const isEmpty = view.prices.length + view.sun.length + view.lanes.length === 0;
  return html`<section>
    ${state.hasTitle ? html`<h3>${view.title}</h3>` : nothing} ${notices(state)} ${plans(state)}
    ${
      isEmpty
        ? nothing
        : html`${legend(state)} ${chartWithControls(state)} ${details(state)}
            <details .open=${state.hasTables} @toggle=${(event: Event) => state.showTables((event.target as HTMLDetailsElement).open)}>
              <summary>${words.text("table.show")}</summary>
              ${state.hasTables ? tables(view, words) : nothing}
            </details>`
    }
  </section>`;
}

const QUIET = new Set(["no_forecast", "unpublished", "no_plans"]);

function notices({ view, words }: SectionState): TemplateResult | typeof nothing {
  if (view.notices.length === 0) return nothing;
  return html`<ul class="notices">
    ${view.notices.map(
      (notice) => html`<li class=${QUIET.has(notice.kind) ? "" : "strong"}>${words.notice(notice)}</li>`,
    )}
  </ul>`;
}

function plans({ view, words }: SectionState): TemplateResult | typeof nothing {
  if (view.plans.length === 0) return nothing;
  return html`<ul class="plans">
    ${view.plans.map((plan) => planLine(plan, words))}
  </ul>`;
}

function planLine(plan: ShownPlan, words: PlanWords): TemplateResult {
  const lack = words.lack(plan);
  const rest = words.rest(plan);
  const assumed = plan.state === "off" ? [] : plan.assumed;
  return html`<li>
    <strong>${plan.name}</strong>
    ${plan.whose === null ? nothing : html`<span class="whose">${plan.whose}</span>`}
    <span>${words.goal(plan)}</span>
    <span class="state">${words.text(`state.${plan.state}`)}</span>
    ${lack === null ? nothing : html`<span class="lack">${lack}</span>`}
    ${rest === null ? nothing : html`<span class="line">${rest}</span>`}
    ${assumed.map((doubt) => html`<span class="line">${words.text(`assumed.${doubt}`)}</span>`)}
  </li>`;
}

function legend({ view, words }: SectionState): TemplateResult {
  const entry = (color: string, text: string): TemplateResult => html`<span style=${`--swatch: ${color}`}>${text}</span>`;
  return html`<div class="legend">
    ${
      view.prices.length > 0
        ? entry("var(--energy-grid-consumption-color, #488fc2)", words.text("legend.price", { unit: words.priceUnit(view.currency) }))
        : nothing
    }
    ${view.sun.length > 0 ? entry("var(--energy-solar-color, #ff9800)", words.text("legend.sun")) : nothing}
  </div>`;
}

function chartWithControls(state: SectionState): TemplateResult {
  const { view, words, timeZone, selected, cursor } = state;
  const layout = layoutOf(view, state.available);
  const inside = svg`${chart({ view, layout, words, timeZone, selected, cursor })}`;
  return html`<div class="chart" style=${`height: ${layout.height}px`}>
    <svg aria-hidden="true" width=${layout.width} height=${layout.height}>${inside}</svg>
    ${curves(state, layout)} ${view.lanes.map((lane, index) => laneControls(state, layout, lane, index))}
  </div>`;
}

/** The curves as a slider over time: one stop for the keyboard, whatever the number of prices. */
function curves(state: SectionState, layout: Layout): TemplateResult | typeof nothing {
  const { view, words } = state;
  const panels = [layout.prices, layout.sun].filter((panel) => panel !== null);
  if (panels.length === 0) return nothing;
  const at = state.cursor ?? view.now;
  const top = panels[0]!.top;
  const height = panels.at(-1)!.bottom - top;
  const point = (instant: number): void =>
    state.point(Math.min(Math.max(instant, view.span.start), view.span.end - 1));
  return html`<div
    class="curves"
    role="slider"
    tabindex="0"
    style=${`left: ${layout.left}px; width: ${layout.right - layout.left}px; top: ${top}px; height: ${height}px`}
    aria-label=${words.text("slider")}
    aria-valuemin=${view.span.start}
    aria-valuemax=${view.span.end}
    aria-valuenow=${at}
    aria-valuetext=${instantText(state, at)}
    @click=${(event: MouseEvent) => point(layout.instant(layout.left + event.offsetX))}
    @keydown=${(event: KeyboardEvent) => {
      const target = instantAfter(event.key, at, view);
      if (target === undefined) return;
      event.preventDefault();
      if (target === null) state.point(null);
      else point(target);
    }}
  ></div>`;
}

/** Returns where a key moves the cursor; null to none, undefined if it does nothing. */
function instantAfter(key: string, at: number, { span }: PlanView): number | null | undefined {
  const hour = Math.floor(at / HOUR) * HOUR;
  const targets: Record<string, number | null> = {
    ArrowRight: Math.floor(at / QUARTER) * QUARTER + QUARTER,
    ArrowUp: Math.floor(at / QUARTER) * QUARTER + QUARTER,
    ArrowLeft: Math.ceil(at / QUARTER) * QUARTER - QUARTER,
    ArrowDown: Math.ceil(at / QUARTER) * QUARTER - QUARTER,
    PageUp: hour + 3 * HOUR,
    PageDown: hour - 3 * HOUR,
    Home: span.start,
    End: span.end - QUARTER,
    Escape: null,
  };
  return targets[key];
}

/** Returns price, sun and planned vehicles of an instant. */
function instantText({ view, words }: SectionState, at: number): string {
  const price = pieceAt(view.prices, at);
  const sun = pieceAt(view.sun, at);
  const planned = view.lanes.flatMap((lane) =>
    lane.runs.filter((run) => run.start <= at && at < run.end).map((run) => `${lane.name} ${words.amps(run)}`),
  );
  return [
    words.dayTime(at),
    price ? words.price(price.value, view.currency) : view.prices.length > 0 ? words.text("price_unknown") : "",
    sun && sun.value > 0 ? words.text("sun_expected", { power: words.power(sun.value) }) : "",
    ...planned,
  ]
    .filter(Boolean)
    .join(" · ");
}

function laneControls(state: SectionState, layout: Layout, lane: Lane, index: number): TemplateResult {
  const { view, words } = state;
  const { label, top, height } = layout.lanes[index]!;
  const width = layout.right - layout.left;
  const chosen = lane.runs.find((run) => run.id === state.selected) ?? lane.runs[0];
  const ready = lane.ready.map((mark) => words.dayTime(mark.at)).join(", ");
  const note = [lane.place, ready && words.text("ready_by", { time: ready })];
  return html`
    <div class="lane-name" style=${`left: 0; top: ${label}px`}>
      ${lane.name} <small>${note.filter(Boolean).join(" · ")}</small>
    </div>
    <div
      class="lane"
      role="group"
      aria-label=${words.text("lane", { name: lane.name })}
      style=${`left: ${layout.left}px; width: ${width}px; top: ${top}px; height: ${height}px`}
      @click=${(event: MouseEvent) => {
        // The keyboard and screen readers click the buttons, fingers the lane: some times are narrower than a finger.
        if (event.target !== event.currentTarget) return;
        const run = nearest(lane.runs, layout.instant(layout.left + event.offsetX));
        if (run !== undefined) toggle(state, run);
      }}
      @keydown=${(event: KeyboardEvent) => moveFocus(event, state, index)}
    >
      ${lane.runs.map((run) => {
        const left = Math.max(0, layout.x(run.start) - layout.left);
        const right = Math.min(width, layout.x(run.end) - layout.left);
        return html`<button
          type="button"
          data-run=${run.id}
          tabindex=${run === chosen ? 0 : -1}
          aria-pressed=${run.id === state.selected ? "true" : "false"}
          aria-label=${words.run(run, lane, view.currency)}
          style=${`left: ${left}px; width: ${Math.max(2, right - left)}px`}
          @click=${() => toggle(state, run)}
        ></button>`;
      })}
    </div>
  `;
}

function toggle(state: SectionState, run: PlannedRun): void {
  state.select(state.selected === run.id ? null : run.id);
}

/** Moves between the planned times of a lane, and to the nearest one of another lane. */
function moveFocus(event: KeyboardEvent, state: SectionState, index: number): void {
  const { lanes } = state.view;
  const id = (event.target as HTMLElement).dataset["run"];
  const runs = lanes[index]!.runs;
  const position = runs.findIndex((run) => run.id === id);
  const current = runs[position];
  if (event.key === "Escape") state.select(null);
  if (current === undefined) return;
  const other = (step: number): PlannedRun | undefined => nearest(lanes[index + step]?.runs ?? [], current.start);
  const targets: Record<string, PlannedRun | undefined> = {
    ArrowRight: runs[position + 1],
    ArrowLeft: runs[position - 1],
    ArrowDown: other(1),
    ArrowUp: other(-1),
    Home: runs[0],
    End: runs.at(-1),
  };
  const target = targets[event.key];
  if (target === undefined) return;
  event.preventDefault();
  state.select(target.id);
  state.focus(target.id);
}

function details(state: SectionState): TemplateResult {
  const { view, words } = state;
  const run = runsOfView(view).find((item) => item.id === state.selected);
  const inside =
    run !== undefined
      ? runDetails(state, run)
      : state.cursor !== null
        ? html`<p>${instantText(state, state.cursor)}</p>`
        : html`<p class="hint">${words.text("hint")}</p>`;
  return html`<div class="details" aria-live="polite">${inside}</div>`;
}

function runDetails({ view, words }: SectionState, run: PlannedRun): TemplateResult {
  const { currency } = view;
  const lane = view.lanes.find((item) => item.key === run.lane);
  const grid = meanWithin(view.prices, run);
  const entry = (key: string, value: string): TemplateResult =>
    html`<div><dt>${words.text(key)}</dt><dd>${value}</dd></div>`;
  return html`
    <h3>${lane?.name}: ${words.span(run)}</h3>
    <p>${words.reason(run.reason, currency)}</p>
    <dl>
      ${entry("current", words.amps(run))} ${entry("energy", words.energy(run.kwh))}
      ${entry(run.known ? "cost" : "cost_estimated", words.cost(run.cost, currency))}
      ${run.price === null ? nothing : entry("average_price", words.price(run.price, currency))}
      ${grid === null ? nothing : entry("grid_price", words.price(grid, currency))} ${entry("plan", run.planName)}
    </dl>
  `;
}
