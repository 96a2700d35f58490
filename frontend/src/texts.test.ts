import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fakeHass } from "../test/hass";
import { loadedTexts, loadTexts, takeTexts } from "./texts";

// What another test has loaded is forgotten with another language.
beforeEach(() => loadTexts(fakeHass([], "it")));
afterEach(() => vi.useRealTimers());

test("texts are loaded once for each language, and again after a failure", async () => {
  const hass = fakeHass();
  const load = vi.spyOn(hass, "loadBackendTranslation").mockRejectedValueOnce(new Error("no connection"));
  await expect(loadTexts(hass)).rejects.toThrow("no connection");
  expect((await loadTexts(hass))("common.reload")).toBe("Reload");
  await loadTexts(hass);
  expect(load).toHaveBeenCalledTimes(2);
  expect(loadedTexts()?.("common.reload")).toBe("Reload");
  expect((await loadTexts(fakeHass([], "de")))("common.reload")).toBe("Neu laden");
});

test("texts that could not be loaded are handed on once the connection is back", async () => {
  vi.useFakeTimers();
  const hass = fakeHass([], "fr");
  vi.spyOn(hass, "loadBackendTranslation").mockRejectedValueOnce({ code: 3, message: "Connection lost" });
  const taken: string[] = [];
  takeTexts(hass, (texts) => taken.push(texts("common.reload")));
  await vi.advanceTimersByTimeAsync(4_000);
  expect(taken).toEqual([]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(taken).toEqual(["Recharger"]);
});
