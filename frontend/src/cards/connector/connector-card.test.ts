import { beforeEach, describe, expect, it, vi } from "vitest";
import { drawn, find, has, id, show } from "../../../test/connector-card";
import { busDevice, connectorDevice, CONNECTOR_ENTITIES, fakeHass, live, liveBus, liveConnector, UNKNOWN, type FakeHass } from "../../../test/hass";
import { textOf, violations } from "../../../test/mount";
import { livePlan } from "../../../test/plans";
import { connectorCard, ConnectorCard } from "./connector-card";
import { controlStyles } from "./control-styles";
import { connectorStyles } from "./styles";

const OWN_PLAN = livePlan({ plan_id: "set_032E" });

describe("the connector card", () => {
  beforeEach(() => document.body.replaceChildren());

  it("shows what happens, why, and what one does daily", async () => {
    const card = await show(fakeHass());
    const text = textOf(card);
    for (const part of ["Wall Connector 032E", "Model 3", "Charging at up to 12 A: green energy.", "11.8\u00a0A", "Charge now", "Pause", "Mode", "Charge limit", "No plan", "3.2\u00a0kWh"]) {
      expect(text.replaceAll(/\s/g, " ")).toContain(part.replaceAll(/\s/g, " "));
    }
  });

  it("draws all arcs of the gauge on one path, so that none leaves it while it grows", async () => {
    const card = await show(fakeHass());
    const arcs = [...card.shadowRoot!.querySelectorAll(".gauge path")];
    expect(new Set(arcs.map((arc) => arc.getAttribute("d"))).size).toBe(1);
    expect(arcs.map((arc) => arc.getAttribute("stroke-dasharray"))).toEqual([null, "37.5 200", "36.875 200"]);
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
    const card = await show(fakeHass([busDevice(), device]), live(liveBus({ connectors: [liveConnector({ vehicle: { name: "<b>Ida</b>", level: 1, target: null, ...UNKNOWN } })] })));
    expect(has(card, "img, b b")).toBe(false);
    expect(textOf(card)).toContain("<b>Ida</b>");
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
    expect(calm + controlStyles.cssText).not.toMatch(/animation|transition/);
  });
});
