/** Tells people what happened in a session: the live region for everybody, a tone where somebody has to come. */

import { watch } from "vue";
import { translate as t } from "@/i18n";
import { speak, tell } from "@/ui/announce";
import { chime, say } from "@/ui/voice";
import type { Counter } from "./session";
import { materialName, named, personName } from "./words";

export function useSpeech(room: Counter): void {
  room.listen((fresh, state) => {
    for (const { event } of fresh) {
      switch (event.type) {
        case "TicketCalled": {
          const words = t("counter.said.called", { window: room.windowName(event.window) });
          speak(words);
          if (room.me.value.role === "applicant") {
            chime();
            say(words);
          }
          break;
        }
        case "SessionConnected":
          speak(t("counter.said.connected"));
          break;
        case "MaterialJudged": {
          const each = state.cases.get(event.item);
          if (event.verdict !== "returned" || each === undefined) break;
          tell(t("counter.said.returned", { material: materialName(each, event.material), remark: event.remark }));
          break;
        }
        case "OutcomeDecided": {
          const each = state.cases.get(event.item);
          if (each === undefined) break;
          tell(t("counter.said.decided", { item: named(each.item), outcome: t(`counter.decide.outcome.${event.outcome}`) }));
          break;
        }
        case "HandedOver":
          // Whoever handed over reads it on the page that is left to them.
          if (event.previous !== room.me.value.person) tell(t("counter.said.handed", { role: t(`counter.role.${event.side}`), name: event.clerk_name }));
          break;
        case "HandOverOfferEnded":
          if (event.declined && room.me.value.role === event.side) tell(t("counter.said.declined"));
          break;
        case "SeatLeft":
          speak(t("counter.said.left", { who: personName(room, event.person) }));
          break;
        case "SeatReturned":
          speak(t("counter.said.back", { who: personName(room, event.person) }));
          break;
        default:
      }
    }
  });

  watch(
    () => room.plan.value.step,
    (step) => {
      if (room.link.value !== "live" || step === "arrive") return;
      speak(t("counter.said.stage", { stage: t(`counter.stage.${step}`) }));
    },
  );
  watch(
    () => room.plan.value.mine,
    (mine) => {
      if (mine && room.link.value === "live") chime();
    },
  );
}
