import { describe, expect, test } from "vitest";
import { busDevice, connectorDevice, CONNECTOR_ENTITIES, fakeHass } from "../test/hass";
import { busesOf, connectorsOf, findBuses } from "./entities";

describe("finding buses", () => {
  test("finds a bus with its connectors in the order of their names", () => {
    const hass = fakeHass([connectorDevice("2431"), busDevice(), connectorDevice("032E")]);
    const [bus] = findBuses(hass);
    expect(bus?.name).toBe("TWC Manager");
    expect(bus?.connectors.map((item) => item.id)).toEqual(["032E", "2431"]);
    expect(bus?.entities.get("select.mode")).toBe("select.bus_mode");
  });

  test("finds entities under any id, also those that are named after their device class", () => {
    const hass = fakeHass();
    hass.entities["sensor.leistung"] = { ...hass.entities["sensor.c032e_power"]!, entity_id: "sensor.leistung" };
    hass.states["sensor.leistung"] = { ...hass.states["sensor.c032e_power"]!, entity_id: "sensor.leistung" };
    delete hass.entities["sensor.c032e_power"];
    expect(connectorsOf(hass)[0]?.entities.get("sensor.power")).toBe("sensor.leistung");
  });

  test("finds a new entity that is named after its device class as soon as it has a state", () => {
    const hass = fakeHass();
    const power = hass.states["sensor.c032e_power"]!;
    delete hass.states["sensor.c032e_power"];
    expect(connectorsOf(hass)[0]?.entities.has("sensor.power")).toBe(false);
    expect(connectorsOf(hass.with({ "sensor.c032e_power": power }))[0]?.entities.has("sensor.power")).toBe(true);
  });

  test("skips what is hidden, what is disabled and what belongs to others", () => {
    const entities = CONNECTOR_ENTITIES.map((item) => ({
      ...item,
      hidden: item.key === "switch.charge",
      disabled: item.key === "switch.charge_now",
    }));
    const hass = fakeHass([busDevice(), connectorDevice("032E", entities)]);
    hass.entities["sensor.c032e_status"]!.platform = "template";
    const own = connectorsOf(hass)[0]!.entities;
    expect([...own.keys()]).not.toEqual(expect.arrayContaining(["switch.charge"]));
    expect(own.has("switch.charge_now")).toBe(false);
    expect(own.has("sensor.status")).toBe(false);
    expect(own.has("select.own_mode")).toBe(true);
  });

  test("calls devices as their owner does, and keeps two buses apart", () => {
    const other = "01J0000000000000000000BUS2";
    const hass = fakeHass([
      busDevice(),
      connectorDevice(),
      busDevice([], other, "bus2"),
      { ...connectorDevice("1839", [], other) },
    ]);
    hass.devices["bus2"]!.name_by_user = "Carport";
    const [carport, house] = findBuses(hass);
    expect(carport?.name).toBe("Carport");
    expect(carport?.connectors.map((item) => item.id)).toEqual(["1839"]);
    expect(busesOf(hass, "c032e")).toEqual([house]);
    expect(connectorsOf(hass, "bus2").map((item) => item.id)).toEqual(["1839"]);
    expect(connectorsOf(hass, "gone")).toEqual([]);
  });

  test("takes no vehicle or plan for a bus", () => {
    const hass = fakeHass([busDevice(), { id: "car", identifier: "01J0000000000000000000BUS1.01SUB", name: "Car", entities: [] }]);
    expect(findBuses(hass)).toHaveLength(1);
    expect(findBuses(hass)[0]?.connectors).toEqual([]);
  });

  test("finds an entity whose device class comes later than its first state", () => {
    const hass = fakeHass();
    const id = "sensor.c032e_current";
    const without = hass.with({ [id]: { state: "unavailable", attributes: {} } });
    expect(findBuses(without)[0]!.connectors[0]!.entities.has("sensor.current")).toBe(false);
    const later = without.with({ [id]: { state: "11.8", attributes: { device_class: "current" } } });
    expect(findBuses(later)[0]!.connectors[0]!.entities.get("sensor.current")).toBe(id);
  });

  test("looks again only when a registry changed", () => {
    const hass = fakeHass();
    const before = findBuses(hass);
    expect(findBuses(hass.with({ "switch.c032e_charge": "off" }))).toBe(before);
    expect(findBuses({ ...hass, devices: { ...hass.devices } })).not.toBe(before);
  });
});
