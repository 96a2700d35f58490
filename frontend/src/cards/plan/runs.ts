/** The times of a plan without a pause between them. */

import { runsOf } from "../../charts/pieces";
import type { LivePlan, LiveSlot } from "../../live";

export interface Slot {
  readonly start: number;
  readonly end: number;
  readonly amps: number;
  readonly kwh: number | null;
  readonly price: number | null;
  readonly cost: number | null;
  readonly known: boolean;
}

export interface Run {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  readonly amps: { readonly minimum: number; readonly maximum: number };
  readonly kwh: number | null;
  readonly cost: number | null;
  /** What a kWh costs on average. */
  readonly price: number | null;
  /** Whether the prices are known, and not estimates. */
  readonly known: boolean;
  readonly slots: readonly Slot[];
}

/** Returns the runs of a plan; one ends also where its prices are no longer known. */
export function runsOfPlan(plan: LivePlan): Run[] {
  const slots = plan.slots
    .map(read)
    .filter((slot) => slot.end > slot.start)
    .sort((one, other) => one.start - other.start);
  return runsOf(slots)
    .flatMap(splitByKnown)
    .map((run) => runOf(plan.plan_id, run));
}

function read(slot: LiveSlot): Slot {
  return { ...slot, start: Date.parse(slot.start), end: Date.parse(slot.end) };
}

function splitByKnown(slots: readonly Slot[]): Slot[][] {
  const parts: Slot[][] = [];
  for (const slot of slots) {
    const part = parts.at(-1);
    if (part?.at(-1)?.known === slot.known) part.push(slot);
    else parts.push([slot]);
  }
  return parts;
}

function runOf(planId: string, slots: readonly Slot[]): Run {
  const kwh = sum(slots.map((slot) => slot.kwh));
  const cost = sum(slots.map((slot) => slot.cost));
  const amps = slots.map((slot) => slot.amps);
  const first = slots[0]!;
  const { end } = slots.at(-1)!;
  return {
    // Of a run that goes on, the start moves with each new plan.
    id: `${planId} ${end}`,
    start: first.start,
    end,
    amps: { minimum: Math.min(...amps), maximum: Math.max(...amps) },
    kwh,
    cost,
    price: kwh !== null && cost !== null && kwh > 0 ? cost / kwh : null,
    known: first.known,
    slots,
  };
}

/** Returns a sum; null if one of the numbers is not known. */
function sum(values: readonly (number | null)[]): number | null {
  let total = 0;
  for (const value of values) {
    if (value === null) return null;
    total += value;
  }
  return total;
}
