import { asking } from "./room/asking";
import { bids } from "./room/bids";
import { board } from "./room/board";
import { doing } from "./room/doing";
import { log } from "./room/log";
import { people } from "./room/people";
import { place } from "./room/place";

/** 开标室 */
export const room = { ...place, board, ...bids, ...people, log, ...doing, ...asking };
