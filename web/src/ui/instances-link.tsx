import { Link } from "@tanstack/react-router";
import { useText } from "../text";

/** Leads to the instances that match `q`: those of somebody or something of this name. */
export function InstancesLink({ q, of }: { q: string; of: string }) {
  const t = useText();
  return (
    <Link to="/instances" search={{ q }} aria-label={t("workspaces.instancesOf", { name: of })}>
      {t("images.show")}
    </Link>
  );
}
