import { Button } from "antd";
import { type ListState, sizes } from "../../app/url";
import { useText } from "../../text";
import { Icon } from "../../ui/icons";

export const pagesOf = (total: number, size: number) => Math.max(1, Math.ceil(total / size));

interface Props {
  state: ListState;
  total: number;
  go: (to: Partial<ListState>) => void;
  prefetch?: (page: number) => void;
  sized?: boolean; // people choose how many rows a page has
}

export function Pager({ state: { page, size }, total, go, prefetch, sized = true }: Props) {
  const t = useText();
  const pages = pagesOf(total, size);
  const steps = [
    { name: "first", to: 1, off: page <= 1 },
    { name: "previous", to: page - 1, off: page <= 1 },
    { name: "next", to: page + 1, off: page >= pages },
    { name: "last", to: pages, off: page >= pages },
  ] as const;
  return (
    <nav className="pager" aria-label={t("list.pages")}>
      {steps.map(({ name, to, off }) => (
        <Button
          key={name}
          icon={<Icon name={name} />}
          disabled={off}
          aria-label={t(`list.${name}`)}
          onClick={() => go({ page: to })}
          onPointerEnter={() => !off && prefetch?.(to)}
        />
      ))}
      <span>{t("list.page", { page, pages })}</span>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const to = Number(new FormData(event.currentTarget).get("page"));
          if (Number.isInteger(to) && to >= 1) go({ page: Math.min(to, pages) });
        }}
      >
        <input
          key={page}
          className="jump"
          name="page"
          inputMode="numeric"
          defaultValue={page}
          aria-label={t("list.jump")}
        />
      </form>
      {sized && (
        <label>
          {t("list.rows")}{" "}
          <select value={size} onChange={(event) => go({ size: Number(event.target.value), page: 1 })}>
            {sizes.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
      )}
    </nav>
  );
}
