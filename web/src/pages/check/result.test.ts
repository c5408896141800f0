import { expect, test } from "vitest";
import { browserName, median, overall, PARTS, type Findings, type Grade } from "./result";

const said = (): string => "";
const all = (grade: Grade): Findings => Object.fromEntries(PARTS.map((part) => [part, { grade, text: said }]));

test("a device is ready when every part is", () => {
  expect(overall(all("ok"))).toBe("ok");
  expect(overall({ ...all("ok"), speaker: { grade: "warn", text: said } })).toBe("warn");
  expect(overall({ ...all("warn"), camera: { grade: "fail", text: said } })).toBe("fail");
});

test("as long as something was not looked at there is no result", () => {
  const { network, ...rest } = all("ok");
  expect(network).toBeDefined();
  expect(overall(rest)).toBe(null);
});

test("one slow answer does not make a slow network", () => {
  expect(median([20, 900, 24, 22, 21])).toBe(22);
});

test("browsers are called as people call them", () => {
  const engine = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko)";
  expect(browserName(`${engine} Chrome/131.0.0.0 Safari/537.36`)).toBe("Chrome 131");
  expect(browserName(`${engine} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2`)).toBe("Edge 131");
  expect(browserName("Mozilla/5.0 (Macintosh) AppleWebKit/605 (KHTML, like Gecko) Version/18.1 Safari/605")).toBe("Safari 18");
  expect(browserName("Mozilla/5.0 (X11; rv:133.0) Gecko/20100101 Firefox/133.0")).toBe("Firefox 133");
});
