/** The room's media as the page's parts share them: what comes, what is sent, and how to act. */

import { computed, inject, onScopeDispose, provide, reactive, ref, shallowRef, watch, type InjectionKey } from "vue";
import { DeviceTrouble, keptPicks, openCamera, openMicrophone, openScreen, type Device } from "@/media/devices";
import type { KeptState } from "@/media/kept";
import type { Quality } from "@/media/quality";
import type { Receiver } from "@/media/receiver";
import type { Sending } from "@/media/sending";
import { MediaSession, type Why } from "@/media/session";
import { OFF, slotOf, type MediaState, type Slot } from "@/media/types";
import { canResume, keepSending, keptSending } from "./resume";
import type { StageRoom } from "./room";

/** What is being sent of one kind, as it is now. */
export interface Sent {
  readonly sound: boolean;
  readonly picture: MediaStreamTrack | null;
  readonly state: KeptState;
  readonly error: unknown;
}

/** The session at one moment; a new one whenever something changed. */
interface View {
  readonly media: MediaState;
  readonly receiving: KeptState;
  readonly receiver: Receiver | null;
  readonly streaming: Why | null;
  readonly qualities: ReadonlyMap<Slot, Quality>;
  readonly own: Quality | null;
  readonly camera: Sent;
  readonly screen: Sent;
  readonly seat: Sent;
}

const IDLE: Sent = { sound: false, picture: null, state: "off", error: null };
const NOTHING: View = {
  media: OFF, receiving: "off", receiver: null, streaming: null, qualities: new Map(), own: null, camera: IDLE, screen: IDLE, seat: IDLE,
};

const sent = ({ sound, picture, state, error }: Sending): Sent => ({ sound: sound !== null, picture, state, error });

/** Follows a room's media while the calling component is there. */
export function useMedia(room: StageRoom) {
  const { id, person, link, rights } = room;
  const view = shallowRef<View>(NOTHING);
  const trouble = shallowRef<DeviceTrouble | null>(null);
  const busy = reactive(new Set<Device>());
  /** Slots in which a picture comes. */
  const seen = reactive(new Set<Slot>());
  const listening = ref(true);
  /** The browser waits for a click before it lets anything sound. */
  const blocked = ref(false);
  let session: MediaSession | null = null;
  let resumed = false;

  const muted = computed(() => view.value.media.muted.includes(person.value));
  const mySlot = computed(() => slotOf(view.value.media, `${person.value}:camera`));

  function look(): void {
    if (session === null) return;
    const { receiving, streaming, qualities, own, camera, screen, seat } = session;
    view.value = {
      media: session.state, receiving: receiving.state, receiver: receiving.thing, streaming, qualities, own,
      camera: sent(camera), screen: sent(screen), seat: sent(seat),
    };
  }

  watch(
    link,
    (now) => {
      if (now !== "live") return;
      session ??= new MediaSession(id, room.audience.value, look);
      void session.ask();
    },
    { immediate: true },
  );
  watch(room.news, (news) => {
    if (news !== null) session?.take(news);
  });
  onScopeDispose(() => {
    session?.close();
    session = null;
  });

  /** Does what needs a device, each once at a time, and keeps what was wrong with it. */
  async function using(device: Device, act: (now: MediaSession) => Promise<void>): Promise<void> {
    if (session === null || busy.has(device)) return;
    busy.add(device);
    trouble.value = null;
    try {
      await act(session);
    } catch (failure) {
      trouble.value = failure instanceof DeviceTrouble ? failure : new DeviceTrouble("failed", device, failure);
    } finally {
      busy.delete(device);
    }
  }

  const remember = (): void => {
    const own = session?.camera;
    keepSending(id, {
      camera: (own?.picture ?? null) !== null,
      microphone: (own?.sound ?? null) !== null,
      seat: (session?.seat.picture ?? null) !== null,
    });
  };

  const camera = (on: boolean): Promise<void> =>
    using("camera", async ({ camera: own }) => {
      own.setPicture(on ? await openCamera(keptPicks().camera) : null);
      remember();
    });

  const microphone = (on: boolean): Promise<void> =>
    using("microphone", async ({ camera: own }) => {
      own.setSound(on ? await openMicrophone(keptPicks().microphone) : null);
      remember();
    });

  /** The camera that looks at the applicant's seat; its sound is the window's microphone's. */
  const seat = (on: boolean): Promise<void> =>
    using("camera", async ({ seat: own }) => {
      own.setPicture(on ? await openCamera(keptPicks().seat) : null);
      remember();
    });

  const screen = (on: boolean): Promise<void> =>
    using("screen", async ({ screen: own }) => {
      if (!on) {
        own.stop();
        look();
        return;
      }
      const stream = await openScreen();
      own.setPicture(stream.getVideoTracks()[0] ?? null);
      const sound = stream.getAudioTracks()[0];
      if (sound !== undefined) own.setSound(sound);
    });

  function stopSending(): void {
    session?.camera.stop();
    session?.screen.stop();
    session?.seat.stop();
    remember();
    look();
  }

  watch(
    () => rights.value.camera,
    (may) => {
      if (!may) stopSending();
    },
  );
  watch(
    () => rights.value.screen,
    (may) => {
      if (may || session === null) return;
      session.screen.stop();
      look();
    },
  );
  watch(
    () => room.seat.value,
    (may) => {
      if (!may && (session?.seat.picture ?? null) !== null) void seat(false);
    },
  );
  // Sound that a host took away is not even recorded here.
  watch(muted, (now) => {
    if (now && (session?.camera.sound ?? null) !== null) void microphone(false);
  });

  // After a reload what was on comes on again, where the browser doesn't ask anew.
  watch(
    () => view.value.media.enabled && rights.value.camera,
    async (may) => {
      if (!may || resumed) return;
      resumed = true;
      const kept = keptSending(id);
      if (kept.microphone && (await canResume("microphone"))) await microphone(true);
      if (kept.camera && (await canResume("camera"))) await camera(true);
      if (kept.seat && room.seat.value && (await canResume("camera"))) await seat(true);
    },
  );

  return {
    room, view, rights, muted, mySlot, trouble, busy, seen, listening, blocked,
    camera, microphone, screen, seat, stopSending,
    retryDirect: (): void => session?.retryDirect(),
  };
}

export type Media = ReturnType<typeof useMedia>;

const KEY: InjectionKey<Media> = Symbol("media");

export function provideMedia(media: Media): void {
  provide(KEY, media);
}

export function injectMedia(): Media {
  const media = inject(KEY);
  if (media === undefined) throw new Error("outside a room");
  return media;
}
