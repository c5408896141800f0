import { audit } from "./pages/audit";
import { bid } from "./pages/bid";
import { login, opening, openings, people, verify } from "./pages/openings";
import { signing } from "./pages/signing";
import { tender } from "./pages/tender";
import { trustee } from "./pages/trustee";

/** 开标室以外的页面 */
export const pages = { login, openings, opening, tender, bid, trustee, verify, audit, people, signing };
