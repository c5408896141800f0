import * as sealing from "@/crypto";

// Journeys call the built code as pages do, from the window.
Object.assign(window, { sealing });
