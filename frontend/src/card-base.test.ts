import { html, type TemplateResult } from "lit";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { fakeHass, live } from "../test/hass";
import { define, mount, settle, textOf, violations } from "../test/mount";
import { TwcCard } from "./card-base";
import type { Hass } from "./ha";

class TestCard extends TwcCard {
  drawn = 0;

  protected shownEntities(): Iterable<string> {
    return ["switch.c032e_charge"];
  }

  protected content(hass: Hass): TemplateResult {
    this.drawn += 1;
    return html`<p>${hass.states["switch.c032e_charge"]?.state} ${this.live?.buses[0]?.sentence}</p>`;
  }
}

beforeAll(() => {
  define("test-card", TestCard);
});
afterEach(() => document.body.replaceChildren());

const card = (): TestCard => document.createElement("test-card") as TestCard;

describe("a card", () => {
  test("draws again only if something that it shows changed", async () => {
    const hass = fakeHass();
    const shown = await mount(card(), hass);
    const { drawn } = shown;
    shown.hass = hass.with({ "switch.bus_charge_now": "on" });
    await settle(shown);
    expect(shown.drawn).toBe(drawn);
    shown.hass = hass.with({ "switch.c032e_charge": "off" });
    await settle(shown);
    expect(shown.drawn).toBe(drawn + 1);
    expect(textOf(shown)).toContain("off");
  });

  test("shows what is pushed, until it is taken from the page", async () => {
    const hass = fakeHass();
    const shown = await mount(card(), hass);
    hass.push(live());
    await settle(shown);
    expect(textOf(shown)).toContain("Charging at up to 12 A");
    expect(await violations(shown)).toEqual([]);
  });

  test("says in the user's language that there is no bus", async () => {
    expect(textOf(await mount(card(), fakeHass([], "de")))).toMatch(/^Noch kein Bus/);
  });

  test("is of a bus or a connector, not of a vehicle", () => {
    const filter = ["RS-485", "Wall Connector Gen 2"].map((model) => ({ integration: "twc_manager", model }));
    expect(TestCard.getConfigForm().schema).toMatchObject([{ selector: { device: { filter } } }]);
  });

  test("accepts a device that is gone, but no nonsense", () => {
    expect(() => card().setConfig({ type: "custom:test-card", device_id: "gone" })).not.toThrow();
    expect(() => card().setConfig({ type: "custom:test-card", device_id: 5 as never })).toThrow();
  });
});
