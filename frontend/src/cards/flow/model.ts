/** What the card of the flow of power shows of a bus. */

import type { Bus } from "../../entities";
import type { LiveBus, LiveConnector } from "../../live";

export type NodeKind = "sun" | "grid" | "battery" | "total" | "house" | "rest" | "connector";

/** Where the power goes: to the others, from them, nowhere, or nobody knows. */
export type Way = "to" | "from" | "still" | "unknown";

/** A source or a consumer. */
export interface FlowNode {
  readonly key: string;
  readonly kind: NodeKind;
  /** The name of a connector. */
  readonly name: string | null;
  /** Its power in W, whichever way it goes. */
  readonly watts: number | null;
  readonly way: Way;
  /** How full the battery is, in %. */
  readonly level: number | null;
  /** Whether it does not answer. */
  readonly away: boolean;
  /** The entity that tells more. */
  readonly entity: string | undefined;
}

export type LimitKind = "wiring" | "fuse" | "peak";

/** What a limit still leaves. */
export interface Limit {
  readonly kind: LimitKind;
  /** In A. */
  readonly left: number;
  /** How much of what it allows the connectors is in use, from 0 to 1. */
  readonly used: number;
}

export interface FlowView {
  /** What gives power; grid and battery may take some instead. */
  readonly sources: readonly FlowNode[];
  readonly consumers: readonly FlowNode[];
  readonly limits: readonly Limit[];
}

/** Below this many W nothing flows: what a meter shows then goes to and fro. */
const STILL_W = 20;
const LIMITS: readonly LimitKind[] = ["wiring", "fuse", "peak"];

/** Returns what is shown of a bus. Meters that do not exist are left out. */
export function flowView(live: LiveBus, bus: Bus): FlowView {
  const { flow, meters } = live;
  const sources: FlowNode[] = [];
  if (flow.sun !== null || "solar" in meters) sources.push(node("sun", flow.sun, meters["solar"]));
  const gridMeter = meters["grid"] ?? meters["fuse"];
  if (flow.grid !== null || "grid" in meters) sources.push(node("grid", flow.grid, gridMeter));
  if (flow.battery !== null || "battery" in meters) {
    sources.push({ ...node("battery", flow.battery, meters["battery"]), level: flow.battery_level });
  }
  if (sources.length === 0) sources.push(node("total", flow.connectors, bus.entities.get("sensor.total_power")));
  const consumers = live.connectors.map((connector) => connectorNode(connector, bus));
  if (flow.house !== null || "house" in meters) consumers.unshift(consumer("house", flow.house, meters["house"]));
  else consumers.unshift(...restOf(live));
  return { sources, consumers, limits: limitsOf(live) };
}

/** Returns house and sun in one where only the grid is measured: what it gives goes to them, or they feed it. */
function restOf({ flow, meters }: LiveBus): FlowNode[] {
  if (flow.grid === null || flow.sun !== null || "solar" in meters || flow.connectors === null) return [];
  if (flow.battery === null && "battery" in meters) return [];
  return [consumer("rest", flow.grid + (flow.battery ?? 0) - flow.connectors, undefined)];
}

function connectorNode(connector: LiveConnector, bus: Bus): FlowNode {
  const device = bus.connectors.find(({ id }) => id === connector.id);
  const entity = device?.entities.get("sensor.power") ?? device?.entities.get("sensor.status");
  return {
    ...consumer("connector", connector.power, entity),
    key: connector.id,
    name: device?.name ?? connector.name,
    away: connector.power === null,
  };
}

function node(kind: NodeKind, watts: number | null, entity: string | undefined): FlowNode {
  const way = watts === null ? "unknown" : Math.abs(watts) < STILL_W ? "still" : watts > 0 ? "to" : "from";
  const amount = watts === null ? null : Math.abs(watts);
  return { key: kind, kind, name: null, watts: amount, way, level: null, away: false, entity };
}

function consumer(kind: NodeKind, watts: number | null, entity: string | undefined): FlowNode {
  return node(kind, watts === null ? null : -watts, entity);
}

function limitsOf({ left, drawn }: LiveBus): Limit[] {
  return LIMITS.flatMap((kind) => {
    const amps = left[kind];
    if (amps === null) return [];
    const all = amps + (drawn ?? 0);
    return [{ kind, left: amps, used: all > 0 ? (drawn ?? 0) / all : 1 }];
  });
}
