/** The picture of a plan: prices, sun, planned and charged times. It says nothing that the words and the table do not. */

import { nothing, svg, type SVGTemplateResult } from "lit";

import { stepArea, stepLine } from "../../charts/paths";
import { type Piece, within } from "../../charts/pieces";
import { linear } from "../../charts/scale";
import type { LanePlace, Layout, Panel } from "./layout";
import { type Lane, type PlannedRun, type PlanView, runsOfView, timeTicks } from "./model";
import type { PlanWords } from "./words";

/** So many patterns differ; further lanes begin again. */
export const PATTERNS = 6;

export interface ChartState {
  readonly view: PlanView;
  readonly layout: Layout;
  readonly words: PlanWords;
  readonly timeZone: string;
  readonly selected: string | null;
  /** The instant that was chosen in the curves. */
  readonly cursor: number | null;
}

/** Returns the inside of the SVG. */
export function chart(state: ChartState): SVGTemplateResult {
  const { view, layout } = state;
  return svg`
    <defs>${Array.from({ length: Math.min(PATTERNS, view.lanes.length) }, (_, index) => pattern(index))}</defs>
    ${grid(state)}
    ${layout.prices ? pricePanel(state, layout.prices) : nothing}
    ${layout.sun ? sunPanel(state, layout.sun) : nothing}
    ${view.lanes.map((lane, index) => laneOf(state, lane, layout.lanes[index]!, index % PATTERNS))}
    ${nowLine(state)}
    ${state.cursor === null ? nothing : line("cursor", layout.x(state.cursor), 0, layout.axis)}`;
}

/** Stripes in another direction, or dots: lanes differ without their colours. */
function pattern(index: number): SVGTemplateResult {
  const turn = [45, -45, 0, 90, 20, 0][index]!;
  return svg`<pattern id="lane-${index}" class="lane-${index}" width="7" height="7" patternUnits="userSpaceOnUse"
      patternTransform="rotate(${turn})">
    <rect class="ground" width="7" height="7"></rect>
    ${index === 5 ? svg`<circle class="mark" cx="3.5" cy="3.5" r="1.6"></circle>` : svg`<rect class="mark" width="2.2" height="7"></rect>`}
  </pattern>`;
}

function line(name: string, x: number, top: number, bottom: number): SVGTemplateResult {
  return svg`<line class=${name} x1=${x} x2=${x} y1=${top} y2=${bottom}></line>`;
}

function grid({ view, layout, words, timeZone }: ChartState): SVGTemplateResult {
  const ticks = timeTicks(view.span, timeZone, layout.right - layout.left);
  return svg`${ticks.map((tick) => {
    const x = layout.x(tick.at);
    return svg`
      ${line(tick.isDay ? "day" : "hour", x, 0, layout.axis)}
      <text class="tick" x=${x} y=${layout.axis + 14} text-anchor="middle">${words.time(tick.at)}</text>
      ${
        tick.isDay || tick === ticks[0]
          ? svg`<text class="tick weekday" x=${x} y=${layout.axis + 28} text-anchor="middle">${words.weekday(tick.at)}</text>`
          : nothing
      }`;
  })}
  <line class="axis" x1=${layout.left} x2=${layout.right} y1=${layout.axis} y2=${layout.axis}></line>`;
}

function pricePanel({ view, layout, words }: ChartState, panel: Panel): SVGTemplateResult {
  const zero = panel.y(0);
  const planned = plannedPieces(view);
  const digits = panel.axis.ticks.every((tick) => Number.isInteger(tick)) ? 0 : 2;
  return svg`
    ${panel.axis.ticks.map(
      (tick) => svg`
        <line class=${tick === 0 ? "zero" : "level"} x1=${layout.left} x2=${layout.right} y1=${panel.y(tick)} y2=${panel.y(tick)}></line>
        <text class="tick" x=${layout.left - 6} y=${panel.y(tick) + 4} text-anchor="end">${words.number(tick, digits)}</text>`,
    )}
    <path class="price-area" d=${stepArea(view.prices, layout.x, panel.y, zero)}></path>
    <path class="price-planned" d=${stepArea(planned, layout.x, panel.y, zero)}></path>
    <path class="price-line" d=${stepLine(view.prices, layout.x, panel.y)}></path>`;
}

