import { beforeEach, describe, expect, it } from "vitest";
import { drawn, find, has, show } from "../../../test/connector-card";
import { fakeHass, live, liveBus, type FakeHass, type Language } from "../../../test/hass";
import { textOf, violations } from "../../../test/mount";
import { livePlan, slots } from "../../../test/plans";
import type { LivePlan } from "../../live";
import type { ConnectorCard } from "./connector-card";

const EVENING = "2026-11-29T21:00:00+00:00";
const READY = "2026-11-30T06:00:00+00:00";
const OWN_PLAN = livePlan({ plan_id: "set_032E", ready: READY });

async function setPlan(
  answer: Record<string, unknown> = {},
  { plan, language = "en" }: { plan?: LivePlan; language?: Language } = {},
): Promise<{ card: ConnectorCard; hass: FakeHass }> {
  const hass = fakeHass(undefined, language);
  hass.answers["twc_manager.set_plan"] = {
    plans: [{ ready: READY, possible: true, needed_kwh: 20.1, possible_kwh: 60.4, possible_level: 97, ...answer }],
  };
  const card = await show(hass);
  find(card, ".open-plan").click();
  await drawn(card);
  find<HTMLFormElement>(card, "form").requestSubmit();
  await drawn(card);
  hass.push(live(liveBus({ plans: [plan ?? OWN_PLAN] })));
  await drawn(card);
  return { card, hass };
}

const lines = (card: ConnectorCard): string[] => [...card.shadowRoot!.querySelectorAll(".answer p")].map((line) => line.textContent ?? "");

describe("the answer to a plan that was set", () => {
  beforeEach(() => document.body.replaceChildren());

  it("says what can be reached, when it charges and what that costs beside charging at once", async () => {
    const plan = livePlan({ ...OWN_PLAN, slots: slots(EVENING, [4, 5, 7]) });
    const { card } = await setPlan({}, { plan });
    expect(lines(card).map((line) => line.replaceAll("\u202f", " "))).toEqual([
      "Can be reached: up to 97% by Mon 7:00 AM.",
      "Charges Mon 2:00 AM – 4:00 AM, Mon 5:00 AM – 6:00 AM",
      "Still to be charged: 11.1\u00a0kWh, €0.74, at once it would be €2.10",
    ]);
    expect([find(card, ".answer [role=status]").textContent !== "", await violations(card)]).toEqual([true, []]);
  });

  it("tells at once that a goal is out of reach, with what is possible", async () => {
    const { card } = await setPlan({ possible: false, possible_kwh: 8.2, possible_level: null });
    expect(lines(card)[0]).toMatch(/^Cannot be reached: only 8\.2\u00a0kWh by /);
    expect(find(card, ".answer").classList.contains("short")).toBe(true);
  });

  it("tells what the plan lacks that is made for all vehicles together", async () => {
    const plan = livePlan({ ...OWN_PLAN, state: "unreachable", possible_percent: 70, missing_kwh: 5, slots: [] });
    const { card } = await setPlan({}, { plan });
    expect(lines(card).at(-1)).toBe("70% can be reached in time; 5.0\u00a0kWh will be missing.");
    expect(find(card, ".answer").classList.contains("short")).toBe(true);
  });

  it("says what it does not know", async () => {
    const unknown = await setPlan({ possible: null, possible_level: null });
    expect(lines(unknown.card)[0]).toContain("how much the vehicle needs is not known");
    document.body.replaceChildren();
    const later = await setPlan({ possible: null, possible_kwh: null, possible_level: null });
    expect(lines(later.card)[0]).toBe("What can be reached is shown once the wall connector answers.");
  });

  it("is put away by a press, which gives back the focus, and with its plan", async () => {
    const { card, hass } = await setPlan();
    find(card, ".answer button").click();
    await drawn(card);
    expect([has(card, ".answer"), card.shadowRoot!.activeElement]).toEqual([false, find(card, ".cancel-plan")]);
    document.body.replaceChildren();
    const again = await setPlan();
    find(again.card, ".cancel-plan").click();
    await drawn(again.card);
    expect(has(again.card, ".answer")).toBe(false);
    expect(hass.calls.map((call) => call.service)).toEqual(["set_plan"]);
  });

  it("is none where Home Assistant gives none", async () => {
    const hass = fakeHass();
    const card = await show(hass);
    find(card, ".open-plan").click();
    await drawn(card);
    find<HTMLFormElement>(card, "form").requestSubmit();
    await drawn(card);
    expect([hass.calls.length, has(card, ".answer")]).toEqual([1, false]);
  });

  it.each(["de", "fr", "es", "it", "nl", "nb", "sv"] as const)("is in the language of the user (%s)", async (language) => {
    const { card } = await setPlan({}, { language });
    expect(lines(card)[0]).toMatch(/97.?.?%/);
    expect(textOf(card)).not.toMatch(/connector_card|reached: up to/);
  });
});
