/** What a connector shows: words and shapes that follow from the live data and the states of its entities. */

import { runsOf } from "../../charts/pieces";
import type { Bus, Connector } from "../../entities";
import {
  formatAmps,
  formatDayTime,
  formatDuration,
  formatEnergy,
  formatMoney,
  formatNumber,
  formatPower,
  formatShare,
  formatTime,
  minuteBegun,
} from "../../format";
import type { Hass } from "../../ha";
import { liveBus, liveConnector, type Live, type LiveBus, type LiveConnector, type LiveFailure, type LivePlan } from "../../live";
import type { Texts } from "../../texts";
import { inWords } from "../../sentence";
import { controlsOf, numberOf, stateOf, vehicleChoice, type Controls, type VehicleChoice } from "./controls";
import { gauge, type Gauge } from "./gauge";
import { isFollowed, isOwnPlan, planAt } from "./planning";

/** Whether something of a connector can be known now, and if not, why. */
export type Presence = "here" | "loading" | "away" | "offline" | "not_loaded";

export type Tone = "charging" | "calm" | "problem";

export interface Fact {
  readonly label: string;
  readonly value: string;
}

export interface VehicleView {
  readonly name: string;
  /** How full it is, and up to where it is to be charged, from 0 to 1. */
  readonly level: number | null;
  readonly target: number | null;
  readonly words: string | null;
}

export interface GaugeView {
  readonly shapes: Gauge;
  readonly drawn: string;
  readonly power: string | null;
  readonly facts: readonly Fact[];
  /** All of it for those who cannot see it. */
  readonly words: string;
}

export interface PlanView {
  readonly title: string;
  readonly detail: string | null;
  readonly problem: boolean;
  /** It can be cancelled here, as it was set for a single time. */
  readonly own: boolean;
}

export interface ConnectorView {
  readonly presence: Presence;
  readonly statement: string;
  readonly tone: Tone;
  /** In how long the statement's next change comes. */
  readonly soon: string | null;
  readonly vehicle: VehicleView | null;
  /** The choice of the vehicle that is plugged in. */
  readonly choice: VehicleChoice | null;
  readonly gauge: GaugeView | null;
  readonly controls: Controls;
  /** When charging at full power ends by itself. */
  readonly chargeNowEnd: string | null;
  readonly plan: PlanView | null;
  /** Whether a plan can be set; with a level only where that is known. */
  readonly canPlan: boolean;
  readonly levelKnown: boolean;
  readonly session: readonly Fact[];
}

/** Everything that a view follows from. */
export interface Sources {
  readonly hass: Hass;
  readonly texts: Texts;
  readonly bus: Bus | undefined;
  readonly connector: Connector;
  readonly live: Live | undefined;
  readonly failure: LiveFailure | undefined;
  /** In ms since 1970. */
  readonly now: number;
}

interface Known extends Sources {
  readonly ofBus: LiveBus | undefined;
  readonly own: LiveConnector | undefined;
}

const PROBLEMS: ReadonlySet<string> = new Set(["cannot_stop", "disobeys", "second_master", "sensor_stale"]);
/** What is said instead of the sentence. */
const ABSENCES: Partial<Record<Presence, string>> = {
  away: "connector_card.away",
  offline: "connector_card.offline",
  not_loaded: "common.not_loaded",
};
const DASH = "\u2013";
/** What comes within this time is told with the time that is left, in ms. */
const SOON_MS = 2 * 3_600_000;

/** With less than this a vehicle does not charge, it only keeps itself awake. */
const CHARGING_W = 500;

/** Returns what a connector shows. */
export function connectorView(sources: Sources): ConnectorView {
  const { hass, bus, connector, live } = sources;
  const ofBus = bus === undefined ? undefined : liveBus(live, bus.entryId);
  const known: Known = { ...sources, ofBus, own: liveConnector(live, connector.deviceId) };
  const presence = presenceOf(known);
  const controls = controlsOf(hass, bus, connector, ofBus, known.own);
  return {
    presence,
    statement: statement(known, presence),
    tone: tone(known, presence),
    soon: presence === "here" ? soon(known) : null,
    vehicle: presence === "here" ? vehicle(known) : null,
    choice: presence === "here" ? vehicleChoice(sources.texts, ofBus, known.own) : null,
    gauge: presence === "here" || presence === "loading" ? gaugeView(known, controls) : null,
    controls,
    chargeNowEnd: controls.chargeNow?.on ? chargeNowEnd(known) : null,
    plan: planView(known),
    canPlan: ofBus !== undefined && ofBus.state !== "not_loaded",
    levelKnown: known.own?.vehicle?.level != null,
    session: presence === "here" ? session(known) : [],
  };
}

