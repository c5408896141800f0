/** What a signature is over: mirrors rooms/counter/forms.py. */

import { hex, sha256 } from "@/crypto/encoding";
import { jcs } from "@/crypto/json";
import type { Case } from "./state";

/** The digest of every filled field with that of its value, in the order of the form. */
export function formDigest(each: Case): string {
  const fields = each.item.fields.flatMap(({ name }) => {
    const filled = each.fields.get(name);
    return filled === undefined ? [] : [[name, filled.value]];
  });
  return hex(sha256(jcs({ format: "yunkai/form/v1", item: each.item.code, version: each.item.version, fields })));
}
