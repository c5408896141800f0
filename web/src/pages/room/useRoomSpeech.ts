/** Tells people what happened: live region for everybody, voice where it is on, a tone when one's own time runs out. */

import { watch } from "vue";
import { translate as t } from "@/i18n";
import { isUrgent } from "@/rooms/opening/action";
import { nameOf } from "@/rooms/opening/state";
import { speak } from "@/ui/announce";
import { useText } from "@/i18n";
import type { Room } from "./room";
import { chime, say } from "@/ui/voice";
import { announcement, gapsOf } from "./words";

export function useRoomSpeech(room: Room): void {
  const { locale } = useText();
  const tell = (text: string, aloud: boolean): void => {
    speak(text);
    if (aloud) say(text);
  };

  room.listen((fresh, state) => {
    for (const { event, by } of fresh) {
      switch (event.type) {
        case "BidAnnounced": {
          const bid = state.bids.get(event.bid);
          if (bid !== undefined) tell(announcement(state, bid, locale.value === "en" ? "en" : "zh"), true);
          break;
        }
        case "OpeningPaused":
          tell(t("room.announce.paused", { reason: event.reason }), true);
          break;
        case "OpeningResumed":
          tell(t("room.announce.resumed"), true);
          break;
        case "WindowExtended":
          tell(t("room.board.extended", { reason: event.reason }), true);
          break;
        case "WarningIssued":
          tell(t("room.announce.warning", { text: event.text }), false);
          break;
        case "ObjectionRaised":
          tell(t("room.announce.objection", { name: by.name === "" ? nameOf(state, event.by) : by.name }), false);
          break;
        default:
      }
    }
  });

  watch(
    () => room.state.value.phase,
    (phase, before) => {
      if (room.link.value === "live" && phase !== before) tell(t("room.announce.phase", { phase: t(`phase.${phase}`) }), true);
    },
  );

  watch(
    () => isUrgent(room.plan.value, room.now.value),
    (urgent) => {
      if (!urgent) return;
      chime();
      const what = t(`room.situation.${room.plan.value.situation}`, gapsOf(room.state.value));
      tell(t("room.bar.hurry", { what }), true);
    },
  );
}
