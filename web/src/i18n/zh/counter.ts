import { doing } from "./counter/doing";
import { log } from "./counter/log";
import { outcome } from "./counter/outcome";
import { papers } from "./counter/papers";
import { person } from "./counter/person";
import { place } from "./counter/place";

/** 窗口会话页的文字 */
export const counter = { ...place, ...doing, ...person, ...papers, ...outcome, ...log };
