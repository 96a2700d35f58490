import { expect, test, vi } from "vitest";
import { fakeHass } from "../test/hass";
import { loadedTexts, loadTexts } from "./texts";

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
