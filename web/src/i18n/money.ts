const DIGITS = "零壹贰叁肆伍陆柒捌玖";
const PLACES = ["", "拾", "佰", "仟"] as const;
const MYRIAD = 1e4;
const HUNDRED_MILLION = 1e8;

/** The largest amount that is an exact integer of fen and has a name in the capital numerals here. */
export const MOST_FEN = Number.MAX_SAFE_INTEGER;

/** 1,234,567.80 from fen, with thousands separators. */
export function yuan(fen: number): string {
  const sign = fen < 0 ? "-" : "";
  const whole = Math.floor(Math.abs(fen) / 100);
  const rest = Math.abs(fen) % 100;
  return `${sign}${String(whole).replace(/\B(?=(\d{3})+$)/g, ",")}.${String(rest).padStart(2, "0")}`;
}

/** Fen of what a person typed (`1,234.5`, `¥1234.50`, full-width digits); null if it is no amount of money. */
export function parseYuan(text: string): number | null {
  const plain = text
    .normalize("NFKC")
    .trim()
    .replace(/^[¥￥]/, "")
    .replace(/元$/, "")
    .replace(/[\s,]/g, "");
  const match = /^(\d{1,14})(?:\.(\d{0,2}))?$/.exec(plain);
  if (match === null) return null;
  const fen = Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
  return Number.isSafeInteger(fen) ? fen : null;
}

const digit = (n: number): string => DIGITS.charAt(n);

/** 1 to 9,999: a unit behind every digit, one 零 for zeros between digits. */
function group(n: number): string {
  let text = "";
  let zeros = false;
  for (let place = 3; place >= 0; place -= 1) {
    const found = Math.floor(n / 10 ** place) % 10;
    if (found !== 0) text += `${zeros && text !== "" ? "零" : ""}${digit(found)}${PLACES[place] ?? ""}`;
    zeros = found === 0;
  }
  return text;
}

function joined(n: number, size: number, unit: string): string {
  const low = n % size;
  const gap = low > 0 && low < size / 10 ? "零" : "";
  return whole(Math.floor(n / size)) + unit + (low > 0 ? gap + whole(low) : "");
}

/** A positive whole number; 亿 may stand behind any number, so there is no largest one. */
function whole(n: number): string {
  if (n >= HUNDRED_MILLION) return joined(n, HUNDRED_MILLION, "亿");
  return n >= MYRIAD ? joined(n, MYRIAD, "万") : group(n);
}

/**
 * 壹佰贰拾叁万肆仟伍佰陆拾柒元捌角整: an amount of fen in capital numerals, by the People's Bank's rules for vouchers,
 * written exactly as rooms/money.py writes it on the record.
 */
export function capital(fen: number): string {
  if (fen < 0) return `负${capital(-fen)}`;
  if (fen === 0) return "零元整";
  const [yuanPart, jiao, odd] = [Math.floor(fen / 100), Math.floor(fen / 10) % 10, fen % 10];
  let text = yuanPart > 0 ? `${whole(yuanPart)}元` : "";
  if (jiao === 0 && odd === 0) return `${text}整`;
  if (jiao > 0) text += `${digit(jiao)}角`;
  else if (yuanPart > 0) text += "零";
  return text + (odd > 0 ? `${digit(odd)}分` : "整");
}
