import { describe, expect, it } from "vitest";
import type { CalledTicket } from "@/http/halls";
import { freshCalls, lastCalls, saidNow } from "./calls";

const call = (number: string, window = "w-1", times = 1): CalledTicket => ({ number, window, window_name: window, times, lapses_at: null });
const numbers = (calls: readonly CalledTicket[]): readonly string[] => calls.map((each) => each.number);

describe("the voice of the hall", () => {
  it("says a call once", () => {
    const said = saidNow([call("A001")]);
    expect(numbers(freshCalls(said, [call("A001"), call("A002")]))).toEqual(["A002"]);
  });

  it("says it again when it is called again or to another window", () => {
    const said = saidNow([call("A001"), call("A002")]);
    expect(numbers(freshCalls(said, [call("A001", "w-1", 2), call("A002", "w-3")]))).toEqual(["A001", "A002"]);
  });

  it("says a number again that went back to the line and is called anew", () => {
    expect(numbers(freshCalls(saidNow([]), [call("A001")]))).toEqual(["A001"]);
  });
});

describe("the last calls", () => {
  it("are those that were called and are not any more, the newest first", () => {
    const last = lastCalls([call("A002"), call("A003")], [call("A001")], [call("A003")]);
    expect(numbers(last)).toEqual(["A002", "A001"]);
  });

  it("hold no number twice and none that is called again", () => {
    expect(numbers(lastCalls([call("A001")], [call("A001"), call("A002")], [call("A002")]))).toEqual(["A001"]);
  });
});
