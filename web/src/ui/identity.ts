const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const CHECKS = "10X98765432";

/** Whether a number can be an identity number: the check digit of 18-character ones is recomputed (GB 11643), others are let through. */
export function plausibleIdentity(number: string): boolean {
  const text = number.trim().toUpperCase();
  if (!/^\d{17}[\dX]$/.test(text)) return text !== "" && !/^\d{18,}$/.test(text);
  const sum = WEIGHTS.reduce<number>((total, weight, index) => total + weight * Number(text[index]), 0);
  return CHECKS[sum % 11] === text[17];
}

/** Whether a number can be dialled: digits with the usual separators. */
export function plausiblePhone(number: string): boolean {
  return /^\+?[\d\s-]{7,20}$/.test(number.trim());
}
