import { Button } from "antd";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useShortcuts } from "../../app/shortcuts";
import { check } from "../../query/compile";
import { complete, type Completion, type Known } from "../../query/complete";
import type { QueryError } from "../../query/scan";
import { useText } from "../../text";
import { Icon } from "../../ui/icons";

/** The text of what is wrong with a query. */
export function useQueryErrorText() {
  const t = useText();
  return (error: QueryError, text: string) => {
    const what = t(`query.error.${error.code}`, error.values as never);
    // People count characters, not UTF-16 units.
    return error.at < 0 ? what : t("query.where", { at: [...text.slice(0, error.at)].length + 1, what });
  };
}

/** What is typed is asked for as it is typed: the first letter makes an entry in the history, the next ones change it, so
 * that one step back leads to the view before. `replace`: change it. */
interface Props {
  value: string;
  onChange: (q: string, replace: boolean) => void;
  known: Known; // what the server has to complete with
}

export function QueryBar({ value, onChange, known }: Props) {
  const t = useText();
  const explain = useQueryErrorText();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const [options, setOptions] = useState<Completion[]>([]);
  const [active, setActive] = useState(-1);
  const typing = useRef(false);
  // Back, forward and chips change the address: the field follows, unless it says the same already.
  useEffect(() => setText((now) => (now.trim() === value.trim() ? now : value)), [value]);
  useShortcuts({ "/": () => input.current?.focus() });

  const close = () => {
    setOptions([]);
    setActive(-1);
  };
  const type = (next: string, cursor: number) => {
    setText(next);
    setOptions(complete(next, cursor, known));
    setActive(-1);
    if (!("parameters" in check(next)) || next.trim() === value) return;
    onChange(next.trim(), typing.current);
    typing.current = true;
  };
  const pick = (option: Completion) => {
    const next = text.slice(0, option.from) + option.insert + text.slice(option.to);
    type(next, option.from + option.insert.length);
    input.current?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && options.length > 0) {
      event.preventDefault();
      setActive((active + step + options.length + (active < 0 && step < 0 ? 1 : 0)) % options.length);
    } else if (event.key === "Escape") {
      if (options.length > 0) close();
      else input.current?.blur();
    } else if ((event.key === "Enter" || event.key === "Tab") && options[active]) {
      event.preventDefault();
      pick(options[active]);
    } else if (event.key === "Enter") {
      close();
      typing.current = false;
    }
  };

  const checked = check(text);
  const error = "error" in checked ? explain(checked.error, text) : "";
  const open = options.length > 0;
  return (
    <div className="query-bar">
      <input
        ref={input}
        className="query-input"
        role="combobox"
        aria-label={t("list.query")}
        aria-autocomplete="list"
        aria-expanded={open}
        aria-controls={`${id}-options`}
        aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
        aria-invalid={error !== ""}
        aria-describedby={`${id}-help`}
        placeholder={t("list.placeholder")}
        spellCheck={false}
        autoComplete="off"
        maxLength={1500}
        value={text}
        onChange={(event) => type(event.target.value, event.target.selectionStart ?? event.target.value.length)}
        onKeyDown={onKey}
        onBlur={() => {
          close();
          typing.current = false;
        }}
      />
      {text !== "" && (
        <Button
          type="text"
          size="small"
          icon={<Icon name="close" />}
          aria-label={t("list.clear")}
          onClick={() => {
            setText("");
            onChange("", false);
          }}
        />
      )}
      <ul id={`${id}-options`} className="options" role="listbox" aria-label={t("list.suggestions")} hidden={!open}>
        {options.map((option, index) => (
          <li
            key={option.label}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            // Before the field loses the focus.
            onMouseDown={(event) => {
              event.preventDefault();
              pick(option);
            }}
          >
            {option.label}
          </li>
        ))}
      </ul>
      <p id={`${id}-help`} className={error ? "query-error" : "quiet"} role={error ? "alert" : undefined}>
        {error || t("list.help")}
      </p>
    </div>
  );
}
