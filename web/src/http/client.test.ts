import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { call, freshKey, whenLoginIsLost } from "./client";
import { clockOffset } from "./clock";
import { ApiError, explain, fieldErrors } from "./errors";

type Step = Response | Error;

/** A server that answers one thing after the other, and what it was asked. */
function server(...steps: Step[]) {
  const asked: { method: string; headers: Headers; body: unknown }[] = [];
  vi.stubGlobal("fetch", (_path: string, init: RequestInit) => {
    asked.push({ method: init.method ?? "GET", headers: new Headers(init.headers), body: init.body });
    const step = steps.shift();
    return step instanceof Response ? Promise.resolve(step) : Promise.reject(step ?? new TypeError("nothing left"));
  });
  return asked;
}

const refused = (status: number, code: string, params: object = {}): Response =>
  new Response(JSON.stringify({ error: { code, params } }), { status });

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    return error instanceof ApiError ? `${error.status} ${error.code}` : String(error);
  }
  return "no error";
};

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-21T01:00:00.000Z") });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("requests", () => {
  it("that change something carry the header a foreign form can't send", async () => {
    const asked = server(new Response("{}"));
    await call("POST", "/api/logout");
    expect(asked[0]?.headers.get("X-Yunkai")).toBe("1");
  });

  it("with a key are sent again under the same key when the network failed, so that nothing is done twice", async () => {
    const asked = server(new TypeError("network"), new Response("", { status: 502 }), new Response('{"done":true}'));
    const once = freshKey();
    const answer = call<{ done: boolean }>("POST", "/api/openings/o/bids", { body: {}, once });
    await vi.runAllTimersAsync();
    expect(await answer).toEqual({ done: true });
    expect(asked.map((one) => one.headers.get("Idempotency-Key"))).toEqual([once, once, once]);
  });

  it("without a key are never repeated", async () => {
    const asked = server(new TypeError("network"));
    expect(await codeOf(call("POST", "/api/login", { body: {} }))).toBe("0 offline");
    expect(asked).toHaveLength(1);
  });

  it("that were refused are not repeated and say why", async () => {
    const asked = server(refused(409, "deadline_passed"));
    expect(await codeOf(call("POST", "/api/x", { once: freshKey() }))).toBe("409 deadline_passed");
    expect(asked).toHaveLength(1);
  });

  it("give up in the end and say that the server can't be reached", async () => {
    server(...Array.from({ length: 4 }, () => new TypeError("network")));
    const outcome = codeOf(call("GET", "/api/x"));
    await vi.runAllTimersAsync();
    expect(await outcome).toBe("0 offline");
  });

  it("answered by a proxy's page instead of the server are told apart from the server's errors", async () => {
    server(new Response("<html>", { status: 413 }));
    expect(await codeOf(call("POST", "/api/x"))).toBe("413 status_413");
  });

  it("that lost their login tell the page, apart from the login itself", async () => {
    const lost = vi.fn();
    whenLoginIsLost(lost);
    server(refused(401, "wrong_password"), refused(401, "no_login"));
    await codeOf(call("POST", "/api/login", { body: {} }));
    expect(lost).not.toHaveBeenCalled();
    await codeOf(call("GET", "/api/openings"));
    expect(lost).toHaveBeenCalledOnce();
  });

  it("teach the page the server's clock", async () => {
    server(new Response("{}", { headers: { "X-Yunkai-Time": "2026-11-21T01:00:03.000Z" } }));
    await call("GET", "/api/time");
    expect(clockOffset.value).toBe(3000);
  });
});

describe("errors", () => {
  it("are explained with their values, times in words", () => {
    expect(explain(new ApiError("too_many_attempts", { seconds: 60 }, 429))).toBe("尝试次数过多。请 60 秒后再试。");
    expect(explain(new ApiError("sign_in_not_open", { opens: "2026-11-21T00:00:00.000Z" }, 409))).toContain("2026年11月21日 08:00:00");
  });

  it("with a reason that is a code are explained to the ground", () => {
    expect(explain(new ApiError("seal_refused", { reason: "signature" }, 422))).toContain("签名不正确");
  });

  it("nobody knows are shown with their code, to be told to somebody", () => {
    expect(explain(new ApiError("brand_new", {}, 500))).toContain("brand_new");
  });

  it("of a form are found by the server's paths", () => {
    const error = new ApiError("terms_unacceptable", { problems: [{ path: "form[1].id", code: "pattern" }, { path: "deadline", code: "not_in_future" }] }, 422);
    expect([...fieldErrors(error).keys()]).toEqual(["form[1].id", "deadline"]);
    expect(fieldErrors(error).get("deadline")).toContain("晚于现在");
  });
});
