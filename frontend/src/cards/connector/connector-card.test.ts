import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { busDevice, connectorDevice, CONNECTOR_ENTITIES, entityId, fakeHass, live, liveBus, liveConnector, type FakeHass } from "../../../test/hass";
import { define, mount, settle, textOf, violations } from "../../../test/mount";
import { livePlan } from "../../../test/plans";
import type { Live } from "../../live";
import { connectorCard, ConnectorCard } from "./connector-card";
import { ConnectorPanel } from "./connector-panel";
import { connectorStyles } from "./styles";

define("twc-manager-connector-card", ConnectorCard);
define("twc-manager-connector-panel", ConnectorPanel);

const id = (key: string, device = "c032e"): string => entityId(device, key);
const LIMIT = { entity_id: id("number.charge_limit") };

async function drawn(card: ConnectorCard): Promise<void> {
  await settle(card);
  for (const panel of card.shadowRoot!.querySelectorAll<ConnectorPanel>("twc-manager-connector-panel")) await settle(panel as never);
}

async function show(hass: FakeHass, data: Live | undefined = live(), deviceId?: string): Promise<ConnectorCard> {
  const card = await mount(new ConnectorCard(), hass, deviceId === undefined ? {} : { device_id: deviceId });
  if (data !== undefined) hass.push(data);
  await drawn(card);
  return card;
}

async function change(card: ConnectorCard, hass: FakeHass): Promise<void> {
  card.hass = hass;
  await drawn(card);
}

function find<T extends HTMLElement = HTMLButtonElement>(card: ConnectorCard, selector: string): T {
  const found = card.shadowRoot!.querySelector<T>(selector);
  if (found === null) throw new Error(`no ${selector} in ${textOf(card)}`);
  return found;
}

const has = (card: ConnectorCard, selector: string): boolean => card.shadowRoot!.querySelector(selector) !== null;

async function choose(card: ConnectorCard, selector: string, value: string, ...events: string[]): Promise<void> {
  const field = find<HTMLInputElement>(card, selector);
  field.value = value;
  for (const event of events) field.dispatchEvent(new Event(event, { bubbles: true }));
  await drawn(card);
}

/** Lets the next action wait for the test. */
function hold(hass: FakeHass): { accept: () => void; refuse: (error: unknown) => void } {
  let accept = (): void => undefined;
  let refuse = (_: unknown): void => undefined;
  const call = hass.callService;
  hass.callService = (...given) => {
    void call(...given);
    return new Promise((resolve, reject) => {
      accept = () => resolve({});
      refuse = reject;
    });
  };
  return { accept: () => accept(), refuse: (error) => refuse(error) };
}

const OWN_PLAN = livePlan({ plan_id: "set_032E" });

describe("the connector card", () => {
  beforeEach(() => document.body.replaceChildren());
  afterEach(() => vi.useRealTimers());

  it("shows what happens, why, and what one does daily", async () => {
    const card = await show(fakeHass());
    const text = textOf(card);
    for (const part of ["Wall Connector 032E", "Model 3", "Charging at up to 12 A: green energy.", "11.8\u00a0A", "Charge now", "Pause", "Mode", "Charge limit", "No plan", "3.2\u00a0kWh"]) {
      expect(text.replaceAll(/\s/g, " ")).toContain(part.replaceAll(/\s/g, " "));
    }
  });

  it("opens the details of the status from the name", async () => {
    const card = await show(fakeHass());
    const opened: unknown[] = [];
    card.addEventListener("hass-more-info", (event) => opened.push((event as CustomEvent).detail));
    find(card, ".name").click();
    expect(opened).toEqual([{ entityId: id("sensor.status") }]);
  });

  it.each(["en", "de", "fr"] as const)("leaves nothing to be said by colour or place alone, in %s", async (language) => {
    const card = await show(fakeHass(undefined, language));
    find(card, ".open-plan").click();
    await drawn(card);
    expect(await violations(card)).toEqual([]);
    expect(textOf(card)).not.toMatch(/\{\w+\}|undefined|NaN/);
    for (const button of card.shadowRoot!.querySelectorAll("button")) {
      expect((button.getAttribute("aria-label") ?? button.textContent)!.trim()).not.toBe("");
    }
  });

  it("has texts for all it says in every language", async () => {
    for (const language of ["en", "de", "fr", "es", "it", "nl", "nb", "sv"] as const) {
      document.body.replaceChildren();
      const card = await show(fakeHass(undefined, language), live(liveBus({ plans: [OWN_PLAN] })));
      const labels = [...card.shadowRoot!.querySelectorAll(".label, .row > span, dt, .cancel-plan, .plan-words > span:first-child")];
      expect(labels.length).toBeGreaterThan(8);
      expect(labels.map((label) => label.textContent!.trim()).filter((text) => text === "")).toEqual([]);
    }
  });

  it("shows names of people as text, however long and strange", async () => {
    const device = connectorDevice();
    device.name = `<img src=x onerror=alert(1)>${"Garage am Ende der Einfahrt ".repeat(20)}`;
    const card = await show(fakeHass([busDevice(), device]), live(liveBus({ connectors: [liveConnector({ vehicle: { name: "<b>Ida</b>", level: 1, target: null, stoppable: false } })] })));
    expect(has(card, "img, b b")).toBe(false);
    expect(textOf(card)).toContain("<b>Ida</b>");
  });
});

