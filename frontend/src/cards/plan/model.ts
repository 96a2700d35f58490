/** What the plan card shows of one bus: curves, lanes, planned times and what has to be said. Times are in ms since 1970. */

import { hourTicks, nextDay } from "../../charts/local-time";
import { joined, type Piece, readPieces, type Span, within } from "../../charts/pieces";
import type { LiveBus, LiveConnector, LivePlan } from "../../live";
import { type Reason, reasonOf } from "./reason";
import { type Run, runsOfPlan } from "./runs";

const HOUR = 3_600_000;
const AHEAD_HOURS = 24;
const AHEAD_HOURS_MAXIMUM = 48;
const PAST_HOURS = 3;
/** The hours of tomorrow that have to be known before its prices count as published. */
const TOMORROW_HOURS = 12;

/** A planned time without a pause, with its reason. */
export interface PlannedRun extends Run {
  readonly planId: string;
  readonly planName: string;
  readonly lane: string;
  readonly reason: Reason;
}

export interface ReadyMark {
  readonly planId: string;
  readonly name: string;
  readonly at: number;
  readonly isReached: boolean;
}

/** A row of the chart: a wall connector, or a plan whose vehicle is not there. */
export interface Lane {
  readonly key: string;
  readonly name: string;
  /** The wall connector, where the lane is named after a vehicle. */
  readonly place: string | null;
  /** The power that was taken, in W. */
  readonly charged: readonly Piece[];
  readonly runs: readonly PlannedRun[];
  readonly ready: readonly ReadyMark[];
}

/** A plan, and the names of its vehicle and of its wall connector; null where neither is known. */
export interface ShownPlan extends LivePlan {
  readonly whose: string | null;
}

export type Notice =
  | { readonly kind: "offline" | "paused" | "no_plans" | "no_prices" | "no_forecast" }
  | { readonly kind: "unpublished"; readonly until: number };

export interface PlanView {
  readonly entryId: string;
  readonly title: string;
  readonly span: Span;
  readonly now: number;
  readonly currency: string | null;
  readonly prices: readonly Piece[];
  readonly sun: readonly Piece[];
  readonly lanes: readonly Lane[];
  readonly plans: readonly ShownPlan[];
  readonly notices: readonly Notice[];
}

export interface PlanContext {
  readonly now: number;
  readonly timeZone: string;
  /** The device of a bus or of a connector; undefined for everything. */
  readonly deviceId?: string | undefined;
  readonly isPaused: boolean;
  /** What the owner calls the connectors, by their devices. */
  readonly names: ReadonlyMap<string, string>;
  /** The power in W that connectors took lately, by their devices. */
  readonly charged: ReadonlyMap<string, readonly Piece[]>;
}

/** Returns what to show of a bus. */
export function planView(bus: LiveBus, context: PlanContext): PlanView {
  const connectors = bus.connectors.filter((connector) => isShown(bus, connector.device_id, context));
  const plans = bus.plans.filter((plan) => isShown(bus, plan.connector, context)).sort(byReady);
  const prices = joined(readPieces(bus.prices));
  const sun = joined(readPieces(bus.forecast));
  const span = spanOf(plans, prices, connectors, context);
  const lanes = lanesOf(plans, connectors, { prices, sun, span, context });
  return {
    entryId: bus.entry_id,
    title: bus.title,
    span,
    now: context.now,
    currency: bus.currency,
    prices: within(prices, span),
    sun: within(sun, span),
    lanes,
    plans: plans.map((plan) => ({ ...plan, whose: whoseOf(plan, bus, context) })),
    notices: noticesOf(bus, plans, prices, sun, context),
  };
}

/** Returns all planned times, the first one first. */
export function runsOfView(view: PlanView): PlannedRun[] {
  return view.lanes.flatMap((lane) => lane.runs).sort((one, other) => one.start - other.start);
}

function isShown(bus: LiveBus, device: string | null, { deviceId }: PlanContext): boolean {
  return deviceId === undefined || deviceId === bus.device_id || deviceId === device;
}

function whoseOf({ connector, vehicle }: LivePlan, bus: LiveBus, { names }: PlanContext): string | null {
  const car = bus.vehicles.find(({ device_id }) => device_id === vehicle);
  const there = connector === null ? undefined : bus.connectors.find(({ device_id }) => device_id === connector);
  const place = there === undefined ? undefined : (names.get(connector ?? "") ?? there.name);
  return [car?.name, place].filter(Boolean).join(" · ") || null;
}

function byReady(one: LivePlan, other: LivePlan): number {
  return (one.ready ?? "9").localeCompare(other.ready ?? "9") || one.name.localeCompare(other.name);
}

