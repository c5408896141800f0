/** An opening as the stage sees it, and what is told of the floor. */

import { computed } from "vue";
import { translate as t } from "@/i18n";
import { nameOf } from "@/rooms/opening/state";
import { speak, tell } from "@/ui/announce";
import type { StageRoom } from "@/ui/stage/room";
import { LARGEST } from "@/ui/stage/tiles";
import type { Room } from "../room";
import { rightsOf } from "./rights";

export function stageOf(room: Room): StageRoom {
  const { id, state, me, link, media, people } = room;
  const rights = computed(() => rightsOf(state.value, me.value));
  const asks = computed(() => state.value.floor.hands.includes(me.value.person));
  return {
    id,
    link,
    rights,
    news: media,
    person: computed(() => me.value.person),
    audience: computed(() => me.value.role === "observer"),
    active: computed(() => rights.value.camera || rights.value.floor || rights.value.host),
    speaker: computed(() => state.value.floor.speaker),
    says: computed(() => {
      if (asks.value) return t("media.state.hand_up");
      return state.value.floor.speaker === me.value.person ? t("media.state.speaking") : "";
    }),
    waits: asks,
    seat: computed(() => false),
    pointing: null,
    order: computed(() => LARGEST),
    keep: computed(() => null),
    nameOf: (person) => nameOf(state.value, person),
    whatOf: (slot) => t(`media.slot.${slot}`),
    presenceOf: (person) => people.value.find((each) => each.person === person)?.state,
  };
}

/** Says who got the floor and whose sound was taken. */
export function tellFloor(room: Room): void {
  room.listen((fresh, state) => {
    const { person, role } = room.me.value;
    const hosts = role === "host" || role === "deputy";
    for (const { event } of fresh) {
      switch (event.type) {
        case "FloorRequested":
          if (event.person !== person && hosts) tell(t("media.said.asked", { name: nameOf(state, event.person) }));
          break;
        case "FloorGranted":
          if (event.person === person) tell(t("media.said.granted_me"));
          else speak(t("media.said.granted", { name: nameOf(state, event.person) }));
          break;
        case "FloorTaken":
          if (event.person === person) tell(t("media.said.taken_me"));
          break;
        case "SoundMuted":
          if (event.person === person) tell(t(event.muted ? "media.said.muted_me" : "media.said.unmuted_me"));
          break;
        default:
      }
    }
  });
}