describe("charging now", () => {
  beforeEach(() => document.body.replaceChildren());

  it("is shown as taken at once, and ends by a press", async () => {
    const hass = fakeHass();
    const { accept } = hold(hass);
    const card = await show(hass);
    find(card, ".charge_now").click();
    await drawn(card);
    expect(hass.calls).toEqual([{ domain: "switch", service: "turn_on", data: {}, target: { entity_id: id("switch.charge_now") } }]);
    expect([find(card, ".charge_now").getAttribute("aria-busy"), find(card, ".charge_now .label").textContent]).toEqual(["true", "End “Charge now”"]);
    accept();
    const until = new Date(Date.now() + 3_600_000).toISOString();
    await change(card, hass.with({ [id("switch.charge_now")]: "on", [id("sensor.charge_now_until")]: until }));
    expect(find(card, ".charge_now").getAttribute("aria-busy")).toBeNull();
    expect(find(card, ".charge_now .detail").textContent).toBe("ends in 1 hr at the latest");
    find(card, ".charge_now").click();
    expect(hass.calls.at(-1)).toMatchObject({ service: "turn_off" });
  });

  it("is not offered while the connector is paused, as it would change nothing", async () => {
    const card = await show(fakeHass().with({ [id("switch.charge")]: "off" }));
    expect([has(card, ".charge_now"), find(card, ".charge .label").textContent]).toEqual([false, "Resume"]);
    await change(card, fakeHass().with({ [id("switch.charge")]: "off", [id("switch.charge_now")]: "on" }));
    expect(has(card, ".charge_now")).toBe(true);
  });

  it("goes back to the true state with the reason when it is refused", async () => {
    const hass = fakeHass(undefined, "de");
    const { refuse } = hold(hass);
    const card = await show(hass);
    find(card, ".charge").click();
    await drawn(card);
    expect(find(card, ".charge .label").textContent).toBe("Fortsetzen");
    refuse({ code: "unauthorized", message: "Unauthorized" });
    await drawn(card);
    expect(find(card, ".charge .label").textContent).toBe("Pausieren");
    expect(find(card, "[role=alert]").textContent).toContain("Du darfst das nicht steuern.");
    expect(await violations(card)).toEqual([]);
    find(card, "[role=alert] button").click();
    await drawn(card);
    expect(has(card, "[role=alert]")).toBe(false);
  });
});

describe("the mode", () => {
  beforeEach(() => document.body.replaceChildren());

  it("is chosen, and is the true one again when it is refused", async () => {
    const hass = fakeHass();
    const { refuse } = hold(hass);
    const card = await show(hass);
    await choose(card, ".mode select", "green", "change");
    expect(hass.calls).toEqual([
      { domain: "select", service: "select_option", data: { option: "green" }, target: { entity_id: id("select.own_mode") } },
    ]);
    refuse({ code: "service_validation_error", message: "x", translation_domain: "twc_manager", translation_key: "no_green_source" });
    await drawn(card);
    expect(find<HTMLSelectElement>(card, ".mode select").value).toBe("bus");
    expect(find(card, "[role=alert]").textContent).toContain("There is no sensor of green energy yet.");
  });
});

