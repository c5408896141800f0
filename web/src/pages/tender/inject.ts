import { inject, type InjectionKey } from "vue";
import type { Tender } from "./useTender";

export const TENDER: InjectionKey<Tender> = Symbol("tender");

/** The tender that the editor around this section is making. */
export function useEdited(): Tender {
  const tender = inject(TENDER);
  if (tender === undefined) throw new Error("a section stands outside its editor");
  return tender;
}
