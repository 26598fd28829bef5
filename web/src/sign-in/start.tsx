import type { Root } from "react-dom/client";
import { Theme } from "../app/theme";
import { readNext } from "../app/url";
import { loadFirstTexts, Texts } from "../text";
import { SignIn } from "./sign-in";

/** Shows the page for who is not signed in. It leads on to the page that they came for with a new load, so that nothing
 * of somebody else's is left in this one. */
export async function start(root: Root, ticket: string) {
  const texts = await loadFirstTexts();
  const enter = () => {
    const next = readNext(new URLSearchParams(location.search).get("next"));
    location.replace(import.meta.env.BASE_URL.replace(/\/$/, "") + next);
  };
  root.render(
    <Texts initial={texts}>
      <Theme>
        <SignIn ticket={ticket} enter={enter} />
      </Theme>
    </Texts>,
  );
}
