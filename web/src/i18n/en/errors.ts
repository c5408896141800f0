import type { Same } from "../index";
import type { errors as zh } from "../zh/errors";
import { captures } from "./errors/captures";
import { catalogue } from "./errors/catalogue";
import { counter } from "./errors/counter";
import { domain } from "./errors/domain";
import { media } from "./errors/media";
import { queue } from "./errors/queue";
import { sealing } from "./errors/sealing";
import { service } from "./errors/service";
import { signing } from "./errors/signing";

/** A sentence for every code: the cause, and the way out */
export const errors: Same<typeof zh> = { ...service, ...media, ...domain, ...counter, ...captures, ...catalogue, ...queue, ...sealing, ...signing };