/** Returns 24 hours from now on, up to 48 if that much is known, and a little of what has been. */
function spanOf(
  plans: readonly LivePlan[],
  prices: readonly Piece[],
  connectors: readonly LiveConnector[],
  { now, charged }: PlanContext,
): Span {
  const ends = plans.flatMap((plan) => [...plan.slots.map((slot) => Date.parse(slot.end)), readyOf(plan) ?? 0]);
  const last = Math.max(0, prices.at(-1)?.end ?? 0, ...ends.filter(Number.isFinite));
  const hasCharged = connectors.some(({ device_id }) => (charged.get(device_id ?? "") ?? []).some(isTaking));
  const hour = Math.floor(now / HOUR) * HOUR;
  return {
    start: hour - (hasCharged ? PAST_HOURS * HOUR : 0),
    end: hour + Math.min(Math.max(AHEAD_HOURS, Math.ceil((last - hour) / HOUR)), AHEAD_HOURS_MAXIMUM) * HOUR,
  };
}

function isTaking(piece: Piece): boolean {
  return piece.value > 0;
}

/** Returns when a plan has to be ready; null for one that is off. */
function readyOf(plan: LivePlan): number | null {
  return plan.ready === null || plan.state === "off" ? null : Date.parse(plan.ready);
}

interface Surroundings {
  readonly prices: readonly Piece[];
  readonly sun: readonly Piece[];
  readonly span: Span;
  readonly context: PlanContext;
}

function lanesOf(plans: readonly LivePlan[], connectors: readonly LiveConnector[], around: Surroundings): Lane[] {
  const known = new Set(connectors.map((connector) => connector.device_id));
  const lanes = connectors.map((connector) => {
    const own = plans.filter((plan) => plan.connector !== null && plan.connector === connector.device_id);
    const place = around.context.names.get(connector.device_id ?? "") ?? connector.name;
    const name = connector.vehicle?.name || place;
    const taken = around.context.charged.get(connector.device_id ?? "") ?? [];
    return {
      key: connector.device_id ?? connector.id,
      name,
      place: name === place ? null : place,
      charged: within(taken, { start: around.span.start, end: around.context.now }).filter(isTaking),
      ...plannedOf(own, connector.device_id ?? connector.id, around),
    };
  });
  const elsewhere = plans
    .filter((plan) => !known.has(plan.connector))
    .map((plan) => ({
      key: plan.plan_id,
      name: plan.name,
      place: null,
      charged: [],
      ...plannedOf([plan], plan.plan_id, around),
    }));
  return [...lanes, ...elsewhere].filter(
    (lane) => lane.runs.length > 0 || lane.ready.length > 0 || lane.charged.length > 0,
  );
}

function plannedOf(
  plans: readonly LivePlan[],
  lane: string,
  { prices, sun, span, context }: Surroundings,
): Pick<Lane, "runs" | "ready"> {
  const runs = plans.flatMap((plan) =>
    runsOfPlan(plan)
      .filter((run) => run.end > context.now && run.start < span.end)
      .map((run) => ({
        ...run,
        planId: plan.plan_id,
        planName: plan.name,
        lane,
        reason: reasonOf(run, plan, { prices, sun, now: context.now }),
      })),
  );
  const ready = plans.flatMap((plan) => {
    const at = readyOf(plan);
    if (at === null || at < span.start || at > span.end) return [];
    return [{ planId: plan.plan_id, name: plan.name, at, isReached: plan.state !== "unreachable" }];
  });
  return { runs: runs.sort((one, other) => one.start - other.start), ready };
}

function noticesOf(
  bus: LiveBus,
  plans: readonly LivePlan[],
  prices: readonly Piece[],
  sun: readonly Piece[],
  context: PlanContext,
): Notice[] {
  const notices: Notice[] = [];
  if (bus.state === "offline") notices.push({ kind: "offline" });
  if (plans.length === 0) notices.push({ kind: "no_plans" });
  else if (context.isPaused) notices.push({ kind: "paused" });
  const last = prices.at(-1)?.end;
  if (last === undefined || last <= context.now) notices.push({ kind: "no_prices" });
  else if (last < publishedFrom(context)) notices.push({ kind: "unpublished", until: last });
  if (sun.length === 0) notices.push({ kind: "no_forecast" });
  return notices;
}

/** Returns up to when prices have to be known if those of tomorrow are: its day may begin elsewhere, at another hour. */
function publishedFrom({ now, timeZone }: PlanContext): number {
  return nextDay(now, timeZone) + TOMORROW_HOURS * HOUR;
}

/** Returns the ticks of the time axis: as many as there is room for. */
export function timeTicks(span: Span, timeZone: string, width: number): ReturnType<typeof hourTicks> {
  const hours = (span.end - span.start) / HOUR;
  const room = Math.max(2, Math.floor(width / 48));
  const step = [1, 2, 3, 4, 6, 12].find((item) => hours / item <= room) ?? 24;
  return hourTicks(span.start, span.end, step, timeZone);
}
