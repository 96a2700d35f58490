/** The geometry of the gauge: half a circle on which drawn, offered and limit have one scale. */

export interface GaugeValues {
  /** What the vehicle draws, in A. */
  readonly drawn: number | null;
  /** What it may draw now, in A. */
  readonly offered: number | null;
  /** What its owner and the wiring allow at most, in A. */
  readonly limit: number | null;
  /** The end of the scale, in A. */
  readonly maximum: number | null;
}

export interface Gauge {
  /** The whole arc; of it the others take a share from its left end, from 0 to 1. */
  readonly track: string;
  readonly offered: number;
  readonly drawn: number;
  /** A line across the track at the limit; null while it is unknown. */
  readonly limit: { x1: number; y1: number; x2: number; y2: number } | null;
  /** The end of the scale, in A. */
  readonly scale: number;
}

export const GAUGE_WIDTH = 200;
export const GAUGE_HEIGHT = 112;
export const GAUGE_STROKE = 16;

const CENTRE_X = GAUGE_WIDTH / 2;
const CENTRE_Y = 100;
const RADIUS = 84;
const TRACK = `M ${CENTRE_X - RADIUS} ${CENTRE_Y} A ${RADIUS} ${RADIUS} 0 0 1 ${CENTRE_X + RADIUS} ${CENTRE_Y}`;
/** How far the line of the limit stands out on both sides of the track. */
const OVERHANG = 4;
/** The scale where nothing is known, in A. */
const USUAL_SCALE = 16;

/** Returns the shapes of a gauge. */
export function gauge(values: GaugeValues): Gauge {
  const scale = scaleOf(values);
  const at = (amps: number | null): number => Math.min(Math.max((amps || 0) / scale, 0), 1);
  return {
    track: TRACK,
    offered: at(values.offered),
    drawn: at(values.drawn),
    limit: values.limit === null ? null : mark(at(values.limit)),
    scale,
  };
}

function scaleOf({ drawn, offered, limit, maximum }: GaugeValues): number {
  const known = [drawn, offered, limit, maximum].filter((value) => value !== null && Number.isFinite(value)) as number[];
  const highest = Math.ceil(Math.max(0, ...known));
  return highest > 0 ? highest : USUAL_SCALE;
}

function mark(share: number): Gauge["limit"] {
  const inner = point(share, RADIUS - GAUGE_STROKE / 2 - OVERHANG);
  const outer = point(share, RADIUS + GAUGE_STROKE / 2 + OVERHANG);
  return { x1: inner.x, y1: inner.y, x2: outer.x, y2: outer.y };
}

function point(share: number, radius: number): { x: number; y: number } {
  const angle = Math.PI * (1 - share);
  return {
    x: rounded(CENTRE_X + radius * Math.cos(angle)),
    y: rounded(CENTRE_Y - radius * Math.sin(angle)),
  };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
