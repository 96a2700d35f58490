import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { fakeHass, live } from "../test/hass";
import type { HassConnection } from "./ha";
import { isOutdated, liveConnector, watchLive, type Live, type LiveFailure, type LiveNews } from "./live";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const turns = (): Promise<void> => vi.advanceTimersByTimeAsync(0).then(() => undefined);

/** A connection that answers each subscription as `answer` says. */
class Connection {
  readonly sent: { type: string; language?: string }[] = [];
  readonly open = new Set<(news: LiveNews) => void>();
  /** How often a subscription was ended, and how that is answered. */
  ended = 0;
  end: () => Promise<void> = () => Promise.resolve();
  answer: () => void = () => undefined;
  ready: () => void = () => undefined;

  readonly fake: HassConnection = {
    subscribeMessage: async (callback: (message: any) => void, message) => {
      this.sent.push(message);
      this.answer();
      this.open.add(callback);
      return () => {
        this.open.delete(callback);
        this.ended += 1;
        return this.end();
      };
    },
    addEventListener: (_type, listener) => (this.ready = listener),
    removeEventListener: () => (this.ready = () => undefined),
  };

  push(data: LiveNews): void {
    this.open.forEach((listener) => listener(data));
  }
}

function refusal(code: string): () => void {
  return () => {
    throw Object.assign(new Error(code), { code });
  };
}

describe("live data", () => {
  test("is subscribed to once for all cards, and not any more some time after the last one is gone", async () => {
    const connection = new Connection();
    const hass = { ...fakeHass(), connection: connection.fake };
    const seen: (Live | undefined)[] = [];
    const unwatch = watchLive(hass, (data) => seen.push(data));
    await turns();
    const data = live();
    connection.push(data);
    const second: (Live | undefined)[] = [];
    const unwatchSecond = watchLive(hass, (item) => second.push(item));
    expect(connection.sent).toHaveLength(1);
    expect(second).toEqual([data]);
    unwatch();
    unwatchSecond();
    await vi.advanceTimersByTimeAsync(4_000);
    expect(connection.open.size).toBe(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(connection.open.size).toBe(0);
    connection.push(live());
    expect(seen).toEqual([data]);
  });

  test("keeps what is not pushed again, and forgets a bus that is gone", async () => {
    const connection = new Connection();
    let seen: Live | undefined;
    watchLive({ ...fakeHass(), connection: connection.fake }, (data) => (seen = data));
    await turns();
    connection.push(live());
    const [bus] = live().buses;
    const entry_id = bus!.entry_id;
    connection.push({ version: live().version, buses: [{ entry_id, drawn: 7 }] });
    expect(seen?.buses).toEqual([{ ...bus, drawn: 7 }]);
    connection.push({ version: live().version, buses: [] });
    expect(seen?.buses).toEqual([]);
  });

  test("is asked for again until the integration answers", async () => {
    const connection = new Connection();
    connection.answer = refusal("unknown_command");
    const seen: [Live | undefined, LiveFailure | undefined][] = [];
    watchLive({ ...fakeHass(), connection: connection.fake }, (...item) => seen.push(item));
    await turns();
    expect(seen).toEqual([[undefined, "not_loaded"]]);
    connection.answer = () => undefined;
    await vi.advanceTimersByTimeAsync(5_000);
    connection.push(live());
    expect(seen.at(-1)?.[1]).toBeUndefined();
    expect(seen.at(-1)?.[0]).toEqual(live());
  });

  test("is not asked for again where the user may not read it", async () => {
    const connection = new Connection();
    connection.answer = refusal("unauthorized");
    const seen: unknown[] = [];
    watchLive({ ...fakeHass(), connection: connection.fake }, (_, failure) => seen.push(failure));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(seen).toEqual(["refused"]);
    expect(connection.sent).toHaveLength(1);
  });

  test("is subscribed to again when the connection is back", async () => {
    const connection = new Connection();
    watchLive({ ...fakeHass(), connection: connection.fake }, () => undefined);
    await turns();
    connection.open.clear();
    connection.ready();
    await turns();
    expect(connection.open.size).toBe(1);
  });

  test("leaves no error behind when a subscription ended with its connection", async () => {
    const connection = new Connection();
    connection.end = () => Promise.reject({ code: "not_found" });
    watchLive({ ...fakeHass(), connection: connection.fake }, () => undefined);
    // It is subscribed to anew before the first answer has come.
    connection.ready();
    await turns();
    expect(connection.ended).toBe(1);
  });

  test("comes in the language of the user", async () => {
    const connection = new Connection();
    const english = { ...fakeHass(), connection: connection.fake };
    watchLive(english, () => undefined);
    watchLive({ ...english, language: "de" }, () => undefined);
    await turns();
    expect(connection.sent.map((item) => item.language)).toEqual(["en", "de"]);
  });

  test("is found by the device of a connector", () => {
    expect(liveConnector(live(), "c032e")?.id).toBe("032E");
    expect(liveConnector(live(), "gone")).toBeUndefined();
    expect(liveConnector(undefined, "c032e")).toBeUndefined();
  });
});

test("a page with another module than the integration serves is outdated", () => {
  const url = "http://localhost:8123/twc_manager_static/twc-manager.js?v=0.1.0-test";
  expect(isOutdated(live(), url)).toBe(false);
  expect(isOutdated({ ...live(), version: "0.2.0-other" }, url)).toBe(true);
  expect(isOutdated(undefined, url)).toBe(false);
  expect(isOutdated(live(), "http://localhost:8123/twc-manager.js")).toBe(false);
});