describe("the charge limit", () => {
  beforeEach(() => document.body.replaceChildren());

  it("moves over accepted amps only, by slider, keys and buttons", async () => {
    const hass = fakeHass();
    const card = await show(hass);
    const slider = find<HTMLInputElement>(card, "input[type=range]");
    // 0, and 6 to 32 A.
    expect([slider.min, slider.max, slider.value, slider.getAttribute("aria-valuetext")]).toEqual(["0", "27", "11", "16\u00a0A"]);
    await choose(card, "input[type=range]", "1", "input");
    expect([find(card, "output").textContent, hass.calls]).toEqual(["6\u00a0A", []]);
    await choose(card, "input[type=range]", "0", "input", "change");
    expect(hass.calls).toEqual([{ domain: "number", service: "set_value", data: { value: 0 }, target: LIMIT }]);
    const buttons = card.shadowRoot!.querySelectorAll<HTMLButtonElement>(".step");
    expect(buttons[0]!.getAttribute("aria-disabled")).toBe("true");
    buttons[0]!.click();
    expect(hass.calls.length).toBe(1);
    buttons[1]!.click();
    expect(hass.calls.at(-1)!.data).toEqual({ value: 6 });
  });

  it("counts on from what was pressed, not from what is still shown by Home Assistant", async () => {
    const hass = fakeHass();
    const card = await show(hass);
    const up = (): HTMLButtonElement => card.shadowRoot!.querySelectorAll<HTMLButtonElement>(".step")[1]!;
    up().click();
    await drawn(card);
    up().click();
    await drawn(card);
    expect(hass.calls.map((call) => call.data["value"])).toEqual([17, 18]);
    expect(find(card, "output").textContent).toBe("18\u00a0A");
    await change(card, hass.with({ [LIMIT.entity_id]: "17" }));
    expect(find(card, "output").textContent).toBe("18\u00a0A");
    await change(card, hass.with({ [LIMIT.entity_id]: "18" }));
    await change(card, hass.with({ [LIMIT.entity_id]: "20" }));
    expect(find(card, "output").textContent).toBe("20\u00a0A");
  });
});

describe("a plan", () => {
  beforeEach(() => document.body.replaceChildren());

  it("is set for a level and a time, once", async () => {
    const hass = fakeHass();
    const card = await show(hass);
    find(card, ".open-plan").click();
    await drawn(card);
    expect([find(card, ".open-plan").getAttribute("aria-expanded"), card.shadowRoot!.activeElement]).toEqual(["true", find(card, "[name=time]")]);
    await choose(card, "[name=time]", "06:30", "input");
    await choose(card, "[name=amount]", "90", "input");
    find<HTMLFormElement>(card, "form").requestSubmit();
    await drawn(card);
    expect(hass.calls).toEqual([
      { domain: "twc_manager", service: "set_plan", data: { level: 90, time: "06:30:00" }, target: { device_id: "c032e" } },
    ]);
    expect(has(card, "form")).toBe(false);
  });

  it("is set for kWh only where no level is known", async () => {
    const hass = fakeHass();
    const data = live(liveBus({ connectors: [liveConnector({ vehicle: null })] }));
    const card = await show(hass, data);
    find(card, ".open-plan").click();
    await drawn(card);
    expect([has(card, "[name=unit]"), find(card, ".unit").textContent]).toEqual([false, "kWh"]);
    find<HTMLFormElement>(card, "form").requestSubmit();
    await drawn(card);
    expect(hass.calls[0]!.data).toEqual({ energy: 10, time: "07:00:00" });
  });

  it("stays in its form with the reason when it is refused, and is not sent when it would be", async () => {
    const hass = fakeHass();
    const { refuse } = hold(hass);
    const card = await show(hass);
    find(card, ".open-plan").click();
    await drawn(card);
    await choose(card, "[name=unit]", "kwh", "change");
    await choose(card, "[name=amount]", "", "input");
    find(card, "form").dispatchEvent(new Event("submit", { cancelable: true }));
    expect(hass.calls).toEqual([]);
    await choose(card, "[name=amount]", "12.5", "input");
    find<HTMLFormElement>(card, "form").requestSubmit();
    await drawn(card);
    refuse(new Error("This time has passed. Choose a later one."));
    await drawn(card);
    expect(hass.calls[0]!.data).toEqual({ energy: 12.5, time: "07:00:00" });
    expect(find(card, "[role=alert]").textContent).toContain("This time has passed.");
    expect(find<HTMLInputElement>(card, "[name=amount]").value).toBe("12.5");
  });

  it("is cancelled if it was set once, and gives back the focus", async () => {
    const hass = fakeHass();
    const card = await show(hass, live(liveBus({ plans: [OWN_PLAN] })));
    find(card, ".cancel-plan").click();
    await drawn(card);
    expect(hass.calls).toEqual([{ domain: "twc_manager", service: "cancel_plan", data: {}, target: { device_id: "c032e" } }]);
    hass.push(live());
    await drawn(card);
    expect(textOf(card)).toContain("No plan");
    find(card, ".open-plan").click();
    await drawn(card);
    find(card, ".plan-form [type=button]").click();
    await drawn(card);
    expect(card.shadowRoot!.activeElement).toBe(find(card, ".open-plan"));
  });
});

