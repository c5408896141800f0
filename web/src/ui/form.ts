import type { FormItem } from "@/http/types";
import { language } from "@/i18n";

/** A form item's name in the language of the page; agencies may leave the English one out. */
export function itemLabel(item: FormItem): string {
  return language() === "en" && item.label_en !== "" ? item.label_en : item.label_zh;
}
