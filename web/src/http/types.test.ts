import { expectTypeOf, it } from "vitest";
import type { components } from "@/wire/api";
import type * as ours from "./types";

type Wire = components["schemas"];

// The generated types say "any object" where an object is signed, and make members with a default optional; ours say what
// the pages rely on. Both must speak of the same members and the same words.
it("the pages' types have the members that the server's description has", () => {
  expectTypeOf<keyof ours.OpeningSummary>().toEqualTypeOf<keyof Wire["OpeningSummary"]>();
  expectTypeOf<keyof ours.OpeningDetail>().toEqualTypeOf<keyof Wire["OpeningDetail"]>();
  expectTypeOf<keyof ours.OpeningDetail["my"]>().toEqualTypeOf<keyof Wire["My"]>();
  expectTypeOf<keyof ours.Terms>().toEqualTypeOf<keyof Wire["Terms"]>();
  expectTypeOf<keyof ours.FormItem>().toEqualTypeOf<keyof Wire["FormItem"]>();
  expectTypeOf<keyof ours.Windows>().toEqualTypeOf<keyof Wire["Windows"]>();
  expectTypeOf<keyof ours.Seat>().toEqualTypeOf<keyof Wire["Seat"]>();
  expectTypeOf<keyof ours.EnvelopeTerms>().toEqualTypeOf<keyof Wire["Envelope"]>();
  expectTypeOf<keyof ours.DocumentEntry>().toEqualTypeOf<keyof Wire["Document"]>();
  expectTypeOf<keyof ours.DrawTerms>().toEqualTypeOf<keyof Wire["Draw"]>();
  expectTypeOf<keyof ours.Mine>().toEqualTypeOf<keyof Wire["Mine"]>();
  expectTypeOf<keyof ours.Accepted>().toEqualTypeOf<keyof Wire["Accepted"]>();
  expectTypeOf<keyof ours.PastBid>().toEqualTypeOf<keyof Wire["PastBid"]>();
  expectTypeOf<keyof ours.UploadState>().toEqualTypeOf<keyof Wire["UploadState"]>();
  expectTypeOf<keyof ours.Submitted>().toEqualTypeOf<keyof Wire["Submitted"]>();
  expectTypeOf<keyof ours.Site>().toEqualTypeOf<keyof Wire["Anchors"]>();
  expectTypeOf<keyof ours.Verdict>().toEqualTypeOf<keyof Wire["Report"]>();
  expectTypeOf<keyof ours.Finding>().toEqualTypeOf<keyof Wire["Finding"]>();
});

it("the pages' words are the server's", () => {
  expectTypeOf<ours.Phase>().toEqualTypeOf<Wire["Phase"]>();
  expectTypeOf<ours.Role>().toEqualTypeOf<Wire["Role"]>();
  expectTypeOf<ours.AccountRole>().toEqualTypeOf<Wire["AccountRole"]>();
  expectTypeOf<ours.Policy>().toEqualTypeOf<Wire["Policy"]>();
  expectTypeOf<ours.Regime>().toEqualTypeOf<Wire["Regime"]>();
  expectTypeOf<ours.Remedy>().toEqualTypeOf<Wire["Remedy"]>();
  expectTypeOf<ours.ItemKind>().toEqualTypeOf<Wire["ItemKind"]>();
});
