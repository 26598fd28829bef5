import "./app/console.css";
import { RouterProvider } from "@tanstack/react-router";
import { createRoot } from "react-dom/client";
import { Providers } from "./app/providers";
import { makeRouter } from "./app/router";

// A page that is open while the server is replaced asks for files that are gone: it loads the new one, once.
addEventListener("vite:preloadError", (event) => {
  if (sessionStorage.getItem("atelier.reloaded") === location.href) return;
  sessionStorage.setItem("atelier.reloaded", location.href);
  event.preventDefault();
  location.reload();
});

createRoot(document.getElementById("root")!).render(
  <Providers>
    <RouterProvider router={makeRouter()} />
  </Providers>,
);
