import { board } from "./hall/board";
import { catalogue } from "./hall/catalogue";
import { coming } from "./hall/coming";
import { desk } from "./hall/desk";
import { display } from "./hall/display";
import { guide } from "./hall/guide";
import { later } from "./hall/later";
import { ticket } from "./hall/ticket";
import { words } from "./hall/words";

/** Halls: guide, booking, ticket, display, desk, catalogue, board */
export const hall = { ...words, board, catalogue, coming, desk, display, guide, later, ticket };
