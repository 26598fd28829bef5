import { Link } from "@tanstack/react-router";
import { useText } from "../text";
import { Icon } from "./icons";

/** To the form that makes an instance; `from`: like this one. */
export function CreateLink({ from }: { from?: string }) {
  const t = useText();
  return (
    <Link to="/instances/new" search={from ? { from } : {}} className={from ? "button" : "button button-primary"}>
      {from ? (
        t("action.copy")
      ) : (
        <>
          <Icon name="plus" /> {t("create.title")}
        </>
      )}
    </Link>
  );
}
