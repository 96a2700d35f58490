import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { busDevice, connectorDevice, entityId, fakeHass, live, liveBus, liveConnector, type FakeHass } from "../../test/hass";
import { define, settle, violations } from "../../test/mount";
import type { Live } from "../live";
import { AmpsFeature, ampsFeature, type AmpsConfig } from "./amps";

define("twc-manager-amps", AmpsFeature);

const LIMIT = entityId("c032e", "number.charge_limit");
const TOTAL = entityId("bus", "number.total_current_limit");

interface Options {
  entity?: string;
  data?: Live;
  config?: Partial<AmpsConfig>;
}

async function show(hass: FakeHass, { entity = LIMIT, data, config = {} }: Options = {}): Promise<AmpsFeature> {
  const feature = new AmpsFeature();
  feature.setConfig({ ...AmpsFeature.getStubConfig(), ...config });
  feature.context = { entity_id: entity };
  feature.hass = hass;
  document.body.append(feature);
  await settle(feature);
  if (data !== undefined) hass.push(data);
  await settle(feature);
  return feature;
}

const buttons = (feature: AmpsFeature): HTMLButtonElement[] => [...feature.shadowRoot!.querySelectorAll("button")];
const amps = (feature: AmpsFeature): string[] => buttons(feature).map((button) => button.textContent!.trim());
const pressed = (feature: AmpsFeature): string[] =>
  buttons(feature)
    .filter((button) => button.getAttribute("aria-pressed") === "true")
    .map((button) => button.textContent!.trim());

describe("the feature with useful amps", () => {
  beforeEach(() => document.body.replaceChildren());
  afterEach(() => vi.useRealTimers());

  it("has 0, the minimum, the maximum and usual amps between them", async () => {
    const feature = await show(fakeHass(), { data: live() });
    expect(amps(feature)).toEqual(["0", "6", "16", "24", "32"]);
    expect(pressed(feature)).toEqual(["16"]);
  });

  it("has only both ends while the minimum is not known", async () => {
    expect(amps(await show(fakeHass()))).toEqual(["0", "32"]);
  });

  it("sets all connectors together from the minimum of theirs", async () => {
    const hass = fakeHass();
    const data = live(liveBus({ connectors: [liveConnector({ minimum: 12 })] }));
    const feature = await show(hass, { entity: TOTAL, data, config: { steps: 4 } });
    expect(amps(feature)).toEqual(["0", "12", "20", "32"]);
    buttons(feature)[1]!.click();
    expect(hass.calls).toEqual([
      { domain: "number", service: "set_value", data: { value: 12 }, target: { entity_id: TOTAL } },
    ]);
  });

  it("shows at once what was pressed, and then what is true", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const hass = fakeHass();
    const feature = await show(hass, { data: live() });
    buttons(feature)[3]!.click();
    await settle(feature);
    expect([pressed(feature), buttons(feature)[3]!.getAttribute("aria-busy")]).toEqual([["24"], "true"]);
    feature.hass = hass.with({ [LIMIT]: "24" });
    await settle(feature);
    expect([pressed(feature), buttons(feature)[3]!.getAttribute("aria-busy")]).toEqual([["24"], null]);
    buttons(feature)[4]!.click();
    await settle(feature);
    vi.advanceTimersByTime(2_000);
    await settle(feature);
    expect(pressed(feature)).toEqual(["24"]);
  });

  it("goes back to the true value when it is refused", async () => {
    const hass = fakeHass();
    hass.callService = () => Promise.reject(new Error("no"));
    const feature = await show(hass, { data: live() });
    buttons(feature)[0]!.click();
    await settle(feature);
    expect(pressed(feature)).toEqual(["16"]);
  });

  it.each(["unavailable", "unknown"])("shows nothing while the number is %s", async (state) => {
    const feature = await show(fakeHass().with({ [LIMIT]: state }), { data: live() });
    expect(buttons(feature)).toEqual([]);
  });

  it("shows nothing for an entity that is gone", async () => {
    expect(buttons(await show(fakeHass().with({ [LIMIT]: undefined })))).toEqual([]);
  });

  it.each(["en", "de", "fr"] as const)("is understood without eyes, in %s", async (language) => {
    const hass = fakeHass(undefined, language);
    const feature = await show(hass, { data: live() });
    expect(buttons(feature)[1]!.getAttribute("aria-label")).toBe("6\u00a0A");
    expect(feature.shadowRoot!.querySelector("[role=group]")!.getAttribute("aria-label")).toMatch(/^Amp/);
    expect(await violations(feature)).toEqual([]);
  });

  it("is offered for our numbers of amps only", () => {
    const hass = fakeHass();
    const supported = Object.keys(hass.entities).filter((entity_id) => ampsFeature.isSupported(hass, { entity_id }));
    expect(supported.sort()).toEqual([TOTAL, LIMIT].sort());
    expect(ampsFeature.isSupported(hass, {})).toBe(false);
    hass.entities[LIMIT]!.platform = "other";
    expect(ampsFeature.isSupported(hass, { entity_id: LIMIT })).toBe(false);
  });

  it("refuses a number of buttons that makes no sense", () => {
    const feature = new AmpsFeature();
    for (const steps of [2, 9, 4.5, "5"]) {
      expect(() => feature.setConfig({ type: "custom:twc-manager-amps", steps: steps as number })).toThrow();
    }
  });

  it("ends its subscription when it leaves the page", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const hass = fakeHass([busDevice(), connectorDevice()]);
    const feature = await show(hass);
    expect(hass.subscriptions()).toBe(1);
    feature.remove();
    vi.advanceTimersByTime(60_000);
    expect(hass.subscriptions()).toBe(0);
  });
});
