import type { Same } from "../index";
import type { pages as zh } from "../zh/pages";
import { audit } from "./pages/audit";
import { bid } from "./pages/bid";
import { login, opening, openings, people, verify } from "./pages/openings";
import { signing } from "./pages/signing";
import { tender } from "./pages/tender";
import { trustee } from "./pages/trustee";

/** All pages but the opening room */
export const pages: Same<typeof zh> = { login, openings, opening, tender, bid, trustee, verify, audit, people, signing };
