import type { components } from "@/wire/api";
import { call, freshKey } from "./client";

type Wire = components["schemas"];
export type BoardView = Wire["BoardView"];
export type BoardSession = Wire["BoardSession"];
export type BoardFigures = Wire["BoardFigures"];
export type BoardDistribution = Wire["BoardDistribution"];
export type SampleRecord = Wire["SampleRecord"];
export type Sample = Wire["Sample"];

/** Days `2026-11-22`, both included; no hall is every hall. */
export interface BoardSpan {
  readonly from: string;
  readonly to: string;
  readonly hall: string;
}

function query(span: BoardSpan, more: Readonly<Record<string, string>> = {}): string {
  const found = new URLSearchParams({ from: span.from, to: span.to, ...more });
  if (span.hall !== "") found.set("hall", span.hall);
  return found.toString();
}

export const view = (span: BoardSpan, signal?: AbortSignal) =>
  call<BoardView>("GET", `/api/board?${query(span)}`, signal ? { signal } : {});
export const csvUrl = (span: BoardSpan, language: string): string => `/api/board.csv?${query(span, { language })}`;
export const samples = () => call<Wire["SampleList"]>("GET", "/api/board/samples");
export const sample = (id: string) => call<Sample>("GET", `/api/board/samples/${encodeURIComponent(id)}`);
export const populationUrl = (id: string): string => `/api/board/samples/${encodeURIComponent(id)}/population`;
export const draw = (span: BoardSpan, count: number) =>
  call<Sample>("POST", "/api/board/samples", {
    body: { first: span.from, last: span.to, hall: span.hall === "" ? null : span.hall, count },
    once: freshKey(),
  });
