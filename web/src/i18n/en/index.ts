import type { Messages, Same } from "../index";
import { common as commonEn } from "./common";
import { counter as counterEn } from "./counter";
import { errors as errorsEn } from "./errors";
import { hall as hallEn } from "./hall";
import { media as mediaEn } from "./media";
import { pages as pagesEn } from "./pages";
import { room as roomEn } from "./room";

/** Every sentence in English. */
export const en = {
  ...commonEn,
  pages: pagesEn,
  room: roomEn,
  media: mediaEn,
  hall: hallEn,
  counter: counterEn,
  errors: errorsEn,
} satisfies Same<Messages>;
