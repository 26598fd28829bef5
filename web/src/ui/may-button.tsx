import { Button, type ButtonProps } from "antd";
import { type Question, type Refusal, useRefusal } from "../api/permissions";
import { useText } from "../text";

/** The sentence for it. What needs no right but a new sign-in says so. */
export function useReason() {
  const t = useText();
  return ({ code, message }: Refusal): string =>
    code === "ReauthenticationRequired" ? t("error.again") : t("action.mayNot", { why: message });
}

/** A button for what not everybody may do: it is off for who may not, and says why. */
export function MayButton({ may, disabled = false, title, ...rest }: ButtonProps & { may: Question }) {
  const reason = useReason();
  const refusal = useRefusal(may);
  const why = refusal === undefined ? title : reason(refusal);
  return (
    <Button {...rest} disabled={disabled || refusal !== undefined} {...(why === undefined ? {} : { title: why })} />
  );
}

/** Says to the main account that changes on this page need a new sign-in, of which buttons that are off tell only who
 * points at them. */
export function SignInNotice({ may }: { may: Question }) {
  const t = useText();
  if (useRefusal(may)?.code !== "ReauthenticationRequired") return null;
  return <p className="problem warning">{t("error.again")}</p>;
}