function presenceOf({ hass, connector, live, failure, ofBus, own }: Known): Presence {
  if (failure !== undefined) return "not_loaded";
  if (live === undefined) return "loading";
  if (ofBus === undefined || ofBus.state === "not_loaded") return "not_loaded";
  if (ofBus.state === "offline") return "offline";
  const id = connector.entities.get("sensor.status");
  const status = (id === undefined ? undefined : hass.states[id]?.state) ?? own?.status;
  if (status === undefined || status === "unavailable") return "away";
  // One that has just been linked has states before the data of the cards know it.
  return own === undefined ? "loading" : "here";
}

function statement({ hass, texts, connector, own }: Known, presence: Presence): string {
  const absence = ABSENCES[presence];
  if (absence !== undefined) return texts(absence);
  if (own?.sentence) return inWords(hass, texts, own.sentence);
  const status = stateOf(hass, connector, "sensor.status");
  return status === undefined ? texts("connector_card.loading") : hass.formatEntityState(status);
}

function tone({ hass, connector, own }: Known, presence: Presence): Tone {
  if (presence === "loading") return "calm";
  if (presence !== "here") return "problem";
  const status = stateOf(hass, connector, "sensor.status")?.state ?? own?.status;
  if (status === "error" || PROBLEMS.has(own?.reason ?? "")) return "problem";
  return status === "charging" ? "charging" : "calm";
}

/** The sentence ends with the next change, if that is worth a word. */
function soon({ hass, texts, own, now }: Known): string | null {
  if (!own?.next || !own.sentence) return null;
  if (!inWords(hass, texts, own.sentence).endsWith(inWords(hass, texts, own.next.text))) return null;
  const left = Date.parse(own.next.at) - now;
  return left > 0 && left <= SOON_MS ? texts("connector_card.soon", { duration: formatDuration(hass, left) }) : null;
}

function vehicle({ hass, texts, connector, own }: Known): VehicleView | null {
  const status = stateOf(hass, connector, "sensor.status")?.state ?? own?.status;
  if (status === "disconnected") return { name: texts("connector_card.no_vehicle"), level: null, target: null, words: null };
  const name = own?.vehicle?.name ?? stateOf(hass, connector, "sensor.vehicle")?.state;
  const { level = null, target = null } = own?.vehicle ?? {};
  if (!name && level === null) return null;
  const share = (percent: number | null): number | null => (percent === null ? null : percent / 100);
  return {
    name: name || texts("connector_card.vehicle"),
    level: share(level),
    target: share(target),
    words: levelWords(hass, texts, share(level), share(target)),
  };
}

function levelWords(hass: Hass, texts: Texts, level: number | null, target: number | null): string | null {
  if (level === null) return null;
  const shown = { level: formatShare(hass, level), target: formatShare(hass, target ?? 1) };
  return target === null || target >= 1 ? shown.level : texts("connector_card.level_to", shown);
}

function gaugeView({ hass, texts, connector, own }: Known, controls: Controls): GaugeView {
  const drawn = numberOf(hass, connector, "sensor.current") ?? own?.drawn ?? null;
  const offered = numberOf(hass, connector, "sensor.offered_current") ?? own?.offered ?? null;
  const limit = controls.limit?.amps ?? own?.limit ?? null;
  const maximum = controls.limit?.steps.at(-1) ?? numberOf(hass, connector, "sensor.rating");
  const shapes = gauge({ drawn, offered, limit, maximum });
  const amps = (value: number | null, unknown = DASH): string => (value === null ? unknown : formatAmps(hass, value));
  const unknown = texts("connector_card.unknown");
  return {
    shapes,
    drawn: amps(drawn),
    power: own?.power == null ? null : formatPower(hass, own.power),
    facts: [
      { label: texts("connector_card.offered"), value: amps(offered) },
      { label: texts("connector_card.limit"), value: amps(limit) },
    ],
    words: texts("connector_card.gauge", {
      drawn: amps(drawn, unknown),
      offered: amps(offered, unknown),
      limit: amps(limit, unknown),
      maximum: amps(shapes.scale),
    }),
  };
}

function chargeNowEnd({ hass, texts, connector, own, now }: Known): string | null {
  const until = stateOf(hass, connector, "sensor.charge_now_until")?.state ?? own?.charge_now_until;
  const left = until ? Date.parse(until) - now : Number.NaN;
  return left > 0 ? texts("connector_card.ends_in", { duration: formatDuration(hass, left) }) : null;
}

