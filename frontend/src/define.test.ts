import { expect, test } from "vitest";
import { announce, defineElements } from "./define";

test("elements are defined only when Home Assistant's app is there, and only once", async () => {
  class Early extends HTMLElement {}
  class Again extends HTMLElement {}
  const defined = Promise.all([defineElements({ "x-early": Early }), defineElements({ "x-early": Again })]);
  await Promise.resolve();
  expect(customElements.get("x-early")).toBeUndefined();
  customElements.define("home-assistant", class extends HTMLElement {});
  await defined;
  expect(customElements.get("x-early")).toBe(Early);
});

test("what was announced already is not announced again", () => {
  const list = [{ type: "a", name: "first" }];
  announce(list, [{ type: "a", name: "second" }, { type: "b", name: "other" }]);
  expect(list.map((item) => item.name)).toEqual(["first", "other"]);
});
