import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Requests, SETTLE_MS } from "./requests";

const host = { addController: vi.fn(), removeController: vi.fn(), requestUpdate: vi.fn(), updateComplete: Promise.resolve(true) };

function open(): Requests {
  return new Requests(host, async (error) => `refused: ${(error as Error).message}`);
}

/** An action that ends when the test says so. */
function action(): { ask: () => Promise<void>; accept: () => void; refuse: () => void } {
  let accept = (): void => undefined;
  let refuse = (): void => undefined;
  const answer = new Promise<void>((resolve, reject) => {
    accept = resolve;
    refuse = () => reject(new Error("too little"));
  });
  return { ask: () => answer, accept, refuse };
}

describe("a request", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("is shown at once, until the true state is the same", async () => {
    const requests = open();
    const { ask, accept } = action();
    const sent = requests.send("limit", 16, ask);
    expect([requests.shown("limit", 32), requests.isOpen("limit")]).toEqual([16, true]);
    accept();
    await sent;
    expect(requests.shown("limit", 32)).toBe(16);
    expect(requests.shown("limit", 16)).toBe(16);
    expect(requests.isOpen("limit")).toBe(false);
    expect(requests.shown("limit", 20)).toBe(20);
  });

  it("gives way to the true state with a message if it is refused", async () => {
    const requests = open();
    const { ask, refuse } = action();
    const sent = requests.send("limit", 16, ask);
    refuse();
    expect(await sent).toBe(false);
    expect(requests.shown("limit", 32)).toBe(32);
    expect(requests.refusal).toBe("refused: too little");
  });

  it("gives way to the true state if that never becomes the same", async () => {
    const requests = open();
    await requests.send("charge", true, async () => undefined);
    expect(requests.shown("charge", false)).toBe(true);
    vi.advanceTimersByTime(SETTLE_MS);
    expect(requests.shown("charge", false)).toBe(false);
  });

  it("counts alone if it is the last one for its control", async () => {
    const requests = open();
    const first = action();
    const second = action();
    const sent = [requests.send("limit", 17, first.ask), requests.send("limit", 18, second.ask)];
    first.refuse();
    await sent[0];
    expect(requests.shown("limit", 16)).toBe(18);
    second.accept();
    await sent[1];
    expect(requests.shown("limit", 17)).toBe(18);
    expect(requests.shown("limit", 18)).toBe(18);
    expect(requests.isOpen("limit")).toBe(false);
  });

  it("forgets the message of an earlier one", async () => {
    const requests = open();
    await requests.send("limit", 1, () => Promise.reject(new Error("too little")));
    void requests.send("charge", true, async () => undefined);
    expect(requests.refusal).toBeNull();
  });
});
