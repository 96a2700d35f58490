/** Where things are in the chart of a plan, in px. */

import { type Axis, axisFor, linear, type Scale } from "../../charts/scale";
import type { PlanView } from "./model";

const LEFT = 48;
const RIGHT = 14;
const TOP = 10;
const PRICE_HEIGHT = 104;
const SUN_HEIGHT = 36;
const LABEL_HEIGHT = 20;
const LANE_HEIGHT = 28;
const GAP = 10;
const AXIS_HEIGHT = 34;
const NARROWEST = 200;

export interface Panel {
  readonly top: number;
  readonly bottom: number;
  readonly axis: Axis;
  readonly y: Scale;
}

export interface LanePlace {
  /** Where its name begins. */
  readonly label: number;
  readonly top: number;
  readonly height: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly x: Scale;
  /** Returns the instant at a place. */
  readonly instant: Scale;
  readonly prices: Panel | null;
  readonly sun: Panel | null;
  readonly lanes: readonly LanePlace[];
  /** Where the time axis is. */
  readonly axis: number;
}

/** Returns the layout of a view in so much width. */
export function layoutOf(view: PlanView, available: number): Layout {
  const width = Math.max(NARROWEST, Math.round(available));
  const span = [view.span.start, view.span.end] as const;
  const inside = [LEFT, width - RIGHT] as const;
  let top = TOP;
  const take = (height: number): number => {
    const from = top;
    top += height + GAP;
    return from;
  };
  const panel = (height: number, axis: Axis): Panel => {
    const from = take(height);
    const y = linear([axis.minimum, axis.maximum], [from + height, from]);
    return { top: from, bottom: from + height, axis, y };
  };
  const prices = view.prices.length > 0 ? panel(PRICE_HEIGHT, axisFor(valuesOf(view.prices), 4)) : null;
  if (prices !== null) top += GAP;
  const sun = view.sun.length > 0 ? panel(SUN_HEIGHT, sunAxis(valuesOf(view.sun))) : null;
  const lanes = view.lanes.map(() => {
    const label = take(LABEL_HEIGHT + LANE_HEIGHT);
    return { label, top: label + LABEL_HEIGHT, height: LANE_HEIGHT };
  });
  return {
    width,
    height: top + AXIS_HEIGHT - GAP,
    left: LEFT,
    right: width - RIGHT,
    x: linear(span, inside),
    instant: linear(inside, span),
    prices,
    sun,
    lanes,
    axis: top - GAP,
  };
}

/** An axis with one tick, at the most sun. */
function sunAxis(watts: readonly number[]): Axis {
  const maximum = Math.max(...watts) || 1000;
  return { minimum: 0, maximum, ticks: [maximum] };
}

function valuesOf(pieces: readonly { readonly value: number }[]): number[] {
  return pieces.map((piece) => piece.value);
}

/** Returns which of some spans is nearest to an instant, the first one of several; undefined if there is none. */
export function nearest<T extends { readonly start: number; readonly end: number }>(
  spans: readonly T[],
  instant: number,
): T | undefined {
  const distance = ({ start, end }: T): number => Math.max(start - instant, instant - end, 0);
  return spans.reduce<T | undefined>(
    (best, span) => (best === undefined || distance(span) < distance(best) ? span : best),
    undefined,
  );
}
