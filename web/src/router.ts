import { shallowRef } from "vue";
import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";
import type { AccountRole } from "@/http/types";
import type { MessageKey } from "@/i18n";
import { useSession } from "@/stores/session";

declare module "vue-router" {
  interface RouteMeta {
    /** What the page is called in the window's title. */
    title: MessageKey;
    /** Open to people who are not logged in. */
    open?: boolean;
    /** Only for accounts with this role, or with one of these. */
    only?: AccountRole | readonly AccountRole[];
    /** Fills the screen: no header above it. */
    bare?: boolean;
  }
}

// The pages are loaded when they are needed: a bidder never downloads the agency's screens.
const routes: RouteRecordRaw[] = [
  { path: "/", redirect: "/openings" },
  { path: "/login", component: () => import("@/pages/login/LoginPage.vue"), meta: { title: "nav.login", open: true } },
  { path: "/openings", component: () => import("@/pages/openings/OpeningsPage.vue"), meta: { title: "nav.openings" } },
  {
    path: "/openings/new",
    component: () => import("@/pages/tender/TenderFormPage.vue"),
    meta: { title: "pages.tender.new_title", only: "agency" },
  },
  {
    path: "/openings/:id",
    component: () => import("@/pages/opening/OpeningPage.vue"),
    props: true,
    meta: { title: "pages.opening.title" },
  },
  {
    path: "/openings/:id/edit",
    component: () => import("@/pages/tender/TenderFormPage.vue"),
    props: true,
    meta: { title: "pages.tender.edit_title", only: "agency" },
  },
  {
    path: "/openings/:id/bid",
    component: () => import("@/pages/bid/BidPage.vue"),
    props: true,
    meta: { title: "pages.bid.title", only: "bidder" },
  },
  {
    path: "/openings/:id/trustee",
    component: () => import("@/pages/trustee/TrusteePage.vue"),
    props: true,
    meta: { title: "pages.trustee.title", only: "trustee" },
  },
  {
    path: "/openings/:id/room",
    component: () => import("@/pages/room/RoomPage.vue"),
    props: true,
    meta: { title: "pages.opening.room" },
  },
  {
    path: "/openings/:id/check",
    component: () => import("@/pages/check/CheckPage.vue"),
    props: true,
    meta: { title: "media.check.title" },
  },
  { path: "/watch", component: () => import("@/pages/room/WatchPage.vue"), meta: { title: "room.watch.title" } },
  { path: "/guide", component: () => import("@/pages/counter/guide/GuidePage.vue"), meta: { title: "hall.guide.title", open: true } },
  {
    path: "/guide/:code",
    component: () => import("@/pages/counter/guide/ItemPage.vue"),
    props: true,
    meta: { title: "hall.guide.title", open: true },
  },
  {
    path: "/g/:hall",
    component: () => import("@/pages/counter/guide/GuidePage.vue"),
    props: true,
    meta: { title: "hall.guide.title", open: true },
  },
  {
    path: "/booking",
    component: () => import("@/pages/counter/booking/BookingPage.vue"),
    meta: { title: "hall.coming.booking_title", open: true },
  },
  {
    path: "/ticket/new",
    component: () => import("@/pages/counter/booking/BookingPage.vue"),
    props: { now: true },
    meta: { title: "hall.coming.ticket_title", open: true },
  },
  { path: "/ticket", component: () => import("@/pages/counter/ticket/TicketPage.vue"), meta: { title: "hall.ticket.title", open: true } },
  {
    path: "/visit/:id?",
    component: () => import("@/pages/counter/later/LaterPage.vue"),
    props: true,
    meta: { title: "hall.later.title", open: true },
  },
  {
    path: "/hall/:hall/display",
    component: () => import("@/pages/counter/hall/DisplayPage.vue"),
    props: true,
    meta: { title: "hall.display.title", open: true, bare: true },
  },
  {
    path: "/desk",
    component: () => import("@/pages/counter/desk/DeskPage.vue"),
    meta: { title: "hall.desk.title", only: "clerk" },
  },
  {
    path: "/catalogue",
    component: () => import("@/pages/counter/catalogue/CataloguePage.vue"),
    meta: { title: "hall.catalogue.title", only: ["manager", "admin"] },
  },
  {
    path: "/board",
    component: () => import("@/pages/counter/board/BoardPage.vue"),
    meta: { title: "hall.board.title", only: ["supervisor", "manager"] },
  },
  {
    path: "/sessions/:id",
    component: () => import("@/pages/counter/session/SessionPage.vue"),
    props: true,
    meta: { title: "counter.title" },
  },
  { path: "/verify", component: () => import("@/pages/verify/VerifyPage.vue"), meta: { title: "nav.verify", open: true } },
  {
    path: "/people",
    component: () => import("@/pages/people/PeoplePage.vue"),
    meta: { title: "nav.people", only: "admin" },
  },
  {
    path: "/:rest(.*)*",
    component: () => import("@/pages/NotFoundPage.vue"),
    meta: { title: "app.not_found", open: true },
  },
];

export const router = createRouter({
  history: createWebHistory(),
  routes,
});

router.beforeEach(async (to) => {
  const session = useSession();
  if (to.meta.open) {
    // The header shows the login where there is one; an open page works without.
    await session.load().catch(() => undefined);
    return to.path === "/login" && session.person !== null ? after(to.query.next) : true;
  }
  await session.load().catch(() => undefined);
  if (session.person === null && session.known) return { path: "/login", query: { next: to.fullPath } };
  // Who works at a counter has no openings: their own page is the first one.
  if (to.path === "/openings" && session.counter) return session.clerk ? "/desk" : session.manager ? "/board" : "/ticket";
  const only = to.meta.only === undefined ? null : [to.meta.only].flat();
  if (only !== null && session.person !== null && !only.some((role) => session.is(role))) return "/openings";
  return true;
});

// A new page begins at its top, and screen readers and the keyboard begin there too.
router.afterEach((to, from) => {
  if (to.path === from.path) return;
  window.scrollTo(0, 0);
  if (from.matched.length > 0) document.querySelector<HTMLElement>("#main")?.focus({ preventScroll: true });
});

/** The address of a page whose code did not come, even when asked for again. */
export const unreached = shallowRef<string | null>(null);
const TRIED = "yunkai.tried";
const NO_CODE = /dynamically imported module|module script|preload/i;

// The network may have dropped it, or a newer version has replaced it: the browser asks again for everything.
router.onError((error: unknown, to) => {
  if (!NO_CODE.test(String(error))) return;
  if (navigator.onLine && sessionStorage.getItem(TRIED) !== to.fullPath) {
    sessionStorage.setItem(TRIED, to.fullPath);
    location.assign(to.fullPath);
  } else {
    unreached.value = to.fullPath;
  }
});
router.afterEach(() => {
  sessionStorage.removeItem(TRIED);
  unreached.value = null;
});

/** Where a login goes on to: only a path of this site, whatever the link said. */
export function after(next: unknown): string {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : "/openings";
}
