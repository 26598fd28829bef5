import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useText } from "../text";
import { Dialog } from "../ui/dialog";

const storeKey = "atelier.shortcuts";
export const shortcutsAreOn = () => localStorage.getItem(storeKey) !== "off";
export const turnShortcuts = (on: boolean) => localStorage.setItem(storeKey, on ? "on" : "off");

const typing = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const sequenceFor = 1500; // milliseconds

/** Calls what a key, or a key after `g`, stands for. Not while somebody types, nor under a dialog, nor for who has
 * turned them off (WCAG 2.1.4). What a function answers false to is left to the browser. */
export function useShortcuts(keys: Record<string, () => boolean | void>) {
  const now = useRef(keys);
  now.current = keys;
  useEffect(() => {
    let goes = -sequenceFor; // when `g` was pressed
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !shortcutsAreOn()) return;
      if ((event.target as Element).closest(typing) || document.querySelector("dialog[open]")) return;
      const name = event.timeStamp - goes < sequenceFor ? `g ${event.key}` : event.key;
      goes = event.key === "g" ? event.timeStamp : -sequenceFor;
      if (now.current[name]?.() !== false && name in now.current) event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

const helped = ["slash", "jk", "x", "o", "shiftO", "s", "e", "l", "gh", "gi", "gs", "help", "esc"] as const;

/** Those that every page has, and the list of all. */
export function Shortcuts() {
  const t = useText();
  const navigate = useNavigate();
  const [shown, setShown] = useState(false);
  useShortcuts({
    "g h": () => void navigate({ to: "/" }),
    "g i": () => void navigate({ to: "/instances" }),
    "g s": () => void navigate({ to: "/services" }),
    "?": () => setShown(true),
  });
  if (!shown) return null;
  return (
    <Dialog title={t("shortcuts.title")} close={() => setShown(false)}>
      <dl className="keys">
        {helped.map((one) => (
          <div key={one}>
            <dt>
              <kbd>{t(`shortcuts.key.${one}`)}</kbd>
            </dt>
            <dd>{t(`shortcuts.what.${one}`)}</dd>
          </div>
        ))}
      </dl>
      <p className="quiet">{t("shortcuts.off")}</p>
    </Dialog>
  );
}

/** The keys of a list: they move the focus from row to row, and press what the row has. */
export function useRowShortcuts(open: (id: string, tab: "events" | "logs") => void) {
  const rows = () => [...document.querySelectorAll<HTMLElement>("tr[data-id]")];
  const row = () => document.activeElement?.closest<HTMLElement>("tr[data-id]") ?? null;
  const step = (by: number) => () => {
    const all = rows();
    const at = all.indexOf(row()!);
    const next = all[at < 0 ? 0 : at + by];
    next?.querySelector("a")?.focus();
    return all.length > 0;
  };
  const press = (what: string) => () => {
    const button = row()?.querySelector<HTMLElement>(`[data-does=${what}]:not(:disabled)`);
    button?.click();
    return button !== undefined && button !== null;
  };
  const go = (tab: "events" | "logs") => () => {
    const id = row()?.dataset.id;
    if (id) open(id, tab);
    return id !== undefined;
  };
  useShortcuts({
    j: step(1),
    k: step(-1),
    x: press("select"),
    o: press("page"),
    O: press("open"),
    s: press("power"),
    e: go("events"),
    l: go("logs"),
  });
}
