import { Button } from "antd";
import { useState } from "react";
import { useAction } from "../api/instances";
import { useText } from "../text";
import { Dialog } from "./dialog";
import { Problem } from "./states";
import { MayButton } from "./may-button";

/** Deletes an instance, once its name has been typed: its files go with it. */
export function Delete({ id, name, gone }: { id: string; name: string; gone: () => void }) {
  const t = useText();
  const act = useAction();
  const [open, setOpen] = useState(false);
  return (
    <>
      <MayButton may={["paidsw:DeleteInstance", id]} danger onClick={() => setOpen(true)}>
        {t("action.delete")}
      </MayButton>
      {open && (
        <Dialog title={t("delete.title", { name })} close={() => setOpen(false)}>
          <Confirm
            word={name}
            label={t("delete.type", { name })}
            button={t("action.delete")}
            busy={act.isPending}
            cancel={() => setOpen(false)}
            run={() => act.mutate({ action: "delete", id, name }, { onSuccess: gone })}
          >
            <p>{t("delete.what")}</p>
            {act.error && <Problem error={act.error} />}
          </Confirm>
        </Dialog>
      )}
    </>
  );
}

interface Props {
  word: string; // what must be typed; empty: nothing
  label?: string;
  button: string;
  danger?: boolean;
  off?: boolean; // there is nothing to do
  busy: boolean;
  cancel: () => void;
  run: () => void;
  children: React.ReactNode;
}

/** What will happen, and the button that lets it. */
export function Confirm({ word, label, button, danger = true, off = false, busy, cancel, run, children }: Props) {
  const t = useText();
  const [typed, setTyped] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() === word && !busy && !off) run();
      }}
    >
      {children}
      {word !== "" && !off && (
        <label className="field">
          {label}
          <input
            className="input"
            autoFocus
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
      )}
      <footer>
        <Button onClick={cancel}>{t("action.cancel")}</Button>
        <Button htmlType="submit" type="primary" danger={danger} loading={busy} disabled={off || typed.trim() !== word}>
          {button}
        </Button>
      </footer>
    </form>
  );
}
