import { describe, expect, it } from "vitest";
import { busDevice, connectorDevice, CONNECTOR_ENTITIES, entityId, fakeHass, live, liveBus, liveConnector, UNKNOWN, type FakeHass } from "../../../test/hass";
import { livePlan, slots } from "../../../test/plans";
import { findBuses } from "../../entities";
import type { HassEntity } from "../../ha";
import type { Live, LiveConnector, LiveFailure, LivePlan, LiveSentence, LiveVehicle } from "../../live";
import { loadTexts } from "../../texts";
import { connectorView, type ConnectorView } from "./view";

const NOW = Date.parse("2026-11-29T12:05:00Z");
const id = (key: string): string => entityId("c032e", key);

interface Given {
  hass?: FakeHass;
  states?: Record<string, Partial<HassEntity> | string | undefined>;
  data?: Live | undefined;
  failure?: LiveFailure;
}

async function view(given: Given = {}): Promise<ConnectorView> {
  const hass = (given.hass ?? fakeHass()).with(given.states ?? {});
  const bus = findBuses(hass)[0]!;
  const data = "data" in given ? given.data : live();
  const texts = await loadTexts(hass);
  return connectorView({ hass, texts, bus, connector: bus.connectors[0]!, live: data, failure: given.failure, now: NOW });
}

const withConnector = (changes: Partial<LiveConnector>): Live => live(liveBus({ connectors: [liveConnector(changes)] }));

const NOON = "2026-11-29T12:00:00Z";

const withPlan = (changes: Partial<LivePlan> = {}): Live => live(liveBus({ plans: [livePlan({ slots: slots(NOON, [-10, 13, 14, 15]), ...changes })] }));

describe("what is shown of a connector that charges", () => {
  it("is the sentence, and no alarm", async () => {
    const shown = await view();
    expect([shown.presence, shown.statement, shown.tone]).toEqual(["here", "Charging at up to 12 A: green energy.", "charging"]);
  });

  it("are amps on the scale of the connector, also in words", async () => {
    const { gauge } = await view();
    expect(gauge!.shapes.scale).toBe(32);
    expect([gauge!.drawn, gauge!.power]).toEqual(["11.8\u00a0A", "2.71\u00a0kW"]);
    expect(gauge!.words).toBe("11.8\u00a0A drawn, 12\u00a0A offered, limit 16\u00a0A, scale up to 32\u00a0A");
  });

  it("prefers the entities, which are faster, and does without them", async () => {
    const fast = await view({ states: { [id("sensor.current")]: { state: "13", attributes: { device_class: "current" } }, [id("sensor.offered_current")]: "14" } });
    expect([fast.gauge!.drawn, fast.gauge!.facts[0]!.value]).toEqual(["13\u00a0A", "14\u00a0A"]);
    const disabled = CONNECTOR_ENTITIES.map((entity) => ({ ...entity, disabled: true }));
    const bare = await view({ hass: fakeHass([busDevice(), connectorDevice("032E", disabled)]) });
    expect([bare.gauge!.drawn, bare.gauge!.facts[0]!.value, bare.gauge!.facts[1]!.value]).toEqual(["11.8\u00a0A", "12\u00a0A", "16\u00a0A"]);
    expect(bare.controls).toEqual({ chargeNow: null, charge: null, mode: null, limit: null, stopAt: null });
  });

  it("is the vehicle with its level and where that ends", async () => {
    const { vehicle } = await view();
    expect(vehicle).toEqual({ name: "Model 3", level: 0.54, target: 0.8, words: "54%, up to 80%" });
    const unknown = await view({ data: withConnector({ vehicle: { name: "Model 3", level: null, target: null, ...UNKNOWN } }) });
    expect([unknown.vehicle!.words, unknown.levelKnown]).toEqual([null, false]);
    const full = await view({ data: withConnector({ vehicle: { name: null, level: 99, target: 100, ...UNKNOWN } }) });
    expect(full.vehicle).toMatchObject({ name: "Model 3", words: "99%" });
  });

  it("is the session, as far as it is known", async () => {
    expect((await view()).session).toEqual([
      { label: "Charged", value: "3.2\u00a0kWh" },
      { label: "Sun", value: "82%" },
      { label: "Cost", value: "€0.42" },
      { label: "Plugged in", value: "2 hr 5 min" },
    ]);
    const bare = { started: "2026-11-29T12:05:30Z", kwh: 0, sun: null, cost: null, average_price: null };
    expect((await view({ data: withConnector({ session: bare }) })).session.map((fact) => fact.value)).toEqual([
      "0.0\u00a0kWh",
      "0 min",
    ]);
    expect((await view({ data: withConnector({ session: null }) })).session).toEqual([]);
  });

  it("is the time that is left at the present power, and the phases, where they are known", async () => {
    const facts = async (changes: Partial<LiveVehicle>, power: number | null = 11_100): Promise<string[]> => {
      const vehicle = { ...liveConnector().vehicle!, ...changes };
      const { session } = await view({ data: withConnector({ vehicle, power }) });
      return session.filter(({ label }) => /Time left|Phases/.test(label)).map(({ label, value }) => `${label} ${value}`);
    };
    expect(await facts({ rest_kwh: 22.2, phases: 3 })).toEqual(["Time left 2 hr", "Phases 3"]);
    expect(await facts({ rest_kwh: 22.2, phases: null }, 300)).toEqual([]);
    expect(await facts({ rest_kwh: 22.2, phases: null }, null)).toEqual([]);
    expect(await facts({ rest_kwh: 0, phases: 1 })).toEqual(["Phases 1"]);
    expect(await facts({ rest_kwh: null, phases: null })).toEqual([]);
  });

  it("is no time left while a plan charges, which may end at a lower level", async () => {
    const connector = liveConnector({ vehicle: { ...liveConnector().vehicle!, rest_kwh: 22.2 }, power: 11_100 });
    const labels = async (state: LivePlan["state"]): Promise<string[]> => {
      const data = live(liveBus({ connectors: [connector], plans: [livePlan({ state })] }));
      return (await view({ data })).session.map(({ label }) => label);
    };
    expect(await labels("charging")).not.toContain("Time left");
    expect(await labels("reached")).toContain("Time left");
  });
});

