import { Link } from "@tanstack/react-router";
import { useText } from "../text";
import { Title } from "../ui/title";

export function NotFound() {
  const t = useText();
  return (
    <>
      <Title>{t("error.page")}</Title>
      <Link to="/">{t("error.toHome")}</Link>
    </>
  );
}
