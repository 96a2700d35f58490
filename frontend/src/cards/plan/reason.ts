/** Why a plan charges when it does, from what is known of it. */

import { meanWithin, type Piece, type Span, within } from "../../charts/pieces";
import type { LivePlan } from "../../live";
import type { Run } from "./runs";

export type Reason =
  | { readonly kind: "late" | "latest" | "block" | "estimated" | "no_prices" | "same" | "needed" | "paid" }
  | { readonly kind: "sun"; readonly watts: number }
  | { readonly kind: "cheap"; readonly price: number; readonly mean: number };

interface Surroundings {
  readonly prices: readonly Piece[];
  readonly sun: readonly Piece[];
  readonly now: number;
}

/** Less than this share of the price is no difference. */
const SAME = 0.02;

/** Returns why a run was chosen. */
export function reasonOf(run: Run, plan: LivePlan, around: Surroundings): Reason {
  if (plan.state === "unreachable") return { kind: "late" };
  const price = meanWithin(around.prices, run);
  if (around.prices.length === 0) return { kind: "no_prices" };
  const watts = sunOf(run, price, around.sun);
  if (watts !== null) return { kind: "sun", watts };
  if (plan.strategy === "latest") return { kind: "latest" };
  if (!run.known || price === null) return { kind: "estimated" };
  if (price < 0) return { kind: "paid" };
  const until = untilReady(plan, run, around.now);
  const mean = meanWithin(around.prices, until);
  if (mean !== null && price < mean - Math.abs(mean) * SAME) return { kind: "cheap", price, mean };
  if (plan.strategy === "one_block") return { kind: "block" };
  return { kind: isFlat(within(around.prices, until)) ? "same" : "needed" };
}

/** Returns the W of sun that are expected in a run; null if they do not make it cheaper than the grid. */
function sunOf(run: Run, price: number | null, sun: readonly Piece[]): number | null {
  const watts = meanWithin(sun, run);
  if (watts === null || watts < 100) return null;
  if (price === null || run.price === null) return watts;
  return run.price < price - Math.abs(price) * SAME ? watts : null;
}

function isFlat(prices: readonly Piece[]): boolean {
  const values = prices.map((piece) => piece.value);
  const highest = Math.max(...values);
  return highest - Math.min(...values) <= Math.abs(highest) * SAME;
}

function untilReady(plan: LivePlan, run: Run, now: number): Span {
  const ready = plan.ready === null ? NaN : Date.parse(plan.ready);
  return { start: now, end: Number.isFinite(ready) ? Math.max(ready, run.end) : run.end };
}
