import { captures } from "./errors/captures";
import { catalogue } from "./errors/catalogue";
import { counter } from "./errors/counter";
import { domain } from "./errors/domain";
import { media } from "./errors/media";
import { queue } from "./errors/queue";
import { sealing } from "./errors/sealing";
import { service } from "./errors/service";
import { signing } from "./errors/signing";

/** 每个错误码一句话:原因,以及接下来怎么办 */
export const errors = { ...service, ...media, ...domain, ...counter, ...captures, ...catalogue, ...queue, ...sealing, ...signing };
