/** The amps that a number of ours takes without refusing any. */

/** What is known of a number: its own range, and the minimum that a vehicle charges with, in A. */
export interface AmpsRange {
  readonly maximum: number;
  /** Unknown while nothing of the bus was heard yet. */
  readonly minimum: number | null;
}

/** Currents that cables, breakers and vehicles come with, in A. */
const USUAL = [6, 8, 10, 13, 16, 20, 24, 28, 32, 40, 48, 56, 64, 72, 80, 96, 120, 144, 160, 180, 200, 240];

/**
 * Returns every whole A that is accepted, in rising order: 0, which stops charging, and all from the minimum to the
 * maximum. Without a known minimum only both ends are certain.
 */
export function allSteps({ minimum, maximum }: AmpsRange): number[] {
  const top = Math.floor(maximum);
  if (!(top > 0)) return [0];
  if (minimum === null) return [0, top];
  const lowest = Math.min(Math.ceil(minimum), top);
  return [0, ...Array.from({ length: top - lowest + 1 }, (_, index) => lowest + index)];
}

/**
 * Returns at most `count` of the accepted amps: 0, the minimum, some in between that are usual, and the maximum.
 *
 * `count` is at least 3.
 */
export function usefulSteps(range: AmpsRange, count: number): number[] {
  const all = allSteps(range);
  if (all.length <= count) return all;
  const lowest = all[1]!;
  const top = all.at(-1)!;
  const between = USUAL.filter((amps) => amps > lowest && amps < top);
  const chosen = new Set([0, lowest, top]);
  for (let index = 1; index < count - 2; index++) {
    const wanted = lowest + ((top - lowest) * index) / (count - 2);
    chosen.add(nearest(between, wanted) ?? Math.round(wanted));
  }
  return [...chosen].sort((one, other) => one - other);
}

/** Returns the place of the accepted amps that are nearest to a value. */
export function stepAt(steps: readonly number[], amps: number): number {
  const near = nearest(steps, amps);
  return near === undefined ? 0 : steps.indexOf(near);
}

function nearest(values: readonly number[], wanted: number): number | undefined {
  return values.reduce<number | undefined>(
    (best, value) => (best === undefined || Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best),
    undefined,
  );
}
