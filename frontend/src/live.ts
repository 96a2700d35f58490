/** What no entity has, as the integration pushes it: one subscription for all cards of a page. */

import type { Hass, HassConnection } from "./ha";

/** Amps in A, powers in W, energy in kWh, money in the main unit of the currency, times in ISO 8601; null is unknown. */
export interface Live {
  /** The version of the module that the integration serves. */
  version: string;
  buses: LiveBus[];
}

/** A part of a sentence: text, or a value that the card writes as the user has set it up; times are in ISO 8601. */
export type LivePart =
  | string
  | { number: number; digits: number }
  | { price: number; currency: string | null }
  | { time: string }
  | { day: string };

export type LiveSentence = readonly LivePart[];

export interface LiveBus {
  entry_id: string;
  device_id: string | null;
  title: string;
  state: "connected" | "offline" | "not_loaded";
  sentence: LiveSentence | null;
  reason: string | null;
  mode: string | null;
  /** Sums over the connectors. */
  limit: number | null;
  offered: number | null;
  drawn: number | null;
  /** What may still be given. */
  left: { wiring: number | null; fuse: number | null; peak: number | null };
  /** Import and discharging are positive. */
  flow: {
    sun: number | null;
    house: number | null;
    grid: number | null;
    battery: number | null;
    battery_level: number | null;
    connectors: number | null;
  };
  /** The entities that the owner has chosen, by their roles: grid, solar, house, battery, battery_level, fuse. */
  meters: Record<string, string>;
  currency: string | null;
  prices: [start: string, end: string, price: number][];
  /** What the house is expected to leave of the sun. */
  forecast: [start: string, end: string, watts: number][];
  plans: LivePlan[];
  /** The vehicles that were added. */
  vehicles: { device_id: string; name: string }[];
  connectors: LiveConnector[];
}

export interface LivePlan {
  plan_id: string;
  name: string;
  /** The device of its connector. */
  connector: string | null;
  /** The device of its vehicle; null for whatever is plugged in at its connector. */
  vehicle: string | null;
  state: "waiting" | "charging" | "reached" | "unreachable" | "failed" | "off";
  enabled: boolean;
  ready: string | null;
  goal: { kind: "percent" | "kwh" | "hours"; value: number } | null;
  cost: number | null;
  cost_at_once: number | null;
  /** The currency of its costs. */
  currency: string | null;
  strategy: "cheapest" | "one_block" | "latest";
  /** What it will not have in time, and what can be reached by then if that is less than its goal. */
  missing_kwh: number | null;
  possible_percent: number | null;
  possible_kwh: number | null;
  /** What it had to assume. */
  assumed: string[];
  slots: LiveSlot[];
}

export interface LiveSlot {
  start: string;
  end: string;
  amps: number;
  kwh: number;
  /** What a kWh costs in it on average. */
  price: number | null;
  cost: number | null;
  /** Whether its price is known, and not an estimate. */
  known: boolean;
}

export interface LiveConnector {
  device_id: string | null;
  /** Its id on the bus, such as "032E". */
  id: string;
  name: string;
  sentence: LiveSentence | null;
  status: string;
  reason: string | null;
  rule: string | null;
  drawn: number | null;
  offered: number | null;
  /** What the owner and the wiring allow it; while it is paused, what they allow it afterwards. */
  limit: number | null;
  minimum: number;
  power: number | null;
  charge_now_until: string | null;
  next: { at: string; text: LiveSentence } | null;
  vehicle: LiveVehicle | null;
  /** `sun` is a share from 0 to 1. */
  session: {
    started: string;
    kwh: number;
    sun: number | null;
    cost: number | null;
    average_price: number | null;
  } | null;
}

export interface LiveVehicle {
  name: string | null;
  /** Its device, if it is one that was added. */
  device_id: string | null;
  /** Whether its VIN tells which one it is. */
  proven: boolean;
  /** Which one its owner has chosen: a device, or "guest"; null leaves it to what is known. */
  chosen: string | null;
  /** How full it is, and at which level it stops, by itself or by what its owner has set here; in %. */
  level: number | null;
  target: number | null;
  /** What it still takes from the connector until then, in kWh. */
  rest_kwh: number | null;
  /** How many phases it uses. */
  phases: number | null;
  stoppable: boolean;
}

/** What is pushed: all buses each time, in the first push with all of their fields, later with those that changed. */
export type LiveNews = Omit<Live, "buses"> & { buses: (Partial<LiveBus> & Pick<LiveBus, "entry_id">)[] };