function session(known: Known): Fact[] {
  const { hass, texts, ofBus, own, now } = known;
  const session = own?.session;
  const phases = own?.vehicle?.phases ?? null;
  if (!session) return [];
  const lasted = Math.max(0, now - Date.parse(session.started));
  const fact = (key: string, value: string | null): Fact[] =>
    value === null ? [] : [{ label: texts(`connector_card.${key}`), value }];
  return [
    ...fact("time_left", timeLeft(known)),
    ...fact("charged", formatEnergy(hass, session.kwh)),
    ...fact("sun", session.sun === null ? null : formatShare(hass, session.sun)),
    ...fact("cost", session.cost === null ? null : formatMoney(hass, session.cost, ofBus?.currency)),
    ...fact("phases", phases === null ? null : formatNumber(hass, phases)),
    ...fact("time", Number.isNaN(lasted) ? null : formatDuration(hass, lasted)),
  ];
}

/**
 * Returns how long it takes at the present power until the vehicle has its level; null while that is not known, or while
 * a plan charges: it may end at a lower level, pause and change the power, and its own line has its times.
 */
function timeLeft({ hass, own, connector, ofBus }: Known): string | null {
  if (planAt(ofBus, connector.deviceId, connector.id)?.state === "charging") return null;
  const rest = own?.vehicle?.rest_kwh ?? null;
  const watts = own?.power ?? 0;
  if (rest === null || rest <= 0 || watts < CHARGING_W) return null;
  return formatDuration(hass, (rest / watts) * 1_000 * 3_600_000);
}

function planView({ hass, texts, connector, ofBus, now }: Known): PlanView | null {
  const plan = planAt(ofBus, connector.deviceId, connector.id);
  if (plan === null) return null;
  const ready = plan.ready === null ? null : formatDayTime(hass, new Date(plan.ready));
  const parts = [
    plan.goal === null ? null : amount(hass, plan.goal.kind, plan.goal.value),
    progress(hass, texts, plan, now),
    plan.cost === null || plan.state === "reached" ? null : formatMoney(hass, plan.cost, plan.currency ?? ofBus?.currency),
  ];
  return {
    title: ready === null ? plan.name : texts("connector_card.ready_by", { time: ready }),
    detail: parts.filter((part) => part !== null).join(" · ") || null,
    problem: plan.state === "unreachable" || plan.state === "failed",
    own: isOwnPlan(plan, connector.id),
  };
}

function amount(hass: Hass, kind: "percent" | "kwh" | "hours", value: number): string {
  if (kind === "percent") return formatShare(hass, value / 100);
  return kind === "kwh" ? formatEnergy(hass, value) : formatDuration(hass, value * 3_600_000);
}

/** Returns when a plan charges, or what becomes of it. */
function progress(hass: Hass, texts: Texts, plan: LivePlan, now: number): string | null {
  if (!isFollowed(plan)) return texts("connector_card.plan_off");
  if (plan.state === "reached") return texts("connector_card.plan_reached");
  if (plan.state === "failed") return texts("plan_card.state.failed");
  return plan.state === "unreachable" ? shortfall(hass, texts, plan) : slotWords(hass, texts, plan, now);
}

function shortfall(hass: Hass, texts: Texts, plan: LivePlan): string {
  const possible =
    plan.possible_percent !== null
      ? amount(hass, "percent", plan.possible_percent)
      : plan.possible_kwh !== null
        ? amount(hass, "kwh", plan.possible_kwh)
        : null;
  return possible === null ? texts("connector_card.plan_missed") : texts("connector_card.plan_short", { amount: possible });
}

function slotWords(hass: Hass, texts: Texts, plan: LivePlan, now: number): string | null {
  const slot = nextTime(plan, now);
  if (slot === null) return null;
  const shown = { start: formatTime(hass, minuteBegun(slot.start)), end: formatTime(hass, minuteBegun(slot.end)) };
  return texts(slot.start <= now ? "connector_card.slot_now" : "connector_card.slot", shown);
}

/** Returns when a plan charges next without a break, in ms since 1970: its slots are as short as prices hold. */
function nextTime({ slots }: LivePlan, now: number): { start: number; end: number } | null {
  const times = slots.map(({ start, end }) => ({ start: Date.parse(start), end: Date.parse(end) }));
  const run = runsOf(times.filter(({ end }) => end > now))[0];
  return run === undefined ? null : { start: run[0]!.start, end: run.at(-1)!.end };
}
