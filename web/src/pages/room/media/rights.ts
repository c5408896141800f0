/** What somebody may send now: mirrors what the server grants (docs/media.md, Rules). Pure. */

import type { Me } from "@/rooms/opening/action";
import { isOver, rollIsPublic } from "@/rooms/opening/phases";
import type { OpeningState } from "@/rooms/opening/state";
import type { SendRights } from "@/ui/stage/room";

export interface Rights extends SendRights {
  /** May ask for the floor and give it back. */
  readonly floor: boolean;
  /** Gives and takes the floor, mutes, makes the token of a hall's camera. */
  readonly host: boolean;
}

const NONE: Rights = { camera: false, screen: false, floor: false, host: false };

export function rightsOf(state: OpeningState, me: Me): Rights {
  if (isOver(state.phase) || state.phase === "draft") return NONE;
  const acting = me.person === state.host;
  const speaks = state.floor.speaker === me.person;
  const asks = state.floor.hands.includes(me.person);
  const hosts = me.role === "host" || me.role === "deputy";
  const seated = me.role === "tenderer" || me.role === "trustee" || (hosts && !acting);
  // Before the roll nothing tells that there are bidders.
  const bids = me.role === "bidder" && rollIsPublic(state.phase) && me.hasBid;
  const floor = seated || bids;
  return {
    camera: acting || me.role === "supervisor" || (floor && (speaks || asks)),
    screen: acting || (floor && speaks),
    floor,
    host: hosts,
  };
}