describe("what comes next", () => {
  it("is said with the time that is left, if it is soon and in the sentence", async () => {
    const text = ["Next: start at ", { time: "2026-11-29T12:08:00Z" }, " at the earliest."];
    const next = (at: string, sentence: LiveSentence | null = ["Paused: start delay. ", ...text]): Promise<ConnectorView> =>
      view({ data: withConnector({ next: { at, text }, sentence }) });
    const soon = await next("2026-11-29T12:08:00Z");
    expect(soon.soon).toBe("in 3 min");
    expect(soon.statement).toBe("Paused: start delay. Next: start at 1:08 PM at the earliest.");
    expect((await next("2026-11-29T12:08:00Z", ["Paused: start delay."])).soon).toBeNull();
    expect((await next("2026-11-29T12:08:00Z", null)).soon).toBeNull();
    expect((await next("2026-11-29T23:00:00Z")).soon).toBeNull();
    expect((await next("2026-11-29T12:00:00Z")).soon).toBeNull();
    expect((await view()).soon).toBeNull();
  });

  it("is the end of charging now, while that is on", async () => {
    const until = { [id("sensor.charge_now_until")]: "2026-11-30T11:20:00+00:00" };
    expect((await view({ states: until })).chargeNowEnd).toBeNull();
    const on = { ...until, [id("switch.charge_now")]: "on" };
    expect((await view({ states: on })).chargeNowEnd).toBe("ends in 23 hr 15 min at the latest");
    expect((await view({ states: { [id("switch.charge_now")]: "on" } })).chargeNowEnd).toBeNull();
  });

  it("is the plan with its goal, its next slot and what it costs", async () => {
    expect((await view({ data: withPlan() })).plan).toEqual({
      title: "Ready by Mon 7:00 AM",
      detail: "80% · charges 2:00 AM–5:00 AM · €0.74",
      problem: false,
      own: false,
    });
    expect((await view()).plan).toBeNull();
  });

  it("is until when a plan charges now", async () => {
    expect((await view({ data: withPlan({ state: "charging", slots: slots(NOON, [0, 1, 3]), cost: null }) })).plan!.detail).toBe("80% · charges until 3:00 PM");
    expect((await view({ data: withPlan({ slots: [], cost: null, goal: null }) })).plan!.detail).toBeNull();
  });

  it("is how far a plan comes that will not be reached", async () => {
    expect((await view({ data: withPlan({ state: "unreachable", possible_percent: 72, possible_kwh: 30, cost: null }) })).plan).toMatchObject({
      detail: "80% · only 72% possible",
      problem: true,
    });
    const kwh = { state: "unreachable", goal: { kind: "kwh", value: 20 }, possible_kwh: 12.34 } as const;
    expect((await view({ data: withPlan(kwh) })).plan!.detail).toBe("20.0\u00a0kWh · only 12.3\u00a0kWh possible · €0.74");
    expect((await view({ data: withPlan({ state: "unreachable", cost: null }) })).plan!.detail).toBe("80% · will not be reached");
    expect((await view({ data: withPlan({ state: "reached" }) })).plan!.detail).toBe("80% · reached");
    const paused = { plan_id: "set_032E", state: "off", enabled: false, ready: null, cost: null } as const;
    expect((await view({ data: withPlan(paused) })).plan).toMatchObject({ detail: "80% · not followed now", own: true });
  });

  it("is that there is an error in a plan", async () => {
    expect((await view({ data: withPlan({ state: "failed", ready: null, slots: [], cost: null }) })).plan).toMatchObject({
      detail: "80% · Error",
      problem: true,
    });
  });

  it("is a plan without a time or a goal by its name", async () => {
    expect((await view({ data: withPlan({ ready: null, goal: null }) })).plan!.title).toBe("Workdays");
    const hours = withPlan({ goal: { kind: "hours", value: 2.5 } });
    expect((await view({ data: hours })).plan!.detail).toMatch(/^2 hr 30 min · /);
  });
});

