/** The terms of a tender: what rooms/opening/terms.py says, as the server sends it. */

export type {
  DrawTerms,
  EnvelopeTerms,
  FormItem,
  ItemKind,
  Policy,
  Regime,
  Role,
  Seat,
  Terms,
  Windows,
} from "@/http/types";
