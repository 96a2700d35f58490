import { describe, expect, test } from "vitest";
import { busDevice, connectorDevice, entityId, fakeHass, liveBus, liveConnector } from "../../../test/hass";
import { findBuses } from "../../entities";
import type { LiveBus } from "../../live";
import { linesOf, ROW, rowsOf, seconds, thickness, WIDTH } from "./lines";
import { flowView, type FlowView } from "./model";

const bus = findBuses(fakeHass())[0]!;
const METERS = { grid: "sensor.grid", solar: "sensor.sun", battery: "sensor.battery", house: "sensor.house" };
const NOTHING = { sun: null, house: null, grid: null, battery: null, battery_level: null, connectors: null };

function view(changes: Partial<LiveBus> = {}): FlowView {
  return flowView(liveBus(changes), bus);
}

const ways = (shown: FlowView): Record<string, string> =>
  Object.fromEntries([...shown.sources, ...shown.consumers].map(({ key, way, watts }) => [key, `${way} ${watts}`]));

describe("the flow of power", () => {
  test("goes from what gives to what takes", () => {
    const flow = { sun: 4600, house: 600, grid: -1286, battery: 0, battery_level: 64, connectors: 2714 };
    const shown = view({ flow, meters: METERS });
    expect(ways(shown)).toEqual({
      sun: "to 4600",
      grid: "from 1286",
      battery: "still 0",
      house: "from 600",
      "032E": "from 2714",
    });
    expect(shown.sources.map(({ key }) => key)).toEqual(["sun", "grid", "battery"]);
    expect(shown.sources[2]!.level).toBe(64);
  });

  test("stands still at what a meter's jitter makes of nothing", () => {
    const flow = { ...NOTHING, grid: -12, sun: 3 };
    expect(ways(view({ flow }))).toMatchObject({ grid: "still 12", sun: "still 3" });
  });

  test("leaves out meters that do not exist, and shows those that say nothing as unknown", () => {
    const flow = { ...NOTHING, connectors: 2714 };
    const shown = view({ flow, meters: { grid: "sensor.grid", battery: "sensor.battery" } });
    expect(ways(shown)).toEqual({ grid: "unknown null", battery: "unknown null", "032E": "from 2714" });
  });

  test("comes from all wall connectors together where nothing of the house is measured", () => {
    const shown = view({ flow: { ...NOTHING, connectors: 2714 }, meters: {} });
    expect(ways(shown)).toEqual({ total: "to 2714", "032E": "from 2714" });
    expect(shown.sources[0]!.entity).toBe(entityId("bus", "sensor.total_power"));
  });

  test("puts house and sun in one where only the grid is measured", () => {
    const meters = { grid: "sensor.grid" };
    const flow = { ...NOTHING, connectors: 2714 };
    expect(ways(view({ flow: { ...flow, grid: 3000 }, meters }))).toMatchObject({ grid: "to 3000", rest: "from 286" });
    expect(ways(view({ flow: { ...flow, grid: -1286 }, meters }))).toMatchObject({ grid: "from 1286", rest: "to 4000" });
    const both = { ...meters, battery: "sensor.battery" };
    expect(ways(view({ flow: { ...flow, grid: 3000, battery: 500 }, meters: both }))).toMatchObject({ rest: "from 786" });
    expect(ways(view({ flow: { ...flow, grid: 3000 }, meters: both }))).not.toHaveProperty("rest");
    expect(ways(view({ flow: { ...flow, connectors: null, grid: 3000 }, meters }))).not.toHaveProperty("rest");
  });

  test("takes the meter of the main fuse for the grid only as what tells more", () => {
    const flow = { ...NOTHING, grid: 500 };
    const [grid] = view({ flow, meters: { fuse: "sensor.fuse" } }).sources;
    expect(grid).toMatchObject({ kind: "grid", entity: "sensor.fuse" });
    expect(view({ flow: NOTHING, meters: { fuse: "sensor.fuse" } }).sources[0]!.kind).toBe("total");
  });

  test("shows a wall connector that does not answer as away", () => {
    const shown = view({ connectors: [liveConnector({ power: null })] });
    expect(shown.consumers.at(-1)).toMatchObject({ away: true, way: "unknown", watts: null });
  });

  test("opens the power of a wall connector, or its status if that is disabled", () => {
    expect(view().consumers.at(-1)!.entity).toBe(entityId("c032e", "sensor.power"));
    const devices = [busDevice([]), connectorDevice("032E", [{ key: "sensor.status", state: "charging" }])];
    const other = findBuses(fakeHass(devices))[0]!;
    expect(flowView(liveBus(), other).consumers.at(-1)!.entity).toBe(entityId("c032e", "sensor.status"));
  });
});

describe("the limits", () => {
  test("are those that are known, with how much of each is in use", () => {
    expect(view({ left: { wiring: 20.2, fuse: null, peak: null }, drawn: 11.8 }).limits).toEqual([
      { kind: "wiring", left: 20.2, used: 11.8 / 32 },
    ]);
    expect(view({ left: { wiring: null, fuse: null, peak: null } }).limits).toEqual([]);
    expect(view({ left: { wiring: 0, fuse: 0, peak: null }, drawn: 0 }).limits.map(({ used }) => used)).toEqual([1, 1]);
  });

  test("show what the budget of peaks leaves", () => {
    const left = { wiring: 20, fuse: 10, peak: 5 };
    expect(view({ left }).limits.map(({ kind, left: amps }) => `${kind} ${amps}`)).toEqual([
      "wiring 20",
      "fuse 10",
      "peak 5",
    ]);
  });
});

describe("the lines", () => {
  test("lead to the middle, the fewer ones in the middle of the height", () => {
    const connectors = ["032E", "1839", "2431"].map((id) => liveConnector({ id }));
    const shown = view({ flow: { ...NOTHING, grid: 9000 }, meters: {}, connectors });
    expect(rowsOf(shown)).toBe(3);
    const lines = linesOf(shown).map(({ node, x, y, toRight }) => [node.key, x, y / ROW, toRight]);
    expect(lines).toEqual([
      ["grid", 0, 1.5, true],
      ["032E", WIDTH / 2, 0.5, true],
      ["1839", WIDTH / 2, 1.5, true],
      ["2431", WIDTH / 2, 2.5, true],
    ]);
  });

  test("turn to the left for what is fed in, also by the house, and to the right for what a vehicle takes", () => {
    const shown = view({ flow: { ...NOTHING, grid: -3000, connectors: 2714 }, meters: {} });
    expect(linesOf(shown).map(({ node, toRight }) => `${node.kind} ${toRight}`)).toEqual([
      "grid false",
      "rest false",
      "connector true",
    ]);
  });

  test("are thicker and faster for more power", () => {
    const powers = [100, 1_000, 4_000, 11_000];
    expect(powers.map(thickness)).toEqual([...powers.map(thickness)].sort((one, other) => one - other));
    expect(powers.map(seconds)).toEqual([...powers.map(seconds)].sort((one, other) => other - one));
  });
});
