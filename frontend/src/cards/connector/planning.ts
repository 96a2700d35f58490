/** The plan that holds at a connector, and one that is set for a single time. */

import type { LiveBus, LivePlan } from "../../live";

/** What a plan can be set for here. */
export type GoalKind = "percent" | "kwh";

export interface PlanWish {
  readonly kind: GoalKind;
  readonly amount: number;
  /** The time of day, as "07:00". */
  readonly time: string;
}

export const GOAL_LIMITS: Record<GoalKind, { minimum: number; maximum: number; step: number }> = {
  percent: { minimum: 1, maximum: 100, step: 1 },
  kwh: { minimum: 0.1, maximum: 1000, step: 0.1 },
};

const FIELDS: Record<GoalKind, string> = { percent: "level", kwh: "energy" };
const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;

/**
 * Returns the data of the action that sets a plan; null for one that would be refused.
 *
 * `elsewhere` is now for a user whose clock is not that of the house, as on a journey, and null for others.
 */
export function planData({ kind, amount, time }: PlanWish, elsewhere: Date | null = null): Record<string, unknown> | null {
  const { minimum, maximum } = GOAL_LIMITS[kind];
  const possible = amount >= minimum && amount <= maximum && (kind !== "percent" || Number.isInteger(amount));
  if (!possible || !CLOCK.test(time)) return null;
  const ready = elsewhere === null ? { time: `${time}:00` } : { date_time: nextTime(time, elsewhere).toISOString() };
  return { [FIELDS[kind]]: amount, ...ready };
}

/** Returns when the user's own clock shows a time next. */
function nextTime(time: string, now: Date): Date {
  const [hours, minutes] = time.split(":").map(Number);
  const next = new Date(now);
  next.setHours(hours!, minutes, 0, 0);
  if (next <= now) next.setDate(next.getDate() + 1);
  return next;
}

/** Returns the id of the plan that the action sets for a connector. */
function ownPlanId(connectorId: string): string {
  return `set_${connectorId}`;
}

/** Returns whether a plan was set for a single time, so that it can be cancelled. */
export function isOwnPlan(plan: LivePlan, connectorId: string): boolean {
  return plan.plan_id === ownPlanId(connectorId);
}

/** Returns whether a plan is followed now; not while all are paused, for instance. */
export function isFollowed({ enabled, state }: LivePlan): boolean {
  return enabled && state !== "off";
}

/**
 * Returns the plan to show for a connector: the one set for a single time, even if it is not followed, or of those that
 * are followed the one that is ready first.
 */
export function planAt(bus: LiveBus | undefined, deviceId: string, connectorId: string): LivePlan | null {
  const plans = (bus?.plans ?? []).filter(
    (plan) => plan.connector === deviceId && (isOwnPlan(plan, connectorId) || isFollowed(plan)),
  );
  return plans.reduce<LivePlan | null>(
    (first, plan) => (first === null || rank(plan, connectorId) < rank(first, connectorId) ? plan : first),
    null,
  );
}

/** Returns a text whose order is that of the plans: times in UTC sort as texts do. */
function rank(plan: LivePlan, connectorId: string): string {
  return `${isOwnPlan(plan, connectorId) ? 0 : 1} ${plan.ready ?? "~"}`;
}
