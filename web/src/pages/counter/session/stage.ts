/** A session as the stage sees it: who may send, and whom everybody looks at. */

import { computed } from "vue";
import { freshKey } from "@/http/client";
import { sendScreenshot } from "@/http/sessions";
import { translate as t } from "@/i18n";
import type { Slot } from "@/media/types";
import type { Role, Seen } from "@/rooms/counter/kinds";
import { HELD, RECORDED } from "@/rooms/counter/phases";
import { roleOf } from "@/rooms/counter/state";
import type { StageRoom } from "@/ui/stage/room";
import type { Counter } from "./session";
import { personName } from "./words";

const SENDERS: ReadonlySet<Role | null> = new Set<Role | null>(["near", "far", "applicant", "agent", "department"]);
const SHARERS: ReadonlySet<Role | null> = new Set<Role | null>(["near", "far"]);
// The server puts the applicant on the stage, the near clerk into the supervisor's place, the far one into the hall's.
const FAR_LOOKS: readonly Slot[] = ["screen", "stage", "supervisor", "floor", "hall"];
const OTHERS_LOOK: readonly Slot[] = ["screen", "hall", "supervisor", "stage", "floor"];

const SHOWS: Readonly<Record<Slot, Seen>> = { stage: "applicant", supervisor: "near", hall: "far", floor: "department", screen: "screen" };

export function stageOf(room: Counter): StageRoom {
  const { id, state, me, link, media, people } = room;
  const on = computed(() => link.value !== "refused" && !state.value.over && HELD.includes(state.value.phase));
  const rights = computed(() => ({
    camera: on.value && SENDERS.has(me.value.role),
    screen: on.value && SHARERS.has(me.value.role),
  }));
  const keeps = computed(() => rights.value.screen && RECORDED.includes(state.value.phase));
  const keep = async (slot: Slot, picture: Blob): Promise<void> => {
    room.taken(await sendScreenshot(id, SHOWS[slot], picture, freshKey()));
  };
  return {
    id,
    link,
    rights,
    news: media,
    person: computed(() => me.value.person),
    audience: computed(() => false),
    active: computed(() => rights.value.camera),
    speaker: computed(() => ""),
    says: computed(() => ""),
    waits: computed(() => false),
    seat: computed(() => on.value && me.value.role === "near"),
    pointing: { may: computed(() => rights.value.camera), send: room.point, listen: room.onPointer },
    order: computed(() => (me.value.role === "far" ? FAR_LOOKS : OTHERS_LOOK)),
    keep: computed(() => (keeps.value ? keep : null)),
    // A second camera at the window shows who sits before it.
    nameOf: (person, kind) => personName(room, kind === "hall" ? (state.value.matter?.person ?? person) : person),
    whatOf: (slot, person) => {
      const role = roleOf(state.value, person) ?? "applicant";
      return slot === "stage" && role === "near" ? t("counter.seat.what") : t(`counter.role.${role}`);
    },
    presenceOf: (person) => {
      if (state.value.absent.has(person)) return "reconnecting";
      return people.value.find((each) => each.person === person)?.state;
    },
  };
}
