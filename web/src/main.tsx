import "./app/console.css";
import { createRoot } from "react-dom/client";
import { getSession, takeTicket } from "./api/session";
import { signInAddress } from "./app/leave";

// A page that is open while the server is replaced asks for files that are gone: it loads the new one, once.
addEventListener("vite:preloadError", (event) => {
  if (sessionStorage.getItem("atelier.reloaded") === location.href) return;
  sessionStorage.setItem("atelier.reloaded", location.href);
  event.preventDefault();
  location.reload();
});

/** Who is not signed in gets the page to do so, and loads no more than that. */
async function start() {
  const base = import.meta.env.BASE_URL;
  const ticket = takeTicket();
  const root = createRoot(document.getElementById("root")!);
  if (location.pathname !== `${base}sign-in`) {
    const signedIn = await getSession().catch(() => undefined); // the console says what is wrong
    if (!signedIn || signedIn.session) return (await import("./app/start")).start(root, signedIn);
    const next = location.pathname.slice(base.length - 1) || "/";
    history.replaceState(null, "", signInAddress(next + location.search));
  }
  return (await import("./sign-in/start")).start(root, ticket);
}

void start();
