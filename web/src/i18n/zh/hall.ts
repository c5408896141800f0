import { board } from "./hall/board";
import { catalogue } from "./hall/catalogue";
import { coming } from "./hall/coming";
import { desk } from "./hall/desk";
import { display } from "./hall/display";
import { guide } from "./hall/guide";
import { later } from "./hall/later";
import { ticket } from "./hall/ticket";
import { words } from "./hall/words";

/** 办事大厅：指南、预约、取号、大屏、窗口、目录、看板 */
export const hall = { ...words, board, catalogue, coming, desk, display, guide, later, ticket };
