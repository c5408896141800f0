/** What an applicant types about themselves, checked at once; the server checks again. */

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const CHECKS = "10X98765432";

export type NumberFault = "required" | "shape" | "date" | "check";

/** The number without spaces, with a capital X. */
export function tidyNumber(text: string): string {
  return text.normalize("NFKC").replace(/[\s-]/g, "").toUpperCase();
}

const OTHER = /^(?=.*[A-Z])[A-Z0-9]{5,20}$/;

/**
 * What is wrong with an identity number: its shape, and of a citizen's (GB 11643) the date of birth or the check
 * digit. Numbers of passports and permits have a letter in front and nothing that could be checked.
 */
export function faultOfNumber(text: string, today: Date): NumberFault | null {
  const number = tidyNumber(text);
  if (number === "") return "required";
  if (!/^[1-9]\d{16}[\dX]$/.test(number)) return OTHER.test(number) && !/^\d+X$/.test(number) ? null : "shape";
  const [year, month, day] = [Number(number.slice(6, 10)), Number(number.slice(10, 12)), Number(number.slice(12, 14))];
  const born = new Date(Date.UTC(year, month - 1, day));
  const real = born.getUTCFullYear() === year && born.getUTCMonth() === month - 1 && born.getUTCDate() === day;
  if (!real || year < 1850 || born.getTime() > today.getTime()) return "date";
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(number[at]), 0);
  return CHECKS[sum % 11] === number[17] ? null : "check";
}

/** Whether this can be telephoned to: a mobile of the mainland, a fixed line with its area code, or a number abroad. */
export function isPhone(text: string): boolean {
  const plain = text.normalize("NFKC").replace(/[\s()-]/g, "");
  return /^1[3-9]\d{9}$/.test(plain) || /^0\d{9,11}$/.test(plain) || /^\+\d{6,15}$/.test(plain);
}
