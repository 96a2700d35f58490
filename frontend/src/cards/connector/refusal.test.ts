import { describe, expect, it } from "vitest";
import type { Hass } from "../../ha";
import { refusalText } from "./refusal";

const texts = (key: string): string => key;

function hassWith(messages: Record<string, string>): Hass {
  return {
    loadBackendTranslation: async (category: string, domain: string) => {
      if (domain === "broken") throw new Error("no answer");
      return (key: string, placeholders: Record<string, unknown> = {}) =>
        (messages[key] && category === "exceptions" ? messages[key] : "").replace(/\{(\w+)\}/g, (_, name) => `${placeholders[name]}`);
    },
  } as unknown as Hass;
}

const HASS = hassWith({ "component.twc_manager.exceptions.current_below_minimum.message": "{value} A sind zu wenig." });

describe("a refusal", () => {
  it("is told in the language of the user", async () => {
    const error = {
      code: "service_validation_error",
      message: "3 A is too little.",
      translation_domain: "twc_manager",
      translation_key: "current_below_minimum",
      translation_placeholders: { value: "3" },
    };
    expect(await refusalText(HASS, texts, error)).toBe("3 A sind zu wenig.");
  });

  it("is told in the language of the server where there is no translation", async () => {
    const error = { message: "Something.", translation_domain: "other", translation_key: "unknown" };
    expect(await refusalText(HASS, texts, error)).toBe("Something.");
    expect(await refusalText(HASS, texts, { ...error, translation_domain: "broken" })).toBe("Something.");
    expect(await refusalText(HASS, texts, new Error("Something."))).toBe("Something.");
  });

  it("is told in words of its own if the user has no right, or nothing is known", async () => {
    expect(await refusalText(HASS, texts, { code: "unauthorized", message: "Unauthorized" })).toBe("connector_card.unauthorized");
    // The number with which the library says that the connection is lost.
    expect(await refusalText(HASS, texts, 3)).toBe("connector_card.not_reached");
    expect(await refusalText(HASS, texts, undefined)).toBe("connector_card.not_reached");
  });
});