describe("the keyboard", () => {
  beforeEach(() => document.body.replaceChildren());

  it("reaches every control in the order in which they are read", async () => {
    const card = await show(fakeHass());
    find(card, ".open-plan").click();
    await drawn(card);
    const reached = [...card.shadowRoot!.querySelectorAll<HTMLElement>("button, select, input")].map((control) => {
      control.focus();
      return card.shadowRoot!.activeElement === control && control.tabIndex === 0;
    });
    expect(reached.length).toBe(13);
    expect(reached).not.toContain(false);
    expect(card.shadowRoot!.querySelectorAll("[tabindex], [onclick]").length).toBe(0);
  });

  it("keeps the focus on a button that has come to its end", async () => {
    const hass = fakeHass().with({ [LIMIT.entity_id]: "31" });
    const card = await show(hass);
    const up = card.shadowRoot!.querySelectorAll<HTMLButtonElement>(".step")[1]!;
    up.focus();
    up.click();
    await drawn(card);
    expect([up.getAttribute("aria-disabled"), card.shadowRoot!.activeElement]).toEqual(["true", up]);
  });
});

describe("several connectors", () => {
  beforeEach(() => document.body.replaceChildren());

  it("are all on one card, six as well", async () => {
    const ids = ["032E", "1839", "2431", "4A4B", "5C5D", "6E6F"];
    const data = live(liveBus({ connectors: ids.map((name) => liveConnector({ id: name, device_id: `c${name.toLowerCase()}` })) }));
    const hass = fakeHass([busDevice(), ...ids.map((name) => connectorDevice(name))]);
    const card = await show(hass, data);
    expect(card.shadowRoot!.querySelectorAll("section").length).toBe(6);
    expect(card.getCardSize()).toBe(54);
    expect(await violations(card)).toEqual([]);
    expect((await show(hass, data, "c1839")).shadowRoot!.querySelectorAll("section").length).toBe(1);
    expect((await show(hass, data, "bus")).shadowRoot!.querySelectorAll("section").length).toBe(6);
  });

  it("are none: that is said", async () => {
    const card = await show(fakeHass([busDevice()]), live(liveBus({ connectors: [] })));
    expect(textOf(card)).toContain("No wall connector has been found yet.");
    expect(card.getCardSize()).toBe(9);
  });

  it("include none that was removed: that is said, too", async () => {
    const card = await show(fakeHass(), live(), "gone");
    expect(textOf(card)).toContain("This device no longer exists.");
  });

  it("draw anew for a state that they show, and for no other", async () => {
    const hass = fakeHass();
    const card = await show(hass);
    const draw = vi.spyOn(card, "requestUpdate");
    card.hass = hass.with({ [id("sensor.lifetime_energy")]: "1235" });
    expect(draw).not.toHaveBeenCalled();
    for (const key of ["sensor.current", "switch.charge", "select.own_mode", "number.charge_limit"]) {
      draw.mockClear();
      card.hass = (card.hass as FakeHass).with({ [id(key)]: "1" });
      expect(draw).toHaveBeenCalled();
    }
  });
});

describe("what is missing", () => {
  beforeEach(() => document.body.replaceChildren());

  it.each(["unavailable", "unknown", undefined])("leaves a card that can be read: every entity is %s", async (state) => {
    const states = Object.fromEntries(CONNECTOR_ENTITIES.map(({ key }) => [id(key), state]));
    const card = await show(fakeHass().with(states), live(liveBus({ state: "offline", connectors: [] })));
    expect(textOf(card)).toContain("The adapter of the bus is gone.");
    expect(has(card, ".action, select, input")).toBe(false);
    expect(await violations(card)).toEqual([]);
  });

  it("is no dead control: disabled entities have none", async () => {
    const entities = CONNECTOR_ENTITIES.map((entity) => ({ ...entity, disabled: true }));
    const card = await show(fakeHass([busDevice(), connectorDevice("032E", entities)]));
    expect(has(card, ".action, select, input, .name")).toBe(false);
    expect(textOf(card)).toContain("Charging at up to 12 A");
  });
});

describe("the picker", () => {
  it("suggests the card for the status and the charge limit of a connector only", () => {
    const hass = fakeHass();
    const suggested = Object.keys(hass.entities).filter((entity) => connectorCard.getEntitySuggestion!(hass, entity));
    expect(suggested.sort()).toEqual([id("number.charge_limit"), id("sensor.status")].sort());
    expect(connectorCard.getEntitySuggestion!(hass, id("sensor.status"))).toEqual({
      config: { type: "custom:twc-manager-connector-card", device_id: "c032e" },
    });
    expect(connectorCard.getEntitySuggestion!(hass, "light.kitchen")).toBeNull();
  });

  it("begins with the first connector, or with all that will come", () => {
    expect(ConnectorCard.getStubConfig(fakeHass())).toEqual({ device_id: "c032e" });
    expect(ConnectorCard.getStubConfig(fakeHass([]))).toEqual({});
  });
});

describe("motion", () => {
  it("is only where it is wanted", () => {
    const css = connectorStyles.cssText;
    const calm = css.slice(0, css.indexOf("@media (prefers-reduced-motion: no-preference)"));
    expect(calm).not.toMatch(/animation|transition/);
  });
});
