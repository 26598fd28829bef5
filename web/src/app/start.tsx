import { RouterProvider } from "@tanstack/react-router";
import type { Root } from "react-dom/client";
import type { SignedIn } from "../api/session";
import { loadTexts } from "../text";
import { sessionQuery } from "./frame";
import { makeQueryClient, Providers } from "./providers";
import { makeRouter } from "./router";

/** Shows the console. `signedIn`: who is; undefined: the server did not say. */
export async function start(root: Root, signedIn: SignedIn | undefined) {
  const texts = await loadTexts();
  const client = makeQueryClient();
  if (signedIn) client.setQueryData(sessionQuery.queryKey, signedIn);
  root.render(
    <Providers client={client} texts={texts}>
      <RouterProvider router={makeRouter()} />
    </Providers>,
  );
}