/** `refused`: the user may not read it. `not_loaded`: the integration does not answer yet. */
export type LiveFailure = "refused" | "not_loaded";

export type LiveListener = (live: Live | undefined, failure: LiveFailure | undefined) => void;

const COMMAND = "twc_manager/subscribe";
const RETRY_MS = 5_000;
/** So long the subscription outlives the last card: another view shows the same. */
const LINGER_MS = 5_000;

class LiveSource {
  private readonly listeners = new Set<LiveListener>();
  private live: Live | undefined;
  private failure: LiveFailure | undefined;
  private unsubscribe: (() => Promise<void> | void) | undefined;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running = false;

  constructor(
    private readonly connection: HassConnection,
    readonly language: string,
  ) {}

  add(listener: LiveListener): () => void {
    this.listeners.add(listener);
    if (this.live !== undefined || this.failure !== undefined) listener(this.live, this.failure);
    if (!this.running) this.start();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) setTimeout(() => this.listeners.size === 0 && this.stop(), LINGER_MS);
    };
  }

  private start(): void {
    this.running = true;
    this.connection.addEventListener("ready", this.subscribe);
    this.subscribe();
  }

  private stop(): void {
    if (!this.running) return;
    this.running = false;
    this.connection.removeEventListener("ready", this.subscribe);
    this.end();
    this.live = this.failure = undefined;
  }

  /** Ends what was subscribed to; whatever is still under way ends when it arrives. */
  private end(): void {
    this.attempt += 1;
    clearTimeout(this.timer);
    const unsubscribe = this.unsubscribe;
    this.unsubscribe = undefined;
    if (unsubscribe !== undefined) quietly(unsubscribe);
  }

  /**
   * Subscribes anew, also when the connection is back. The library's own way gives up if the command is not known yet,
   * as it is while Home Assistant starts.
   */
  private readonly subscribe = (): void => {
    this.unsubscribe = undefined;
    this.end();
    const attempt = this.attempt;
    this.connection
      .subscribeMessage<LiveNews>(
        (news) => attempt === this.attempt && this.publish(merged(this.live, news), undefined),
        { type: COMMAND, language: this.language },
        { resubscribe: false },
      )
      .then(
        (unsubscribe) => {
          if (attempt === this.attempt) this.unsubscribe = unsubscribe;
          else quietly(unsubscribe);
        },
        (error: unknown) => attempt === this.attempt && this.failed(error),
      );
  };

  private failed(error: unknown): void {
    const code = (error as { code?: unknown } | undefined)?.code;
    this.publish(undefined, code === "unauthorized" ? "refused" : "not_loaded");
    if (code !== "unauthorized") this.timer = setTimeout(this.subscribe, RETRY_MS);
  }

  private publish(live: Live | undefined, failure: LiveFailure | undefined): void {
    this.live = live;
    this.failure = failure;
    for (const listener of [...this.listeners]) listener(live, failure);
  }
}

function merged(before: Live | undefined, news: LiveNews): Live {
  const buses = news.buses.map((bus) => ({ ...liveBus(before, bus.entry_id), ...bus }) as LiveBus);
  return { ...news, buses };
}

/** Ends a subscription; one that ended with its connection is no error. */
function quietly(unsubscribe: () => Promise<void> | void): void {
  void Promise.resolve(unsubscribe()).catch(() => undefined);
}

const sources = new WeakMap<HassConnection, LiveSource>();

/** Calls a listener with what is known, and at each change; returns a function that ends that. */
export function watchLive(hass: Hass, listener: LiveListener): () => void {
  let source = sources.get(hass.connection);
  if (source?.language !== hass.language) {
    source = new LiveSource(hass.connection, hass.language);
    sources.set(hass.connection, source);
  }
  return source.add(listener);
}

/** Whether the integration serves another module than this one, as after an update: the page has to be reloaded. */
export function isOutdated(live: Live | undefined, url: string = import.meta.url): boolean {
  const own = new URL(url).searchParams.get("v");
  return live !== undefined && own !== null && own !== live.version;
}

/** Returns the live data of a connector by its device. */
export function liveConnector(live: Live | undefined, deviceId: string): LiveConnector | undefined {
  for (const bus of live?.buses ?? []) {
    const found = bus.connectors.find((connector) => connector.device_id === deviceId);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Returns the live data of a bus by the id of its entry. */
export function liveBus(live: Live | undefined, entryId: string): LiveBus | undefined {
  return live?.buses.find((bus) => bus.entry_id === entryId);
}
