import { doing } from "./counter/doing";
import { log } from "./counter/log";
import { outcome } from "./counter/outcome";
import { papers } from "./counter/papers";
import { person } from "./counter/person";
import { place } from "./counter/place";

/** Words of the page of a session at a counter. */
export const counter = { ...place, ...doing, ...person, ...papers, ...outcome, ...log };
