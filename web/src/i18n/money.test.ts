import { describe, expect, it } from "vitest";
import { capital, parseYuan, yuan } from "./money";

describe("money", () => {
  // The amounts of tests/rooms/test_money.py: screen and record must say the same.
  it.each([
    [0, "零元整"],
    [1, "壹分"],
    [10, "壹角整"],
    [15, "壹角伍分"],
    [100, "壹元整"],
    [101, "壹元零壹分"],
    [1_000, "壹拾元整"],
    [140_950, "壹仟肆佰零玖元伍角整"],
    [600_714, "陆仟零柒元壹角肆分"],
    [168_032, "壹仟陆佰捌拾元叁角贰分"],
    [1_640_902, "壹万陆仟肆佰零玖元零贰分"],
    [32_504, "叁佰贰拾伍元零肆分"],
    [1_000_000, "壹万元整"],
    [1_000_100, "壹万零壹元整"],
    [10_050_000, "壹拾万零伍佰元整"],
    [10_100_000, "壹拾万壹仟元整"],
    [1_200_000_000, "壹仟贰佰万元整"],
    [123_456_789, "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"],
    [10_000_000_000, "壹亿元整"],
    [10_000_000_100, "壹亿零壹元整"],
    [10_010_000_000, "壹亿零壹拾万元整"],
    [11_000_000_000, "壹亿壹仟万元整"],
    [100_000_000_000_000, "壹万亿元整"],
    [100_000_001_000_000, "壹万亿零壹万元整"],
    [-150, "负壹元伍角整"],
  ])("%i fen is written %s", (fen, text) => {
    expect(capital(fen)).toBe(text);
  });

  it("is shown with thousands separators and two decimals", () => {
    expect(yuan(1_234_567_80)).toBe("1,234,567.80");
    expect(yuan(7)).toBe("0.07");
  });

  it.each([
    ["1234567.8", 1_234_567_80],
    ["￥1,234,567.80", 1_234_567_80],
    ["１２３．５０元", 123_50],
    [" 8 ", 8_00],
    ["0.01", 1],
  ])("reads %s as people type it", (text, fen) => {
    expect(parseYuan(text)).toBe(fen);
  });

  it.each(["", "abc", "1.234", "-5", "1e9", "1..2", "999999999999999", "12万"])("refuses %j instead of guessing", (text) => {
    expect(parseYuan(text)).toBeNull();
  });
});
