// What every page does beyond links and forms. Pages work without it.
import { listenToCompletions } from "./completes.js";
import { listenToKeys } from "./keys.js";
import { keepLive } from "./live.js";
import { walkMatrices } from "./matrix.js";
import { listenToPalette } from "./palette.js";
import { listenToParts } from "./parts.js";
import { listenToReviews } from "./review.js";

listenToParts();
listenToKeys();
listenToPalette();
listenToCompletions();
walkMatrices();
listenToReviews();
keepLive();
// Tests, and whoever automates the pages, wait for this.
document.documentElement.dataset.ready = "";
