import { createApp } from "vue";
import "@/styles/tokens.css";
import "@/styles/base.css";
import "./offline.css";
import OfflineApp from "./OfflineApp.vue";

createApp(OfflineApp).mount("#app");
