import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { change, choose, drawn, find, has, hold, id, LIMIT, show } from "../../../test/connector-card";
import { busDevice, connectorDevice, CONNECTOR_ENTITIES, ENTRY_ID, fakeHass, live, liveBus, liveConnector, type FakeHass } from "../../../test/hass";
import type { Live, LiveVehicle } from "../../live";
import { textOf, violations } from "../../../test/mount";
import { livePlan } from "../../../test/plans";

const OWN_PLAN = livePlan({ plan_id: "set_032E" });

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

describe("a connector that is paused", () => {
  beforeEach(() => document.body.replaceChildren());

  const paused = (): FakeHass =>
    fakeHass().with({ [id("switch.charge")]: "off", [id("number.charge_limit")]: { state: "0" } });

  it("shows the limit that holds afterwards, which cannot be moved meanwhile: that would resume", async () => {
    const card = await show(paused());
    expect([find(card, ".limit output").textContent, has(card, ".steps")]).toEqual(["16\u00a0A", false]);
    expect(find(card, ".gauge svg").getAttribute("aria-label")).toContain("limit 16\u00a0A");
    expect(await violations(card)).toEqual([]);
    await change(card, fakeHass());
    expect(has(card, ".steps")).toBe(true);
  });

  it("keeps its slider where there is no other way to resume", async () => {
    const entities = CONNECTOR_ENTITIES.filter(({ key }) => key !== "switch.charge");
    const hass = fakeHass([busDevice(), connectorDevice("032E", entities)]);
    const card = await show(hass.with({ [id("number.charge_limit")]: { state: "0" } }));
    expect([find(card, ".limit output").textContent, has(card, ".steps")]).toEqual(["0\u00a0A", true]);
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

describe("the vehicle that is plugged in", () => {
  beforeEach(() => document.body.replaceChildren());

  const VEHICLES = [
    { device_id: "red", name: "Model 3" },
    { device_id: "blue", name: "<b>Blau</b> \u202e🚙" },
  ];
  const data = (vehicle: Partial<LiveVehicle> = {}, vehicles = VEHICLES): Live =>
    live(liveBus({ vehicles, connectors: [liveConnector({ vehicle: { ...liveConnector().vehicle!, ...vehicle } })] }));

  it("can be chosen, also that of a guest, and left to what is known", async () => {
    const hass = fakeHass();
    const card = await show(hass, data());
    const names = [...find<HTMLSelectElement>(card, ".which select").options].map(({ text }) => text);
    expect(names).toEqual(["Automatic (Model 3)", "Model 3", "<b>Blau</b> \u202e🚙", "Guest’s vehicle"]);
    for (const [value, sent] of [["blue", { vehicle: "blue" }], ["guest", { guest: true }], ["", {}]] as const) {
      await choose(card, ".which select", value, "change");
      expect(hass.calls.at(-1)).toEqual({ domain: "twc_manager", service: "set_vehicle", data: sent, target: { device_id: "c032e" } });
    }
    expect(await violations(card)).toEqual([]);
  });

  it("is the one that was chosen", async () => {
    const card = await show(fakeHass(), data({ chosen: "guest", name: null }));
    expect(find<HTMLSelectElement>(card, ".which select").selectedOptions[0]!.text).toBe("Guest’s vehicle");
  });

  it("is told not to be here where what is known of it speaks against it", async () => {
    const text = "This vehicle does not seem to be plugged in here.";
    const card = await show(fakeHass(), data({ chosen: "blue", name: null }));
    expect(find(card, ".which [role=status]").textContent).toBe(text);
    expect(await violations(card)).toEqual([]);
    expect(textOf(await show(fakeHass(), data({ chosen: "guest", name: null })))).not.toContain(text);
    expect(textOf(await show(fakeHass(), data({ chosen: null, name: null })))).not.toContain(text);
  });

  it("is not asked for where its VIN tells, where none was added, or none is plugged in", async () => {
    expect(has(await show(fakeHass(), data({ proven: true })), ".which")).toBe(false);
    expect(has(await show(fakeHass(), data({}, [])), ".which")).toBe(false);
    const empty = live(liveBus({ vehicles: VEHICLES, connectors: [liveConnector({ vehicle: null })] }));
    expect(has(await show(fakeHass(), empty), ".which")).toBe(false);
  });
});

describe("the level at which the vehicle stops", () => {
  beforeEach(() => document.body.replaceChildren());

  const CAR = { id: "red", identifier: `${ENTRY_ID}.red`, name: "Model 3", entities: [{ key: "number.stop_at", state: "85" }] };
  const house = (): FakeHass => fakeHass([busDevice(), connectorDevice(), CAR]);
  const with_ = (vehicle: Partial<LiveVehicle>): Live =>
    live(liveBus({ connectors: [liveConnector({ vehicle: { ...liveConnector().vehicle!, ...vehicle } })] }));

  it("is chosen in useful steps, and shown as it is", async () => {
    const hass = house();
    const card = await show(hass, with_({}));
    const select = find<HTMLSelectElement>(card, ".stop-at select");
    expect([...select.options].map(({ text }) => text)).toEqual(["50%", "60%", "70%", "80%", "85%", "90%", "100%"]);
    expect(select.value).toBe("85");
    await choose(card, ".stop-at select", "70", "change");
    expect(hass.calls).toEqual([{ domain: "number", service: "set_value", data: { value: 70 }, target: { entity_id: "number.red_stop_at" } }]);
    await change(card, hass.with({ "number.red_stop_at": "60" }));
    expect(await violations(card)).toEqual([]);
  });

  it("is left out where it would stop nothing", async () => {
    expect(has(await show(house(), with_({ level: null })), ".stop-at")).toBe(false);
    expect(has(await show(house(), with_({ device_id: null })), ".stop-at")).toBe(false);
    expect(has(await show(fakeHass(), with_({})), ".stop-at")).toBe(false);
    const hass = house().with({ "number.red_stop_at": "unavailable" });
    expect(has(await show(hass, with_({})), ".stop-at")).toBe(false);
  });
});

describe("the charge limit", () => {
  beforeEach(() => document.body.replaceChildren());
  afterEach(() => vi.useRealTimers());

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

  it("follows Home Assistant again when the slider is let go where it was", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const hass = fakeHass();
    const card = await show(hass);
    await choose(card, "input[type=range]", "1", "input");
    // A browser tells of no change then.
    await choose(card, "input[type=range]", "11", "input", "pointerup");
    vi.advanceTimersByTime(1_000);
    await change(card, hass.with({ [LIMIT.entity_id]: "20" }));
    expect([find(card, "output").textContent, hass.calls]).toEqual(["20\u00a0A", []]);
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

  it("is set for the time that the user's clock shows, who is elsewhere", async () => {
    const hass = fakeHass();
    hass.locale = { ...hass.locale, time_zone: "local" };
    hass.config = { ...hass.config, time_zone: "Pacific/Kiritimati" };
    const card = await show(hass);
    find(card, ".open-plan").click();
    await drawn(card);
    find<HTMLFormElement>(card, "form").requestSubmit();
    await drawn(card);
    const ready = new Date(hass.calls[0]!.data["date_time"] as string);
    expect([ready.getHours(), ready.getMinutes(), ready.getTime() > Date.now()]).toEqual([7, 0, true]);
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
