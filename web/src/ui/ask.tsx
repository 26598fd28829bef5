import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { Question } from "../api/permissions";
import { Confirm } from "./delete";
import { Dialog } from "./dialog";
import { MayButton } from "./may-button";
import { Loading, Problem } from "./states";

/** What was asked for, once it is there; until then that it is asked for, or why it did not come. */
export function Asked<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  const { data, error, refetch, dataUpdatedAt } = query;
  return (
    <>
      {error && <Problem error={error} retry={() => void refetch()} {...(data ? { since: dataUpdatedAt } : {})} />}
      {data !== undefined ? children(data) : !error && <Loading />}
    </>
  );
}

interface ConfirmedProps {
  label: string; // of the button in the page
  name: string; // of that button, for who does not see what is beside it
  title: string;
  may: Question;
  children: ReactNode; // what will happen
  run: () => Promise<unknown>;
}

/** A button for what cannot be undone: it says first what that is. */
export function Confirmed({ label, name, title, may, children, run }: ConfirmedProps) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const act = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await run();
      setOpen(false);
    } catch (caught) {
      setError(caught as Error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <MayButton may={may} size="small" danger aria-label={name} onClick={() => setOpen(true)}>
        {label}…
      </MayButton>
      {open && (
        <Dialog title={title} close={() => setOpen(false)}>
          <Confirm word="" button={label} busy={busy} cancel={() => setOpen(false)} run={() => void act()}>
            {children}
            {error && <Problem error={error} />}
          </Confirm>
        </Dialog>
      )}
    </>
  );
}