describe("what is shown when something is missing", () => {
  it("is the state of the entity until the live data is there", async () => {
    const shown = await view({ data: undefined });
    expect([shown.presence, shown.statement, shown.tone]).toEqual(["loading", "Charging", "calm"]);
    expect([shown.gauge!.drawn, shown.canPlan]).toEqual(["11.8\u00a0A", false]);
    const nothing = await view({ data: undefined, states: { [id("sensor.status")]: "unknown" } });
    expect(nothing.statement).toBe("Loading");
  });

  it("is said in words, with the settings that still hold", async () => {
    const offline = await view({ data: live(liveBus({ state: "offline", connectors: [] })) });
    expect([offline.presence, offline.tone, offline.gauge, offline.vehicle, offline.session]).toEqual(["offline", "problem", null, null, []]);
    expect(offline.statement).toContain("adapter");
    expect(offline.controls.charge).not.toBeNull();
    expect(offline.canPlan).toBe(true);
  });

  it("is that the connector does not answer", async () => {
    const gone = live(liveBus({ connectors: [] }));
    expect((await view({ data: gone, states: { [id("sensor.status")]: "unavailable" } })).presence).toBe("away");
    const silent = await view({ states: { [id("sensor.status")]: "unavailable" } });
    const disabled = CONNECTOR_ENTITIES.map((entity) => ({ ...entity, disabled: true }));
    const bare = fakeHass([busDevice(), connectorDevice("032E", disabled)]);
    expect((await view({ hass: bare, data: withConnector({ status: "unavailable" }) })).presence).toBe("away");
    expect([silent.presence, silent.statement]).toEqual(["away", "This wall connector does not answer. Is its power on?"]);
    expect((await view({ hass: bare, data: gone })).presence).toBe("away");
  });

  it("is not told of one that has just been linked and has states, but no data yet", async () => {
    const linked = await view({ data: live(liveBus({ connectors: [] })) });
    expect(linked.presence).toBe("loading");
    expect(linked.statement).not.toContain("does not answer");
  });

  it("is that the integration is not running, without controls", async () => {
    const gone = Object.fromEntries(CONNECTOR_ENTITIES.map(({ key }) => [id(key), "unavailable"]));
    for (const given of [{ data: live(liveBus({ state: "not_loaded", connectors: [] })) }, { data: undefined, failure: "not_loaded" as const }]) {
      const shown = await view({ ...given, states: gone });
      expect([shown.presence, shown.canPlan]).toEqual(["not_loaded", false]);
      expect(shown.statement).toContain("TWC Manager is not running");
      expect(shown.controls).toEqual({ chargeNow: null, charge: null, mode: null, limit: null, stopAt: null });
    }
  });

  it("is a dash for a number that nobody knows", async () => {
    const states = { [id("sensor.current")]: "unknown", [id("sensor.offered_current")]: "unavailable", [id("number.charge_limit")]: "unknown", [id("sensor.rating")]: "unknown" };
    const { gauge } = await view({ states, data: withConnector({ drawn: null, offered: null, limit: null, power: null, sentence: null }) });
    expect([gauge!.drawn, gauge!.power, gauge!.facts.map((fact) => fact.value)]).toEqual(["–", null, ["–", "–"]]);
    expect(gauge!.words).toBe("unknown drawn, unknown offered, limit unknown, scale up to 16\u00a0A");
  });

  it("is the state if there is no sentence", async () => {
    expect((await view({ data: withConnector({ sentence: null }) })).statement).toBe("Charging");
  });

  it("is that there is no vehicle", async () => {
    const shown = await view({ states: { [id("sensor.status")]: "disconnected" } });
    expect(shown.vehicle!.name).toBe("No vehicle");
    const unknown = await view({ states: { [id("sensor.vehicle")]: "unknown" }, data: withConnector({ vehicle: null }) });
    expect(unknown.vehicle).toBeNull();
  });

  it("is a problem that needs the owner", async () => {
    expect((await view({ data: withConnector({ reason: "cannot_stop" }) })).tone).toBe("problem");
    expect((await view({ states: { [id("sensor.status")]: "error" } })).tone).toBe("problem");
    expect((await view({ states: { [id("sensor.status")]: "paused" } })).tone).toBe("calm");
  });
});

