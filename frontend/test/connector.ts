/** A plan for tests of the connector card. */

import type { LivePlan, LiveSlot } from "../src/live";

/** Returns a plan of a connector, with what a test wants otherwise. */
export function connectorPlan(changes: Partial<LivePlan> = {}): LivePlan {
  return {
    plan_id: "work",
    name: "Work",
    connector: "c032e",
    state: "waiting",
    enabled: true,
    ready: "2026-11-30T06:00:00+00:00",
    goal: { kind: "percent", value: 80 },
    cost: 2.1,
    cost_at_once: 4.2,
    currency: "EUR",
    strategy: "cheapest",
    missing_kwh: null,
    possible_percent: null,
    possible_kwh: null,
    assumed: [],
    slots: [],
    ...changes,
  };
}

/** Returns a slot of a plan. */
export function planSlot(start: string, end: string): LiveSlot {
  return { start, end, amps: 16, kwh: 3.6, price: 0.3, cost: 1.08, known: true };
}
