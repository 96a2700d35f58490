/** Plans, prices and sun for tests: a day of hours from a noon on. */

import type { LivePlan, LiveSlot } from "../src/live";

export const HOUR = 3_600_000;

/** Returns an instant in ISO format, so many hours after another. */
export function hoursAfter(start: string, hours: number): string {
  return new Date(Date.parse(start) + hours * HOUR).toISOString();
}

/** Returns values by the hour, or by parts of it. */
export function series(start: string, values: readonly number[], hours = 1): [string, string, number][] {
  return values.map((value, index) => [
    hoursAfter(start, index * hours),
    hoursAfter(start, (index + 1) * hours),
    value,
  ]);
}

/** Returns slots of an hour, or of parts of it, that begin so many hours after a time. */
export function slots(start: string, begins: readonly number[], changes: Partial<LiveSlot> = {}, hours = 1): LiveSlot[] {
  return begins.map((begin) => ({
    start: hoursAfter(start, begin),
    end: hoursAfter(start, begin + hours),
    amps: 16,
    kwh: 3.7 * hours,
    price: 0.1,
    cost: 0.37 * hours,
    known: true,
    ...changes,
  }));
}

export function livePlan(changes: Partial<LivePlan> = {}): LivePlan {
  return {
    plan_id: "plan1",
    name: "Workdays",
    connector: "c032e",
    vehicle: null,
    state: "waiting",
    enabled: true,
    ready: "2026-11-30T06:00:00+00:00",
    goal: { kind: "percent", value: 80 },
    cost: 0.74,
    cost_at_once: 2.1,
    currency: "EUR",
    strategy: "cheapest",
    missing_kwh: 0,
    possible_percent: null,
    possible_kwh: null,
    assumed: [],
    slots: [],
    ...changes,
  };
}
