/** What a service item is: mirrors rooms/counter/terms.py as entries carry it. */

export type Value = string | number;
export type Mode = "online" | "received" | "joint";
export type MaterialKind = "original" | "copy" | "form";
export type FieldKind = "text" | "number" | "money" | "date" | "choice" | "phone" | "id_number";
export type Outcome = "accepted" | "supplement" | "rejected" | "done";
export type Operator = "eq" | "ne" | "lt" | "le" | "gt" | "ge";

export interface Material {
  readonly id: string;
  readonly name: string;
  readonly name_en: string;
  readonly kind: MaterialKind;
  readonly required: boolean;
  readonly most_pages: number;
  readonly note: string;
  /** Where the applicant gets it from. */
  readonly source: string;
}

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly label_en: string;
  readonly kind: FieldKind;
  readonly required: boolean;
  readonly choices: readonly string[];
  /** The largest number or amount, or the most characters; 0 leaves it to the kind. */
  readonly most: number;
}

export interface Fee {
  readonly id: string;
  readonly name: string;
  /** In fen. */
  readonly amount: number;
  readonly basis: string;
}

export interface Condition {
  readonly field: string;
  readonly op: Operator;
  readonly value: Value;
}

/** An instant decision: when all conditions hold, `outcome` is proposed. */
export interface Rule {
  readonly name: string;
  readonly all: readonly Condition[];
  readonly outcome: Outcome;
}

/** A service item in one version. Days are working days; `promised_days` 0 means on the spot. */
export interface Item {
  readonly code: string;
  readonly version: number;
  readonly name: string;
  readonly name_en: string;
  readonly mode: Mode;
  readonly region: string;
  readonly authority: string;
  readonly audience: string;
  readonly basis: string;
  readonly promised_days: number;
  readonly legal_days: number;
  readonly materials: readonly Material[];
  readonly fields: readonly Field[];
  readonly fees: readonly Fee[];
  readonly rules: readonly Rule[];
  readonly results: readonly string[];
  readonly bundle: readonly string[];
}
