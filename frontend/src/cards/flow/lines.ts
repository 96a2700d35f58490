/** The lines between what gives and what takes power: each leads to a bar in the middle. */

import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";
import { styleMap } from "lit/directives/style-map.js";
import { at } from "../../charts/paths";
import type { FlowNode, FlowView } from "./model";

/** The height of a row and the width of the lines, in px. */
export const ROW = 76;
export const WIDTH = 72;

const MIDDLE = WIDTH / 2;
const ARROW = 5;

/** A line from the left edge to the bar, or from the bar to the right edge. */
export interface Line {
  readonly node: FlowNode;
  readonly x: number;
  readonly y: number;
  /** Whether the power goes to the right. */
  readonly toRight: boolean;
}

/** Returns the number of rows of a picture. */
export function rowsOf(view: FlowView): number {
  return Math.max(view.sources.length, view.consumers.length, 1);
}

/** Returns the lines of a picture; the fewer ones of a side are in the middle of its height. */
export function linesOf(view: FlowView): Line[] {
  const rows = rowsOf(view);
  const side = (nodes: readonly FlowNode[], x: number, isLeft: boolean): Line[] =>
    nodes.map((node, index) => ({
      node,
      x,
      y: ((rows - nodes.length) / 2 + index + 0.5) * ROW,
      toRight: (node.way === "to") === isLeft,
    }));
  return [...side(view.sources, 0, true), ...side(view.consumers, MIDDLE, false)];
}

/** Returns how thick a line is, in px: a little more for a lot more power. */
export function thickness(watts: number): number {
  return watts < 500 ? 2 : watts < 2_000 ? 3 : watts < 6_000 ? 4 : 5;
}

/** Returns how long a dot takes along a line, in s. Few steps, so that it does not begin anew at each change. */
export function seconds(watts: number): number {
  return watts < 500 ? 3 : watts < 2_000 ? 2.2 : watts < 6_000 ? 1.6 : 1.1;
}

/** Returns the picture of the lines; what it shows is in the texts beside it, too. */
export function picture(view: FlowView): TemplateResult {
  const lines = linesOf(view);
  const ys = lines.map(({ y }) => y);
  const height = rowsOf(view) * ROW;
  return html`<div class="lines" aria-hidden="true">
    <svg viewBox="0 0 ${WIDTH} ${height}" width=${WIDTH} height=${height}>
      ${lines.map(drawn)}
      <path class="bar" d="M${MIDDLE},${at(Math.min(...ys) - 4)}V${at(Math.max(...ys) + 4)}" />
    </svg>
    ${lines.map(dot)}
  </div>`;
}

function drawn({ node, x, y, toRight }: Line): SVGTemplateResult {
  const flows = node.way === "to" || node.way === "from";
  const width = flows ? thickness(node.watts ?? 0) : 1;
  return svg`<g class="line ${node.kind} ${node.way}">
    <path d="M${x},${at(y)}h${MIDDLE}" stroke-width=${width}></path>
    ${flows ? svg`<path class="arrow" d=${arrow(x + MIDDLE / 2, y, toRight, width)}></path>` : nothing}
  </g>`;
}

function arrow(x: number, y: number, toRight: boolean, width: number): string {
  const size = ARROW + width / 2;
  const sign = toRight ? 1 : -1;
  return `M${at(x + sign * size)},${at(y)}l${at(-2 * sign * size)},${at(size)}v${at(-2 * size)}Z`;
}

/** Returns a dot that moves along a line: by a transformation alone, which costs a tablet on the wall next to nothing. */
function dot({ node, x, y, toRight }: Line): TemplateResult | typeof nothing {
  if (node.way !== "to" && node.way !== "from") return nothing;
  const places = {
    left: `${x}px`,
    top: `${at(y)}px`,
    "--from": `${toRight ? 0 : MIDDLE}px`,
    "--to": `${toRight ? MIDDLE : 0}px`,
    "animation-duration": `${seconds(node.watts ?? 0)}s`,
  };
  return html`<span class="dot ${node.kind} ${node.way}" style=${styleMap(places)}></span>`;
}
