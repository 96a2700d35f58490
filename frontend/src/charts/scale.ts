/** Linear scales and round ticks. */

export type Scale = (value: number) => number;

/** Returns what maps a domain to a range; a domain without extent maps to the middle of the range. */
export function linear(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [from, to] = domain;
  const [low, high] = range;
  if (to === from) return () => (low + high) / 2;
  return (value) => low + ((value - from) / (to - from)) * (high - low);
}

/** Returns a round step, 1, 2 or 5 times a power of ten, with which about `count` steps cover a span. */
export function roundStep(span: number, count: number): number {
  const raw = span / Math.max(1, count);
  if (!(raw > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 5].find((item) => item * power >= raw * 0.999) ?? 10;
  return factor * power;
}

export interface Axis {
  readonly minimum: number;
  readonly maximum: number;
  readonly ticks: readonly number[];
}

/** Returns an axis that holds 0 and all values. It ends at a round tick above, and below zero at the lowest value. */
export function axisFor(values: readonly number[], count: number): Axis {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const step = roundStep(high - low || 1, count);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.max(Math.ceil(high / step - 1e-9), first + (low < 0 ? 0 : 1));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => rounded((first + index) * step));
  return { minimum: low, maximum: ticks.at(-1)!, ticks };
}

/** Returns a value without the error of binary fractions. */
function rounded(value: number): number {
  return Number(value.toPrecision(12)) + 0;
}