describe("the controls", () => {
  it("offer all modes, with the one that all have", async () => {
    const { mode } = (await view()).controls;
    expect(mode!.options.map((option) => option.name)).toEqual([
      "Same as all (Follow green energy)",
      "Follow green energy",
      "Fixed",
      "Off",
    ]);
  });

  it("do not offer green energy where nothing measures it", async () => {
    const data = live(liveBus({ meters: { fuse: "sensor.fuse" }, mode: "fixed" }));
    expect((await view({ data })).controls.mode!.options.map((option) => option.value)).toEqual(["bus", "fixed", "off"]);
    const chosen = await view({ data, states: { [id("select.own_mode")]: { state: "green" } } });
    expect(chosen.controls.mode!.options.map((option) => option.value)).toContain("green");
    const secret = await view({ data: live(liveBus({ meters: {}, mode: "green" })) });
    expect(secret.controls.mode!.options.map((option) => option.value)).toContain("green");
  });

  it("offer only amps that are accepted", async () => {
    expect((await view({ data: withConnector({ minimum: 30 }) })).controls.limit!.steps).toEqual([0, 30, 31, 32]);
    expect((await view({ data: undefined })).controls.limit!.steps).toEqual([0, 32]);
  });

  it.each(["unavailable", "unknown", undefined])("are left out while their entity is %s", async (state) => {
    const keys = ["switch.charge", "switch.charge_now", "select.own_mode", "number.charge_limit"];
    const states = Object.fromEntries(keys.map((key) => [id(key), state]));
    expect((await view({ states })).controls).toEqual({ chargeNow: null, charge: null, mode: null, limit: null, stopAt: null });
  });
});

describe("the words", () => {
  it.each([
    ["de", "11,8\u00a0A gezogen, 12\u00a0A angeboten, Grenze 16\u00a0A, Skala bis 32\u00a0A", "Bereit bis Mo., 07:00"],
    ["fr", "Courant pris 11,8\u00a0A, offert 12\u00a0A, limite 16\u00a0A, échelle jusqu'à 32\u00a0A", "Prêt pour lun. 07:00"],
  ] as const)("are those of the user, in %s", async (language, words, title) => {
    const shown = await view({ hass: fakeHass(undefined, language), data: withPlan() });
    expect(shown.gauge!.words).toBe(words);
    expect(shown.plan!.title).toBe(title);
  });
});
