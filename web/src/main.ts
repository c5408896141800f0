import "@/styles/tokens.css";
import "@/styles/base.css";
import "@/styles/print.css";
import { createPinia } from "pinia";
import { createApp } from "vue";
import { i18n, remembered, setLanguage } from "@/i18n";
import { askTime } from "@/http/api";
import { whenLoginIsLost } from "@/http/client";
import { resyncWith } from "@/http/clock";
import { useSession } from "@/stores/session";
import App from "./App.vue";
import { router } from "./router";

const app = createApp(App);
app.use(createPinia());
app.use(i18n);
app.use(router);

whenLoginIsLost(() => {
  useSession().lost();
  void router.push({ path: "/login", query: { next: router.currentRoute.value.fullPath } });
});

const sync = (): void => {
  // An answer that fails teaches nothing; the next one will.
  askTime().catch(() => undefined);
};
resyncWith(sync);
const EVERY_MS = 5 * 60_000;
setInterval(sync, EVERY_MS);
addEventListener("online", sync);
sync();

void setLanguage(remembered()).finally(() => app.mount("#app"));