/** Returns the prices at which a vehicle is planned to charge. */
function plannedPieces(view: PlanView): Piece[] {
  const pieces: Piece[] = [];
  let end = -Infinity;
  for (const run of runsOfView(view)) {
    pieces.push(...within(view.prices, { start: Math.max(run.start, end), end: run.end }));
    end = Math.max(end, run.end);
  }
  return pieces;
}

function sunPanel({ view, layout, words }: ChartState, panel: Panel): SVGTemplateResult {
  const { maximum } = panel.axis;
  return svg`
    <text class="tick" x=${layout.left - 6} y=${panel.top + 8} text-anchor="end">${words.number(maximum / 1000, 1)}</text>
    <path class="sun-area" d=${stepArea(view.sun, layout.x, panel.y, panel.bottom)}></path>
    <line class="zero" x1=${layout.left} x2=${layout.right} y1=${panel.bottom} y2=${panel.bottom}></line>`;
}

function laneOf(state: ChartState, lane: Lane, place: LanePlace, color: number): SVGTemplateResult {
  const { layout } = state;
  const bottom = place.top + place.height;
  const strongest = Math.max(1, ...lane.charged.map((piece) => piece.value));
  const height = linear([0, strongest], [bottom, place.top + 4]);
  return svg`<g class="lane-${color}">
    <line class="level" x1=${layout.left} x2=${layout.right} y1=${bottom} y2=${bottom}></line>
    <path class="charged" d=${stepArea(lane.charged, layout.x, height, bottom)}></path>
    ${lane.runs.map((run) => runOf(state, run, place, color))}
    ${lane.ready.map((mark) => readyMark(state, mark.at, mark.isReached, place))}
  </g>`;
}

function runOf({ layout, words, selected }: ChartState, run: PlannedRun, place: LanePlace, color: number): SVGTemplateResult {
  const x = Math.max(layout.left, layout.x(run.start));
  const width = Math.max(2, Math.min(layout.right, layout.x(run.end)) - x);
  const state = `${run.known ? "" : " estimated"}${run.id === selected ? " selected" : ""}`;
  return svg`
    <rect class=${`run${state}`} x=${x} y=${place.top} width=${width} height=${place.height} rx="3"
      fill=${`url(#lane-${color})`}></rect>
    ${
      width > 52
        ? svg`<text class="amps" x=${x + width / 2} y=${place.top + place.height / 2 + 4} text-anchor="middle">${words.amps(run)}</text>`
        : nothing
    }`;
}

/** A flag at the time by which a vehicle has to be ready, a cross if it will not be. */
function readyMark({ layout }: ChartState, at: number, isReached: boolean, place: LanePlace): SVGTemplateResult {
  const x = layout.x(at);
  const side = layout.right - x < 12 ? -1 : 1;
  const { top } = place;
  const sign = isReached ? `M${x},${top}l${side * 9},4l${-side * 9},4Z` : `M${x - 4},${top}l8,8m0,-8l-8,8`;
  return svg`<g class=${isReached ? "ready" : "ready late"}>
    ${line("pole", x, top, top + place.height)}
    <path d=${sign}></path>
  </g>`;
}

function nowLine({ view, layout, words }: ChartState): SVGTemplateResult {
  const x = layout.x(view.now);
  const isRight = layout.right - x < 40;
  return svg`
    ${line("now", x, 0, layout.axis)}
    <text class="now-label" x=${x + (isRight ? -4 : 4)} y="9" text-anchor=${isRight ? "end" : "start"}>${words.text("now")}</text>`;
}
