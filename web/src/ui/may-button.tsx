import { Button, type ButtonProps } from "antd";
import { type Question, useRefusal } from "../api/permissions";
import { useText } from "../text";

/** A button for what not everybody may do: it is off for who may not, and says why. */
export function MayButton({ may, disabled = false, title, ...rest }: ButtonProps & { may: Question }) {
  const t = useText();
  const refusal = useRefusal(may);
  const why = refusal === undefined ? title : t("action.mayNot", { why: refusal });
  return (
    <Button {...rest} disabled={disabled || refusal !== undefined} {...(why === undefined ? {} : { title: why })} />
  );
}
