// What every page does beyond links and forms. Pages work without it.
import { listenToKeys } from "./keys.js";
import { keepLive } from "./live.js";
import { listenToParts } from "./parts.js";

listenToParts();
listenToKeys();
keepLive();
// Tests, and whoever automates the pages, wait for this.
document.documentElement.dataset.ready = "";
