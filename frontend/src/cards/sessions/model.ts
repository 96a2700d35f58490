/** The rows of the sessions card, its months and their sums. Times are in ms since 1970. */

import { monthOf } from "../../charts/local-time";
import type { LiveConnector } from "../../live";
import type { MonthData, SessionData, SessionsData } from "./data";

export const COLUMNS = ["started", "connector", "energy", "sun", "cost", "average_price", "at_once"] as const;
export type Column = (typeof COLUMNS)[number];

export interface Sort {
  readonly column: Column;
  readonly isDescending: boolean;
}

export interface Row {
  readonly key: string;
  readonly deviceId: string | null;
  readonly connector: string;
  readonly vehicle: string | null;
  readonly started: number;
  /** Null while it runs. */
  readonly ended: number | null;
  readonly energy: number;
  /** In %. */
  readonly sun: number | null;
  readonly cost: number | null;
  readonly currency: string | null;
  readonly average_price: number | null;
  readonly at_once: number | null;
  /** Null while it runs. */
  readonly data: SessionData | null;
}

/** The sum of a month in one currency, or of what has no cost. */
export interface Money {
  readonly currency: string;
  readonly cost: number;
  readonly average_price: number | null;
  /** Null if it is not known of all. */
  readonly at_once: number | null;
}

export interface Total {
  readonly count: number;
  readonly energy: number;
  readonly sun: number | null;
  /** For each currency: amounts of different currencies are never added. */
  readonly money: readonly Money[];
  /** Whether it holds sessions that are no longer kept one by one. */
  readonly hasMore: boolean;
}

export interface MonthView {
  readonly month: string;
  readonly rows: readonly Row[];
  readonly total: Total | null;
}

/** Returns the rows of finished sessions; `names` has the names of the connectors by their devices. */
export function finishedRows(data: SessionsData, names: ReadonlyMap<string, string>): Row[] {
  return data.sessions.map((session) => ({
    key: keyOf(session.device_id ?? session.connector, session.started),
    deviceId: session.device_id,
    connector: names.get(session.device_id ?? "") ?? session.connector,
    vehicle: session.vehicle,
    started: Date.parse(session.started),
    ended: Date.parse(session.ended),
    energy: session.energy_kwh,
    sun: session.green_percent,
    cost: session.cost,
    currency: session.currency,
    average_price: session.average_price,
    at_once: session.cost_at_once,
    data: session,
  }));
}

/** Returns what a session is known by while it runs and afterwards. */
function keyOf(connector: string, started: string): string {
  return `${connector} ${Math.floor(Date.parse(started) / 1000)}`;
}

/** Returns the rows of sessions that run. */
export function runningRows(
  connectors: readonly LiveConnector[],
  names: ReadonlyMap<string, string>,
  currency: string | null,
): Row[] {
  return connectors.flatMap(({ device_id, id, name, vehicle, session }) => {
    if (session === null) return [];
    return [
      {
        key: keyOf(device_id ?? id, session.started),
        deviceId: device_id,
        connector: names.get(device_id ?? "") ?? name,
        vehicle: vehicle?.name ?? null,
        started: Date.parse(session.started),
        ended: null,
        energy: session.kwh,
        sun: session.sun === null ? null : 100 * session.sun,
        cost: session.cost,
        currency: session.cost === null ? null : currency,
        average_price: session.average_price,
        at_once: null,
        data: null,
      },
    ];
  });
}

/** Returns the months with sessions, and the present one, the first one first. */
export function monthsOf(rows: readonly Row[], sums: readonly MonthData[], now: number, timeZone: string): string[] {
  const months = new Set([...rows.map((row) => monthOf(row.started, timeZone)), ...sums.map((sum) => sum.month)]);
  return [...months.add(monthOf(now, timeZone))].sort();
}

/** Returns the sessions that began in a month, and their sum. */
export function monthView(
  month: string,
  rows: readonly Row[],
  sums: readonly MonthData[],
  sort: Sort,
  timeZone: string,
): MonthView {
  const own = rows.filter((row) => monthOf(row.started, timeZone) === month);
  const finished = own.flatMap((row) => row.data ?? []);
  const kept = sums.filter((sum) => sum.month === month);
  const first = Math.min(...rows.filter((row) => row.data !== null).map((row) => row.started));
  // Only of the first month that has sessions some may no longer be kept; of months before it all.
  const isPartial = !Number.isFinite(first) || month <= monthOf(first, timeZone);
  const hasMore = isPartial && energyOf(kept) > energyOf(finished) + 0.05 * Math.max(1, finished.length);
  const total = hasMore ? totalOf(kept, finished.length, true) : totalOf(finished, finished.length, false);
  return { month, rows: sorted(own, sort), total };
}

function energyOf(items: readonly { energy_kwh: number }[]): number {
  return items.reduce((sum, item) => sum + item.energy_kwh, 0);
}

type Summed = MonthData | SessionData;

/** Returns the sum of sessions or months; null if there are none. */
export function totalOf(items: readonly Summed[], count: number, hasMore: boolean): Total | null {
  if (items.length === 0) return null;
  const green = items.reduce((sum, item) => sum + item.green_kwh, 0);
  const known = items.reduce((sum, item) => sum + item.green_kwh + item.battery_kwh + item.grid_kwh, 0);
  const currencies = [...new Set(items.flatMap((item) => item.currency ?? []))].sort();
  return {
    count,
    energy: energyOf(items),
    sun: known > 0 ? (100 * green) / known : null,
    money: currencies.map((currency) => moneyOf(items, currency)),
    hasMore,
  };
}

function moneyOf(items: readonly Summed[], currency: string): Money {
  const own = items.filter((item) => item.currency === currency && item.cost !== null);
  const cost = own.reduce((sum, item) => sum + item.cost!, 0);
  const priced = own.reduce((sum, item) => sum + (item.energy_kwh * (item.priced_percent ?? 0)) / 100, 0);
  const atOnce = own.map((item) => ("cost_at_once" in item ? item.cost_at_once : null));
  return {
    currency,
    cost,
    average_price: priced > 0 ? cost / priced : null,
    at_once: atOnce.includes(null) ? null : atOnce.reduce<number>((sum, value) => sum + value!, 0),
  };
}

/** Returns rows in an order; what is not known comes last, and amounts are compared within a currency. */
export function sorted(rows: readonly Row[], { column, isDescending }: Sort): Row[] {
  const sign = isDescending ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [a, b] = [valueOf(one, column), valueOf(other, column)];
    if (a === null || b === null) return Number(a === null) - Number(b === null) || other.started - one.started;
    if (isMoney(column) && one.currency !== other.currency) {
      return (one.currency ?? "").localeCompare(other.currency ?? "");
    }
    const order = typeof a === "string" ? a.localeCompare(String(b), undefined, { numeric: true }) : a - Number(b);
    return sign * order || other.started - one.started;
  });
}

function isMoney(column: Column): boolean {
  return column === "cost" || column === "average_price" || column === "at_once";
}

function valueOf(row: Row, column: Column): number | string | null {
  return column === "connector" ? `${row.connector} ${row.vehicle ?? ""}` : row[column];
}

/** Returns the order after a click on a column: names begin at the front, the rest with the highest. */
export function sortAfter(sort: Sort, column: Column): Sort {
  if (sort.column === column) return { column, isDescending: !sort.isDescending };
  return { column, isDescending: column !== "connector" };
}
