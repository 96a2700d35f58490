import { beforeEach, expect, test, vi } from "vitest";
import { fakeHass } from "../test/hass";

beforeEach(() => {
  vi.resetModules();
  document.body.replaceChildren();
});

test("names in a picker are English until texts are loaded, which they are when it is opened", async () => {
  const { translated } = await import("./picker");
  const item = translated({ type: "x", name: "Power flow", description: "Where it goes" }, "flow");
  expect(item.name).toBe("Power flow");
  const app = Object.assign(document.createElement("home-assistant"), { hass: fakeHass([], "de") });
  document.body.append(app);
  expect(item.name).toBe("Power flow");
  await vi.waitFor(() => expect(item.name).toBe("Energiefluss"));
  expect({ ...item }.description).toMatch(/^Wohin/);
});

test("an item without a description has none", async () => {
  const { translated } = await import("./picker");
  expect("description" in translated({ type: "x", name: "Amps" } as { type: string; name: string }, "amps")).toBe(false);
});
