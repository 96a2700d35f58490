/** The picture of a session's power. */

import { html, svg, type TemplateResult } from "lit";

import { hourTicks } from "../../charts/local-time";
import { stepArea, stepLine } from "../../charts/paths";
import type { Piece, Span } from "../../charts/pieces";
import { axisFor, linear } from "../../charts/scale";

const LEFT = 40;
const RIGHT = 12;
const TOP = 10;
const HEIGHT = 110;
const AXIS_HEIGHT = 22;
const HOUR = 3_600_000;

export interface CurveOptions {
  readonly width: number;
  readonly timeZone: string;
  /** What a person who does not see it is told. */
  readonly label: string;
  readonly time: (at: number) => string;
  readonly number: (value: number, digits: number) => string;
}

/** Returns a curve of W over a span as kW. */
export function curveChart(pieces: readonly Piece[], span: Span, options: CurveOptions): TemplateResult {
  const width = Math.max(200, options.width);
  const bottom = TOP + HEIGHT;
  const kilowatts = pieces.map((piece) => ({ ...piece, value: piece.value / 1000 }));
  const axis = axisFor(kilowatts.map((piece) => piece.value), 3);
  const x = linear([span.start, span.end], [LEFT, width - RIGHT]);
  const y = linear([axis.minimum, axis.maximum], [bottom, TOP]);
  const digits = axis.ticks.every(Number.isInteger) ? 0 : 1;
  return html`<svg role="img" aria-label=${options.label} width=${width} height=${bottom + AXIS_HEIGHT}>
    ${axis.ticks.map(
      (tick) => svg`
        <line class="level" x1=${LEFT} x2=${width - RIGHT} y1=${y(tick)} y2=${y(tick)}></line>
        <text x=${LEFT - 6} y=${y(tick) + 4} text-anchor="end">${options.number(tick, digits)}</text>`,
    )}
    <text x=${LEFT + 4} y="9">kW</text>
    <path class="area" d=${stepArea(kilowatts, x, y, y(0))}></path>
    <path class="line" d=${stepLine(kilowatts, x, y)}></path>
    ${ticksOf(span, width, options.timeZone).map(
      (at) => svg`
        <line class="level" x1=${x(at)} x2=${x(at)} y1=${bottom} y2=${bottom + 4}></line>
        <text x=${x(at)} y=${bottom + 16} text-anchor="middle">${options.time(at)}</text>`,
    )}
  </svg>`;
}

/** Returns whole hours, or the ends of a span that has fewer than two. */
function ticksOf(span: Span, width: number, timeZone: string): number[] {
  const hours = (span.end - span.start) / HOUR;
  const room = Math.max(2, Math.floor(width / 60));
  const step = [1, 2, 3, 4, 6, 12].find((item) => hours / item <= room) ?? 24;
  const ticks = hourTicks(span.start, span.end, step, timeZone).map((tick) => tick.at);
  if (ticks.length >= 2 && hours / 24 <= room) return ticks;
  const inset = (span.end - span.start) * 0.06;
  return [span.start + inset, span.end - inset];
}
