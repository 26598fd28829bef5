import { useQueryClient } from "@tanstack/react-query";
import { type FocusEvent, type KeyboardEvent, useId, useRef, useState } from "react";
import { type Session, signOut } from "../api/session";
import { languages, useLanguage, useText } from "../text";
import { Icon } from "../ui/icons";
import { useSay } from "../ui/message";
import { shortcutsAreOn, turnShortcuts } from "./shortcuts";
import { choices, useTheme } from "./theme";

/** Who is signed in, in which language and theme, and the way out. */
export function UserMenu({ session }: { session: Session }) {
  const t = useText();
  const say = useSay();
  const queries = useQueryClient();
  const { language, setLanguage } = useLanguage();
  const { choice, setChoice } = useTheme();
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const name = session.DisplayName || session.UserName;

  const leave = async () => {
    try {
      await signOut();
      // Nothing of this person's is shown to the next.
      queries.clear();
      location.assign(`${import.meta.env.BASE_URL}sign-in`);
    } catch (error) {
      say.error(error as Error, t("app.signOut"));
    }
  };
  const onBlur = (event: FocusEvent) => {
    if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !open) return;
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div className="user" onBlur={onBlur} onKeyDown={onKeyDown}>
      {open && (
        // Clicks between its parts leave the focus in it, and so leave it open.
        <div id={id} className="user-menu" tabIndex={-1}>
          <Choices
            label={t("app.language")}
            values={Object.keys(languages) as (keyof typeof languages)[]}
            chosen={language}
            choose={setLanguage}
            name={(value) => <span lang={value}>{languages[value]}</span>}
          />
          <Choices
            label={t("app.theme")}
            values={choices}
            chosen={choice}
            choose={setChoice}
            name={(value) => t(`theme.${value}`)}
          />
          <fieldset>
            <legend>{t("shortcuts.title")}</legend>
            <label>
              <input
                type="checkbox"
                defaultChecked={shortcutsAreOn()}
                onChange={(event) => turnShortcuts(event.target.checked)}
              />{" "}
              {t("shortcuts.use")}
            </label>
          </fieldset>
          <button type="button" className="plain" onClick={() => void leave()}>
            {t("app.signOut")}
          </button>
        </div>
      )}
      <button
        ref={button}
        type="button"
        className="plain"
        aria-expanded={open}
        aria-controls={id}
        aria-label={t("app.user", { name })}
        onClick={() => setOpen(!open)}
      >
        <Icon name="user" /> <span className="user-name">{name}</span>
      </button>
    </div>
  );
}

interface ChoicesProps<Value extends string> {
  label: string;
  values: readonly Value[];
  chosen: Value;
  choose: (value: Value) => void;
  name: (value: Value) => React.ReactNode;
}

function Choices<Value extends string>({ label, values, chosen, choose, name }: ChoicesProps<Value>) {
  return (
    <fieldset>
      <legend>{label}</legend>
      {values.map((value) => (
        <label key={value}>
          <input type="radio" name={label} checked={chosen === value} onChange={() => choose(value)} /> {name(value)}
        </label>
      ))}
    </fieldset>
  );
}
